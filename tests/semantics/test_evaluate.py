"""The meaning of formulas on runs, example by example."""

import pytest
import z3

from dialproof.core.actions import Action, enabled, taken
from dialproof.core.run import FiniteRun, Lasso, State, Step, Taken
from dialproof.core.system import System
from dialproof.core.variables import integer
from dialproof.ltl import always, eventually, next_, release, until, weak_until
from dialproof.semantics.evaluate import holds_on_lasso, is_lost_on
from dialproof.semantics.interpreter import Reader

N = integer("n", 0, 9)
GO = Action("go", N < 9, {N: N + 1})
READER = Reader(System("counting", [N], N == 0, [GO, Action("back", N == 3, {N: 1})]))  # a state


def lasso(stem: list[int], loop: list[int]) -> Lasso:
    """The lasso over these values of n, every step taken by "go"."""

    def steps(values: list[int]) -> tuple[Step, ...]:
        return tuple(Step(Taken("go"), State.of({"n": value})) for value in values)

    return Lasso(steps(stem), steps(loop))


@pytest.mark.parametrize(
    ("formula", "stem", "loop", "expected"),
    [
        (always(N < 4), [0], [1, 2, 3], True),
        (always(N < 3), [0], [1, 2, 3], False),
        (eventually(N == 3), [0], [1, 2, 3], True),
        (always(eventually(N == 0)), [0], [1, 2, 3], False),
        (always(eventually(N == 2)), [0], [1, 2, 3], True),
        (eventually(always(N > 0)), [0], [1, 2, 3], True),
        (next_(N == 1), [0], [1, 2], True),
        (always(z3.Implies(N == 2, next_(N == 1))), [0], [1, 2], True),
        (until(N < 2, N == 2), [0], [1, 2], True),
        (until(N < 1, N == 2), [0], [1, 2], False),
        (until(N < 3, N == 5), [0], [1, 2], False),
        (weak_until(N < 3, N == 5), [0], [1, 2], True),
        (weak_until(N < 1, N == 5), [0], [1, 2], False),
        (release(N == 1, N < 2), [0], [1, 2], True),
        (release(N == 5, N < 2), [0], [1, 2], False),
        (release(N == 5, N < 3), [0], [1, 2], True),
        (always(taken(GO)), [0], [1], True),
        (always(enabled(GO)), [0], [9], False),
        (always(N < 3) == eventually(N == 3), [0], [1, 2], False),
        (z3.Xor(always(N < 3), eventually(N == 3)), [0], [1, 2], True),
        (z3.If(eventually(N == 2), next_(N == 1), next_(N == 0)), [0], [1, 2], True),
    ],
)
def test_formula_on_a_lasso(formula: z3.BoolRef, stem: list[int], loop: list[int], *, expected: bool) -> None:
    """Worked out by hand."""
    assert holds_on_lasso(formula, lasso(stem, loop), READER) is expected


def test_next_crosses_the_edge_of_the_loop() -> None:
    """The position after the loop's last is its first."""
    assert holds_on_lasso(always(z3.Implies(N == 3, next_(N == 1))), lasso([0], [1, 2, 3]), READER)


def finite(*values: int, last: str | None = None) -> FiniteRun:
    """The finite run over these values; the action of the last step is `last`."""
    steps = [Step(Taken("go"), State.of({"n": value})) for value in values]
    return FiniteRun((*steps[:-1], Step(None if last is None else Taken(last), steps[-1].state)))


def test_a_formula_is_lost_on_a_finite_run_only_if_nothing_can_mend_it() -> None:
    """An unfinished promise is not lost; a broken "always" is."""
    assert is_lost_on(always(N < 2), finite(0, 1, 2), READER)
    assert not is_lost_on(always(N < 3), finite(0, 1, 2), READER)
    assert not is_lost_on(eventually(N == 5), finite(0, 1, 2), READER)
    assert is_lost_on(next_(N == 5), finite(0, 1), READER)
    assert is_lost_on(until(N < 1, N == 5), finite(0, 1), READER)


def test_the_last_action_is_open_unless_it_is_given_or_nothing_is_possible() -> None:
    """What is taken in the last state is not known; that nothing can be taken is."""
    assert not is_lost_on(always(z3.Not(taken(GO))), finite(0), READER)
    assert is_lost_on(always(z3.Not(taken(GO))), finite(0, last="go"), READER)
    assert is_lost_on(always(z3.Implies(N == 9, taken(GO))), finite(9), READER)
