"""Exim: a site asks for its mail (ETRN), one run at a time, and what the record of a run that died does."""

from pathlib import Path

import pytest
import z3

from dialproof.portfolio.portfolio import Portfolio
from model.events import Event
from model.faults import named
from model.importing import source_of
from model.parts.batches import batch
from model.parts.requests import asked
from model.products.exim import scenario as exim_scenario
from model.products.exim.compose import build
from model.router import Router
from tests.amounts import THOROUGH, long
from tests.model.test_exim import (
    ALONE,
    CONFIGURATIONS,
    DELIVERED,
    RESOLVED,
    answers,
    imported,
    machine,
    portfolio,
    reasons,
    scenario,
    violated,
)

__all__ = ["portfolio"]

WAITS, HELD = 'queue_domains = ["*"]', 'hold_domains = ["*"]'
DIED = "etrn-record-left"


def asking(
    folder: Path,
    *,
    main: str = WAITS,
    serialised: bool = True,
    etrn: str = "again-and-again",
    fault: str = "none",
    mail: str = "",
) -> Path:
    """A machine whose queue nobody runs, and whose site may ask for its mail."""
    serialise = f"{main}, smtp_etrn_serialize = {str(serialised).lower()}"
    text = machine(DELIVERED, RESOLVED, ALONE, main=serialise, mail=mail or ", etrn = true", others="never")
    text = text.replace('product = "exim"', f'product = "exim", fault = "{fault}"')
    (folder / "s.toml").write_text(text.replace("[environment]", f'[environment]\netrn = "{etrn}"'), encoding="utf-8")
    return folder / "s.toml"


def router(path: Path, fault: str = "none", *, capacity: int = 1) -> Router:
    source = source_of(path, {})
    source.data["connector"]["queue_capacity"] = capacity
    return build(exim_scenario.read(source, [DELIVERED, RESOLVED, ALONE], ["none", DIED]), named(fault))


def is_possible(made: Router, event: Event, **values: int | bool) -> bool:
    """Whether an event of the only route is possible with these values of the variables called so."""
    (action,) = [one for one in made.system.actions if one.event is event]
    solver = z3.Solver()
    solver.add(action.guard)
    for name, value in values.items():
        term = f"{name.replace('_', ' ')} default"
        assert term in {one.name for one in made.system.variables}
        solver.add((z3.Bool(term) if isinstance(value, bool) else z3.Int(term)) == value)
    return solver.check() == z3.sat


# -- what makes a verdict wrong: who may ask, what a request takes, and what refuses it -------------------------------


@pytest.mark.parametrize(
    ("etrn", "mail", "because"),
    [
        ("sometimes", "", "goes only if its site asks for it (ETRN): nobody promises that it does"),
        ("never", "", "nobody runs the queue"),
        ("again-and-again", ", etrn = false", "nobody runs the queue"),
    ],
)
def test_that_a_site_may_ask_sends_nothing_unless_it_is_promised(
    portfolio: Portfolio, tmp_path: Path, etrn: str, mail: str, because: str
) -> None:
    path = asking(tmp_path, etrn=etrn, mail=mail)
    assert violated(answers(portfolio, path, DELIVERED)) == {DELIVERED}
    assert because in reasons(path, DELIVERED)


@pytest.mark.parametrize("main", [WAITS, pytest.param(HELD, marks=long), pytest.param("queue_only = false", marks=long)])
@pytest.mark.parametrize("etrn", ["again-and-again", pytest.param("sometimes", marks=long)])
def test_without_a_crash_the_lock_changes_no_verdict(portfolio: Portfolio, tmp_path: Path, main: str, etrn: str) -> None:
    claims = () if THOROUGH else (DELIVERED,)
    found = []
    for serialised in (True, False):
        path = asking(tmp_path, main=main, etrn=etrn, serialised=serialised)
        found.append(violated(answers(portfolio, path, *claims)))
    assert found[0] == found[1]
    assert (DELIVERED in found[0]) == (etrn == "sometimes")


def test_without_clocks_a_record_that_is_left_goes_at_some_time(portfolio: Portfolio, tmp_path: Path) -> None:
    assert violated(answers(portfolio, asking(tmp_path, fault=DIED), *(() if THOROUGH else (DELIVERED,)))) == set()


