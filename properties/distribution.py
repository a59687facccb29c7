"""How waits, calls and the like are distributed in a simulated run, beside the longest that is proved, or asked for."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dialproof.core.clock import a_day, amount
from dialproof.project.contract import Drawn
from dialproof.report.words import sentence
from dialproof.views.distribution import Spread, describe_spreads, draw_spreads
from model.product import Installation
from model.scenario import ScenarioFile
from properties.bounds import Bounded
from properties.checks import open_installation
from properties.simulation import Figures, Simulation, figures, simulation_of

DAYS = 30
"""How many days are simulated for a picture, if nothing else is said."""

_UNTITLED = "How long things take"

_AS_PROVED = "That proves nothing; the bounds are proved."
_AS_ASKED = "That proves nothing: the verdicts say which bounds hold."


def distribution(path: str | Path, bounds: Iterable[Bounded], *, days: int = DAYS, seed: int = 0) -> Drawn:
    """A histogram for each of `bounds` of the scenario at `path`: what a simulated run shows, beside what is proved.

    Raises InputError for a scenario without clocks.
    """
    installed = open_installation(path)
    first = installed.causes(installed.scenario.checks[0])[0].name
    proved = {found.measure: (found.at_most, sentence(found.said())) for found in bounds if found.cause == first}
    return _drawn(simulation_of(installed), tuple(proved), days, seed, proved, installed.scenario.title or _UNTITLED, _AS_PROVED)


def distribution_as_asked(installed: Installation[ScenarioFile]) -> Drawn:
    """The same beside the bounds that the scenario asks for, of which its verdicts say whether they hold; this proves nothing."""
    simulated = simulation_of(installed)
    counts = simulated.unit.counts
    bounds = {}
    for name in simulated.measures:
        asked = sorted({one.bound for one in installed.scenario.checks if one.claim == name and one.bound is not None})
        if asked:
            bounds[name] = (asked[-1], f"Asked for: at most {', '.join(amount(bound, counts) for bound in asked)}")
    return _drawn(simulated, tuple(simulated.measures), DAYS, 0, bounds, installed.scenario.title or _UNTITLED, _AS_ASKED)


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
    said = (f"{days} simulated days (seed {seed}), in which the world acts at random.", simulated.says, what)
    remark = " ".join(filter(None, said))
    return Drawn("distribution", draw_spreads(spreads, title, remark), f"{remark} {describe_spreads(spreads)}")


def _spread(name: str, met: Figures, simulated: Simulation, days: int, bound: int | None, says: str) -> Spread:
    size, counts = simulated.unit.size, simulated.unit.counts
    lengths = {length * size: often for length, often in met.spans[name].items()}
    total = sum(length * often for length, often in lengths.items())
    notes = (f"In all {total / days:,.0f} {counts}s a day.",) if name == "call-ends-within" else ()
    asks = simulated.measures[name].asks
    return Spread(f"{asks[:1].upper()}{asks[1:]} ({name})", lengths, counts, bound, says, notes)
