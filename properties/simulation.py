"""Simulation: random runs of a router with clocks, in plain Python, reproducible by a seed.

The rules are the model's own: each step is an action of the system, taken by the interpreter that replays counterexamples.
What is found is what can happen, and proves nothing of what cannot: beside it stands the proved bound (`properties.bounds`).
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from dialproof.core.clock import Unit
from dialproof.core.run import FiniteRun, State, Step, Taken
from dialproof.core.system import System
from dialproof.core.variables import Value
from dialproof.semantics.interpreter import Reader, Values
from dialproof.semantics.random_run import RandomRun
from model.events import Event
from model.product import EveryTable, Installation
from model.router import Router
from model.scenario import ScenarioFile
from properties.measures import Measure, measures_of, require_clock

_TIMES = 100
"""How many times the longest time of a scenario a measure is followed."""

_STARTS = 16
"""Initial states of which one is drawn."""


@dataclass(frozen=True)
class Happened:
    """A step of a simulated run: at `time`, in what the product counts, `taken` led to `state`."""

    time: int
    taken: Taken
    state: Mapping[str, Value]


@dataclass(frozen=True, eq=False)
class Simulation:
    """A router that is simulated for `measures`: `spans` names the observer of each measure's conditions.

    `table` is its routing table in words, if the scenario is about every table and this is one of them.
    """

    router: Router
    system: System
    measures: Mapping[str, Measure]
    spans: Mapping[str, tuple[str, ...]]
    unit: Unit
    table: str = ""

    @property
    def says(self) -> str:
        """Which router it is, in a sentence; "" if the scenario is about one router."""
        return f"Every routing table is meant; this one is simulated: {self.table}." if self.table else ""

    def run(self, until: int, seed: int) -> Iterator[Happened]:
        """The steps of a random run until so much time has passed, in what the product counts; the same for the same seed.

        The router does what is due; what the world does, and when, is drawn. A run ends early if nothing is possible.
        """
        names = {variable.name: place for place, variable in enumerate(self.system.variables)}
        steps = self.steps(until, seed)
        return (Happened(time, taken, State(names, values)) for time, taken, values in steps if taken is not None)

    def whole(self, until: int, seed: int) -> FiniteRun:
        """The same run as one of the router itself, without what is measured: to be drawn, walked or written as a trace."""
        kept = len(self.router.system.variables)
        names = {variable.name: place for place, variable in enumerate(self.router.system.variables)}
        _, actions, states = zip(*self.steps(until, seed), strict=True)
        shown = [State(names, values[:kept]) for values in states]
        return FiniteRun(tuple(Step(taken, state) for taken, state in zip((*actions[1:], None), shown, strict=True)))

    def steps(self, until: int, seed: int) -> Iterator[tuple[int, Taken | None, Values]]:
        """The start, then each step of the same run as plain values: the time, what is taken, and the state that it leads to."""
        reader, chance = Reader(self.system), random.Random(seed)  # noqa: S311  # the same run each time; nothing is secret
        passages = {action.name: action.passage for action in self.system.actions if action.passage is not None}
        walk = RandomRun(reader, _weights(self.system), chance)
        here = chance.choice(list(islice(reader.initial_states(), _STARTS)))
        now = 0
        yield now, None, here
        while now < until:
            step = walk.step(here)
            if step is None:
                return
            taken, here = step
            if taken.name in passages:
                now += passages[taken.name].time(taken)
            yield now, taken, here


def simulation(router: Router, cap: int) -> Simulation:
    """The simulation of `router`, whose measures stop at `cap` units. Raises InputError if it has no clocks."""
    unit = require_clock(router, "a simulation")
    system, measures, spans = router.system, measures_of(router), {}
    for name, measure in measures.items():
        system, observers = measure.measuring(system, cap, name)
        spans[name] = tuple(observer.variable.name for observer in observers.values())
    return Simulation(router, system, measures, spans, unit)


def simulation_of(installed: Installation[ScenarioFile]) -> Simulation:
    """The simulation of a scenario, under the first cause of its first check. Raises InputError if it has no clocks."""
    fault = installed.causes(installed.scenario.checks[0])[0]
    router, many = installed.router(fault), installed.many(fault)
    longest = max((clock.variable.domain.high or 1 for clock in router.clocks), default=1)
    made = simulation(router, _TIMES * longest)
    return replace(made, table=many.sample_called) if isinstance(many, EveryTable) else made


@dataclass
class Figures:
    """What a simulated run comes to: how long each span of each measure lasted, in units, and how often each event happened."""

    spans: dict[str, Counter[int]] = field(default_factory=dict)
    events: Counter[str] = field(default_factory=Counter)
    time: int = 0

    def longest(self, measure: str) -> int:
        """The longest span of a measure, in units; 0 if there was none."""
        return max(self.spans.get(measure, Counter()), default=0)


def figures(simulated: Simulation, until: int, seed: int) -> Figures:
    """The figures of a random run until so much time has passed; a span that has not ended yet counts as long as it is."""
    result = Figures(spans={name: Counter() for name in simulated.spans})
    places = {variable.name: place for place, variable in enumerate(simulated.system.variables)}
    watched = [(places[one], result.spans[name]) for name, observers in simulated.spans.items() for one in observers]
    before: Values = ()
    for time, taken, values in simulated.steps(until, seed):
        for place, lengths in watched if before else ():
            if values[place] < before[place]:  # type: ignore[operator]  # an observer of time is a number
                lengths[int(before[place])] += 1
        if taken is not None:
            result.events[taken.name] += 1
        result.time, before = time, values
    for place, lengths in watched:
        if length := int(before[place]):
            lengths[length] += 1
    return result


def _weights(system: System) -> dict[str, float]:
    """How often each action is taken, by who takes it: the world now and then, an administrator seldom."""
    by_actor = {"environment": 0.1, "administrator": 0.001}
    weights = {action.name: by_actor.get(action.actor, 1.0) for action in system.actions}
    return weights | {action.name: 1.0 for action in system.actions if action.event is Event.ELAPSE}
