"""The tightest bounds of a scenario: each measure of its router, under each cause, in what its product counts time in."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dialproof.core.bound import TightestBound
from dialproof.core.claims import ManySystems, OneSystem
from dialproof.core.clock import Scale, Unit
from dialproof.core.errors import InputError
from dialproof.core.system import System
from dialproof.engines.registry import DEFAULT_ENGINES
from dialproof.portfolio.tightest import stays_below, tightest_bound, tightest_bound_of_all
from model.fault import Fault
from model.product import EveryTable
from model.router import Router
from properties.checks import about_every_table, open_installation
from properties.limits import Limits
from properties.measures import MEASURES, likely_bounds, measured, measures_of, require_clock, scale_of

_TIMES = 10
"""How many times the longest time a measure is followed, if nothing else is said."""


@dataclass(frozen=True, eq=False)
class Bounded:
    """The tightest `bound` of a measure under a cause, in the numbers of `unit`, with the system that it was computed for.

    If it is one of every routing table, `system` is that of the `table` that attains it, in words.
    """

    measure: str
    cause: str
    bound: TightestBound
    unit: Scale
    system: System
    table: str = ""

    def said(self) -> str:
        """The bound in a few words."""
        known = self.bound
        if known.is_exact:
            where = f" ({self.table})" if self.table else ""
            none = "it happens, and takes no time" if isinstance(self.unit, Unit) else "it never happens"
            attained = none if known.at_most == 0 else f"and a run attains it{where}"
            return f"at most {self.unit.lasting(known.at_most or 0)}, proved, {attained}"
        if known.at_most is None and known.run is None:
            return known.why_open
        if known.exceeds_cap:
            return f"no bound was found up to {self.unit.lasting(known.cap - 1)}"
        low = self.unit.lasting(known.at_least or 0)
        if known.at_most is None:
            return f"at least {low}; {known.why_open}"
        return f"between {low} and {self.unit.lasting(known.at_most)}; {known.why_open}"

    @property
    def at_most(self) -> int | None:
        """The longest time that is proved, in what the product counts; None if nothing is."""
        return None if self.bound.at_most is None else self.bound.at_most * self.unit.size

    def as_data(self) -> dict[str, Any]:
        """The same as plain data: both sides in what the product counts; None if a side is not known."""
        return {
            "measure": self.measure,
            "cause": self.cause,
            "counts": self.unit.counts,
            "at_most": self.at_most,
            "at_least": None if self.bound.at_least is None else self.bound.at_least * self.unit.size,
            "exact": self.bound.is_exact,
            **({"table": self.table} if self.table else {}),
        }


def bounds_of(
    path: str | Path,
    measures: Sequence[str] = (),
    *,
    most: int | None = None,
    timeout: float | None = 300,
    processes: int = 2,
    engines: Sequence[str] = DEFAULT_ENGINES,
    second_opinion: bool = False,
) -> Iterator[Bounded]:
    """The tightest bound of each of `measures`, under each cause of the scenario's build or the fault that it names.

    Without `measures` it is that of each one that says something of the scenario. A measure is followed up to `most`, in what
    the product counts (None: ten times the longest time of the scenario). `timeout` is in seconds, for each bound that is
    tried. Raises ScenarioError, and InputError for a scenario without clocks.
    """
    installed, asked = open_installation(path), Limits(timeout, processes, engines, second_opinion)
    for cause, fault in installed.every_cause().items():
        router = installed.router(fault)
        for measure in measures or measures_of(router):
            unit = require_clock(router, measure)
            scale, furthest = scale_of(measure, unit), MEASURES[measure](router).most
            cap = furthest + 1 if most is None and furthest is not None else cap_of([router], scale, most)
            every = installed.many(fault)
            if isinstance(every, EveryTable):
                yield _of_every_table(every, fault, measure, scale, cap, asked)
                continue
            system, spans, premise = measured(router, measure, cap)
            found = tightest_bound(
                system,
                spans,
                likely=likely_bounds(router, measure),
                premise=premise,
                **asked.named,
            )
            yield Bounded(measure, cause, found, scale, system)


def _of_every_table(every: EveryTable, fault: Fault, measure: str, unit: Scale, cap: int, limits: Limits) -> Bounded:
    """The tightest bound for every table: proved of all of them, and attained by one."""
    spans = measured(every.sample, measure, cap)[1]

    def of(bound: int) -> ManySystems:
        def about(router: Router) -> OneSystem:
            system, own, premise = measured(router, measure, cap)
            return OneSystem(fault.name, system, stays_below(own, bound, premise))

        return about_every_table(every, fault, about)

    found, attaining = tightest_bound_of_all(of, spans, likely=likely_bounds(every.sample, measure), **limits.named)
    if attaining is None:
        return Bounded(measure, fault.name, found, unit, every.sample.system)
    one, table = attaining
    return Bounded(measure, fault.name, found, unit, one.system, table)


def cap_of(routers: Iterable[Router], unit: Scale, most: int | None) -> int:
    """Where a measure stops, in numbers of `unit`: one above `most`.

    If that is None, above ten times the longest time of the routers. Raises InputError for a `most` that is less than a unit.
    """
    if most is None:
        times = [clock.variable.domain.high or 1 for router in routers for clock in router.clocks]
        return _TIMES * max(times, default=1) + 1
    if most < unit.size:
        raise InputError(f"--most is {most}, and it is counted in units of {unit}; allowed: {unit.size} or more")
    return most // unit.size + 1
