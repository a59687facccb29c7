"""How waits, calls and the like are distributed in a simulated run, beside the longest that is proved, or asked for."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dialproof.core.clock import a_day, amount
from dialproof.project.contract import Drawn
from dialproof.report.words import sentence
from dialproof.views.distribution import Spread, describe_spreads, draw_spreads
from model.product import Installation
from properties.bounds import Bounded
from properties.checks import open_installation
from properties.measures import MEASURES
from properties.simulation import Figures, Simulation, figures, simulation_of

DAYS = 30
"""How many days are simulated for a picture, if nothing else is said."""

_AS_PROVED = "That proves nothing; the bounds are proved."
_AS_ASKED = "That proves nothing: the verdicts say which bounds hold."

_TITLES = {
    "dialled-within": "How long something waits until its line is dialled (dialled-within)",
    "line-busy-within": "How long a line is being dialled, hung up or held off (line-busy-within)",
    "call-ends-within": "How long a call lasts: its line minutes (call-ends-within)",
}


def distribution(path: str | Path, bounds: Iterable[Bounded], *, days: int = DAYS, seed: int = 0) -> Drawn:
    """A histogram for each of `bounds` of the scenario at `path`: what a simulated run shows, beside what is proved.

    Raises InputError for a scenario without clocks.
    """
    installed = open_installation(path)
    first = installed.causes(installed.scenario.checks[0])[0].name
    proved = {found.measure: (found.at_most, sentence(found.said())) for found in bounds if found.cause == first}
    return _drawn(simulation_of(installed), tuple(proved), days, seed, proved, installed.scenario.title, _AS_PROVED)


def distribution_as_asked(installed: Installation[Any]) -> Drawn:
    """The same beside the bounds that the scenario asks for, of which its verdicts say whether they hold; this proves nothing."""
    asked = {check.claim: check.bound for check in installed.scenario.checks if check.bound is not None}
    simulated = simulation_of(installed)
    counts = simulated.unit.counts
    bounds = {name: (bound, f"Asked for: at most {amount(bound, counts)}") for name, bound in asked.items()}
    return _drawn(simulated, tuple(MEASURES), DAYS, 0, bounds, installed.scenario.title, _AS_ASKED)


def _drawn(
    simulated: Simulation,
    measures: Sequence[str],
    days: int,
    seed: int,
    bounds: Mapping[str, tuple[int | None, str]],
    title: str,
    what: str,
) -> Drawn:
    counts = simulated.unit.counts
    met = figures(simulated, days * a_day(counts), seed)
    spreads = [_spread(name, met, simulated, days, *bounds.get(name, (None, ""))) for name in measures]
    remark = f"{days} simulated days (seed {seed}), in which the world acts at random. {what}"
    return Drawn("distribution", draw_spreads(spreads, title, remark), f"{remark} {describe_spreads(spreads)}")


def _spread(name: str, met: Figures, simulated: Simulation, days: int, bound: int | None, says: str) -> Spread:
    size, counts = simulated.unit.size, simulated.unit.counts
    lengths = {length * size: often for length, often in met.spans[name].items()}
    total = sum(length * often for length, often in lengths.items())
    notes = (f"In all {total / days:,.0f} {counts}s a day.",) if name == "call-ends-within" else ()
    return Spread(_TITLES[name], lengths, counts, bound, says, notes)
