"""The project of a model that was written for another tool: it brings its own specifications, and no Python."""

from collections.abc import Callable
from pathlib import Path

from dialproof.core.errors import InputError
from dialproof.exchange.importing import foreign_checks
from dialproof.project.project import Project
from dialproof.project.toml_source import TomlSource, parse


class ForeignProject(Project):
    """Plans the checks of files that other tools read, by reading their specifications."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, _nothing())

    @property
    def hooks(self) -> dict[str, str]:
        """The one function that there is."""
        return {"checks": f"{foreign_checks.__module__}:{foreign_checks.__name__}"}

    def activate(self) -> None:
        """There are no packages to import."""

    def hook(self, key: str) -> Callable[..., object]:
        """The function for `key`. Raises InputError for another one than "checks"."""
        if key != "checks":
            raise InputError(f"a model of another tool has no {key!r}: it knows nothing but its own specifications")
        return foreign_checks


def _nothing() -> TomlSource:
    return parse("[tool.dialproof]\n", "pyproject.toml")
