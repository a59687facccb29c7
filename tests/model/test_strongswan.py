"""strongSwan: what becomes of a tunnel that ends, the faults with their cures, and what is read of its files."""

from collections.abc import Iterator, Sequence
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
from model.grammars import strongswan as grammar
from model.importing import Imported, as_toml, source_of
from model.products import importers
from model.products.strongswan.importer import read, recognises
from model.products.strongswan.scenario import Charon, Scenario
from properties.checks import plan
from tests.amounts import THOROUGH, long, some

CONFIGURATIONS = Path(__file__).resolve().parents[2] / "model" / "configurations" / "strongswan"
DIALLED, DELIVERED, LATCH = "queued-demand-is-dialled", "queued-demand-is-delivered", "no-latch"
SPACED = "attempts-are-spaced"


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
    (planned,) = [one for one in plan(path) if one.claim.startswith(claim)]
    return "\n".join(str(one) for one in planned.suspects)


@dataclass(frozen=True)
class Fault:
    """A fault that one end shows: its folder, the claims that it violates, and the reasons given for the first of them."""

    folder: str
    violates: tuple[str, ...]
    because: tuple[str, ...]


FAULTS = [
    Fault("r34", (f"{SPACED}-60-seconds",), (
        "retransmit_base 4, retransmit_tries 2: an attempt that is not answered is over after 10.5s",
        "strongswan.conf:2: retransmit_timeout 0.5",
        "swanctl.conf:5: child `site/net`: keyingtries is 0: the next attempt follows at once, for ever",
        "swanctl.conf:19: child `site/net`: dpd_action restart dials a dead peer at once",
    )),
    Fault("nobody", (DIALLED, DELIVERED), ("this end has nobody to call",)),
    Fault("neither", (LATCH, DELIVERED), (
        "swanctl.conf:9: child `ab/net`: dpd_action is clear: when its peer is found dead, it is neither trapped nor started",
        "close_action is none: when the other end closes it",
    )),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.folder)
def test_a_fault_of_the_atlas_is_found_for_its_reason(portfolio: Portfolio, fault: Fault) -> None:
    path = CONFIGURATIONS / fault.folder / "swanctl.conf"
    assert violated(answers(portfolio, path, *(() if THOROUGH else fault.violates))) == set(fault.violates)
    said = reasons(path, fault.violates[0])
    assert all(reason in said for reason in fault.because)


CURES = [("r34-paused", SPACED), ("r34-cured", LATCH), ("neither-cured", LATCH), ("trap", DELIVERED)]


@pytest.mark.parametrize(("folder", "claim"), CURES)
def test_the_cure_holds(portfolio: Portfolio, folder: str, claim: str) -> None:
    assert violated(answers(portfolio, CONFIGURATIONS / folder / "swanctl.conf", *(() if THOROUGH else (claim,)))) == set()


@pytest.mark.parametrize(
    ("tries", "expected"), [(0, "violated"), (1, "violated"), pytest.param(2, "violated", marks=long), (3, "holds")]
)
def test_the_bound_between_attempts_is_met_to_the_second(portfolio: Portfolio, tmp_path: Path, tries: int, expected: str) -> None:
    """1 s, 4 s, 16 s, 64 s: with three retransmissions an attempt takes 85 s, with two 21 s; the bound is a minute."""
    waits = f"charon {{\n retransmit_timeout = 1\n retransmit_base = 4\n retransmit_tries = {tries}\n}}\n"
    (tmp_path / "strongswan.conf").write_text(waits, encoding="utf-8")
    (tmp_path / "swanctl.conf").write_text(one_child("start_action = start", "keyingtries = 0\n"), encoding="utf-8")
    (found,) = answers(portfolio, tmp_path / "swanctl.conf", SPACED).values()
    assert word(found.verdict) == expected


def one_child(child: str, connection: str = "") -> str:
    return f"connections {{\nc {{ remote_addrs = peer.example\n{connection}children {{\nn {{\n{child}\n}}\n}}\n}}\n}}\n"


