"""Exim: what waits and which queue runs take it, retry times, and what nobody sends."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from dialproof.core.errors import InputError
from dialproof.evidence.outcome import CheckedVerdict, word
from dialproof.portfolio.check import run_planned
from dialproof.portfolio.portfolio import Portfolio
from model.events import Event
from model.fault import NONE
from model.grammars.exim_runs import RetryRule, intervals, queue_run, retry_rules, seconds
from model.importing import Imported, source_of
from model.parts.batches import batch
from model.parts.retry_times import is_deferred
from model.products.exim import scenario as exim_scenario
from model.products.exim.compose import build
from model.products.exim.importer import read, recognises
from model.products.exim.scenario import Scenario
from properties.checks import plan
from tests.amounts import THOROUGH, long, some

CONFIGURATIONS = Path(__file__).resolve().parents[2] / "model" / "configurations" / "exim"

DIALLED, DELIVERED, RESOLVED = "queued-mail-is-dialled", "queued-mail-is-delivered", "queued-mail-is-resolved"
ALONE, APART, WITHIN = "mail-alone-dials-nothing", "routes-do-not-interfere", "resolved-within-9000-seconds"


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
    (WAITS, "-q", True), pytest.param(WAITS, "-qqf", True, marks=long), (WAITS, "-qi", False), (WAITS, "-ql", False),
    (HELD, "-q", False), (HELD, "-qq", False), (HELD, "-qf", True), ("", "-q", True),
    pytest.param(HELD, "-qff", True, marks=long),
    pytest.param('queue_smtp_domains = ["*"]', "-q", True, marks=long), pytest.param("queue_only = true", "-q", True, marks=long),
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
    text = machine(DIALLED, main=WAITS, runs="every = 1800", others="never")
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    assert violated(answers(portfolio, tmp_path / "s.toml")) == set()


@pytest.mark.parametrize(("flags", "is_tried"), [("-q", False), ("-qq", False), ("-qf", True), ("-qqff", True)])
def test_a_plain_run_passes_over_mail_before_its_retry_time(tmp_path: Path, flags: str, is_tried: bool) -> None:
    """Checked with Exim 4.96: "retry time not reached for any host"; -qf tries it."""
    text = machine(DELIVERED, main=WAITS, runs=f'every = 1800, flags = "{flags}"')
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    found = exim_scenario.read(source_of(tmp_path / "s.toml", {}), [DELIVERED], ["none"])
    router = build(found, NONE)
    (run,) = [action for action in router.system.actions if action.event is Event.FLUSH]
    (route,) = router.routes
    failed = [(is_deferred(route), z3.BoolVal(True)), (route.waiting, z3.IntVal(1)), (batch(route), z3.IntVal(0))]
    taken = z3.simplify(z3.substitute(run.updates[batch(route)], *failed))
    assert taken.eq(z3.IntVal(1 if is_tried else 0))


@pytest.mark.parametrize(("file", "expected"), [("run-in-time", set()), ("run-too-early", {WITHIN})])
@long
def test_mail_that_a_plain_run_passes_over_is_late(portfolio: Portfolio, file: str, expected: set[str]) -> None:
    assert violated(answers(portfolio, CONFIGURATIONS / f"{file}.toml")) == expected


# -- the example files: each fault, and its cure ----------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """A fault that is in the files alone: its folder, the claims that it violates, one that holds, and the reason given."""

    folder: str
    violates: tuple[str, ...]
    holds: str
    because: str


FAULTS = [
    Fault("each-message-dials", (ALONE,), "idle-line-is-released", "exim4.conf:11: mail for default is in none of queue_domains"),
    Fault("held", (DELIVERED, RESOLVED), ALONE, "exim4.conf:3: mail for default waits because of hold_domains, and the queue is "
          "run by `exim -qq` when the line comes up and `exim -q30m` of the daemon, which does not insist"),
    Fault("looks-up", (ALONE,), "idle-line-is-released", "default waits because of queue_smtp_domains, and is routed before"),
    Fault("nobody-runs-the-queue", (DELIVERED, RESOLVED), ALONE, "waits because of queue_only, and nobody runs the queue"),
    Fault("no-retry-rule", (DELIVERED, DIALLED), ALONE, "no retry rule, so that mail is returned after the first attempt"),
]  # fmt: skip
CURES = ["dial-up", "held-cured", "looks-up-cured", "lan-beside"]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.folder)
def test_a_fault_is_found_for_its_reason(portfolio: Portfolio, fault: Fault) -> None:
    path = CONFIGURATIONS / fault.folder / "exim4.conf"
    claims = () if THOROUGH else (*fault.violates, fault.holds)
    assert violated(answers(portfolio, path, *claims)) == set(fault.violates)
    assert fault.because in reasons(path, fault.violates[0])


@pytest.mark.parametrize("folder", CURES)
def test_the_cure_holds(portfolio: Portfolio, folder: str) -> None:
    path = CONFIGURATIONS / folder / "exim4.conf"
    assert violated(answers(portfolio, path, *(() if THOROUGH else (ALONE,)))) == set()


# -- what the files mean ----------------------------------------------------------------------------------------------


ROUTERS = """
begin routers
far:
  driver = manualroute
  {domains}
  transport = smtp
  route_list = {hosts}
