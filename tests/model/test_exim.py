"""Exim: what waits and which queue runs take it, retry times, and what nobody sends."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dialproof.evidence.outcome import CheckedVerdict, word
from dialproof.portfolio.check import run_planned
from dialproof.portfolio.portfolio import Portfolio
from model.grammars.exim_times import RetryRule, intervals, queue_run, retry_rules, seconds
from properties.checks import plan
from tests.amounts import long

DIALLED, DELIVERED, RESOLVED = "queued-mail-is-dialled", "queued-mail-is-delivered", "queued-mail-is-resolved"
ALONE, APART, WITHIN = "mail-alone-dials-nothing", "routes-do-not-interfere", "resolved-within-4500-seconds"


@pytest.fixture(scope="module")
def portfolio() -> Iterator[Portfolio]:
    with Portfolio(2, timeout=120) as workers:
        yield workers


def violated(found: dict[str, CheckedVerdict]) -> set[str]:
    assert {word(one.verdict) for one in found.values()} <= {"holds", "violated"}
    return {claim for claim, one in found.items() if word(one.verdict) == "violated"}


def answers(portfolio: Portfolio, path: Path, *claims: str) -> dict[str, CheckedVerdict]:
    """What came out of the checks of a file that are about one of `claims`, or of all of them."""
    planned = [one for one in plan(path) if not claims or one.claim.startswith(claims)]
    assert len(planned) >= len(claims)
    return {one.planned.claim: one for one in run_planned(portfolio, planned)}


def reasons(path: Path, claim: str) -> str:
    (planned,) = [one for one in plan(path) if one.claim == claim]
    return "\n".join(str(one) for one in planned.suspects)


def machine(
    *claims: str, main: str = "", runs: str = "", mail: str = "", retry: str = "", others: str = "again-and-again"
) -> str:
    """A machine with one line and a capacity of one message, where calls end and the world is willing."""
    checks = "".join(f'[[check]]\nclaim = "{claim}"\n' for claim in claims)
    return f"""
format = 1
connector = {{ product = "exim", queue_capacity = 1 }}
links.isp.kind = "dial"
main = {{ {main} }}
{retry and f'retry.rules = "{retry[1:]}"'}
queue_runs = {{ {runs} }}
mail = [{{ name = "default", link = "isp"{mail} }}]
[environment]
call_eventually_succeeds = true
delivery_eventually_succeeds = true
calls_eventually_end = true
other_traffic = "{others}"
{checks}"""


# -- what makes a verdict wrong: which queue runs take what, and who tries again --------------------------------------


WAITS, HELD = 'queue_domains = ["*"]', 'hold_domains = ["default"]'
TAKEN = [
    (WAITS, "-q", True), (WAITS, "-qqf", True), (WAITS, "-qi", False), (WAITS, "-ql", False), ("queue_only = true", "-q", True),
    (HELD, "-q", False), (HELD, "-qq", False), (HELD, "-qf", True), (HELD, "-qff", True), ("", "-q", True),
    ('queue_smtp_domains = ["*"]', "-q", True),
]  # fmt: skip


@pytest.mark.parametrize(("main", "run", "is_delivered"), TAKEN)
def test_a_queue_run_takes_what_it_may(portfolio: Portfolio, tmp_path: Path, main: str, run: str, is_delivered: bool) -> None:
    """Checked with Exim 4.96: what is held is tried by -qf and -qff alone, and -qi tries nothing that was looked at before."""
    file = tmp_path / "s.toml"
    file.write_text(machine(DELIVERED, main=main, runs=f'on_link_up = "{run}"'), encoding="utf-8")
    assert violated(answers(portfolio, file)) == (set() if is_delivered else {DELIVERED})


def test_what_nobody_tries_again_is_neither_sent_nor_returned(portfolio: Portfolio, tmp_path: Path) -> None:
    """The first attempt is made when mail comes; without queue runs it is the only one, and no time is ever over."""
    (tmp_path / "s.toml").write_text(machine(DELIVERED, RESOLVED), encoding="utf-8")
    assert violated(answers(portfolio, tmp_path / "s.toml")) == {DELIVERED, RESOLVED}
    assert "is tried once, when it comes, and nobody runs the queue" in reasons(tmp_path / "s.toml", DELIVERED)


def test_without_a_retry_rule_the_first_failure_returns_mail(portfolio: Portfolio, tmp_path: Path) -> None:
    text = machine(DELIVERED, RESOLVED, runs='every = 1800, on_link_up = "-q"', retry="=")
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    assert violated(answers(portfolio, tmp_path / "s.toml")) == {DELIVERED}
    assert "there is no retry rule" in reasons(tmp_path / "s.toml", DELIVERED)


@pytest.mark.parametrize(
    ("main", "mail", "dials"),
    [
        ("", "", True), (WAITS, "", False), (WAITS, ", looks_up = true", False), ('queue_smtp_domains = ["*"]', "", False),
        ('queue_smtp_domains = ["*"]', ", looks_up = true", True), ("queue_only = true", ", looks_up = true", False),
        ('queue_smtp_domains = ["*"], hold_domains = ["*"]', ", looks_up = true", False),
    ],
)  # fmt: skip
def test_mail_dials_when_it_comes_or_is_routed(portfolio: Portfolio, tmp_path: Path, main: str, mail: str, dials: bool) -> None:
    text = machine(ALONE, main=main, mail=mail, runs="every = 1800")
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    assert violated(answers(portfolio, tmp_path / "s.toml")) == ({ALONE} if dials else set())


def test_mail_that_comes_while_the_line_is_up_waits_for_the_next_run(portfolio: Portfolio, tmp_path: Path) -> None:
    text = machine(DELIVERED, main=WAITS, runs='on_link_up = "-qf"')
    endless = text.replace("calls_eventually_end = true", "calls_eventually_end = false")
    (tmp_path / "s.toml").write_text(endless, encoding="utf-8")
    assert violated(answers(portfolio, tmp_path / "s.toml")) == {DELIVERED}
    assert "mail that comes while it is up waits until it comes up again" in reasons(tmp_path / "s.toml", DELIVERED)
    (tmp_path / "s.toml").write_text(endless.replace('on_link_up = "-qf"', 'on_link_up = "-qf", every = 1800'), encoding="utf-8")
    assert violated(answers(portfolio, tmp_path / "s.toml")) == set()


def test_the_daemon_dials_for_what_waits(portfolio: Portfolio, tmp_path: Path) -> None:
    text = machine(DIALLED, DELIVERED, main=WAITS, runs="every = 1800", others="never")
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    assert violated(answers(portfolio, tmp_path / "s.toml")) == set()


def timed(flags: str, *, bound: int) -> str:
    """Every quarter of an hour a queue run, an hour between attempts, and one call in a row may fail."""
    return f"""