LATCHES = [
    ("start_action = trap", "", False),
    ("start_action = start", "keyingtries = 0\n", True),
    ("start_action = start\nclose_action = start\ndpd_action = restart", "keyingtries = 0\n", False),
    ("start_action = start\nclose_action = trap\ndpd_action = trap", "keyingtries = 0\n", False),
    ("start_action = start\nclose_action = start\ndpd_action = restart", "", True),  # one attempt, and it is over
    ("start_action = start\nclose_action = start\ndpd_action = restart", "keyingtries = 3\n", True),
    ("start_action = start\nclose_action = start\ndpd_action = restart\ninactivity = 5m", "keyingtries = 0\n", True),
    ("start_action = trap\nrekey_time = 0", "rekey_time = 0\n", True),  # a dead peer is never noticed
    ("start_action = trap\nrekey_time = 0", "rekey_time = 0\ndpd_delay = 30\n", False),
]


@pytest.mark.parametrize(("child", "connection", "latches"), LATCHES if THOROUGH else LATCHES[1:8:2])
def test_what_ends_a_tunnel_for_good(portfolio: Portfolio, tmp_path: Path, child: str, connection: str, latches: bool) -> None:
    (tmp_path / "swanctl.conf").write_text(one_child(child, connection), encoding="utf-8")
    assert violated(answers(portfolio, tmp_path / "swanctl.conf", LATCH)) == ({LATCH} if latches else set())
    assert bool(reasons(tmp_path / "swanctl.conf", LATCH)) == latches


NOBODY = "c { remote_addrs = peer.example\n", "c {\n"
ONLY_CALLERS = "remote_addrs = peer.example", "remote_addrs = %any, 192.0.2.0/24, 2001:db8::1-2001:db8::9"
UNKNOWN = "remote_addrs has no address and no name (%any): this end has nobody to call"


@pytest.mark.parametrize(
    ("child", "change", "because"),
    [
        ("start_action = trap", ("", ""), ""),
        ("start_action = trap", NOBODY, f"swanctl.conf:2: child `c/n`: {UNKNOWN}"),
        ("start_action = start\nclose_action = start", NOBODY, UNKNOWN),
        ("start_action = trap", ONLY_CALLERS, UNKNOWN),
        ("start_action = trap", ("peer.example", "%any, abc-def"), ""),
        ("start_action = trap\nmode = transport", NOBODY, ""),
        ("start_action = trap|start\nmode = transport\npolicies = no", NOBODY, "policies = no: no traffic finds its trap"),
        ("start_action = trap\npolicies = no", ("", ""), "swanctl.conf:6: child `c/n`: policies = no: no traffic finds its trap"),
    ],
)
def test_a_tunnel_that_has_nobody_to_call_or_no_policy_never_comes_up(
    portfolio: Portfolio, tmp_path: Path, child: str, change: tuple[str, str], because: str
) -> None:
    path = tmp_path / "swanctl.conf"
    path.write_text(one_child(child).replace(*change), encoding="utf-8")
    assert violated(answers(portfolio, path, DIALLED)) == ({DIALLED} if because else set())
    assert because in reasons(path, DIALLED)


def test_what_decides_beside_the_file_and_is_not_modelled_is_said(tmp_path: Path) -> None:
    charon = "charon {\n retry_initiate_interval = 60s\n}\ncharon-systemd {\n retransmit_tries = 1\n}\ninclude no.conf\n"
    (tmp_path / "strongswan.conf").write_text(charon, encoding="utf-8")
    notes = "\n".join(read(tmp_path / "swanctl.conf", one_child("start_action = trap") + "include conf.d/*.conf\n").notes())
    assert "the include at line 10 reads no file below this folder" in notes
    assert "the include at line 7 of strongswan.conf reads no file" in notes
    assert "retry_initiate_interval (line 2 of strongswan.conf)" in notes
    assert "what another daemon than charon is told (line 4 of strongswan.conf)" in notes


def test_a_record_that_is_never_cleared_blocks_a_trap(portfolio: Portfolio, tmp_path: Path) -> None:
    """The issue strongswan/strongswan #3062: after an attempt that failed traffic asks in vain; without the fault it does not."""
    text = as_text(CONFIGURATIONS / "trap" / "swanctl.conf")
    changed = text.replace('product = "strongswan"', 'product = "strongswan"\nfault = "acquire-record-never-cleared"')
    (tmp_path / "s.toml").write_text(changed, encoding="utf-8")
    assert violated(answers(portfolio, tmp_path / "s.toml", DIALLED)) == {DIALLED}