begin transports
smtp:
  driver = smtp
begin retry
{retry}
"""
SMARTHOST = "* 198.51.100.25"


def imported(folder: Path, main: str, *, hosts: str = SMARTHOST, domains: str = "", retry: str = "* * F,2h,15m") -> Imported:
    return read(folder / "exim4.conf", main + "\n" + ROUTERS.format(hosts=hosts, domains=domains, retry=retry))


def scenario(found: Imported) -> Scenario:
    return Scenario.model_validate(found.data)


def links(found: Scenario) -> dict[str, str]:
    return {mail.name: mail.link for mail in found.mail}


@pytest.mark.parametrize(
    ("main", "waits"),
    [
        ("queue_only", True), ("no_queue_only", False), ("queue_only = yes", True), ("queue_only = false", False),
        ("queue_domains = *", True), ("queue_domains = ! example.org", True), ("queue_domains = *.example.org", False),
        ("queue_smtp_domains = <; *", True), ("domainlist far = ! @ : *\nqueue_domains = +far", True),
        ("domainlist near = example.org\nqueue_domains = ! +near", True), ("hold_domains =", False),
        ("ALL = *\nqueue_domains = ALL", True), (".ifdef NONE\nqueue_only\n.endif", False),
        ("A = 1\n.ifndef A\n.elifdef A\nqueue_only\n.else\n.endif", True), ("queue_domains = \\\n# comment\n  *", True),
        (".ifdef _HAVE_TLS\nqueue_only\n.else\nqueue_domains = *\n.endif", True), ('queue_domains = "*"', True),
    ],
)  # fmt: skip
def test_the_default_mail_waits_if_a_list_names_it(tmp_path: Path, main: str, waits: bool) -> None:
    found = scenario(imported(tmp_path, main))
    assert [found.waits_for_a_run(mail) for mail in found.mail if mail.name == "default"] == [waits]


def test_a_domain_that_waits_is_a_class_of_its_own(tmp_path: Path) -> None:
    found = scenario(imported(tmp_path, "queue_domains = branch.example : office.example"))
    assert links(found) == {"default": "permanent", "branch.example and 1 more": "uplink"}
    assert [found.waits_for_a_run(mail) for mail in found.mail] == [False, True]


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        ("* 10.0.0.5", {"default": ("lan", False)}), ("* mail.lan", {"default": ("lan", False)}),
        ("* smtp.isp.example", {"default": ("uplink", True)}), ("* smtp.isp.example::587 byname", {"default": ("uplink", True)}),
        ("* 198.51.100.25::25", {"default": ("uplink", False)}), ('* "10.0.0.5:198.51.100.7"', {"default": ("uplink", False)}),
        ("x.example 10.0.0.5 ; * smtp.isp.example", {"default": ("uplink", True), "x.example": ("lan", False)}),
        ("<, x.example 10.0.0.5, * 198.51.100.25", {"default": ("uplink", False), "x.example": ("lan", False)}),
    ],
)  # fmt: skip
def test_hosts_say_the_way_and_if_names_are_looked_up(tmp_path: Path, hosts: str, expected: dict[str, tuple[str, bool]]) -> None:
    found = scenario(imported(tmp_path, "", hosts=hosts))
    assert {mail.name: (mail.link, mail.looks_up) for mail in found.mail} == expected


def test_what_is_not_read_is_said(tmp_path: Path) -> None:
    main = "queue_domains = ${lookup{x}lsearch{/hush}} : *\nhide mysql_servers = localhost/x/u/hush\n.ifdef _HAVE_TLS\n.endif"
    notes = imported(tmp_path, main, hosts="* $domain ; * 198.51.100.25", retry="x.example * F,1h,15m\n* * F,2h,15m").notes()
    for said in ("queue_domains: an item that is not read (line 1)", "mysql_servers (line 2)",
                 ".ifdef of what this Exim was built with, taken for no (line 3)",
                 "route_list: a rule that is not read (line 11)", "a retry rule for some mail (line 16)"):  # fmt: skip
        assert said in notes[-1]
    assert "hush" not in "".join(notes)


def test_the_default_configuration_sends_everything_but_its_own_mail(tmp_path: Path) -> None:
    found = scenario(imported(tmp_path, "domainlist local_domains = @", domains="domains = ! +local_domains"))
    assert links(found) == {"default": "uplink"}


def test_a_list_that_is_expanded_names_nothing(tmp_path: Path) -> None:
    """Its colons are no separators before: what stands between two of them may be anything."""
    assert "main" not in imported(tmp_path, "queue_domains = ${if eq{a}{b} {x : hush.example : *}}").data


@pytest.mark.parametrize(
    ("main", "other_traffic"), [("queue_only", "never"), ("hold_domains = *", "again-and-again"), ("", "never")]
)
def test_other_traffic_dials_for_mail_that_no_daemon_takes(tmp_path: Path, main: str, other_traffic: str) -> None:
    assert scenario(imported(tmp_path, main)).environment.other_traffic == other_traffic


def test_a_router_with_a_condition_is_passed_over(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no router that is read sends mail"):
        imported(tmp_path, "", domains="condition = ${if eq{$x}{y}}")


def test_includes_stay_below_the_folder(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "secret").write_text("queue_only\n", encoding="utf-8")
    (tmp_path / "etc" / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "etc" / "inside").write_text("queue_only\n", encoding="utf-8")
    for name in ("../secret", f"{tmp_path}/secret", "link", "/etc/exim4/../secret"):
        assert "main" not in imported(tmp_path / "etc", f".include {name}").data
    for name in ("inside", "/etc/exim4/inside", '"inside"'):
        assert imported(tmp_path / "etc", f".include {name}").data["main"] == {"queue_only": True}


@pytest.mark.parametrize(
    ("script", "run"),
    [
        ("/usr/sbin/exim4 -qqf ${QUEUERUNNEROPTIONS}\n", "-qqf"), ("exim -q\n", "-q"), ("runq\n", "-q"), ("sendmail -q\n", "-q"),
        ("# exim -qf\n", None), ("exim -bd -q30m\n", None), ("exim -bp\n", None), ("exim -qG\n", None),
    ],
)  # fmt: skip
def test_a_script_runs_the_queue_if_it_says_so(tmp_path: Path, script: str, run: str | None) -> None:
    (tmp_path / "ip-up.d").mkdir()
    (tmp_path / "ip-up.d" / "exim4").write_text(script, encoding="utf-8")
    assert scenario(imported(tmp_path, "")).queue_runs.on_link_up == run


@pytest.mark.parametrize(
    ("name", "text", "every", "flags"),
    [
        ("default/exim4", "QUEUEINTERVAL='2h'\nQFLAGS=\"qf\"\n", 7200, "-qqf"),
        ("default/exim4", "QUEUERUNNER=nodaemon\n", None, "-q"),
        ("default/exim4", "", 1800, "-q"), ("sysconfig/exim", "DAEMON=yes\nQUEUE=1h\n", 3600, "-q"), ("none", "", 1800, "-q"),
    ],
)  # fmt: skip
def test_the_daemon_runs_the_queue_as_its_options_say(
    tmp_path: Path, name: str, text: str, every: int | None, flags: str
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text, encoding="utf-8")
    runs = scenario(imported(tmp_path, "")).queue_runs
    assert (runs.every, runs.flags) == (every, flags)


ANSWERS = "dc_eximconfig_configtype='{kind}'\ndc_smarthost='smtp.isp.example::587'\ndc_other_hostnames='example.org'\n"


@pytest.mark.parametrize("kind", ["smarthost", "satellite", "internet"])
def test_debians_answers_are_enough(tmp_path: Path, kind: str) -> None:
    found = scenario(read(tmp_path / "update-exim4.conf.conf", ANSWERS.format(kind=kind)))
    assert [(mail.name, mail.link, mail.looks_up) for mail in found.mail] == [("default", "uplink", True)]


def test_debians_template_is_filled_in(tmp_path: Path) -> None:
    template = ".ifdef DCconfig_smarthost DCconfig_satellite\n" + ROUTERS.format(
        hosts="* DCsmarthost byname", domains="domains = ! +local_domains", retry="* * F,1h,15m"
    )
    (tmp_path / "exim4.conf.template").write_text(
        f"domainlist local_domains = MAIN_LOCAL_DOMAINS\n.ifdef MAIN_HOLDS\nqueue_domains = *\n.endif\n{template}.endif\n",
        encoding="utf-8",
    )
    (tmp_path / "exim4.conf.localmacros").write_text("MAIN_HOLDS = 1\n", encoding="utf-8")
    found = read(tmp_path / "update-exim4.conf.conf", ANSWERS.format(kind="smarthost"))
    assert found.also_read == ("exim4.conf.localmacros", "exim4.conf.template")
    assert scenario(found).main.queue_domains == ("*",)
    assert scenario(found).retry.rules == "F,1h,15m"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "nothing active"), ("dc_eximconfig_configtype='local'\n", "all mail stays on this machine"),
        (".ifdef A\n", "`.endif` is missing"), (".endif\n", "without `.ifdef`"),
        ("begin retry\n* * F,hush\nbegin routers\nx:\ndriver = dnslookup\n", "these are no retry rules"),
        ("retry_interval_max = hush\nbegin routers\nx:\ndriver = dnslookup\n", "is no time"),
        (".include exim4.conf\n.include exim4.conf\n", "too long"), ("A = xxxxxxxxxx\n" + "A" * 20_000, "too long"),
    ],
)  # fmt: skip
def test_a_file_that_says_nothing_or_too_much_gets_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "exim4.conf").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message) as error:
        read(tmp_path / "exim4.conf", text)
    assert "hush" not in str(error.value)


def test_a_file_is_known_by_its_content() -> None:
    assert recognises(Path("x"), "begin acl\nbegin routers\n")
    assert recognises(Path("x"), "dc_smarthost=''\ndc_readhost=''\n")
    assert not recognises(Path("x"), "begin\nrelayhost = x\n")


@given(
    st.text(alphabet="ab=*.:;!+$<>{}#\\ \n\t\"'AB0129éF,", max_size=80),
    st.sampled_from(["", "queue_domains = ", ".include ", "A=", ".if"]),
)
@settings(max_examples=some(1000), deadline=None)
def test_any_text_is_read_or_refused(text: str, begin: str) -> None:
    with suppress(InputError):
        read(
            Path("no-such-folder/exim4.conf"),
            begin + text + "\n" + ROUTERS.format(hosts=SMARTHOST, domains="", retry="* * F,2h,15m"),
        )


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
