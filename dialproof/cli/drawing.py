"""`--figures`: pictures of each violation and of the scenario, as SVG and PNG, and their graphs as text."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dialproof.core.claims import OneSystem
from dialproof.core.errors import InputError, NotApplicable
from dialproof.core.plan import Scenario
from dialproof.core.run import Run
from dialproof.core.verdict import Violated
from dialproof.portfolio.check import CheckedVerdict
from dialproof.review.pictures import pictures_of

if TYPE_CHECKING:
    import networkx as nx
    from matplotlib.figure import Figure

KINDS = ("svg", "png")
GRAPH_KINDS = ("graphml", "dot", "mmd")

_SMALL = 200  # states: of larger systems no state space is drawn beside a violation

Drawn = tuple[str, "Figure", "nx.Graph | None"]
"""A picture's name, the picture, and the graph that it shows, if it shows one."""


def prepare(folder: Path) -> None:
    """Make `folder`. Raises InputError if that is impossible: better before the checks than after them."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: pictures cannot be put there: {error.strerror or error}") from error


def draw(
    folder: Path, scenarios: Sequence[Scenario], results: Sequence[CheckedVerdict], pictures: Callable[[Path], object] | None
) -> list[Path]:
    """Draw everything into `folder`; returns the files. A number distinguishes files of the same name."""
    from dialproof.views.figures import save
    from dialproof.views.graph_files import write_graph

    found = {checked.planned.place: checked for checked in results}
    used: Counter[str] = Counter()
    files = []
    for scenario in scenarios:
        for name, figure, graph in _everything(scenario, found, pictures):
            stem = re.sub(r"[^\w.-]+", "-", f"{scenario.path.stem}-{name}")
            used[stem] += 1
            stem = f"{stem}-{used[stem]}" if used[stem] > 1 else stem
            for kind in KINDS:
                files.append(folder / f"{stem}.{kind}")
                save(figure, files[-1])
            for kind in GRAPH_KINDS if graph is not None else ():
                files.append(folder / f"{stem}.{kind}")
                write_graph(graph, files[-1])
    return files


def _everything(
    scenario: Scenario, found: Mapping[tuple[str, int, str], CheckedVerdict], pictures: Callable[[Path], object] | None
) -> Iterator[Drawn]:
    """The project's pictures of the scenario, then those of each violation."""
    if pictures is not None:
        yield from ((drawn.name, drawn.figure, drawn.graph) for drawn in pictures_of(scenario.path, pictures))
    for planned in scenario.checks:
        checked = found.get(planned.place)
        if checked is not None and isinstance(checked.verdict, Violated):
            variant, _ = next(checked.violations)
            under = f" (under {variant.name})" if len(planned.variants) > 1 else ""
            title = f"{scenario.path.name}: {planned.claim} is violated{under}"
            yield from _violation(checked.verdict.lasso, variant, title, planned.claim)


def _violation(run: Run, variant: OneSystem, title: str, name: str) -> Iterator[Drawn]:
    """The run as a state graph, as a sequence chart and as a timeline; for a small system also its whole state space."""
    from dialproof.core.wording import wording_of
    from dialproof.views.lasso_graph import draw_lasso, lasso_graph
    from dialproof.views.sequence import draw_sequence
    from dialproof.views.state_space import draw_state_space, labelled, state_space
    from dialproof.views.timeline import draw_timeline

    system, wording = variant.system, wording_of(variant.system)
    yield name, draw_lasso(run, wording, title), lasso_graph(run, wording)
    yield f"{name}-sequence", draw_sequence(run, system, wording, title), None
    yield f"{name}-timeline", draw_timeline(run, system, wording, title), None
    try:
        space = labelled(state_space(system, variant.claim.formula, _SMALL), wording)
    except NotApplicable:
        return  # too large to be drawn
    yield f"{name}-states", draw_state_space(space, system, wording, f"{title}: all states"), space
