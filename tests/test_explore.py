"""The oracle itself: cases in which an exhaustive search is easily wrong."""

import z3

from dialproof.engines import bmc, explicit
from dialproof.engines.outcome import Found
from dialproof.ltl import always, eventually, next_, release
from dialproof.problem import Problem
from dialproof.system import Action, System
from dialproof.variables import boolean


def test_an_until_that_next_asks_for_anew_is_not_put_off() -> None:
    """`always next (p until q)` owes the until at every position and may still pay it at every position."""
    flag = boolean("flag")
    system = System("one state", [flag], flag, [Action("stay", z3.BoolVal(True), {})])
    claim = eventually(next_(release(z3.Not(flag), z3.Not(flag))))
    problem = Problem(system, claim)
    assert isinstance(bmc.search(problem, last=3), Found)
    assert isinstance(explicit.decide(problem), Found)
    assert not isinstance(explicit.decide(Problem(system, always(flag))), Found)