format = 1
connector = {{ product = "exim", queue_capacity = 1, timed = true }}
links.isp = {{ attempt = 900, idle = 900, drops_calls = false }}
main.queue_domains = ["*"]
retry.rules = "F,2h,1h"
queue_runs = {{ every = 900, flags = "{flags}" }}
mail = [{{ name = "default", link = "isp" }}]
environment = {{ most_failed_calls = 1, delivery_time = 900 }}
check = [{{ claim = "resolved-within", bound = {bound} }}]
"""


@pytest.mark.parametrize(("flags", "within"), [pytest.param("-qf", True, marks=long), ("-q", False)])
def test_a_plain_run_passes_over_mail_before_its_retry_time(
    portfolio: Portfolio, tmp_path: Path, flags: str, within: bool
) -> None:
    """Checked with Exim 4.96: "retry time not reached for any host"; -qf tries it."""
    (tmp_path / "s.toml").write_text(timed(flags, bound=4500), encoding="utf-8")
    assert violated(answers(portfolio, tmp_path / "s.toml")) == (set() if within else {WITHIN})


# -- times and flags --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "time"),
    [("30m", 1800), ("2h30m", 9000), ("1w", 604_800), ("5d", 432_000), ("0s", 0), ("30", None), ("", None), ("30m2h", None)],
)
def test_a_time_has_units_in_order(text: str, time: int | None) -> None:
    assert seconds(text) == time


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("F,2h,15m", (RetryRule(7200, 900),)), ("F,1h,15m; G,2d,1h,2;", (RetryRule(3600, 900), RetryRule(172_800, 3600, 2.0))),
        ("", ()), ("F,2h", None), ("F,2h,15m,2", None), ("G,2h,15m", None), ("X,2h,15m", None), ("F,2h,0s", None),
        ("F,2h,1h; F,1h,30m", None), ("$x", None),
    ],
)  # fmt: skip
def test_retry_rules_are_those_of_exim(text: str, rules: tuple[RetryRule, ...] | None) -> None:
    assert retry_rules(text) == rules


@pytest.mark.parametrize(
    ("text", "longest", "minutes"),
    [
        ("F,2h,15m", 86_400, [15]), ("F,30m,15m; F,4h,1h", 86_400, [15, 15, 15, 60]), ("F,4h,1h", 1800, [30]),
        ("F,15m,15m; G,8h,1h,1.5; F,1d,6h", 86_400, [15, 15, 60, 90, 135, 202.5, 360]), ("", 86_400, []),
    ],
)  # fmt: skip
def test_intervals_are_those_of_the_rule_whose_cutoff_has_not_passed(text: str, longest: int, minutes: list[float]) -> None:
    rules = retry_rules(text)
    assert rules is not None
    assert [time / 60 for time in intervals(rules, longest)] == minutes


@pytest.mark.parametrize("text", ["-q30m", "-q q", "q", "-qfi", "-qfff", "-qG", ""])
def test_what_is_no_single_queue_run_is_none(text: str) -> None:
    assert queue_run(text) is None
