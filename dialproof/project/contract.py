"""What a verification project is: the class that a project of one's own derives from.

`[tool.dialproof] project = "module:OBJECT"` in pyproject.toml names one object of such a class. dialproof calls its methods
through `dialproof.project.project.Project`, which checks each result once.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dialproof.core.errors import InputError
from dialproof.core.messages import in_toml

if TYPE_CHECKING:
    import networkx as nx
    from matplotlib.figure import Figure

    from dialproof.core.plan import PlannedCheck


@dataclass(frozen=True, eq=False)
class Drawn:
    """A picture: its name, a matplotlib figure, and the same in words for readers who do not see it ("" if there are none).

    `graph` is the graph that the picture shows, for other programs; None if it shows none.
    """

    name: str
    figure: "Figure"
    words: str = ""
    graph: "nx.Graph | None" = None


class VerificationProject(ABC):
    """A verification project: it plans the checks of its scenario files; what else it offers is up to it.

    Each `path` is that of a scenario file. A method raises InputError, or ScenarioError with the place, for a file that cannot
    be used.
    """

    @abstractmethod
    def checks(self, path: Path) -> "Sequence[PlannedCheck]":
        """The checks of the scenario file, at least one, each with at least one variant."""

    def pictures(self, path: Path) -> Sequence[Drawn]:  # noqa: ARG002  # a project without pictures draws none of any file
        """What the project draws of the scenario file: for a report, and for `check --figures`."""
        return ()

    def left_out(self, path: Path) -> Sequence[str]:  # noqa: ARG002  # a project that does not say it says it of no file
        """What the model of the scenario file leaves out, a line each, for a report."""
        return ()

    def file_keys(self) -> Sequence[str]:
        """The keys at the top of a scenario file whose values are paths of other files, relative to it."""
        return ()

    def schema(self) -> Mapping[str, Any] | None:
        """The JSON Schema of scenario files, for `dialproof schema scenario`; None if the project has none."""
        return None

    def kind_of(self, path: Path) -> str | None:  # noqa: ARG002  # see above
        """What kind of configuration file `path` is, if one can be checked like a scenario; None if it is none."""
        return None

    def taking(self, kind: str) -> "VerificationProject":
        """The same project, which takes every file for a configuration file of this `kind`.

        Raises InputError for a kind that is not known.
        """
        raise InputError(f"this verification project reads no configuration files, so none of kind {in_toml(kind)}")

    def as_scenario(self, path: Path) -> str | None:  # noqa: ARG002  # see above
        """The text of the scenario file that stands for the configuration file; None if `path` is a scenario file itself.

        It holds nothing of the file but what the checks need: no password, no key.
        """
        return None

    def template(self, path: Path, product: str | None) -> str | None:  # noqa: ARG002  # see above
        """The text of a new scenario file at `path`, for `dialproof init`; None if the project has none.

        `product` is the product that it is to be about, None for the one that the project takes by itself. Raises InputError
        for a product that the project does not know.
        """
        return None
