"""`--figures`: pictures of each violation and of the scenario, as SVG and PNG, and their graphs as text."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dialproof.core.claims import OneSystem
from dialproof.core.errors import InputError, NotApplicable
from dialproof.core.plan import Scenario
from dialproof.core.run import Run
from dialproof.core.verdict import Violated
from dialproof.portfolio.check import CheckedVerdict
from dialproof.project.contract import Drawn
from dialproof.project.project import Project

KINDS = ("svg", "png")
GRAPH_KINDS = ("graphml", "dot", "mmd")

_SMALL = 200  # states: of larger systems no state space is drawn beside a violation


def prepare(folder: Path) -> None:
    """Make `folder`. Raises InputError if that is impossible: better before the checks than after them."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: pictures cannot be put there: {error.strerror or error}") from error


def draw(folder: Path, project: Project, scenarios: Sequence[Scenario], results: Sequence[CheckedVerdict]) -> list[Path]:
    """Draw everything into `folder`, the pictures of the `project` included; returns the files.

    A number distinguishes files of the same name.
    """
    from dialproof.views.figures import save
    from dialproof.views.graph_files import write_graph

    found = {checked.planned.place: checked for checked in results}
    used: Counter[str] = Counter()
    files = []
    for scenario in scenarios:
        for drawn in _everything(project, scenario, found):
            stem = re.sub(r"[^\w.-]+", "-", f"{scenario.path.stem}-{drawn.name}")
            used[stem] += 1
            stem = f"{stem}-{used[stem]}" if used[stem] > 1 else stem
            for kind in KINDS:
                files.append(folder / f"{stem}.{kind}")
                save(drawn.figure, files[-1])
            for kind in GRAPH_KINDS if drawn.graph is not None else ():
                files.append(folder / f"{stem}.{kind}")
                write_graph(drawn.graph, files[-1])
    return files


def _everything(project: Project, scenario: Scenario, found: Mapping[tuple[str, int, str], CheckedVerdict]) -> Iterator[Drawn]:
    """The project's pictures of the scenario, then those of each violation."""
    yield from project.pictures(scenario.path)
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
    yield Drawn(name, draw_lasso(run, wording, title), graph=lasso_graph(run, wording))
    yield Drawn(f"{name}-sequence", draw_sequence(run, system, wording, title))
    yield Drawn(f"{name}-timeline", draw_timeline(run, system, wording, title))
    try:
        space = labelled(state_space(system, variant.claim.formula, _SMALL), wording)
    except NotApplicable:
        return  # too large to be drawn
    yield Drawn(f"{name}-states", draw_state_space(space, system, wording, f"{title}: all states"), graph=space)
