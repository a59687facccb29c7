"""The pictures: the run of each violation, and what the project itself draws of a scenario, as SVG and PNG."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dialproof.checking import CheckedVerdict
from dialproof.claims import PlannedCheck
from dialproof.errors import InputError
from dialproof.review.scenarios import Scenario
from dialproof.verdict import Violated

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = ("svg", "png")


def prepare(folder: Path) -> None:
    """Make `folder`. Raises InputError where that cannot be: better before the checks than after them."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: pictures cannot be put there: {error.strerror or error}") from error


def draw(
    folder: Path, scenarios: Sequence[Scenario], results: Sequence[CheckedVerdict], pictures: Callable[[Path], object] | None
) -> list[Path]:
    """Draw everything into `folder`; returns the files. A name that comes twice is told apart by a number."""
    from dialproof.views.figures import save

    found = {checked.planned: checked for checked in results}
    used: Counter[str] = Counter()
    files = []
    for scenario in scenarios:
        for name, figure in _figures(scenario, found, pictures):
            stem = re.sub(r"[^\w.-]+", "-", f"{scenario.path.stem}-{name}")
            used[stem] += 1
            stem = f"{stem}-{used[stem]}" if used[stem] > 1 else stem
            for kind in KINDS:
                files.append(folder / f"{stem}.{kind}")
                save(figure, files[-1])
    return files


def _figures(
    scenario: Scenario, found: Mapping[PlannedCheck, CheckedVerdict], pictures: Callable[[Path], object] | None
) -> Iterator[tuple[str, "Figure"]]:
    from matplotlib.figure import Figure

    from dialproof.views.lasso_graph import draw_lasso
    from dialproof.views.text import wording_of

    if pictures is not None:
        drawn = pictures(scenario.path)
        if not isinstance(drawn, list | tuple):
            raise InputError(f"{scenario.path}: the project's `pictures` function must return a list of (name, Figure)")
        for item in drawn:
            match item:
                case (str(name), Figure() as figure):
                    yield name, figure
                case _:
                    raise InputError(f"{scenario.path}: the project's `pictures` function returned {item!r}, not (name, Figure)")
    for planned in scenario.checks:
        checked = found.get(planned)
        if checked is not None and isinstance(checked.verdict, Violated):
            variant = planned.variants[0]
            under = f" (under {variant.name})" if len(planned.variants) > 1 else ""
            title = f"{scenario.path.name}: {planned.claim} is violated{under}"
            yield planned.claim, draw_lasso(checked.verdict.lasso, wording_of(variant.system), title)
