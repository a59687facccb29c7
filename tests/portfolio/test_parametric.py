"""Lifted systems, bound functions and ranges of a claim: nothing that is lifted wrongly is believed."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
import z3

from dialproof import Action, Assumption, Claim, Fairness, Holds, System, Violated, enabled, integer
from dialproof.core.bound import TightestBound
from dialproof.core.bound_function import BoundFunction
from dialproof.core.claim_range import ClaimRange
from dialproof.core.errors import AuditError, InputError
from dialproof.core.instances import Instance
from dialproof.encode.frozen_parameter import Lifted, lifted
from dialproof.evidence.instances import check_instance
from dialproof.ltl import always, eventually
from dialproof.portfolio.bound_function import bound_function
from dialproof.portfolio.check import check
from dialproof.portfolio.claim_range import claim_range, instance_of
from dialproof.portfolio.tightest import tightest_bound
from dialproof.semantics.interpreter import Reader
from tests.amounts import THOROUGH, long

CAP = 40
Made = Callable[[int], System]


def counter(most: int, *, high: int | None = None, init: int = 0) -> System:
    """A number that grows up to `most` and begins anew at any time; it ranges up to `high`."""
    n = integer("n", 0, CAP if high is None else high)
    grow = Action("grow", n < most, {n: n + 1}, Fairness.WEAK)
    return System("counter", [n], n == init, [grow, Action("again", z3.BoolVal(True), {n: init})])


def instances(made: Made, values: Sequence[int]) -> list[Instance]:
    return [Instance(value, made(value), (z3.BoolVal(True),)) for value in values]


def accepted(found: Sequence[Lifted], built: Sequence[Instance]) -> list[tuple[int, int]]:
    """The ranges of the lifted systems, each of which is compared with every system that it stands for."""
    by_value = {one.value: one for one in built}
    for one in found:
        for value in one.values:
            check_instance(one.system, one.formulas, one.parameter, one.at(value), by_value[value])
    assert [value for one in found for value in one.values] == [one.value for one in built]
    return [(one.values[0], one.values[-1]) for one in found]


def function(made: Made, values: Sequence[int]) -> BoundFunction:
    n = integer("n", 0, CAP)
    return bound_function("p", instances(made, values), [n], lambda value: alone(made, value), processes=1)


def alone(made: Made, value: int) -> TightestBound:
    return tightest_bound(made(value), integer("n", 0, CAP), likely=reference(made, [value]), processes=1)


def reference(made: Made, values: Sequence[int]) -> list[int]:
    """The same, found by walking through all states."""
    return [max(state(made(value))) for value in values]


def state(system: System) -> set[int]:
    reader = Reader(system)
    seen = set(reader.initial_states())
    todo = list(seen)
    while todo:
        for _, after in reader.events(todo.pop()):
            if after not in seen:
                seen.add(after)
                todo.append(after)
    return {int(values[reader.names["n"]]) for values in seen}


TABLE = {1: 3, 2: 9, 3: 4, 4: 4, 5: 17, 6: 0, 7: 1, 8: 12}


@pytest.mark.parametrize(
    ("most", "ranges"),
    [
        (lambda p: 2 * p + 3, [(1, 8)]),
        (lambda p: 30 - p, [(1, 8)]),
        (lambda p: max(5, p), [(1, 5), (6, 8)]),
        (lambda p: min(5, p), [(1, 5), (6, 8)]),
        (lambda p: p // 3, [(1, 2), (3, 5), (6, 8)]),
        (lambda p: p * p, [(1, 2), (3, 4), (5, 6), (7, 8)]),
        (TABLE.__getitem__, [(1, 2), (3, 4), (5, 6), (7, 8)]),
    ],
)
def test_only_what_is_affine_is_lifted_and_each_value_is_as_it_was_built(
    most: Callable[[int], int], ranges: list[tuple[int, int]]
) -> None:
    built = instances(lambda p: counter(most(p), high=100), range(1, 9))
    assert accepted(lifted(built, 1, "setting"), built) == ranges


def test_a_setting_that_switches_the_structure_is_not_lifted_over_the_switch() -> None:
    def made(p: int) -> System:
        system = counter(p)
        return system if p < 4 else system.stuttering()

    built = instances(made, range(1, 9))
    assert accepted(lifted(built, 1, "setting"), built) == [(1, 3), (4, 8)]


@pytest.mark.parametrize("change", ["fairness", "update", "domain kind", "assumption"])
def test_every_part_of_a_system_is_looked_at(change: str) -> None:
    n = integer("n", 0, CAP)

    def made(p: int) -> System:
        system = counter(p)
        if p < 5:
            return system
        match change:
            case "fairness":
                return system.fair(Fairness.STRONG, "grow")
            case "update":
                return system.changed(replace(system.action("again"), updates={}))
            case "domain kind":
                return System("counter", [integer("n", 0)], system.init, system.actions)
            case _:
                return system.assuming(Assumption("busy", always(eventually(n > 0)), "somebody counts"))

    built = instances(made, range(1, 9))
    assert accepted(lifted(built, 1, "setting"), built) == [(1, 4), (5, 8)]


def test_values_some_steps_apart_and_below_zero_are_lifted() -> None:
    built = instances(lambda p: counter(p + 9), range(-7, 12, 4))
    (one,) = lifted(built, 4, "setting")
    assert accepted([one], built) == [(-7, 9)]
    assert [one.at(value) for value in one.values] == [-2, -1, 0, 1, 2]


def test_a_lifted_system_that_is_off_by_one_is_refused() -> None:
    """Each part of it, changed a little, is told from what was built."""
    built = instances(lambda p: counter(p, high=p + 1), range(2, 9))
    (one,) = lifted(built, 1, "setting")
    p, n = one.parameter, integer("n", 0, 9)
    grow, again = one.system.actions
    narrow = System("counter", [p, integer("n", 0, 8)], one.system.init, one.system.actions)
    moving = System("counter", [p, n], one.system.init, [grow, replace(again, updates={n: 0, p: p})])
    for wrong in (
        one.system.changed(replace(grow, guard=n <= p)),
        one.system.changed(replace(grow, updates={n: n + 2})),
        one.system.changed(replace(grow, fairness=Fairness.NONE)),
        one.system.changed(without=["again"]),
        System("counter", [p, n], n == 1, one.system.actions),
        System("counter", [p, n], n >= 0, one.system.actions),
        one.system.assuming(Assumption("never", always(n < p), "wrong")),
        narrow,
        moving,
    ):
        with pytest.raises(AuditError, match="differs from the one that was built"):
            accepted([replace(one, system=wrong)], built)
    for formulas in ((), (n < p,)):
        with pytest.raises(AuditError, match="differs from the one that was built"):
            check_instance(one.system, formulas, p, 3, built[1])


def test_a_parameter_keeps_at_each_value_the_range_that_it_has_there() -> None:
    """With the ranges widened and no word of them in the guards, a step of 9 would be possible where 2 is the longest."""

    def made(p: int) -> System:
        n, d = integer("n", 0, CAP), integer("d", 1, p)
        leap = Action("leap", n == 0, {n: d}, parameters=(d,))
        return System("leaps", [n], n == 0, [leap, Action("again", n > 0, {n: 0})])

    values = range(2, 10)
    built = instances(made, values)
    (one,) = lifted(built, 1, "setting")
    assert accepted([one], built) == [(2, 9)]
    (leap, again) = one.system.actions
    inner = leap.guard.arg(0)
    assert isinstance(inner, z3.BoolRef)
    widened = System("leaps", one.system.variables, one.system.init, [replace(leap, guard=inner), again])
    assert isinstance(check(widened, always(integer("n", 0, CAP) <= one.parameter), processes=1), Violated)
    with pytest.raises(AuditError, match="guard"):
        check_instance(widened, one.formulas, one.parameter, 2, built[0])
    found = function(made, values)
    assert found.is_exact
    assert [found.at(value) for value in values] == list(values)


def test_initial_values_keep_the_range_that_they_have_at_each_value() -> None:
    """Any value in range may be the first: with the ranges widened, one that is none at this value."""

    def made(p: int) -> System:
        n = integer("n", 0, p)
        return System("any", [n], z3.BoolVal(True), [Action("stay", z3.BoolVal(True), {})])

    built = instances(made, range(1, 9))
    (one,) = lifted(built, 1, "setting")
    assert accepted([one], built) == [(1, 8)]
    assert isinstance(check(one.system, always(integer("n", 0, 8) <= one.parameter), processes=1), Holds)


def test_a_system_that_leaves_its_range_at_one_value_alone_is_not_hidden_by_the_range_of_another() -> None:
    """From 4 on `n` grows beyond its range there, to numbers that are in range at a larger value."""

    def made(p: int) -> System:
        n = integer("n", 0, p)
        grow = Action("grow", n < 2 * p - 3, {n: n + 1})
        return System("beyond", [n], n == 0, [grow, Action("again", z3.BoolVal(True), {n: 0})])

    built = [instance_of(p, made(p), Claim("small", always(integer("n", 0, CAP) < 99), "")) for p in range(2, 7)]
    with pytest.raises(InputError, match="leads out of range"):
        claim_range("p", "small", built, lambda p: (made(p), Claim("small", built[p - 2].formulas[0], "")), processes=1)


@pytest.mark.parametrize(
    "most",
    [
        lambda p: p + 2,
        lambda p: max(5, p),
        pytest.param(lambda p: min(6, 2 * p), marks=long),
        lambda _p: 4,
        lambda _p: 0,
        pytest.param(lambda p: 20 - p, marks=long),
    ],
    ids=["affine", "max", "min", "constant", "zero", "falling"],
)
def test_a_function_is_what_a_walk_through_all_states_finds(most: Callable[[int], int]) -> None:
    values = range(1, 11)
    found = function(lambda p: counter(most(p)), values)
    assert found.is_exact
    assert [found.at(value) for value in values] == reference(lambda p: counter(most(p)), values)
    for value in values:
        run = found.run(value)
        if run is not None and most(value):
            assert run.checked_by
            assert max(step.state["n"] for step in run.lasso.steps) == most(value)
            assert "setting" not in run.lasso.steps[0].state


def test_a_function_with_two_pieces_in_one_lifted_system_is_found() -> None:
    """`n` stops at p or at 6, whichever is first: the constants are affine, the bound is not."""

    def made(p: int) -> System:
        n = integer("n", 0, CAP)
        grow = Action("grow", z3.And(n < p, n < 6), {n: n + 1}, Fairness.WEAK)
        return System("two", [n], n == 0, [grow, Action("again", z3.BoolVal(True), {n: 0})])

    found = function(made, range(1, 16))
    assert found.says == "p for 1..6; 6 for 7..15"
    assert found.is_exact
    assert found.proofs < 15


def test_the_ends_alone_prove_nothing() -> None:
    """The same at both ends of the range, and larger or smaller in between: no line is taken from the ends."""
    for most in (lambda p: 9 if p == 5 else 4, lambda p: 2 if p in (4, 7) else 6)[: 2 if THOROUGH else 1]:
        found = function(lambda p, most=most: counter(most(p)), range(1, 11))  # type: ignore[misc]
        assert [found.at(value) for value in range(1, 11)] == [most(p) for p in range(1, 11)]
        assert found.is_exact


def test_a_bound_that_no_run_attains_is_called_at_most() -> None:
    """At one value the bound is proved, and whether a run attains it is not known."""

    def bound_at(value: int) -> TightestBound:
        known = alone(lambda p: counter(min(p, 6)), value)
        return known if value != 8 else TightestBound(known.at_most, 3, CAP, known.proof, None, "no time left")

    def made(p: int) -> System:
        return counter(p) if p < 7 else counter(6 if p < 9 else p)

    values = range(7, 9)
    found = bound_function("p", instances(made, values), [integer("n", 0, CAP)], bound_at, processes=1)
    assert not found.is_exact
    assert found.says == "6 for 7; at most 6 for 8"


def test_without_a_bound_it_says_at_which_value_it_looked() -> None:
    found = function(lambda _p: counter(CAP), range(1, 9))
    assert found.says == "not known for 1..8"
    assert found.open[0].why_open.startswith("at 1: a run reaches 40")
    assert not found.is_exact


def ranged(made: Made, claim: Callable[[int], z3.BoolRef], values: Sequence[int]) -> ClaimRange:
    def asked(value: int) -> tuple[System, Claim]:
        return made(value), Claim("asked", claim(value), "")

    return claim_range("p", "asked", [instance_of(p, *asked(p)) for p in values], asked, processes=1)


def test_where_a_claim_holds_is_decided_at_every_value() -> None:
    n = integer("n", 0, CAP)
    found = ranged(counter, lambda _p: always(n <= 6), range(1, 21))
    assert (found.smallest, found.largest, found.is_decided) == (1, 6, True)
    assert [found.at(p) for p in range(1, 21) if isinstance(found.at(p), Violated)] == [found.at(p) for p in range(7, 21)]
    border = found.at(7)
    assert isinstance(border, Violated)
    assert border.checked_by
    assert max(step.state["n"] for step in border.lasso.steps) == 7


def test_nothing_is_assumed_to_be_monotonic() -> None:
    n = integer("n", 0, CAP)
    most = {p: 9 if p in (4, 5, 9) else 3 for p in range(1, 13)}
    found = ranged(lambda p: counter(most[p]), lambda _p: always(n <= 6), range(1, 13))
    assert found.those("violated") == (4, 5, 9)
    assert (found.smallest, found.largest) == (1, 12)
    assert [kind for kind, _ in found.stretches] == ["holds", "violated", "holds", "violated", "holds"]


def test_a_claim_about_what_must_happen_has_a_range_too() -> None:
    n = integer("n", 0, CAP)

    def made(p: int) -> System:
        grow = Action("grow", n < p, {n: n + 1}, Fairness.WEAK)
        return System("grows", [n], n == 0, [grow])

    found = ranged(made, lambda _p: eventually(n >= 5), range(1, 13))
    assert (found.smallest, found.largest, found.those("violated")) == (5, 12, (1, 2, 3, 4))


def test_a_claim_that_says_nothing_at_some_values_does_not_hold_there() -> None:
    n = integer("n", 0, CAP)
    found = ranged(counter, lambda _p: always(z3.Implies(n == 4, z3.Not(enabled("grow")) == (n == 40))), range(1, 4))
    assert found.those("holds") == ()
    assert found.those("vacuous") == (1, 2, 3)
    found = ranged(counter, lambda _p: always(z3.Implies(n >= 4, n <= 30)), range(1, 9))
    assert (found.those("vacuous"), found.those("holds")) == ((1, 2, 3), (4, 5, 6, 7, 8))


def test_values_must_be_the_same_step_apart() -> None:
    with pytest.raises(InputError, match="the same step apart"):
        function(counter, [1, 2, 4])
    with pytest.raises(InputError, match="the same step apart"):
        function(counter, [])