def as_text(path: Path) -> str:
    source = source_of(path, importers())
    assert isinstance(source, Imported)
    return as_toml(source)


# -- what the files mean ----------------------------------------------------------------------------------------------


def scenario(text: str, folder: Path = Path("no-such-folder")) -> Scenario:
    return Scenario.model_validate(read(folder / "swanctl.conf", text).data)


@pytest.mark.parametrize(
    ("said", "action"),
    [("none", ()), ("trap", ("trap",)), ("route", ("trap",)), ("start", ("start",)), ("trap|start", ("trap", "start"))],
)
def test_actions_have_several_names(said: str, action: Sequence[str]) -> None:
    child = scenario(one_child(f"start_action = trap\nclose_action = {said}")).connections["c"].children["n"]
    assert child.close_action == action


def test_a_reauthentication_notices_a_dead_peer_and_one_of_0_changes_nothing() -> None:
    times = {said: scenario(one_child("start_action = trap", f"reauth_time = {said}\n")).connections["c"] for said in ("3h", "0")}
    assert [one.rekey_time for one in times.values()] == [10_800, 14_400]


def test_the_defaults_are_those_of_the_manual() -> None:
    connection = scenario(one_child("start_action = trap")).connections["c"]
    assert (connection.keyingtries, connection.dpd_delay, connection.rekey_time) == (1, 0, 14_400)
    assert connection.children["n"].dpd_action == ()
    assert Charon().ladder == pytest.approx(165.06, abs=0.01)  # 4 s x 1.8^n, five retransmissions


def test_children_that_are_configured_alike_are_one() -> None:
    children = "".join(f"c{number} {{\nstart_action = trap\n}}\n" for number in range(20))
    found = scenario(f"connections {{ a {{ children {{\n{children}other {{\nstart_action = start\n}} }} }} }}")
    assert [(one.name, len(others)) for one, others in found.kinds.items()] == [("a/c0", 19), ("a/other", 0)]


def test_a_child_that_only_the_other_end_starts_is_not_asked_about(tmp_path: Path) -> None:
    (tmp_path / "swanctl.conf").write_text(
        "connections { a { children { n {\n start_action = trap\n }\n p {\n } } } }\n", encoding="utf-8"
    )
    assert "only the other end starts p" in "".join(plan(tmp_path / "swanctl.conf")[0].notes)


def test_sections_take_from_those_that_they_refer_to() -> None:
    text = (
        "base {\n start_action = trap\n inactivity = 1m\n}\nconnections { a { children { n : base {\n inactivity = 2m\n} } } }\n"
    )
    child = scenario(text).connections["a"].children["n"]
    assert (child.start_action, child.inactivity) == (("trap",), 120)


def test_includes_below_the_folder_are_read_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "a" / "conf.d").mkdir(parents=True)
    (tmp_path / "a" / "conf.d" / "x.conf").write_text(one_child("start_action = trap") + "include *.conf\n", encoding="utf-8")
    (tmp_path / "out.conf").write_text(one_child("start_action = start"), encoding="utf-8")
    (tmp_path / "a" / "conf.d" / "y.conf").symlink_to(tmp_path / "out.conf")
    text = "include conf.d/*.conf\ninclude ../out.conf\ninclude /etc/swanctl/conf.d/x.conf\n"
    imported = read(tmp_path / "a" / "swanctl.conf", text)
    assert imported.data["connections"]["c"]["children"]["n"]["start_action"] == ["trap"]
    assert set(imported.also_read) == {"conf.d/x.conf"}
    assert "the include at line 2 reads no file" in "".join(imported.assumed)


# -- the reader -------------------------------------------------------------------------------------------------------


