"""What a project draws of a scenario: the hook `pictures`, read and checked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dialproof.core.errors import InputError

if TYPE_CHECKING:
    import networkx as nx
    from matplotlib.figure import Figure

_WANTED = "(name, Figure), (name, Figure, words), or (name, Figure, words, graph)"


@dataclass(frozen=True, eq=False)
class ProjectPicture:
    """A figure with its name, and `words` for whoever does not see it ("" where the project does not say).

    `graph` is what it shows, for other programs, where it shows a graph and the project hands it over.
    """

    name: str
    figure: "Figure"
    words: str
    graph: "nx.Graph | None" = None


def pictures_of(path: Path, hook: Callable[[Path], object]) -> Iterator[ProjectPicture]:
    """What the project's function `hook` draws of the scenario at `path`. Raises InputError where it returns something else."""
    import networkx as nx
    from matplotlib.figure import Figure

    drawn = hook(path)
    if not isinstance(drawn, list | tuple):
        raise InputError(f"{path}: the project's `pictures` function must return a list of {_WANTED}")
    for item in drawn:
        match item:
            case (str(name), Figure() as figure):
                yield ProjectPicture(name, figure, "")
            case (str(name), Figure() as figure, str(words)):
                yield ProjectPicture(name, figure, words)
            case (str(name), Figure() as figure, str(words), nx.Graph() as graph):
                yield ProjectPicture(name, figure, words, graph)
            case _:
                raise InputError(f"{path}: the project's `pictures` function returned {item!r}, not {_WANTED}")
