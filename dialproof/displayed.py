"""How a value shows itself in a notebook: by `dialproof.notebook.display`, which is imported when a notebook asks."""

from importlib import import_module


class Displayed:
    """A mix-in for what shows itself in a notebook as text and as HTML.

    What is shown lives apart from the value: evidence must not depend on what draws it, so that not even an import leads there.
    """

    __slots__ = ()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002  # Jupyter's protocol
        bundle: dict[str, str] = import_module("dialproof.notebook.display").mimebundle(self)
        return bundle