def settings_of(text: str) -> grammar.Settings:
    return grammar.settings(text, "s.conf", lambda _file, _pattern: None, ("secrets",))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("k = a b   c # d\n", "a b c"), ('k = "a # }" b\n', "a # } b"), ("s { k = a }\nk = b", "b"), ("k =\n", ""),
        ("k=a=b\n", "a=b"), ("k # d\n= 3", "3"),
        ('k = "a\\\n b\\n"\n', "a b\n"), ("k = {a\n", "{a"), ("k = 1\nk = 2\n", "2"),
    ],
)  # fmt: skip
def test_values_end_as_strongswan_ends_them(text: str, value: str) -> None:
    assert settings_of(text).root.settings["k"].value == value


def test_a_section_that_is_named_again_goes_on() -> None:
    found = settings_of("a {\n b { x = 1 }\n}\na\n{ b { y = 2 } }\n").section("a", "b")
    assert found is not None
    assert {key: (one.value, one.place.line) for key, one in found.settings.items()} == {"x": ("1", 2), "y": ("2", 5)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a {\n", "s.conf:1:1: the section `a` is not closed"), ("\n}\n", "s.conf:2:1: this `}` closes no section"),
        ('a = "hush\n', "s.conf:1:1: a text that"), ("a b\n", "s.conf:1:1: this is no setting"),
        ("a.hush = 1\n", "this is no setting"), ("a : b\n", "this is no setting"), ("{\n}\n", "this is no setting"),
    ],
)  # fmt: skip
def test_what_is_no_setting_is_refused_with_its_line_and_not_shown(text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as error:
        settings_of(text)
    assert message in str(error.value)
    assert "hush" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# connections {\n# }\n", "nothing active: it has no connection, only comments"), ("secrets {\n}\n", "nothing active"),
        ("connections {\n{% for x in y %}\n}\n", "a template"), (one_child(""), "nothing here starts a tunnel"),
        (one_child("start_action = hush"), "`start_action` has another value than those allowed"),
        (one_child("start_action = trap\ninactivity = hush"), "`inactivity` is no time"),
        (one_child("start_action = trap", "keyingtries = hush\n"), "`keyingtries` is no number"),
    ],
)  # fmt: skip
def test_a_file_that_says_nothing_or_something_wrong_gets_one_sentence(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as error:
        scenario(text)
    assert "hush" not in str(error.value)


def test_deep_sections_and_files_that_include_themselves_come_to_an_end(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="deep"):
        settings_of("a {\n" * 30 + "}\n" * 30)
    (tmp_path / "swanctl.conf").write_text("include *.conf\n" * 3 + one_child("start_action = trap"), encoding="utf-8")
    assert any("include" in one for one in read(tmp_path / "swanctl.conf", (tmp_path / "swanctl.conf").read_text()).assumed)


def test_names_that_differ_in_signs_alone_stay_two() -> None:
    found = scenario("connections { a { children { x/y {\nstart_action = trap\n}\nx*y {\nstart_action = start\n} } } }")
    assert list(found.connections["a"].children) == ["x.y", "x.y 2"]


def test_secrets_are_read_past(tmp_path: Path) -> None:
    hidden = 'secrets {\n ike-a {\n  id = hush-id\n  secret = "hush } hush"\n }\n include hush.conf\n}\n'
    (tmp_path / "swanctl.conf").write_text(
        one_child("start_action = trap", "local {\n auth = hush\n}\n") + hidden, encoding="utf-8"
    )
    planned = plan(tmp_path / "swanctl.conf")
    assert "hush" not in as_text(tmp_path / "swanctl.conf") + "".join(note for one in planned for note in one.notes)
    assert not settings_of(hidden).root.sections


def test_a_file_is_known_by_its_content() -> None:
    assert recognises(Path("site.conf"), one_child(""))
    assert recognises(Path("swanctl.conf"), "# nothing\n")
    assert not recognises(Path("site.conf"), "server { listen 80; }\n")


@given(st.text(alphabet='ab={}:,.#" \n\t\\incude-/*é\0', max_size=80), st.booleans())
@settings(max_examples=some(2000), deadline=None)
def test_any_text_is_read_or_refused(text: str, inside: bool) -> None:
    with suppress(InputError):
        read(Path("no-such-folder/swanctl.conf"), one_child(f"start_action = trap\n{text}") if inside else text)