def test_while_a_run_goes_on_the_same_request_is_refused(tmp_path: Path) -> None:
    """`enq_start` with a limit of one; mail that comes meanwhile waits."""
    for serialised in (True, False):
        made = router(asking(tmp_path, serialised=serialised), DIED, capacity=2)
        assert is_possible(made, Event.ASK_FOR_MAIL, waiting=2, batch=1, asked_for=1) is not serialised
        assert is_possible(made, Event.ASK_FOR_MAIL, waiting=2, batch=1, asked_for=0)
        assert not is_possible(made, Event.ASK_FOR_MAIL, waiting=1, batch=1, asked_for=0)
    made = router(asking(tmp_path), DIED, capacity=2)
    assert not is_possible(made, Event.ASK_FOR_MAIL, waiting=1, batch=0, asked_for=0, record_left=True)
    assert not is_possible(made, Event.RUN_DIES, asked_for=0), "what does not run does not die"
    assert not is_possible(made, Event.RUN_DIES, run_died=True), "one run dies"


@pytest.mark.parametrize(("main", "taken"), [(WAITS, 2), (HELD, 1), ("queue_only = true", 2)])
def test_a_run_forces_the_first_message_alone(tmp_path: Path, main: str, taken: int) -> None:
    """queue.c: after the first attempt of a run with -R the others are not forced, and what is held waits on."""
    made = router(asking(tmp_path, main=main), capacity=2)
    (route,) = made.routes
    (request,) = made.actions(Event.ASK_FOR_MAIL)
    before = [(route.waiting, z3.IntVal(2)), (batch(route), z3.IntVal(0)), (asked(route), z3.IntVal(0))]
    for part in (batch(route), asked(route)):
        assert z3.simplify(z3.substitute(request.updates[part], *before)).eq(z3.IntVal(taken))


def test_a_run_that_dies_leaves_its_record_and_its_mail(tmp_path: Path) -> None:
    made = router(asking(tmp_path), DIED)
    (dying,) = made.actions(Event.RUN_DIES)
    effects = dict(dying.effects)
    assert z3.is_true(effects["record left default"])
    assert effects["batch default"].eq(z3.IntVal(0))
    assert "waiting default" not in effects
    assert not router(asking(tmp_path)).actions(Event.RUN_DIES, Event.RECORD_GOES), "without the fault no run dies"
    assert not router(asking(tmp_path, serialised=False), DIED).actions(Event.RECORD_GOES)


TIMES = [("etrn-record-left", True), pytest.param("etrn-record-left-cured", False, marks=long),
         pytest.param("etrn-in-time", False, marks=long)]  # fmt: skip


@pytest.mark.parametrize(("file", "is_late"), TIMES)
def test_a_record_that_is_left_makes_mail_late(portfolio: Portfolio, file: str, is_late: bool) -> None:
    path, claim = CONFIGURATIONS / f"{file}.toml", "resolved-within-28800-seconds"
    assert violated(answers(portfolio, path)) == ({claim} if is_late else set())
    assert ("leaves its record, and requests are refused for 6h" in reasons(path, claim)) is is_late


# -- what the files mean ----------------------------------------------------------------------------------------------


SITE = "queue_domains = branch.example\n"


@pytest.mark.parametrize(
    ("main", "acls", "asks"),
    [
        ("", "", False), ("acl_smtp_etrn = who", "who:\n  accept hosts = 10.0.0.0/8\n", True),
        ("acl_smtp_etrn = who", "who:\n  deny\nother:\n  accept\n", False), ("acl_smtp_etrn = who", "", False),
        ("acl_smtp_etrn = who", "other:\n  deny\nwho:\n  deny hosts = !10.0.0.1\n  accept\n", True),
        ("acl_smtp_etrn = accept", "", True), ("acl_smtp_etrn = deny", "", False), ("acl_smtp_etrn =", "", False),
        ("acl_smtp_etrn = ${hush}", "", True), ("acl_smtp_etrn = accept\nsmtp_etrn_command = /hush $domain", "", False),
    ],
)  # fmt: skip
def test_who_may_ask(tmp_path: Path, main: str, acls: str, asks: bool) -> None:
    found = imported(tmp_path, f"{SITE}{main}\nbegin acl\n{acls}")
    mail = scenario(found).mail
    assert {one.name: one.etrn for one in mail} == {"default": False, "branch.example": asks}
    assert ("acl_smtp_etrn lets the site" in "".join(found.notes())) is asks
    assert "hush" not in "".join(found.notes())


@pytest.mark.parametrize(
    ("main", "serialised"), [("", True), ("no_smtp_etrn_serialize", False), ("smtp_etrn_serialize = no", False)]
)
def test_runs_are_serialised_unless_the_file_says_otherwise(tmp_path: Path, main: str, serialised: bool) -> None:
    found = imported(tmp_path, f"{SITE}acl_smtp_etrn = accept\n{main}\n")
    assert scenario(found).main.smtp_etrn_serialize is serialised


def test_a_command_of_its_own_is_listed(tmp_path: Path) -> None:
    notes = imported(tmp_path, f"{SITE}acl_smtp_etrn = accept\nsmtp_etrn_command = /hush\n").notes()
    assert "smtp_etrn_command (line 3)" in notes[-1]
