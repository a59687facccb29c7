"""A scenario at every value of a setting: how its bounds depend on it, and for which values a check comes out well.

The scenario is read anew at each value, from its text with the value in it, and refused there with its own messages. One unit of
time serves for the whole range: the largest of which each time at each value is a whole number. It divides the unit of each
value, so that it is only finer (`model.scenario.ScenarioFile.counted_in`). A value that is asked about alone keeps its own unit:
fewer steps lead to the same bound.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from math import gcd
from pathlib import Path
from typing import Any

from dialproof.core.bound import TightestBound
from dialproof.core.bound_function import BoundFunction, line, ranged
from dialproof.core.claim_range import ClaimRange
from dialproof.core.claims import Claim, OneSystem
from dialproof.core.clock import Unit
from dialproof.core.errors import InputError, ScenarioError
from dialproof.core.instances import Instance
from dialproof.core.messages import suggestion
from dialproof.core.system import System
from dialproof.core.variables import Integer
from dialproof.portfolio.bound_function import bound_function
from dialproof.portfolio.claim_range import claim_range, instance_of
from dialproof.portfolio.tightest import tightest_bound
from dialproof.portfolio.varied import MOST_VALUES
from dialproof.project.setting_range import SettingRange
from dialproof.project.toml_changes import changed
from dialproof.project.toml_source import TomlSource, read
from model.fault import Fault
from model.product import Installation
from model.products import installation
from model.scenario import ScenarioFile
from properties.bounds import cap_of
from properties.checks import claim_names, variant
from properties.limits import Limits
from properties.measures import OF_A_DAY, called_with, likely_bounds, measured, measures_of, require_clock, scale_of


@dataclass(frozen=True, eq=False)
class VariedScenario:
    """The scenario of `source` at each value of `setting`."""

    source: TomlSource
    setting: SettingRange

    @cached_property
    def installed(self) -> dict[int, Installation[ScenarioFile]]:
        """What is installed at each value, in its own unit. Raises ScenarioError, and InputError for too many values."""
        values = self.setting.values
        if len(values) > MOST_VALUES:
            raise InputError(f"`{self.setting}` has {len(values):,} values; allowed: at most {MOST_VALUES:,}; take larger steps")
        return {value: self._read(value) for value in values}

    def _read(self, value: int) -> Installation[ScenarioFile]:
        try:
            return installation(changed(self.source, {self.setting.key: value}), claim_names)
        except ScenarioError as error:
            label = f"{self.source.file} with {self.setting.key} = {value}"
            problems = tuple((place and replace(place, file=label), message) for place, message in error.problems)
            raise ScenarioError(problems, error.source) from None

    @cached_property
    def unit(self) -> Unit | None:
        """The unit of time for all values; None if no time is counted at one of them."""
        units = [one.scenario.unit for one in self.installed.values()]
        known = [unit for unit in units if unit is not None]
        if len(known) < len(units):
            return None
        return Unit(reduce(gcd, (unit.size for unit in known)), known[0].counts)

    def counted(self, value: int) -> Installation[ScenarioFile]:
        """What is installed at `value`, in the unit of all values."""
        installed = self.installed[value]
        return installed if self.unit is None else installed.counted_in(self.unit)

    def ease(self, value: int) -> int:
        """The unit of `value`: the larger it is, the fewer steps are there to be looked at."""
        unit = self.installed[value].scenario.unit
        return 1 if unit is None else unit.size

    def causes(self) -> dict[str, Fault]:
        """Every cause that a check of the scenario is made under, by name. Raises InputError if they depend on the value."""
        found = [one.every_cause() for one in self.installed.values()]
        if any(one.keys() != found[0].keys() for one in found):
            raise InputError(f"`{self.setting.key}` decides under which causes a check is made; vary something else")
        return found[0]


@dataclass(frozen=True, eq=False)
class VariedBound:
    """How the bound of `measure` under `cause` depends on a setting: `function` is counted in `unit`.

    `systems` are those that the runs are of, by value: for a value that was asked about alone, the one in its own unit.
    """

    measure: str
    cause: str
    function: BoundFunction
    unit: Unit
    systems: dict[int, System]

    def lines(self) -> Iterator[str]:
        """The function in words, a line for each of its stretches."""
        counts = f"{self.unit.counts}s"
        name = self.function.setting
        for one in self.function.stretches:
            attained = "attained at each of them" if len(one.values) > 1 else "attained"
            tight = attained if one.is_attained else "no run is known that attains it"
            formula = line(name, one, self.unit.size)
            yield f"at most {formula} {counts} for {name} = {ranged(one.values)}: proved, {tight}"
        for piece in self.function.open:
            yield f"no bound is known for {name} = {ranged(piece.values)}: {piece.why_open}"
        alone = sum(piece.is_alone for piece in self.function.pieces)
        at_once = len({id(piece.proof) for piece in self.function.pieces if piece.proof is not None and not piece.is_alone})
        said = [f"{at_once} proof{'s' if at_once > 1 else ''} about many values at once"] if at_once else []
        said += [f"{alone} value{'s' if alone > 1 else ''} asked about alone"] if alone else []
        yield f"({len(self.function.values)} values in units of {self.unit}; {', '.join(said) or 'nothing proved'})"

    def draw(self, path: Path) -> None:
        """Draw the function as a picture file. Raises InputError for a name that is none of a picture."""
        from dialproof.views.bound_plot import draw_bound
        from dialproof.views.figures import save

        title = f"{self.measure}: the tightest bound over {self.function.setting}"
        save(draw_bound(self.function, f"{self.unit.counts}s", title, self.unit.size), path)

    def as_data(self) -> dict[str, Any]:
        """The same as plain data: the bound at every value, in what the product counts; None if it is not known."""
        size = self.unit.size
        bounds = [(value, self.function.at(value)) for value in self.function.values]
        return {
            "measure": self.measure,
            "cause": self.cause,
            "setting": self.function.setting,
            "counts": self.unit.counts,
            "unit": size,
            "exact": self.function.is_exact,
            "stretches": [
                {
                    "from": one.values[0],
                    "to": one.values[-1],
                    "at_most": line(self.function.setting, one, size),
                    "attained": one.is_attained,
                }
                for one in self.function.stretches
            ],
            "bounds": [
                {
                    "value": value,
                    "at_most": None if bound is None else bound * size,
                    "attained": bound is not None and self.function.is_attained(value),
                }
                for value, bound in bounds
            ],
        }


def bound_functions(
    path: str | Path,
    setting: SettingRange,
    measures: Sequence[str] = (),
    *,
    most: int | None = None,
    limits: Limits | None = None,
) -> Iterator[VariedBound]:
    """How the tightest bound of each of `measures` depends on `setting`, under each cause.

    Without `measures` of each that says something of the router.

    `most` is as for `properties.bounds.bounds_of`. Raises ScenarioError for a value that the scenario cannot have, and InputError
    for a scenario without clocks.
    """
    scenario = VariedScenario(read(path), setting)
    given = limits or Limits()
    for cause, fault in scenario.causes().items():
        installed = scenario.installed[scenario.setting.values[0]]
        if installed.many(fault) is not None:
            raise InputError("a setting is varied for one router; this scenario stands for many: ask for the bound at each value")
        first = installed.router(fault)
        for measure in measures or measures_of(first):
            yield _Varying(scenario, fault, measure, most, given).answer(cause)


class _Varying:
    """One measure under one cause."""

    def __init__(self, scenario: VariedScenario, fault: Fault, measure: str, most: int | None, limits: Limits) -> None:
        self._scenario, self._fault, self._measure, self._limits = scenario, fault, measure, limits
        own = {value: scenario.installed[value].router(fault) for value in scenario.setting.values}
        for router in own.values():
            require_clock(router, measure)
            if measure in OF_A_DAY:
                raise InputError(f"{measure} is about 24 hours, and --vary varies times of one wait; ask at each value alone")
        assert scenario.unit is not None
        self._own, self._unit = own, scenario.unit
        self._systems: dict[int, System] = {}
        self._routers = {value: scenario.counted(value).router(fault) for value in own}
        self._cap = cap_of(self._routers.values(), self._unit, most)

    def answer(self, cause: str) -> VariedBound:
        """How the bound depends on the setting."""
        instances: list[Instance] = []
        spans: list[Integer] = []
        for value, router in self._routers.items():
            system, spans, premise = measured(router, self._measure, self._cap)
            instances.append(Instance(value, system, (premise,)))
        found = bound_function(
            self._scenario.setting.name,
            instances,
            spans,
            self._alone,
            ease=self._scenario.ease,
            **self._limits.named,
        )
        systems = {one.value: self._systems[one.value] if found.is_alone(one.value) else one.system for one in instances}
        return VariedBound(self._measure, cause, found, self._unit, systems)

    def _alone(self, value: int) -> TightestBound:
        """The tightest bound at one value: computed in its own unit, given in the unit of all."""
        router = self._own[value]
        assert router.unit is not None
        times = router.unit.size // self._unit.size
        cap = max(self._cap // times, 2)
        system, spans, premise = measured(router, self._measure, cap)
        self._systems[value] = system
        found = tightest_bound(system, spans, likely=likely_bounds(router, self._measure), premise=premise, **self._limits.named)
        return replace(
            found,
            at_most=None if found.at_most is None else found.at_most * times,
            at_least=None if found.at_least is None else found.at_least * times,
            cap=found.cap * times,
        )


@dataclass(frozen=True, eq=False)
class VariedClaim:
    """For which values of a setting a claim holds, under `cause`."""

    cause: str
    found: ClaimRange
    unit: Unit | None

    def lines(self) -> Iterator[str]:
        """The answer in words."""
        name = self.found.setting
        for kind, values in self.found.stretches:
            yield f"{kind} for {name} = {ranged(values)}"
        holding = self.found.those("holds")
        if not holding:
            yield "holds for no value of the range"
        for what, value in (("smallest", self.found.smallest), ("largest", self.found.largest)):
            if holding and value is None:
                yield f"the {what} value for which it holds is not known"
        if self.found.smallest is not None and self.found.largest is not None:
            yield f"smallest value for which it holds: {self.found.smallest}; largest: {self.found.largest}"

    def as_data(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "claim": self.found.claim,
            "cause": self.cause,
            "setting": self.found.setting,
            "smallest": self.found.smallest,
            "largest": self.found.largest,
            "decided": self.found.is_decided,
            "verdicts": [{"from": values[0], "to": values[-1], "verdict": kind} for kind, values in self.found.stretches],
        }


def claim_ranges(path: str | Path, setting: SettingRange, called: str, *, limits: Limits | None = None) -> Iterator[VariedClaim]:
    """For which values of `setting` the check `called` so holds, under each of its causes.

    The check is called by its claim, or by its claim with its bound if there are several. Raises ScenarioError for a value that
    the scenario cannot have, and InputError for a check that there is not, or that is about many systems.
    """
    scenario = VariedScenario(read(path), setting)
    given = limits or Limits()
    place = _place(scenario, called)
    first = scenario.installed[setting.values[0]]
    for cause, fault in scenario.causes().items():
        if fault not in first.causes(first.scenario.checks[place]):
            continue
        instances = [instance_of(value, *_asked(scenario.counted(value), place, fault)) for value in setting.values]
        found = claim_range(
            setting.name,
            called,
            instances,
            lambda value, fault=fault: _asked(scenario.installed[value], place, fault),  # type: ignore[misc]  # mypy cannot infer it
            ease=scenario.ease,
            **given.named,
        )
        yield VariedClaim(cause, found, scenario.unit)


def _place(scenario: VariedScenario, called: str) -> int:
    """The number of the check that is called so. Raises InputError unless there is one."""
    installed = next(iter(scenario.installed.values()))
    names: list[tuple[str, ...]] = []
    for check in installed.scenario.checks:
        unit = installed.scenario.unit
        bounded = (
            [] if check.bound is None or unit is None else [called_with(check.claim, check.bound, scale_of(check.claim, unit))]
        )
        names.append((*bounded, check.claim))
    found = [place for place, known in enumerate(names) if called in known]
    if len(found) == 1:
        return found[0]
    every = list(dict.fromkeys(known[0] for known in names))
    if found:
        raise InputError(f"there are {len(found)} checks called {called!r}; name one of {', '.join(every)}")
    raise InputError(f"there is no check {called!r} in the scenario; it has {', '.join(every)}{suggestion(called, every)}")


def _asked(installed: Installation[ScenarioFile], place: int, fault: Fault) -> tuple[System, Claim]:
    check = installed.scenario.checks[place]
    one = variant(installed, check.claim, fault, bound=check.bound)
    if not isinstance(one, OneSystem):
        raise InputError("a setting is varied for a claim about one system; this scenario stands for many")
    return one.system, one.claim
