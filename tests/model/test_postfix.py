"""Postfix: what is held and what flushes it, the faults with their cures, and what is read of its files."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialproof.core.errors import InputError, ScenarioError
from dialproof.evidence.outcome import CheckedVerdict, word
from dialproof.portfolio.check import run_planned
from dialproof.portfolio.portfolio import Portfolio
from dialproof.project import toml_source
from model.events import Event
from model.fault import NONE
from model.grammars.postfix import UnresolvedError, expanded, in_words, logical_lines, parameters, rows, seconds, services
from model.importing import Imported, as_toml, source_of
from model.next_hops import is_near
from model.products import importers
from model.products.postfix.compose import build
from model.products.postfix.flushing import Domains
from model.products.postfix.importer import read, recognises
from model.products.postfix.scenario import Main, Scenario
from properties.checks import plan
from tests.amounts import THOROUGH, long, some

CONFIGURATIONS = Path(__file__).resolve().parents[2] / "model" / "configurations" / "postfix"
DIALLED, DELIVERED, RESOLVED = "queued-mail-is-dialled", "queued-mail-is-delivered", "queued-mail-is-resolved"
ALONE, NOT_NEEDED, APART = "mail-alone-dials-nothing", "no-dial-without-demand", "routes-do-not-interfere"


@pytest.fixture(scope="module")
def portfolio() -> Iterator[Portfolio]:
    with Portfolio(2, timeout=120) as workers:
        yield workers


def answers(portfolio: Portfolio, path: Path, *claims: str) -> dict[str, CheckedVerdict]:
    """What came out of the checks of a file that are about one of `claims`, or of all of them."""
    planned = [one for one in plan(path) if not claims or one.claim.startswith(claims)]
    assert len(planned) >= len(claims)
    return {one.planned.claim: one for one in run_planned(portfolio, planned)}


def violated(found: dict[str, CheckedVerdict]) -> set[str]:
    assert {word(one.verdict) for one in found.values()} <= {"holds", "violated"}
    return {claim for claim, one in found.items() if word(one.verdict) == "violated"}


def reasons(path: Path, claim: str) -> str:
    (planned,) = [one for one in plan(path) if one.claim == claim]
    return "\n".join(str(one) for one in planned.suspects)


@dataclass(frozen=True)
class Fault:
    """A fault that is in the files alone: its folder, the claim that it violates, others that hold, and the reason given."""

    folder: str
    violates: str
    holds: tuple[str, ...]
    because: str


FAULTS = [
    Fault("no-hook", DELIVERED, (RESOLVED,), "main.cf:4: defer_transports names `smtp` and nothing flushes the queue: mail waits "
          "until maximal_queue_lifetime (5d), and is returned"),
    Fault("storm", ALONE, (), "mail for default goes by `smtp`, and defer_transports is empty: each message and each retry"),
    Fault("relay-not-held", ALONE, (), "main.cf:3: mail for relay_domains goes by `relay`, which defer_transports (line 4) does "
          "not name"),
    Fault("per-route-misspelt", DELIVERED, (RESOLVED,), "transport:3: mail for example.com goes by `ondemnad`, which is no "
          'transport of master.cf; did you mean "ondemand"?'),
    Fault("etrn-not-eligible", DELIVERED, (RESOLVED, ALONE), "ip-up.d/postfix:3: this asks for mail for branch.example, which "
          "fast_flush_domains does not name: Postfix refuses it, and flushes nothing"),
    Fault("etrn-only", DELIVERED, (RESOLVED, ALONE), "main.cf:5: defer_transports names `ondemand`, and mail for branch.example "
          "goes only if its site asks for it (ETRN): nobody promises that it does"),
    Fault("tried-once", DELIVERED, (RESOLVED,), "main.cf:4: maximal_queue_lifetime is 0, so that mail is tried once"),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.folder)
def test_a_fault_is_found_for_its_reason(portfolio: Portfolio, fault: Fault) -> None:
    path = CONFIGURATIONS / fault.folder / "main.cf"
    assert violated(answers(portfolio, path, fault.violates, *fault.holds)) == {fault.violates}
    assert fault.because in reasons(path, fault.violates)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.folder)
@long
def test_a_fault_violates_nothing_else(portfolio: Portfolio, fault: Fault) -> None:
    assert violated(answers(portfolio, CONFIGURATIONS / fault.folder / "main.cf")) == {fault.violates}


CURES = [
    ("dial-up", ALONE),
    ("per-route", ALONE),
    ("relay-not-held-cured", ALONE),
    ("lan-beside", APART),
    ("etrn-eligible", DELIVERED),
]


@pytest.mark.parametrize(("folder", "claim"), CURES)
def test_the_cure_holds(portfolio: Portfolio, folder: str, claim: str) -> None:
    found = answers(portfolio, CONFIGURATIONS / folder / "main.cf", *(() if THOROUGH else (claim,)))
    assert violated(found) == set()


def test_mail_posted_while_the_line_is_up_waits_for_the_next_call(portfolio: Portfolio, tmp_path: Path) -> None:
    """The shape of Q159209: the hook takes what waits when the line comes up; a call that never ends leaves the rest behind."""
    text = as_text(CONFIGURATIONS / "dial-up" / "main.cf").replace("calls_eventually_end = true", "calls_eventually_end = false")
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    assert violated(answers(portfolio, tmp_path / "s.toml", DELIVERED)) == {DELIVERED}
    assert "mail posted while the line is up waits until it comes up again" in reasons(tmp_path / "s.toml", DELIVERED)
    flushed = text.replace("on_link_up = true", "on_link_up = true\nevery = 600")
    (tmp_path / "s.toml").write_text(flushed, encoding="utf-8")
    assert violated(answers(portfolio, tmp_path / "s.toml", DELIVERED)) == set()


@pytest.mark.parametrize(
    ("file", "claim", "expected"),
    [
        pytest.param("flush-every-hour", DELIVERED, set(), marks=long),
        pytest.param("flush-every-hour", "dials-are-spaced", set(), marks=long),
        pytest.param("flush-every-hour-too-late", DELIVERED, {DELIVERED}, marks=long),
        ("storm-by-the-hour", "dials-are-spaced", {"dials-are-spaced-3600-seconds"}),
    ],
)
def test_the_lifetime_must_be_longer_than_from_one_flush_to_the_delivery_of_the_next(
    portfolio: Portfolio, file: str, claim: str, expected: set[str]
) -> None:
    """An hour, five minutes to connect, five to deliver: 4200 seconds are too few, the next unit of time is enough."""
    assert violated(answers(portfolio, CONFIGURATIONS / f"{file}.toml", claim)) == expected


# -- ETRN: one site asks for its mail ---------------------------------------------------------------------------------


def asked(folder: Path, sites: int = 1, *, flush: str = "", environment: str = "", main: str = "", timed: bool = False) -> Path:
    """A scenario with held mail for some sites, all over one line, who can ask for it; alter what follows each table."""
    mail = "".join(f'[[mail]]\nname = "s{number}.example"\nlink = "isp"\nfast_flush = true\n' for number in range(sites))
    asks = [DELIVERED, RESOLVED, ALONE, *(["dials-are-spaced"] if timed else [])]
    checks = "".join(f'[[check]]\nclaim = "{claim}"\n{"bound = 3600" * (claim == "dials-are-spaced")}\n' for claim in asks)
    (folder / "s.toml").write_text(
        f'format = 1\n[connector]\nproduct = "postfix"\nqueue_capacity = 1\ntimed = {str(timed).lower()}\n'
        f'[main]\ndefer_transports = ["smtp"]\n{main}\n[flush]\n{flush}\n[links.isp]\nattempt = 300\nidle = 300\n{mail}'
        f"[environment]\ncall_eventually_succeeds = true\ndelivery_eventually_succeeds = true\ncalls_eventually_end = true\n"
        f"{environment}\n{checks}",
        encoding="utf-8",
    )
    return folder / "s.toml"


NEVER = 'etrn = "never"\nother_traffic = "again-and-again"'
ALWAYS = 'etrn = "again-and-again"'


@pytest.mark.parametrize(
    ("environment", "because"),
    [
        ("", "goes only if its site asks for it (ETRN): nobody promises that it does"),
        ('etrn = "never"', "nothing flushes the queue"),
        (ALWAYS, None),
    ],
)
def test_that_a_site_may_ask_delivers_nothing_unless_it_is_promised(
    portfolio: Portfolio, tmp_path: Path, environment: str, because: str | None
) -> None:
    path = asked(tmp_path, environment=environment)
    assert violated(answers(portfolio, path, DELIVERED, RESOLVED)) == ({DELIVERED} if because else set())
    assert (because or "") in reasons(path, DELIVERED)


def test_a_site_whose_requests_meet_calls_that_fail_gets_nothing_by_those_of_another(
    portfolio: Portfolio, tmp_path: Path
) -> None:
    """Why sites that ask by themselves are no single class: that calls succeed for one of them says nothing of the other."""
    assert violated(answers(portfolio, asked(tmp_path, 2, environment=ALWAYS), DELIVERED)) == {DELIVERED}


def test_a_request_for_a_domain_that_is_not_eligible_is_refused_though_it_is_promised(
    portfolio: Portfolio, tmp_path: Path
) -> None:
    path = asked(tmp_path, environment=ALWAYS)
    path.write_text(path.read_text(encoding="utf-8").replace("fast_flush = true", "fast_flush = false"), encoding="utf-8")
    assert violated(answers(portfolio, path, DELIVERED)) == {DELIVERED}
    assert "nothing flushes the queue" in reasons(path, DELIVERED)


def test_a_script_that_asks_for_one_site_flushes_no_other(portfolio: Portfolio, tmp_path: Path) -> None:
    path = asked(
        tmp_path, 2, flush='sites_on_link_up = ["s0.example"]', environment='etrn="never"\nother_traffic = "again-and-again"'
    )
    assert violated(answers(portfolio, path, DELIVERED)) == {DELIVERED}
    assert "nothing flushes the queue of mail for s1.example" in reasons(path, DELIVERED)


@pytest.mark.parametrize(("is_held", "is_timed", "asks"), [(True, False, True), (False, False, False), (False, True, True)])
def test_a_request_does_not_wait_for_the_time_of_a_retry(tmp_path: Path, is_held: bool, is_timed: bool, asks: bool) -> None:
    """Mail that is not held is tried too when its site asks; without times it is tried at any time as it is."""
    source = toml_source.read(asked(tmp_path, main="maximal_queue_lifetime = 7200", timed=is_timed))
    source.data["main"]["defer_transports"] = ["smtp"] if is_held else []
    system = build(Scenario.model_validate(source.data), NONE).system
    assert any(action.event is Event.ASK_FOR_MAIL for action in system.actions) is asks


def test_a_class_that_a_script_asks_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no class of mail has this name; allowed"):
        plan(asked(tmp_path, flush='sites_on_link_up = ["s1.example"]'))


RELAYED = "relay_domains = a.example, b.example\ndefer_transports = relay\n"


@pytest.mark.parametrize(
    ("main", "fast"),
    [
        (RELAYED, {"relay_domains", "relay_domains-others"}),
        (f"{RELAYED}fast_flush_domains =\n", set()),
        (f"{RELAYED}fast_flush_domains = hash:/etc/postfix/fast\n", set()),
        (f"{RELAYED}fast_flush_domains = ${{a b}}\n", set()),
        (f"{RELAYED}fast_flush_domains = b.example\n", {"b.example"}),
        (f"{RELAYED}fast_flush_domains = $relay_domains, c.example\n", {"relay_domains", "relay_domains-others"}),
        ("relay_domains = a.example\ndefer_transports = relay\n", {"relay_domains"}),
        ("relay_domains = a.example\ndefer_transports = smtp\n", set()),
        ("relay_domains = hash:/etc/relay\ndefer_transports = relay\n", {"relay_domains", "relay_domains-others"}),
        ("fast_flush_domains = c.example\ndefer_transports = smtp\n", {"c.example"}),
        ("fast_flush_domains = c.example d.example e.example\ndefer_transports = smtp\n", {"c.example", "d.example and 1 more"}),
        ("fast_flush_domains = !c.example, example\ndefer_transports = smtp\n", {"example"}),
        ("fast_flush_domains = c.example\n", set()),
    ],
)
def test_which_mail_can_be_asked_for(tmp_path: Path, main: str, fast: set[str]) -> None:
    assert {mail.name for mail in scenario(tmp_path, main).mail if mail.fast_flush} == fast


def test_without_the_service_nothing_can_be_asked_for(tmp_path: Path) -> None:
    master = "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n"
    for more, fast in (("", False), ("flush unix n - n 1000? 0 flush\n", True)):
        found = scenario(tmp_path, "relay_domains = a.example\ndefer_transports = relay\n", master_cf=master + more)
        assert [mail.fast_flush for mail in found.mail] == [False, fast]


@pytest.mark.parametrize(
    ("restrictions", "etrn"), [("reject", "never"), ("permit_mynetworks, reject", "sometimes"), ("", "sometimes")]
)
def test_who_may_ask(tmp_path: Path, restrictions: str, etrn: str) -> None:
    found = scenario(
        tmp_path, f"fast_flush_domains = c.example\ndefer_transports = smtp\nsmtpd_etrn_restrictions = {restrictions}\n"
    )
    assert found.environment.etrn == etrn


@pytest.mark.parametrize(
    ("script", "asked_for"),
    [
        ("/usr/sbin/sendmail -qRc.example\n", ["c.example"]),
        ('postqueue -s c.example && postqueue -s "d.example"\n', ["c.example and 1 more"]),
        ("# postqueue -s c.example\n", []),
        ("postqueue -s c.example; postqueue -f\n", []),
        ("postqueue -s $SITE\n", []),
    ],
)
def test_a_script_may_ask_for_sites(tmp_path: Path, script: str, asked_for: list[str]) -> None:
    (tmp_path / "ip-up").write_text(script, encoding="utf-8")
    found = scenario(tmp_path, "defer_transports = smtp\n")
    assert list(found.flush.sites_on_link_up) == asked_for
    assert found.flush.on_link_up is ("postqueue -f" in script)


@pytest.mark.parametrize(
    ("names", "domain", "has"),
    [
        (("a.example",), "x.a.example", True), (("a.example",), "xa.example", False), ((), "a.example", False),
        (("!x.a.example", "a.example"), "x.a.example", False),
    ],
)  # fmt: skip
def test_a_domain_stands_for_what_is_below_it(names: tuple[str, ...], domain: str, has: bool) -> None:
    assert (domain in Domains(names)) is has
    assert domain not in Domains(names, has_parents=False)


def as_text(path: Path) -> str:
    source = source_of(path, importers())
    assert isinstance(source, Imported)
    return as_toml(source)


# -- what the files mean ----------------------------------------------------------------------------------------------


def scenario(folder: Path, main: str, **others: str) -> Scenario:
    """What a machine with these files comes to."""
    for name, text in others.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return Scenario.model_validate(read(folder / "main.cf", main).data)


def links(found: Scenario) -> dict[str, str]:
    return {mail.name: mail.link for mail in found.mail}


def test_without_a_hold_everything_goes_over_the_line(tmp_path: Path) -> None:
    assert links(scenario(tmp_path, "relayhost = [mail.isp.example]\n")) == {"default": "uplink"}


def test_a_next_hop_on_the_lan_uses_no_line(tmp_path: Path) -> None:
    found = scenario(
        tmp_path,
        "defer_transports = smtp\ntransport_maps = hash:/etc/postfix/transport\n",
        transport="office.example smtp:[10.0.0.5]\n",
    )
    assert links(found) == {"default": "uplink", "office.example": "lan"}
    assert [found.is_held(mail) for mail in found.mail] == [True, True]  # the hold belongs to the transport


def test_classes_that_go_the_same_way_are_one(tmp_path: Path) -> None:
    table = "".join(f"d{number}.example ondemand:\n" for number in range(500))
    found = scenario(
        tmp_path, "defer_transports = ondemand\ntransport_maps = hash:$config_directory/transport\n", transport=table
    )
    assert links(found) == {"default": "permanent", "d0.example and 499 more": "uplink"}


def test_two_ways_to_one_domain_are_two_classes(tmp_path: Path) -> None:
    table = "boss@x.example ondemand:\nx.example slow:\n"
    found = scenario(tmp_path, "defer_transports = smtp\ntransport_maps = hash:transport\n", transport=table)
    assert [(mail.name, mail.transport) for mail in found.mail[1:]] == [
        ("x.example", "ondemand"),
        ("x.example by slow 2", "slow"),
    ]


def test_the_row_for_everything_is_the_default(tmp_path: Path) -> None:
    found = scenario(tmp_path, "transport_maps = texthash:transport\n", transport="* uplink:[mail.isp.example]\n")
    assert [(mail.name, mail.transport) for mail in found.mail] == [("default", "uplink")]


def test_rows_that_stay_on_the_machine_are_left_out(tmp_path: Path) -> None:
    master = "smtp unix - - n - - smtp\nfax unix - n n - - pipe flags=F\nqmgr unix n - n 300 1 qmgr\n"
    found = scenario(tmp_path, "transport_maps = hash:transport\n", transport="fax.example fax:\n", master_cf=master)
    assert links(found) == {"default": "uplink"}
    assert found.master.services == ("smtp", "fax")


def test_a_map_outside_the_folder_is_named_and_not_read(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "transport").write_text("example.com ondemand:\n", encoding="utf-8")
    for where in ("hash:../transport", f"hash:{tmp_path}/transport", "ldap:transport", "hash:/etc/postfix/../transport"):
        imported = read(tmp_path / "etc" / "main.cf", f"transport_maps = {where}\n")
        assert "table 1 is no text file below this folder" in "\n".join(imported.assumed)
        assert len(imported.data["mail"]) == 1


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "secret").write_text("/usr/sbin/sendmail -q\n", encoding="utf-8")
    (tmp_path / "etc" / "ip-up").symlink_to(tmp_path / "secret")
    (tmp_path / "etc" / "transport").symlink_to(tmp_path / "secret")
    imported = read(tmp_path / "etc" / "main.cf", "defer_transports = smtp\ntransport_maps = hash:transport\n")
    assert "flush" not in imported.data
    assert not imported.also_read


@pytest.mark.parametrize(
    ("script", "flushes"),
    [
        ("/usr/sbin/sendmail -q\n", True),
        ("test -x /usr/sbin/postqueue && postqueue -f\n", True),
        ("postfix flush\n", True),
        ("#!/bin/sh\n[ -x /usr/sbin/sendmail ] && /usr/sbin/sendmail -v -q\n", True),
        ("# /usr/sbin/sendmail -q\n", False),
        ("/usr/sbin/sendmail -bp\n", False),
        ("/usr/sbin/sendmail -bd -q15m\n", False),
        ("/usr/sbin/sendmail -qRexample.com\n", False),
        ("", False),
    ],
)
def test_a_script_flushes_if_it_says_so(tmp_path: Path, script: str, flushes: bool) -> None:
    (tmp_path / "ip-up.d").mkdir()
    (tmp_path / "ip-up.d" / "mail").write_text(script, encoding="utf-8")
    assert scenario(tmp_path, "defer_transports = smtp\n").flush.on_link_up is flushes


def test_a_script_that_run_parts_leaves_out_flushes_nothing(tmp_path: Path) -> None:
    (tmp_path / "ip-up.d").mkdir()
    (tmp_path / "ip-up.d" / "flush.sh").write_text("/usr/sbin/sendmail -q\n", encoding="utf-8")
    imported = read(tmp_path / "main.cf", "defer_transports = smtp\n")
    assert "flush" not in imported.data
    assert any("whose names run-parts leaves out" in note for note in imported.assumed)


@pytest.mark.parametrize(("script", "flushes"), [("run-parts /etc/ppp/ip-up.d\n", True), ("logger up\n", False)])
def test_scripts_that_ip_up_does_not_run_flush_nothing(tmp_path: Path, script: str, flushes: bool) -> None:
    (tmp_path / "ip-up.d").mkdir()
    (tmp_path / "ip-up.d" / "mail").write_text("postqueue -f\n", encoding="utf-8")
    (tmp_path / "ip-up").write_text(script, encoding="utf-8")
    assert scenario(tmp_path, "defer_transports = smtp\n").flush.on_link_up is flushes


def test_a_service_that_is_switched_off_is_no_transport(tmp_path: Path) -> None:
    master = "smtp unix - - n - - smtp\nrelay unix - - n - - smtp -o defer_transports= -o {{relayhost = x}}\n"
    off = "relayhost = [mail.isp.example]\nmaster_service_disable = smtp.unix, smtp.inet{more}\n"
    found = scenario(tmp_path, off.format(more=""), master_cf=master)
    assert found.master.services == ("relay",)
    assert not found.is_available(found.mail[0])
    notes = read(tmp_path / "main.cf", off.format(more=" unix")).notes()[-1]
    assert "master_service_disable (line 2)" in notes
    assert "-o defer_transports (line 2 of master.cf), -o relayhost (line 2 of master.cf)" in notes


@pytest.mark.parametrize(
    ("least", "most", "ladder"),
    [(300, 4000, (300, 300, 600, 1200, 2400, 4000)), (300, 300, (300,)), (600, 300, (600,)), (1, 3, (1, 1, 2, 3))],
)
def test_retries_wait_as_long_as_the_message_is_old(least: int, most: int, ladder: tuple[int, ...]) -> None:
    found = Scenario.model_validate(
        {
            "format": 1, "connector": {"product": "postfix"}, "links": {"x": {}}, "mail": [{"name": "default", "link": "x"}],
            "main": Main(minimal_backoff_time=least, maximal_backoff_time=most).model_dump(), "check": [{"claim": DIALLED}],
        }
    )  # fmt: skip
    assert found.backoff == ladder


# -- the readers ------------------------------------------------------------------------------------------------------


def test_logical_lines_are_those_of_postfix() -> None:
    text = "  lost\na = 1\n\n# comment\n  2 # no comment\n#\n\tb\nc=\n"
    assert [(one.text, one.line) for one in logical_lines(text)] == [("a = 1  2 # no comment\tb", 2), ("c=", 8)]


def test_the_last_value_of_a_parameter_counts() -> None:
    assert parameters("a = 1\nb = 2\na=3\n", "main.cf")["a"].text == "3"


@pytest.mark.parametrize(("line", "number"), [("nothing\n", 1), ("a = 1\n= 2\n", 2), ("a b = 1\n", 1)])
def test_what_is_no_parameter_is_refused_with_its_line_and_not_shown(line: str, number: int) -> None:
    with pytest.raises(ScenarioError) as error:
        parameters(line, "main.cf")
    assert f"main.cf:{number}:1: this is no line of main.cf" in str(error.value)
    assert "nothing" not in str(error.value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("$a", "1"), ("${a}x", "1x"), ("$(a)", "1"), ("$$a", "$a"), ("$none", ""), ("${a?y}", "y"), ("${none?y}", ""),
        ("${none:z}", "z"), ("${a?{y}:{z}}", "y"), ("${none?{y}:{z}}", "z"), ("$b", "1 1"), ("${none:{$a}}", "1"),
    ],
)  # fmt: skip
def test_names_stand_for_their_values(value: str, expected: str) -> None:
    assert expanded(value, {"a": "1", "b": "$a ${a}"}) == expected


def test_a_circle_and_a_value_that_grows_without_end_are_refused() -> None:
    with pytest.raises(UnresolvedError):
        expanded("$a", {"a": "$b", "b": "$a"})
    growing = {f"v{number}": f"$v{number + 1}$v{number + 1}" for number in range(19)} | {"v19": "x"}
    with pytest.raises(UnresolvedError):
        expanded("$v0", growing)


@pytest.mark.parametrize(
    ("text", "time"), [("300", 300), ("5d", 432_000), ("2W", 1_209_600), ("0", 0), ("x", None), ("1y", None)]
)
def test_times_have_units(text: str, time: int | None) -> None:
    assert seconds(text) == time
    assert time is None or seconds(in_words(time)) == time


def test_a_number_without_a_unit_is_in_the_unit_of_its_parameter(tmp_path: Path) -> None:
    assert scenario(tmp_path, "maximal_queue_lifetime = 5\n").main.maximal_queue_lifetime == 432_000


def test_services_and_rows() -> None:
    (one,) = services("smtp unix - - n - - smtp\n  -o x=y\n", "master.cf")
    assert (one.name, one.kind, one.command, one.line) == ("smtp", "unix", "smtp", 1)
    with pytest.raises(ScenarioError, match="has 2 fields"):
        services("smtp unix\n", "master.cf")
    assert [(row.pattern, row.result) for row in rows("A.example  x:y z\nlone\na.example other\n")] == [("a.example", "x:y z")]


@pytest.mark.parametrize(
    ("hop", "near"),
    [
        ("[192.168.1.5]:24", True), ("inet:10.1.2.3:24", True), ("localhost", True), ("[mail.lan]", True),
        ("[ipv6:fd00::1]", True),
        ("", False), ("[mail.isp.example]:587", False), ("198.51.100.7", False),
    ],
)  # fmt: skip
def test_which_next_hops_are_on_the_lan(hop: str, near: bool) -> None:
    assert is_near(hop) is near


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# all\n#  is = a comment\n", "nothing active"), ("", "nothing active"), ("a = {% if x %}\n", "a template"),
        ("default_transport = error:closed\n", "nothing active"), ("relayhost = {{ relay }}\n", "a template"),
        ("minimal_backoff_time = 0\n", "allowed: a number from 1 on"), ("maximal_queue_lifetime = hush\n", "is no time"),
        ("defer_transports = $a\na = $a\n", "cannot be worked out"),
    ],
)  # fmt: skip
def test_a_file_that_says_nothing_or_too_much_gets_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as error:
        read(tmp_path / "main.cf", text)
    assert "hush" not in str(error.value)


def test_passwords_are_nowhere(tmp_path: Path) -> None:
    text = "relayhost = [x.example]\nsmtp_sasl_password_maps = static:user:hush-hush\nsmtp_sasl_auth_enable = yes\n"
    (tmp_path / "main.cf").write_text(text, encoding="utf-8")
    planned = plan(tmp_path / "main.cf")
    assert "hush" not in as_text(tmp_path / "main.cf") + "".join(note for one in planned for note in one.notes)
    assert "smtp_sasl_password_maps (line 2)" in "".join(planned[0].notes)


def test_a_file_is_known_by_its_content() -> None:
    assert recognises(Path("x"), "defer_transports = smtp\nrelayhost = x\n")
    assert not recognises(Path("x"), "relayhost\nconfig interface 'a'\n")


@given(
    st.text(alphabet='ab=$(){}?:# \n\t\\"smtp-5d,[]é\0', max_size=80),
    st.sampled_from(["", "defer_transports = ", "transport_maps="]),
)
@settings(max_examples=some(2000), deadline=None)
def test_any_text_is_read_or_refused(text: str, begin: str) -> None:
    for reading in (lambda: read(Path("no-such-folder/main.cf"), begin + text), lambda: services(text, "m"), lambda: rows(text)):
        with suppress(InputError):
            reading()
