"""A run idles only where nothing is enabled: progress for free, and how to do without."""

import pytest
import z3

from dialproof import Action, Fairness, Holds, Lasso, ModelError, System, Violated, boolean, check
from dialproof.ltl import eventually

lamp = boolean("lamp")
LAMP = System("lamp", [lamp], z3.Not(lamp), [Action("light", z3.Not(lamp), {lamp: True})])


def test_the_only_thing_that_can_happen_does() -> None:
    assert isinstance(check(LAMP, eventually(lamp)), Holds)


def test_with_stuttering_nothing_happens_that_no_fairness_asks_for() -> None:
    verdict = check(LAMP.stuttering(), eventually(lamp))
    assert isinstance(verdict, Violated)
    assert isinstance(verdict.lasso, Lasso)
    assert [str(step.action) for step in verdict.lasso.loop] == ["stutter"]
    assert isinstance(check(LAMP.stuttering().fair(Fairness.WEAK, "light"), eventually(lamp)), Holds)


def test_stuttering_changes_nothing_else() -> None:
    idle = LAMP.stuttering("wait")
    assert [action.name for action in idle.actions] == ["light", "wait"]
    assert (idle.name, idle.variables, idle.assumptions) == (LAMP.name, LAMP.variables, LAMP.assumptions)
    assert idle.actions[-1].effects == ()
    assert idle.actions[-1].fairness is Fairness.NONE


def test_its_name_must_be_free() -> None:
    with pytest.raises(ModelError, match="repeated: 'light'"):
        LAMP.stuttering("light")
