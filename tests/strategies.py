"""Random systems and formulas, small enough for the explicit search and nasty enough to matter.

They include deadlocks, actions with parameters, mutually exclusive fairness conditions, several initial states, assumptions,
`next` over the loop's edge, past inside future inside past, and limits on a clock that goes round.
"""

from collections.abc import Callable, Sequence
from functools import cache

import z3
from hypothesis import strategies as st

from dialproof import ltl
from dialproof.core.actions import Action, Assumption, Fairness, enabled, taken
from dialproof.core.system import System
from dialproof.core.variables import Boolean, Choice, Integer, boolean, choice, integer

COLOURS = ("red", "green", "blue")


@cache
def terms_over(flag: Boolean, count: Integer, colour: Choice) -> st.SearchStrategy[z3.BoolRef]:
    """Boolean terms over the three kinds of variables. Made once: to make a strategy takes longer than to draw from it."""
    numbers = st.one_of(
        st.just(count),
        st.integers(-1, 3).map(z3.IntVal),
        st.integers(-2, 2).map(lambda n: count + n),
        st.sampled_from([2, 3, -2]).map(lambda n: count % n),
        st.sampled_from([2, -2]).map(lambda n: (count - 1) / n),
        st.just(z3.If(flag, count, 2 - count)),
    )
    atoms = st.one_of(
        st.just(flag),
        st.sampled_from(COLOURS).map(lambda value: colour == colour[value]),
        st.tuples(numbers, numbers, st.sampled_from(["<", "=", ">="])).map(_compare),
        st.booleans().map(z3.BoolVal),
    )
    return st.recursive(
        atoms,
        lambda inner: st.one_of(
            inner.map(z3.Not),
            st.tuples(inner, inner).map(lambda pair: z3.And(*pair)),
            st.tuples(inner, inner).map(lambda pair: z3.Or(*pair)),
            st.tuples(inner, inner).map(lambda pair: z3.Xor(*pair)),
            st.tuples(inner, inner).map(lambda pair: z3.Implies(*pair)),
            st.tuples(inner, inner, inner).map(lambda three: z3.If(*three)),
        ),
        max_leaves=3,
    )


def _compare(parts: tuple[z3.ArithRef, z3.ArithRef, str]) -> z3.BoolRef:
    left, right, sign = parts
    return {"<": left < right, "=": left == right, ">=": left >= right}[sign]


@st.composite
def systems(draw: st.DrawFn) -> System:
    """A system of at most 18 states and four actions."""
    flag, count, colour = boolean("flag"), integer("count", 0, 2), choice("colour", COLOURS)
    conditions = terms_over(flag, count, colour)
    amount = integer("amount", 1, 2)
    actions = []
    for number in range(draw(st.integers(0, 4))):
        guard = draw(conditions)
        updates: dict[Boolean | Integer | Choice, object] = {}
        parameters: tuple[Integer, ...] = ()
        if draw(st.booleans()):
            updates[flag] = draw(st.one_of(st.booleans(), st.just(z3.Not(flag)), conditions))
        if draw(st.booleans()):
            updates[colour] = draw(st.sampled_from(COLOURS).map(lambda value: colour[value]))
        kind = draw(st.integers(0, 3))
        if kind == 1:
            updates[count] = draw(st.integers(0, 2))
        elif kind == 2:
            updates[count] = z3.If(count < 2, count + 1, 0)
        elif kind == 3:
            parameters = (amount,)
            guard = z3.And(guard, count + amount <= 2)
            updates[count] = count + amount
        fairness = draw(st.sampled_from(list(Fairness)))
        actions.append(Action(f"a{number}", guard, updates, fairness, parameters=parameters))
    init = draw(st.one_of(st.just(z3.And(z3.Not(flag), count == 0, colour == colour.red)), conditions))
    system = System("random", [flag, count, colour], init, actions)
    if draw(st.integers(0, 3)) == 0:
        assumed = draw(st.one_of(recurrences(system), formulas(system)))
        system = system.assuming(Assumption("assumed", assumed, "drawn at random"))
    return system


def atoms_of(system: System) -> st.SearchStrategy[z3.BoolRef]:
    """Atoms of formulas: terms over the state, `enabled` and `taken`."""
    flag, count, colour = (variable.constant() for variable in system.variables)
    choices = [terms_over(flag, count, colour)]
    if system.actions:
        choices += [st.sampled_from(system.actions).map(enabled), st.sampled_from(system.actions).map(taken)]
    return st.one_of(*choices)


def formulas(system: System, depth: int = 5) -> st.SearchStrategy[z3.BoolRef]:
    """Formulas of linear temporal logic over the system: of the future alone, of the past too, and with limits besides."""
    both = (*_FUTURE, *_PAST)
    limited = (*both, *(_bounded(clock) for clock in (None, _clock(system))))
    families = ((_FUTURE, depth), (_FUTURE, depth), (both, depth - 1), (limited, depth - 1))  # a past takes the engines longer
    return st.sampled_from(families).flatmap(lambda family: _over(atoms_of(system), *family))  # one is made, not all of them


Operator = Callable[[st.SearchStrategy[z3.BoolRef]], st.SearchStrategy[z3.BoolRef]]
"""Makes formulas from formulas."""


def _one(apply: Callable[[z3.BoolRef], z3.BoolRef]) -> Operator:
    return lambda inner: inner.map(apply)


def _two(apply: Callable[[z3.BoolRef, z3.BoolRef], z3.BoolRef]) -> Operator:
    return lambda inner: st.tuples(inner, inner).map(lambda pair: apply(*pair))


_CONNECTIVES = (_one(z3.Not), _two(z3.And), _two(z3.Or), _two(z3.Implies), _two(lambda first, second: first == second))
_FUTURE = (
    *(_one(apply) for apply in (ltl.always, ltl.eventually, ltl.next_)),
    *(_two(apply) for apply in (ltl.until, ltl.weak_until, ltl.release)),
)
_PAST = (*(_one(apply) for apply in (ltl.once, ltl.historically, ltl.yesterday)), _two(ltl.since))


def _bounded(clock: Integer | None) -> Operator:
    """The bounded operators that count steps, or the time on `clock`."""
    operators = st.sampled_from([ltl.eventually_within, ltl.always_for, ltl.once_within, ltl.historically_for])
    return lambda inner: st.tuples(operators, st.integers(0, 3), inner).map(lambda drawn: drawn[0](drawn[1], drawn[2], clock))


def _clock(system: System) -> Integer:
    constant = system.variable("count").constant()
    assert isinstance(constant, Integer)
    return constant


def _over(atoms: st.SearchStrategy[z3.BoolRef], operators: Sequence[Operator], depth: int) -> st.SearchStrategy[z3.BoolRef]:
    return st.recursive(atoms, lambda inner: st.one_of(*(make(inner) for make in (*operators, *_CONNECTIVES))), max_leaves=depth)


def recurrences(system: System) -> st.SearchStrategy[z3.BoolRef]:
    """Assumptions that are fairness conditions: infinitely often p, or infinitely often p implies infinitely often q."""
    atom = atoms_of(system)
    often = atom.map(lambda p: ltl.always(ltl.eventually(p)))
    return st.one_of(often, st.tuples(often, often).map(lambda pair: z3.Implies(*pair)))


@st.composite
def problems(draw: st.DrawFn) -> tuple[System, z3.BoolRef]:
    """A system with a formula about it."""
    system = draw(systems())
    return system, draw(formulas(system))
