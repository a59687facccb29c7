"""That routes do not interfere: the right things are compared, and a search that shares nothing says the same."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
import z3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialproof.core.actions import Action
from dialproof.core.claims import Claim
from dialproof.core.errors import InputError, ScenarioError
from dialproof.core.system import System
from dialproof.core.variables import StateVariable, boolean
from dialproof.core.verdict import Holds, Unknown, Vacuous, Violated
from dialproof.encode.problem import Problem
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found
from dialproof.engines.limits import BmcLimits
from dialproof.evidence.replay import replay
from dialproof.portfolio.check import check, run_planned
from dialproof.portfolio.portfolio import Portfolio
from dialproof.portfolio.tasks import possibility
from dialproof.review.mutation.runner import Mutation
from dialproof.semantics.interpreter import Reader, Values
from model.faults import catalogue as faults
from model.parts.routes import Route
from model.products.exchange_ims.compose import build
from model.products.exchange_ims.scenario import Scenario, parse
from model.router import Router
from properties.checks import plan
from properties.interference import routes_do_not_interfere
from properties.observed import Observed
from tests import tables
from tests.amounts import long

NAME = "routes-do-not-interfere"
LAN = ("lan", "dns", "office")
HELD = ("held", "etrn", "")
BRANCH = ("branch", "dns", "branch")
ISP = ("isp", "host", "isp")
SHARED = ("shared", "dns", "spare")
HYPOTHESES = ("dial-slot-overwritten", "dialler-wants-only-ras", "permanent-mode", "other-queue-counted")


def scenario(*entries: tuple[str, str, str], later: bool = False, links: str = "isp branch office") -> Scenario:
    """Two lines with modems of their own, `spare` that shares the modem of isp, the LAN; the entries in their order."""
    kinds = {
        "isp": 'kind = "ras"\nmodem = "com1"',
        "branch": 'kind = "ras"',
        "spare": 'kind = "ras"\nmodem = "com1"',
        "office": 'kind = "lan"',
    }
    text = "format = 1\n[connector]\n"
    text += 'product = "exchange-ims"\nbuild = "5.5.2650.21"\nqueue_capacity = 1\n'
    text += "".join(f"[links.{name}]\n{kinds[name]}\n" for name in links.split())
    text += '[default]\ndeliver = "host"\nhost = "smtp.isp.example"\nlink = "isp"\n'
    for name, deliver, link in entries:
        text += f'[[email_domain]]\ndomain = "{name}.example"\ndeliver = "{deliver}"\n'
        text += 'host = "h.example"\n' if deliver == "host" else ""
        text += f'link = "{link}"\n' if link else ""
        text += 'added = "while-running"\n' if later else ""
    text += f'[[check]]\nclaim = "{NAME}"\n'
    return parse(text, "test", claims={NAME}, faults=faults())


def asked(fault: str, *entries: tuple[str, str, str], later: bool = False, links: str = "isp branch office") -> Observed:
    return routes_do_not_interfere(build(scenario(*entries, later=later, links=links), faults()[fault]))


def is_violated(observed: Observed, last: int = 8) -> bool:
    problem = Problem(observed.system, observed.claim.formula)
    found = bmc.search(problem, BmcLimits(last))
    if isinstance(found, Found):
        replay(problem, found.run)
    return isinstance(found, Found)


# --- verdicts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("entry", [LAN, ("lan", "host", "office"), HELD, BRANCH])
def test_the_correct_rule_is_proved_not_to_interfere(entry: tuple[str, str, str], later: bool) -> None:
    observed = asked("none", entry, later=later)
    verdict = check(observed.system, observed.claim, second_opinion=True)
    assert isinstance(verdict, Holds)
    assert verdict.vacuity.is_vacuous is False


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("fault", HYPOTHESES)
def test_every_hypothesis_makes_an_entry_over_the_lan_interfere(fault: str, later: bool) -> None:
    observed = asked(fault, LAN, later=later)
    verdict = check(observed.system, observed.claim)
    assert isinstance(verdict, Violated)
    before, last = verdict.lasso.steps[-2], verdict.lasso.steps[-1].state
    assert before.action is not None
    assert before.action.name == "dial(isp)"
    states = {last["line isp (with lan.example)"], last["line isp (without lan.example)"]}
    assert states == {"down", "dialling"}, "the reader sees the line dialled in one, and down in the other"


def test_mail_held_for_etrn_changes_nothing_under_the_causes_that_survive() -> None:
    for fault in HYPOTHESES:
        assert is_violated(asked(fault, HELD)) is (fault == "other-queue-counted")


def test_dialling_every_entry_is_interference_over_another_line_and_counting_no_demand_is_none() -> None:
    assert is_violated(asked("every-entry-is-dialled", BRANCH))
    assert not is_violated(asked("every-entry-is-dialled", LAN))
    assert not is_violated(asked("dns-default-counts-no-demand", LAN, BRANCH))


def test_of_two_entries_alike_each_interferes_although_leaving_one_out_changes_nothing() -> None:
    """H2 and H3: the other one still silences the line. So any number of entries may be left out at once."""
    twin = ("twin", "dns", "office")
    for fault in ("dialler-wants-only-ras", "permanent-mode"):
        connector = build(scenario(LAN, twin), faults()[fault])
        without = recomposed(connector, connector.routes[:2])
        assert not differs(connector.system, without.system, "isp")
        assert is_violated(routes_do_not_interfere(connector))


def test_an_entry_that_takes_silence_away_interferes_too() -> None:
    """H1: behind an entry over the LAN, one over another line brings the call back, and without it there is none."""
    assert is_violated(asked("dial-slot-overwritten", LAN, BRANCH))


# --- against a search that shares nothing --------------------------------------------------------------------------------


def differs(first: System, second: System, line: str) -> bool:
    """Whether some sequence of events makes `line` dial in one of two systems and not in the other. Plain Python, no pair."""
    readers = (Reader(first), Reader(second))
    places = [[one.name for one in reader.system.variables].index(f"line {line}") for reader in readers]
    starts = [next(iter(reader.initial_states())) for reader in readers]
    waiting, seen = deque([(starts[0], starts[1])]), {(starts[0], starts[1])}
    while waiting:
        here = waiting.popleft()
        if len({state[place] == "dialling" for state, place in zip(here, places, strict=True)}) > 1:
            return True
        ways: list[dict[str, Values]] = [
            {event.name: after for event, after in reader.events(state)} for reader, state in zip(readers, here, strict=True)
        ]
        for name in ways[0].keys() | ways[1].keys():
            after = (ways[0].get(name, here[0]), ways[1].get(name, here[1]))
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    return False


def recomposed(connector: Router, routes: Sequence[Route], constants: Sequence[StateVariable] = ()) -> Router:
    """The same connector with other routes."""
    assert connector.with_routes is not None
    return connector.with_routes(routes, constants)


def expected(connector: Router) -> bool:
    """Whether some entries that do not use a line change when it is dialled: all sets of them left out in turn, for each line."""
    modems = {line.name: line.modem for line in connector.lines}
    for line in connector.lines:
        others = [one for one in connector.entries if one.link is None or modems.get(one.link) != line.modem]
        for size in range(1, len(others) + 1):
            for left in combinations(others, size):
                routes = [one for one in connector.routes if one not in left]
                if differs(connector.system, recomposed(connector, routes).system, line.name):
                    return True
    return False


TABLES = st.lists(st.sampled_from([LAN, HELD, BRANCH, ISP]), min_size=1, max_size=2).map(
    lambda drawn: tuple((f"{name}{place}", *rest) for place, (name, *rest) in enumerate(drawn))
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(TABLES, st.sampled_from(sorted(faults())), st.booleans())
def test_the_verdict_is_that_of_a_search_through_pairs_of_runs(
    entries: tuple[tuple[str, str, str], ...], fault: str, later: bool
) -> None:
    later = later and len(entries) == 1  # two entries that come and go are too many states for a search like this
    connector = build(scenario(*entries, later=later), faults()[fault])  # type: ignore[arg-type]
    try:
        observed = routes_do_not_interfere(connector)
    except InputError:
        assert not expected(connector)
        return
    assert is_violated(observed, last=9) == expected(connector)


# --- what is compared ------------------------------------------------------------------------------------------------------


def same(one: z3.ExprRef, other: z3.ExprRef, given: z3.BoolRef) -> bool:
    solver = z3.Solver()
    solver.add(given, one != other)
    return solver.check() == z3.unsat


@pytest.mark.parametrize(
    ("fault", "later"),
    [
        pytest.param(fault, later, marks=() if (fault, later) in {("none", True), ("dial-slot-overwritten", False)} else long)
        for fault in sorted(faults())
        for later in (False, True)
    ],
)
def test_a_table_from_which_entries_may_be_left_out_is_the_one_without_them(fault: str, later: bool) -> None:
    """Whichever are left out: the same actions with the same guards and effects as of the connector composed without them."""
    connector = build(scenario(LAN, HELD, BRANCH, later=later), faults()[fault])
    flags = {one: boolean(f"without {one.name}") for one in connector.entries}
    routes = [one if one.is_default else replace(one, there=z3.Not(flags[one])) for one in connector.routes]
    whole = recomposed(connector, routes, list(flags.values())).system
    for left in (left for size in range(4) for left in combinations(connector.entries, size)):
        others = [one for one in connector.routes if one not in left]
        part = recomposed(connector, others).system
        sleeping = [variable for entry in left for variable in entry.variables]
        given = z3.And(
            *(flag if one in left else z3.Not(flag) for one, flag in flags.items()),
            *(one == (False if isinstance(one, z3.BoolRef) else 0) for one in sleeping),
            *(one.domain.restriction(one.term) for one in part.variables),
        )
        assert same(whole.init, part.init, given)
        for action in whole.actions:
            its = {one.name: one for one in part.actions}.get(action.name)
            if its is None:
                assert same(action.guard, z3.BoolVal(False), given), action.name
                continue
            assert same(action.guard, its.guard, given), action.name
            for variable in part.variables:
                mine, own = (dict(one.effects).get(variable.name, variable.term) for one in (action, its))
                assert same(mine, own, z3.And(given, action.guard)), (action.name, variable.name)
            for one in sleeping:
                after = dict(action.effects).get(one.variable.name, one)
                assert same(after, one, z3.And(given, action.guard)), "who is not there stays asleep"


@pytest.mark.parametrize("entries", [(LAN,), (LAN, BRANCH), (LAN, HELD, BRANCH, ISP)])
@pytest.mark.parametrize("later", [False, True])
def test_what_the_claim_speaks_of_happens(entries: tuple[tuple[str, str, str], ...], later: bool) -> None:
    """The pair does not come to rest early: the line is dialled with the entry in force, mail for the entry comes and goes."""
    observed = asked("none", *entries, later=later)
    wishes = [wish for _, wish in observed.claim.witnesses]
    assert len(wishes) > len(entries)
    for wish in wishes:
        wanted = possibility(Problem(observed.system, observed.claim.formula), wish)
        found = bmc.search(wanted, BmcLimits(8))
        assert isinstance(found, Found)
        replay(wanted, found.run)


def test_mail_for_the_entry_comes_where_the_entry_is_and_nowhere_else() -> None:
    observed = asked("none", LAN)
    arrival = observed.system.action("arrive(lan.example)")
    assert [name for name, _ in arrival.effects] == ["waiting lan.example"]
    common = observed.system.action("arrive(default)")
    assert len(common.effects) == 2


@pytest.mark.parametrize(
    "event", ["restart_service", "arrive(default)", "dial(isp)", "answer(isp)", "deliver(default)", "hang_up(isp)"]
)
def test_an_event_that_only_one_of_them_hears_of_shows(event: str) -> None:
    """The foil of each event that both have: were it not for both, the correct rule would seem to interfere."""
    observed = asked("none", LAN)
    both = observed.system.action(event)
    kept = {target: value for target, value in both.updates.items() if "without" not in target.variable.name}
    assert len(kept) < len(both.updates)
    assert is_violated(Observed(observed.system.changed(replace(both, updates=kept)), observed.claim), last=9)


def test_a_pair_in_which_nobody_dials_says_nothing_and_is_found_to() -> None:
    observed = asked("none", LAN)
    mute: Action = replace(observed.system.action("dial(isp)"), guard=z3.BoolVal(False))
    verdict = check(observed.system.changed(mute), observed.claim)
    assert isinstance(verdict, Vacuous)


# --- where it is not asked -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entries", "links", "message"),
    [
        ((), "isp office", "no e-mail-domain entry that could be left out"),
        ((ISP,), "isp office", "isp.example goes over it"),
        ((SHARED,), "isp spare office", "goes over spare, which dials with the same modem"),
    ],
)
def test_where_no_entry_leaves_a_line_alone_it_says_why(
    entries: tuple[tuple[str, str, str], ...], links: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        asked("none", *entries, links=links)


def test_without_a_line_there_is_nothing_to_ask() -> None:
    connector = build(scenario(LAN), faults()["none"])
    with pytest.raises(InputError, match="no dial link"):
        routes_do_not_interfere(replace(connector, lines=()))


def test_an_entry_that_shares_the_modem_is_not_asked_about_and_the_others_are() -> None:
    """It does interfere, and may: it holds what the other line needs."""
    observed = asked("none", SHARED, LAN, links="isp spare office")
    assert not is_violated(observed)
    assert any("isp: shared.example goes over spare, which dials with the same modem" in note for note in observed.notes)
    connector = build(scenario(SHARED, links="isp spare office"), faults()["none"])
    without = recomposed(connector, connector.routes[:1])
    assert differs(connector.system, without.system, "isp")


def test_the_claim_says_what_its_notes_leave_out() -> None:
    observed = asked("none", LAN)
    assert isinstance(observed.claim, Claim)
    assert any("mail for an entry is generated only in the copy that has the entry" in note for note in observed.notes)
    assert observed.copies == ("with lan.example", "without lan.example")


# --- in a scenario ---------------------------------------------------------------------------------------------------------

TWO_LINES = Path(__file__).resolve().parents[2] / "model" / "scenarios" / "interference" / "two-lines.toml"


def test_a_check_of_a_scenario_says_what_is_compared_and_has_no_observers() -> None:
    """The variables of the second copy do not watch the first one: they are half of what is checked."""
    for check_of_it in plan(TWO_LINES):
        (one,) = check_of_it.variants
        assert one.copies == ("with every entry", "without those left out")
        assert one.observers == ()
        assert any(
            note.startswith(f"{NAME}: an entry that uses a line is not checked for that line") for note in check_of_it.notes
        )


def test_mutants_are_asked_of_no_copies_of_the_model() -> None:
    """One broken copy beside a sound one would be no broken model."""
    with Portfolio(1) as portfolio, pytest.raises(InputError, match="every check compares copies of the model"):
        Mutation(portfolio, plan(TWO_LINES))


def test_every_table_with_two_lines_is_undecided_and_the_reason_is_given(tmp_path: Path) -> None:
    text = (TWO_LINES.parents[1] / "any-table" / "fixed.toml").read_text().split("[[check]]")[0]
    text = text.replace("[links.office]", '[links.branch]\nkind = "ras"\n[links.office]')
    (tmp_path / "any.toml").write_text(f'{text}[[check]]\nclaim = "{NAME}"\n')
    with Portfolio(2, timeout=120) as portfolio:
        (result,) = run_planned(portfolio, plan(tmp_path / "any.toml"))
    assert isinstance(result.verdict, Unknown)
    assert "lines that all share one modem" in result.verdict.reason


def test_a_table_that_is_read_class_by_class_is_refused(tmp_path: Path) -> None:
    """Without the last row of a class another one would be the last, and a fault may look at that."""
    path = tables.write(tmp_path, tables.rows([("dns", "office")] * 3))
    path.write_text(path.read_text().replace("queued-mail-is-dialled", NAME))
    with pytest.raises(ScenarioError, match="cannot be checked for a table that is read class by class"):
        plan(path)
