"""The pictures of a scenario: the project's hook `pictures`, called and checked."""

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
    """A figure with its name, and `words` for readers who do not see it ("" if the project gives none).

    `graph` is the graph that it shows, for other programs; None if the project gives none.
    """

    name: str
    figure: "Figure"
    words: str
    graph: "nx.Graph | None" = None


def pictures_of(path: Path, hook: Callable[[Path], object]) -> Iterator[ProjectPicture]:
    """The pictures that the project's function `hook` draws of the scenario at `path`. Raises InputError for another result."""
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
