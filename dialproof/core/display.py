"""How a value shows itself: as a line where Python shows its `repr`, as prose where it is printed, as HTML in a notebook.

What is printed and what a notebook shows is for an upper room, which is imported when somebody looks (`dialproof.core.late`).
"""

from dialproof.core.late import provided

LONGEST = 200
"""How many characters a `repr` has at most."""


class Displayed:
    """A mix-in for what shows itself in a notebook as text and as HTML, and prints as the same text.

    What is shown lives apart from the value: evidence must not depend on what draws it, so that not even an import leads there.
    """

    __slots__ = ()

    def __str__(self) -> str:
        text: str = provided("text of a value")(self)
        return text

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002  # Jupyter's protocol
        bundle: dict[str, str] = provided("notebook display of a value")(self)
        return bundle


def one_line(kind: str, *parts: str) -> str:
    """A `repr` of at most `LONGEST` characters: the `kind` of value with `parts` in brackets, without empty ones."""
    text = " ".join(", ".join(filter(None, parts)).split())
    text = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)
    room = LONGEST - len(kind) - 2
    return f"{kind}({text if len(text) <= room else f'{text[: room - 3]}...'})"


def counted(number: int, what: str) -> str:
    """A number of things: "3 actions", "1 action"; "" for none of them."""
    return f"{number:,} {what}{'' if number == 1 else 's'}" if number else ""
