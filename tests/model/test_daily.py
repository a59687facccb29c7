"""What a day costs: the observers count what plain Python counts, and each bound has both of its sides."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from dialproof.core.clock import Unit
from dialproof.core.errors import InputError
from dialproof.core.run import Taken
from dialproof.core.system import System
from dialproof.core.verdict import Verdict, Violated
from dialproof.portfolio.check import check, run_planned
from dialproof.portfolio.portfolio import Portfolio
from dialproof.project.setting_range import setting_range
from dialproof.semantics.interpreter import Reader, Values
from dialproof.semantics.random_run import RandomRun
from dialproof.testing import assert_holds, assert_violated
from model.events import Event, called
from model.fault import NONE
from model.router import Router
from proofs.ledger import has_second_solver
from properties.bounds import bounds_of
from properties.catalogue import claim_about
from properties.checks import open_installation, plan
from properties.daily import day_of
from properties.measures import MEASURES, measures_of
from properties.varied import claim_ranges
from tests.amounts import some
from tests.model.scenario_texts import with_change

ROOT = Path(__file__).resolve().parents[2]
CALLS = ROOT / "model" / "scenarios" / "timed" / "calls-of-a-day.toml"
DAY = 24 * 60


def router_of(path: Path) -> Router:
    return open_installation(path).router(NONE)


def walk(system: System, seed: int, steps: int) -> Iterator[tuple[Values, Taken, Values]]:
    """A random run in which the router does what is due, and days begin and are forgotten."""
    reader, chance = Reader(system), random.Random(seed)  # noqa: S311  # the same run each time; nothing is secret
    weights = {action.name: 0.03 if action.event is Event.FORGET_DAY else 1.0 for action in system.actions}
    runs = RandomRun(reader, weights, chance)
    here = next(iter(reader.initial_states()))
    for _ in range(steps):
        step = runs.step(here)
        assert step is not None
        yield here, *step
        here = step[1]


@pytest.mark.parametrize("name", ["calls-of-a-day-within", "line-cost-within"])
@pytest.mark.parametrize("seed", range(some(40)))
def test_the_observers_count_what_plain_python_counts(seed: int, name: str) -> None:
    router = router_of(CALLS)
    system, counted = MEASURES[name](router).measuring(router.system, DAY + 1)
    place = {one.name: at for at, one in enumerate(system.variables)}
    (count,) = (place[one.variable.name] for one in counted.values())
    begun, passed, expected, most = False, 0, 0, 0
    for before, taken, after in walk(system, seed, 600):
        time = int(dict(taken.parameters)["d"]) if taken.name == Event.ELAPSE.value else 0
        if taken.name == Event.BEGIN_DAY.value:
            begun = True
        elif not begun or passed >= DAY or taken.name == Event.FORGET_DAY.value:  # nothing is counted, or it was over
            begun, passed, expected = False, 0, 0
        else:
            if name == "calls-of-a-day-within":
                expected += taken.name == called(Event.DIAL, "isp")
            elif before[place["line isp"]] == "up":
                expected += min(time, DAY - passed)
            passed += time
        most = max(most, expected)
        assert (after[place["day begun"]], after[count]) == (begun, expected)
    assert most > 0


def verdict(path: Path, bound: int, name: str = "calls-of-a-day-within") -> Verdict:
    observed = claim_about(router_of(path), name, bound)
    return check(observed.system, observed.claim, timeout=60)


def test_calls_fifteen_minutes_apart_are_ninety_six_a_day(tmp_path: Path) -> None:
    """A proof that weighs each call with the time that it takes at least, and a run of hundreds of steps that attains it."""
    path = with_change("calls-of-a-day", tmp_path, ("queued_for = 480", "queued_for = 15"))
    (found,) = bounds_of(path, ["calls-of-a-day-within"], timeout=120)
    assert found.said() == "at most 96 calls, proved, and a run attains it"
    assert found.bound.run is not None
    assert max(step.state["calls of a day isp"] for step in found.bound.run.lasso.steps) == 96


def test_a_restart_forgets_the_last_call_and_calls_have_no_bound(tmp_path: Path) -> None:
    path = with_change("calls-of-a-day", tmp_path, ("restarts = false", "restarts = true"))
    assert isinstance(verdict(path, 3), Violated)


def test_the_measures_of_a_day_are_computed_if_they_are_asked_for() -> None:
    assert not {"calls-of-a-day-within", "line-cost-within"} & set(measures_of(router_of(CALLS)))


def test_what_is_no_time_is_called_by_what_it_counts(tmp_path: Path) -> None:
    """In the message for a bound that is missing, in the name of the claim, and if it is asked for by that name."""
    with pytest.raises(InputError, match="`bound` = a number of calls"):
        claim_about(router_of(CALLS), "calls-of-a-day-within")
    path = with_change("calls-of-a-day", tmp_path, ("queued_for = 480", "queued_for = 720"))
    asked = setting_range("dialling.idle_timeout=5..5")
    (answer,) = claim_ranges(path, asked, "calls-of-a-day-within-3-calls")
    assert answer.found.those("holds") == (5,)


def test_a_unit_of_which_a_day_is_no_whole_number_has_no_line_cost(tmp_path: Path) -> None:
    changes = (("queued_for = 480", "queued_for = 77"), ("idle_timeout = 5", "idle_timeout = 7\nattempt = 7"))
    path = with_change("calls-of-a-day", tmp_path, *changes)
    with pytest.raises(InputError, match="no whole number of units of 7 minutes"):
        verdict(path, 60, "line-cost-within")
    router = router_of(path)
    assert router.unit == Unit(7, "minute")
    assert day_of(router, router.unit).length == 206  # what happens in 1440 minutes happens in 206 of the moments 0, 7, 14 ...


@pytest.mark.skipif(not has_second_solver(), reason="cvc5 is not installed: pip install dialproof[audit]")
def test_a_day_is_counted_for_every_routing_table(tmp_path: Path) -> None:
    """The claim brings actions of its own, which the summary has as each table has them; both solvers take the proof."""
    text = (ROOT / "model" / "scenarios" / "any-table" / "timed.toml").read_text(encoding="utf-8").partition("[[check]]")[0]
    text = text.replace("queued_for = 15", "queued_for = 480") + "[environment]\nrestarts = false\n"
    for bound in (3, 2):
        text += f'[[check]]\nclaim = "calls-of-a-day-within"\nbound = {bound}\n'
    path = tmp_path / "any.toml"
    path.write_text(text, encoding="utf-8")
    with Portfolio(2, timeout=60, second_opinion=True) as portfolio:
        three, two = run_planned(portfolio, plan(path))
    assert [who.split()[0] for who in assert_holds(three).checked_by] == ["z3", "cvc5"]
    assert_violated(two)
