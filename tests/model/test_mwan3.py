"""mwan3: what its lines are taken for, what traffic takes, and the faults of the atlas with their cures, from files on."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dialproof.core.claims import OneSystem
from dialproof.core.errors import InputError
from dialproof.evidence.outcome import CheckedVerdict, word
from dialproof.portfolio.check import run_planned
from dialproof.portfolio.portfolio import Portfolio
from model.importing import as_toml, source_of
from model.parts.probes import Target, Tracker, hosts_of
from model.products import importers
from model.products.mwan3.importer import read
from properties.checks import plan
from tests.amounts import THOROUGH

CONFIGURATIONS = Path(__file__).resolve().parents[2] / "model" / "configurations" / "mwan3"

CAN_LEAVE, LEFT, AGAIN = "traffic-can-leave", "broken-line-is-left", "working-line-is-used-again"
ONE_HOST, FAILS, USED = "one-dead-host-cuts-nothing-off", "line-fails-only-if-it-is-broken", "enabled-line-can-be-used"


@pytest.fixture(scope="module")
def portfolio() -> Iterator[Portfolio]:
    with Portfolio(2, timeout=120) as workers:
        yield workers


def answers(portfolio: Portfolio, path: Path) -> dict[str, CheckedVerdict]:
    """What came out of each check of a file, by the name of the claim without what it is about."""
    planned = plan(path)
    return {one.planned.claim.partition("(")[0]: one for one in run_planned(portfolio, planned)}


def violated(found: dict[str, CheckedVerdict]) -> set[str]:
    assert {word(one.verdict) for one in found.values()} <= {"holds", "violated"}
    return {claim for claim, one in found.items() if word(one.verdict) == "violated"}


def reasons(found: dict[str, CheckedVerdict], claim: str) -> str:
    return "\n".join(f"{one.line}: {one.says}" for one in found[claim].planned.suspects)


@dataclass(frozen=True)
class Fault:
    """A fault of the atlas that is in the file alone: the claims that it violates, and the reason given for the first of them."""

    file: str
    violates: tuple[str, ...]
    because: str


FAULTS = [
    Fault("r28-never-online", (CAN_LEAVE, AGAIN, FAILS, USED), "reliability 3 is more than its 2 track_ip"),
    Fault("r28-never-offline", (CAN_LEAVE, LEFT, AGAIN), "192.168.1.1 is on this side of the provider"),
    Fault("r28-one-host", (ONE_HOST,), "reliability 1 of 1 track_ip: one host that is down takes it down"),
    Fault("r29", (CAN_LEAVE, USED), '`wan1_m1` names `wan`, which is no interface; did you mean "wan1"?'),
    Fault("rule-behind-all", ("traffic-goes-by-its-policy",), "rule `camera` comes after a rule that takes all traffic"),
    Fault("r30", (CAN_LEAVE, AGAIN, FAILS), "an answer between 250 and 1000 ms"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.file)
def test_a_fault_of_the_atlas_is_found_for_its_reason(portfolio: Portfolio, fault: Fault) -> None:
    found = answers(portfolio, CONFIGURATIONS / fault.file)
    assert violated(found) == set(fault.violates)
    assert fault.because in reasons(found, fault.violates[0])


CURES = [*(f"{fault.file}-cured" for fault in FAULTS), "r01", "r01-cured", "r27", "r27-cured"]


@pytest.mark.parametrize("file", CURES if THOROUGH else CURES[:5:2])
def test_the_cure_holds_and_what_mwan3_does_right_today_too(portfolio: Portfolio, file: str) -> None:
    found = answers(portfolio, CONFIGURATIONS / file)
    assert violated(found) == set()
    assert {one.verdict.checked_by for one in found.values()} != {()}


def with_fault(folder: Path, file: str, fault: str, claim: str) -> Path:
    """The scenario that stands for a configuration, of an mwan3 with a fault, and one check of it."""
    text = as_toml(source_of(CONFIGURATIONS / file, importers())).partition("[[check]]")[0]  # type: ignore[arg-type]  # it is imported
    changed = folder / f"{file}.toml"
    said = text.replace('product = "mwan3"', f'product = "mwan3"\nfault = "{fault}"')
    changed.write_text(f'{said}[[check]]\nclaim = "{claim}"\n', encoding="utf-8")
    return changed


@pytest.mark.parametrize(("file", "expected"), [("r01", "violated"), ("r01-cured", "holds")])
def test_a_tracker_that_is_ended_by_the_beginning_of_a_name(
    portfolio: Portfolio, tmp_path: Path, file: str, expected: str
) -> None:
    path = with_fault(tmp_path, file, "tracker-ended-by-prefix", "nothing-else-decides-about-a-line")
    (found,) = answers(portfolio, path).values()
    assert word(found.verdict) == expected


@pytest.mark.parametrize(("file", "expected"), [("r27", "violated"), ("r27-cured", "holds")])
def test_probes_that_obey_the_last_resort_never_find_a_line_alive(
    portfolio: Portfolio, tmp_path: Path, file: str, expected: str
) -> None:
    path = with_fault(tmp_path, file, "probes-obey-policies", "traffic-can-leave")
    (found,) = answers(portfolio, path).values()
    assert word(found.verdict) == expected


# -- what a file means ------------------------------------------------------------------------------------------------

TWO = """\
config interface 'a'
\toption enabled '1'
\tlist track_ip '198.51.100.1'
config interface 'b'
\toption enabled '1'
\tlist track_ip '203.0.113.1'
config member 'a1'
\toption interface 'a'
config member 'b2'
\toption interface 'b'
\toption metric '2'
config policy 'p'
\tlist use_member 'a1'
\tlist use_member 'b2'
config rule 'r'
\toption dest_ip '0.0.0.0/0'
\toption use_policy 'p'
"""


def of_text(text: str, folder: Path) -> dict[str, str]:
    """The checks that a file asks for, with what is noted of it."""
    path = folder / "mwan3"
    path.write_text(text, encoding="utf-8")
    planned = plan(path)
    return {one.claim: "\n".join(one.notes) for one in planned}


def test_a_rule_of_both_families_needs_members_of_both(tmp_path: Path) -> None:
    text = TWO.replace("\toption dest_ip '0.0.0.0/0'\n", "")
    (tmp_path / "mwan3").write_text(text, encoding="utf-8")
    first = next(one for one in plan(tmp_path / "mwan3") if one.claim.startswith(CAN_LEAVE))
    assert [one.says for one in first.suspects] == [
        "policy `p` has no IPv6 member: IPv6 traffic of rule `r` (line 15) can never leave"
    ]


def test_what_is_switched_off_is_no_fault(tmp_path: Path) -> None:
    off = "config interface 'six'\n\toption family 'ipv6'\nconfig member 's1'\n\toption interface 'six'\n"
    text = TWO.replace("\toption dest_ip '0.0.0.0/0'\n", "").replace("use_member 'b2'", "use_member 'b2'\n\tlist use_member 's1'")
    notes = of_text(off + text, tmp_path)["traffic-can-leave(p)"]
    assert "every line of policy p is switched off (six)" in notes
    assert "interface six is not enabled" in notes


def test_a_policy_called_default_is_never_used(tmp_path: Path) -> None:
    text = TWO.replace("'p'", "'default'")
    found = of_text(text, tmp_path)
    assert set(found) == {FAILS, "constant-measurement-settles"}
    assert "means the main routing table, not the policy of this name (line 12)" in next(iter(found.values()))


MORE = "config policy 'q'\n\tlist use_member 'b2'\nconfig rule 'camera'\n\toption src_ip '192.0.2.5'\n\toption use_policy 'q'\n"
"""A policy of its own for one camera."""

BEFORE, BEHIND = TWO.replace("config rule 'r'", f"{MORE}config rule 'r'"), TWO + MORE


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (BEFORE, ""),
        (
            BEHIND,
            "rule `camera` comes after a rule that takes all traffic, and never sees any: its IPv4 traffic goes as rule `r`",
        ),
        (BEFORE.replace("use_policy 'q'", "use_policy 'qq'"), "rule `camera` names `qq`, which is no policy"),
        (
            BEFORE.replace("config rule 'camera'", "config rule 'a_rule_with_a_long_name'"),
            "is skipped: its name has more than 15",
        ),
        (BEHIND.replace("\toption dest_ip '0.0.0.0/0'", "\toption family 'ipv4'\n\toption proto 'tcp'"), ""),
        (BEHIND.replace("dest_ip '0.0.0.0/0'", "dest_ip '198.51.100.0/24'"), ""),
        (BEHIND.replace("\toption dest_ip '0.0.0.0/0'", "\toption family 'ipv4'\n\toption ipset 'some'"), ""),
    ],
)
def test_traffic_that_goes_by_another_policy_than_its_rule_names_is_found(
    portfolio: Portfolio, tmp_path: Path, text: str, reason: str
) -> None:
    """Else every claim would hold of the policy that the traffic takes by mistake."""
    (tmp_path / "mwan3").write_text(text, encoding="utf-8")
    (asked,) = [one for one in plan(tmp_path / "mwan3") if one.claim == "traffic-goes-by-its-policy"]
    (found,) = run_planned(portfolio, [asked])
    assert word(found.verdict) == ("violated" if reason else "holds")
    assert reason in "\n".join(one.says for one in asked.suspects)


@pytest.mark.parametrize("name", ["a_policy_with_a_long_name", "exactly_15_char"])
def test_a_policy_with_a_long_name_is_skipped(tmp_path: Path, name: str) -> None:
    found = of_text(TWO.replace("'p'", f"'{name}'"), tmp_path)
    assert any(claim.startswith(LEFT) for claim in found) == (len(name) <= 15)


def test_a_gateway_that_the_file_network_names_is_near(tmp_path: Path) -> None:
    (tmp_path / "network").write_text("config interface 'a'\n\toption gateway '198.51.100.1'\n", encoding="utf-8")
    (tmp_path / "mwan3").write_text(TWO, encoding="utf-8")
    first = next(one for one in plan(tmp_path / "mwan3") if one.claim.startswith(LEFT))
    assert "198.51.100.1 is on this side of the provider" in "\n".join(one.says for one in first.suspects)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("", "interface `a` has no track_ip: it is never found dead while its link is there"),
        ("\toption initial_state 'offline'\n", "offline at first, and never online"),
        ("\toption track_ip '198.51.100.1'\n", "track_ip is no `list`, so that nobody is asked and nobody answers"),
        ("\tlist track_ip '198.51.100.1'\n\toption down '0'\n", "interface `a`: down 0 means that it is never taken for dead"),
        ("\tlist track_ip '198.51.100.1'\n\toption up '0'\n", "interface `a`: up 0 means that it is never taken for alive again"),
        ("\tlist track_ip '198.51.100.1'\n\toption reliability '0'\n", "reliability 0 asks nobody: it is never found dead"),
    ],
)
def test_each_way_not_to_watch_a_line_is_violated_for_its_reason(
    portfolio: Portfolio, tmp_path: Path, change: str, reason: str
) -> None:
    whole = tmp_path / "mwan3"
    whole.write_text(TWO.replace("\tlist track_ip '198.51.100.1'\n", change), encoding="utf-8")
    asked = [one for one in plan(whole) if one.claim.startswith(AGAIN)]
    (found,) = run_planned(portfolio, asked)
    assert word(found.verdict) == "violated"
    assert reason in "\n".join(one.says for one in asked[0].suspects)


def test_a_file_in_which_nothing_is_active_says_so(tmp_path: Path) -> None:
    for text in ("config interface 'a'\nconfig policy 'p'\n", "config globals 'globals'\n\toption enabled '1'\n"):
        with pytest.raises(InputError, match="nothing active"):
            read(tmp_path / "mwan3", text)


# -- rounds of probes -------------------------------------------------------------------------------------------------


def tracker(needed: int, *names: str) -> Tracker:
    return Tracker(tuple(Target(name) for name in names), needed)


@pytest.mark.parametrize(
    ("trackers", "deciding"),
    [
        ([tracker(1, "x")], ("x",)),
        ([tracker(1, "x", "y")], ("x",)),  # none of them decides: one stands for all
        ([tracker(2, "x", "y")], ("x", "y")),
        ([tracker(2, "x", "y", "z"), tracker(1, "z")], ("z",)),
        ([tracker(3, "x", "y")], ("x",)),  # never enough, whoever answers
        ([tracker(2, "x", "x", "y")], ("x",)),  # asked twice
        ([], ()),
    ],
)
def test_the_hosts_that_decide_are_those_without_which_too_few_answer(trackers: list[Tracker], deciding: tuple[str, ...]) -> None:
    assert hosts_of(trackers).names == deciding


def test_every_claim_about_lines_is_about_one_system() -> None:
    for planned in plan(CONFIGURATIONS / "r30"):
        assert all(isinstance(variant, OneSystem) for variant in planned.variants)
