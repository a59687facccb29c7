"""Random timed systems, small enough for every engine: lines with clocks, earliest and latest times, and claims about them.

A line is drawn as plain numbers (`LineDrawn`), and becomes a system by `model.parts.timing`, as the lines of the model do. What
is meant is made of the same numbers independently (`Drawn.single_units`): time passes one unit at a time, unless a step whose
latest time is reached could be taken.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

import z3

from dialproof import ltl
from dialproof.core.actions import Action, Assumption, Fairness, taken
from dialproof.core.clock import Unit
from dialproof.core.system import System
from dialproof.core.variables import Boolean, Choice, Integer, boolean, choice
from model.events import Event
from model.parts.timing import Due, Running, elapse, since, time_goes_on

PLACES = ("down", "dialling", "up")
WANTED = boolean("wanted")


@dataclass(frozen=True)
class StepDrawn:
    """A step of a line: from place to place, at the `earliest` and at the `latest` so long after the clock was reset.

    `needs` is what the shared flag must be (None: whatever), and `leaves` what it is then (None: what it was).
    """

    source: int
    target: int
    earliest: int
    latest: int | None
    resets: bool
    needs: bool | None
    leaves: bool | None
    fairness: Fairness


@dataclass(frozen=True)
class LineDrawn:
    """A line: how many places it has, where its clock stops, and its steps. Its second clock is reset by the first step alone."""

    n_places: int
    cap: int
    second_cap: int
    steps: tuple[StepDrawn, ...]


@dataclass(frozen=True, eq=False)
class Drawn:
    """A timed `system` of these lines, made as the model makes its own; and what is meant by it, in `single_units` of time."""

    lines: tuple[LineDrawn, ...]
    system: System
    single_units: System


@dataclass(frozen=True, eq=False)
class Timed:
    """A timed system with a claim about it. `blind`: the claim cannot tell a long step of time from several short ones."""

    drawn: Drawn
    claim: z3.BoolRef
    blind: bool


CLAIMS = 10
"""How many claims in a row are about one system: to make it takes as long as to ask."""


def timed_problem(number: int) -> Timed:
    """The timed system and claim of this number."""
    drawn = _drawn(number // CLAIMS)
    claim, blind = _claim(Random(number), drawn)  # noqa: S311  # no secret
    return Timed(drawn, claim, blind)


@lru_cache(1)
def _drawn(number: int) -> Drawn:
    chance = Random(number)  # noqa: S311  # no secret
    lines = tuple(_line(chance) for _ in range(1 if chance.random() < 0.8 else 2))  # most have one
    system = _composed(lines, goes_on=chance.random() < 0.8)  # most have time that goes on
    return Drawn(lines, system, _in_single_units(lines, system.assumptions))


def _line(chance: Random) -> LineDrawn:
    n_places, cap = chance.choice((2, 2, 3)), chance.randint(1, 3)
    steps = []
    for number in range(chance.randint(2, 4)):
        source = number % n_places if number < n_places else chance.randrange(n_places)
        earliest = chance.randint(0, cap)
        latest = chance.randint(earliest, cap) if chance.random() < 0.6 else None
        fairness = chance.choice((Fairness.NONE, Fairness.WEAK, Fairness.WEAK, Fairness.STRONG))
        flags = (None, None, False, True)
        resets = chance.random() < 0.8
        target = chance.randrange(n_places)
        steps.append(StepDrawn(source, target, earliest, latest, resets, chance.choice(flags), chance.choice(flags), fairness))
    return LineDrawn(n_places, cap, chance.choice((0, 0, 0, 1, 2)), tuple(steps))


# -- the system, made as the model makes its own ----------------------------------------------------------------------


def _place(number: int, line: LineDrawn) -> Choice:
    return choice(f"line {number}", PLACES[: line.n_places], sort=f"line of {line.n_places}")


def _clock(number: int, line: LineDrawn) -> Integer:
    return since(f"clock {number}", line.cap, "")


def _second(number: int, line: LineDrawn) -> Integer:
    return since(f"second {number}", line.second_cap, "")


def _clocks(lines: Sequence[LineDrawn]) -> list[Integer]:
    return [_clock(n, line) for n, line in enumerate(lines)] + [
        _second(n, line) for n, line in enumerate(lines) if line.second_cap
    ]


def _before(number: int, line: LineDrawn, step: StepDrawn) -> z3.BoolRef:
    """The guard of a step, but for the clock."""
    state = _place(number, line)
    here = state == state[PLACES[step.source]]
    if step.needs is None:
        return here
    return z3.And(here, WANTED if step.needs else z3.Not(WANTED))


def _actions(lines: Sequence[LineDrawn]) -> list[Action]:
    """What happens besides time: the steps of the lines, and somebody who wants something."""
    made = [Action("ask", z3.Not(WANTED), {WANTED: True})]
    for number, line in enumerate(lines):
        state, clock = _place(number, line), _clock(number, line)
        for place, step in enumerate(line.steps):
            updates: dict[Boolean | Integer | Choice, bool | int | z3.ExprRef] = {state: state[PLACES[step.target]]}
            if step.resets:
                updates[clock] = 0
            if place == 0 and line.second_cap:
                updates[_second(number, line)] = 0
            if step.leaves is not None:
                updates[WANTED] = step.leaves
            guard = z3.And(_before(number, line, step), clock >= step.earliest)
            made.append(Action(f"step {number}.{place}", guard, updates, step.fairness))
    return made


def _composed(lines: Sequence[LineDrawn], *, goes_on: bool) -> System:
    """The lines as one system, in which time passes as it does in the model."""
    due = [
        Due(_before(number, line, step), ((_clock(number, line), step.latest),))
        for number, line in enumerate(lines)
        for step in line.steps
        if step.latest is not None
    ]
    passing = elapse([Running(clock) for clock in _clocks(lines)], due, max(line.cap for line in lines), Unit(1, "second"))
    return _system(lines, passing, (time_goes_on(passing),) if goes_on else ())


def _in_single_units(lines: Sequence[LineDrawn], assumptions: Sequence[Assumption]) -> System:
    """What is meant: one unit passes wherever no step whose latest time is reached could be taken."""
    late = [
        z3.And(_before(number, line, step), _clock(number, line) >= step.latest)
        for number, line in enumerate(lines)
        for step in line.steps
        if step.latest is not None
    ]
    older = {clock: z3.If(clock == clock.variable.domain.high, clock, clock + 1) for clock in _clocks(lines)}
    tick = Action(Event.ELAPSE.value, z3.Not(z3.Or(late)) if late else z3.BoolVal(True), older)
    return _system(lines, tick, assumptions)


def _system(lines: Sequence[LineDrawn], passing: Action, assumptions: Sequence[Assumption]) -> System:
    places = [_place(number, line) for number, line in enumerate(lines)]
    clocks = _clocks(lines)
    init = z3.And(z3.Not(WANTED), *(one == one[PLACES[0]] for one in places), *(clock == 0 for clock in clocks))
    return System("timed", [WANTED, *places, *clocks], init, [passing, *_actions(lines)], assumptions)


# -- claims -----------------------------------------------------------------------------------------------------------


def _claim(chance: Random, drawn: Drawn) -> tuple[z3.BoolRef, bool]:
    """A claim, and whether it is blind to how long a step of time is.

    A claim that no state of some kind is reached is, also over clocks: short steps lead to all that long ones lead to. So is a
    claim about what stays as it is while time passes, and one about a single limit that a clock passes once. One with `next`, or
    about several values of a clock, is not.
    """
    lines = drawn.lines
    still = _still(chance, lines)
    clock = chance.choice(_clocks(lines))
    limit = chance.randint(0, clock.variable.domain.high or 1)
    happens = taken(chance.choice([action for action in drawn.system.actions if action.name != Event.ELAPSE.value]))
    shown = {"at most": clock <= limit, "at least": clock >= limit, "not": clock != limit}[
        chance.choice(("at most", "at least", "not"))
    ]
    kinds: list[tuple[Callable[[], z3.BoolRef], bool]] = [
        (lambda: ltl.always(z3.Implies(still, shown)), True),
        (lambda: ltl.always(shown), True),
        (lambda: ltl.always(z3.Implies(happens, shown)), True),
        (lambda: ltl.always(z3.Implies(still, ltl.eventually(_still(chance, lines)))), True),
        (lambda: ltl.always(z3.Implies(still, ltl.eventually(happens))), True),
        (lambda: ltl.always(z3.Implies(happens, ltl.eventually(_still(chance, lines)))), True),
        (lambda: ltl.eventually(ltl.always(still)), True),
        (lambda: ltl.eventually(ltl.always(z3.Not(happens))), True),
        (lambda: ltl.always(ltl.eventually(clock >= limit)), True),
        (lambda: ltl.eventually(ltl.always(clock >= limit)), True),
        (lambda: ltl.weak_until(z3.Not(happens), _still(chance, lines)), True),
        (lambda: ltl.always(z3.Implies(still, ltl.once(happens))), True),
        (lambda: ltl.always(z3.Implies(still, ltl.next_(shown))), False),
        (lambda: ltl.always(ltl.eventually(z3.And(still, shown))), False),
        (lambda: ltl.always(z3.Implies(still, ltl.eventually_within(limit, happens, clock))), False),
        (lambda: ltl.eventually(ltl.always(shown)), False),
    ]
    make, blind = chance.choice(kinds)
    return make(), blind


def _still(chance: Random, lines: Sequence[LineDrawn]) -> z3.BoolRef:
    """Something that stays as it is while time passes."""
    number = chance.randrange(len(lines))
    state = _place(number, lines[number])
    here = state == state[chance.choice(PLACES[: lines[number].n_places])]
    return chance.choice((here, z3.Not(here), WANTED, z3.Not(WANTED), z3.And(here, WANTED), z3.Or(here, z3.Not(WANTED))))
