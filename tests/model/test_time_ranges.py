"""Time ranges of IOS: when traffic dials, which is never promised by itself, and what IOS makes of a range that is not there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dialproof.core.errors import InputError
from dialproof.evidence.outcome import word
from dialproof.portfolio.check import run_planned
from dialproof.portfolio.portfolio import Portfolio
from model.importing import Imported, as_toml
from model.products.cisco_ios.importer import read
from model.products.cisco_ios.notes import notes
from model.products.cisco_ios.scenario import Scenario
from model.products.cisco_ios.scenario import read as scenario_of
from model.products.cisco_ios.time_ranges import TimeRange
from model.products.cisco_ios.traffic import demands
from properties.checks import plan

DIALLED, RELEASED = "queued-demand-is-dialled", "idle-line-is-released"
BEGIN = """\
interface BRI0
 ip address 203.0.113.1 255.255.255.252
 encapsulation ppp
 dialer idle-timeout 60
 dialer-group 1
 dialer map ip 203.0.113.2 5550140
ip route 198.51.100.0 255.255.255.0 203.0.113.2
ip route 198.51.101.0 255.255.255.0 203.0.113.2
dialer-list 1 protocol ip list 101
"""
OFFICE = "time-range OFFICE\n periodic weekdays 8:00 to 18:00\n"
HOLIDAYS = "time-range HOLIDAYS\n periodic weekend 0:00 to 24:00\n absolute end 0:00 1 January 2027\n"
RECURS = "time_ranges_recur = true\ncall_eventually_succeeds"


@pytest.fixture(scope="module")
def portfolio() -> Iterator[Portfolio]:
    with Portfolio(2, timeout=120) as workers:
        yield workers


def imported(*entries: str, ranges: str = OFFICE, more: str = "") -> Imported:
    """A router that dials by these entries of its access list."""
    listed = "".join(f"access-list 101 {entry}\n" for entry in entries)
    return read(Path("router.cfg"), BEGIN + more + listed + ranges)


def router(*entries: str, ranges: str = OFFICE, more: str = "") -> Scenario:
    return scenario_of(imported(*entries, ranges=ranges, more=more), {DIALLED, RELEASED, "no-latch", "no-dial-without-demand",
                                                                      "queued-demand-is-delivered"}, ())  # fmt: skip


def verdict(portfolio: Portfolio, folder: Path, made: Imported, claim: str) -> str:
    """What comes out of a claim about a router whose ranges with `periodic` are promised to come again and again."""
    path = folder / "s.toml"
    path.write_text(as_toml(made).replace("call_eventually_succeeds", RECURS), encoding="utf-8")
    (checked,) = run_planned(portfolio, [one for one in plan(path) if one.claim == claim])
    return word(checked.verdict)


@pytest.mark.parametrize(
    ("entries", "ranges", "expected"),
    [
        (["permit ip any any time-range OFFICE"], OFFICE, "holds"),
        (["permit ip any any time-range HOLIDAYS"], HOLIDAYS, "violated"),  # one day it ends for ever
        (["permit ip any any time-range OFFICE"], "time-range OFFICE\n", "violated"),  # it says no times
        (["deny ip any any time-range OFFICE", "permit ip any any"], OFFICE, "violated"),  # it may go on for ever
        (["permit ip any any time-range NONE"], OFFICE, "holds"),
    ],
)
def test_what_is_promised_of_a_range_is_that_it_comes_again(
    portfolio: Portfolio, tmp_path: Path, entries: list[str], ranges: str, expected: str
) -> None:
    made = imported(*entries, ranges=ranges)
    assert verdict(portfolio, tmp_path, made, DIALLED) == expected


def test_packets_of_the_router_dial_only_while_they_are_interesting(portfolio: Portfolio, tmp_path: Path) -> None:
    """A question to the time server must not dial the line at all times, so that other traffic seems to do so."""
    made = imported("permit udp any any eq ntp time-range OFFICE", ranges="time-range OFFICE\n", more="ntp server 198.51.100.9\n")
    assert verdict(portfolio, tmp_path, made, DIALLED) == "violated"


@pytest.mark.parametrize("entry", ["permit udp any any eq ntp time-range OFFICE", "permit ip any any time-range OFFICE"])
def test_a_range_may_go_on_for_ever_with_what_is_interesting_in_it(portfolio: Portfolio, tmp_path: Path, entry: str) -> None:
    made = imported(entry, "deny ip any any", more="ntp server 198.51.100.9\n")
    made.data["interface"]["BRI0"]["dialer_idle_timeout"] = 128
    assert verdict(portfolio, tmp_path, made, RELEASED) == "violated"


def test_a_range_that_decides_nothing_changes_nothing() -> None:
    found = router("permit tcp any any eq www time-range OFFICE", "permit ip any any")
    assert all(one.when.is_always for one in demands(found))
    assert not any("time-range" in note for note in notes(found))


def test_traffic_that_dials_at_other_times_is_another_class() -> None:
    found = demands(router("permit ip any 198.51.100.0 0.0.0.255 time-range OFFICE", "permit ip any 198.51.101.0 0.0.0.255"))
    assert [(one.name, one.when.is_always) for one in found if one.network is not None] == [
        ("198.51.100.0/24 over BRI0", False),
        ("198.51.101.0/24 over BRI0", True),
    ]


@pytest.mark.parametrize(
    ("entries", "ranges", "says"),
    [
        (["permit ip any any time-range OFFICE"], OFFICE, "only while time-range office (line 11: weekdays 8:00 to 18:00) is a"),
        (["deny ip any any time-range OFFICE", "permit ip any any"], OFFICE, "(line 12: weekdays 8:00 to 18:00) is not active"),
        (["permit tcp any any time-range OFFICE", "permit udp any any time-range HOLIDAYS"], OFFICE + HOLIDAYS,
         "(line 12: weekdays 8:00 to 18:00) and time-range holidays (line 14: weekend 0:00 to 24:00, absolute end 0:00"),
        (["permit ip any any time-range NONE"], OFFICE, "time-range none is named and not in the file: IOS takes it"),
        (["permit ip any any time-range OFFICE"], OFFICE, "which nothing in the file (no ntp server) sets"),
    ],
)  # fmt: skip
def test_the_notes_say_when_traffic_dials(entries: list[str], ranges: str, says: str) -> None:
    assert says in "\n".join(notes(router(*entries, ranges=ranges)))


def test_more_ranges_than_are_looked_at_are_refused() -> None:
    many = "".join(f"time-range T{number}\n periodic daily {number}:00 to 20:00\n" for number in range(4))
    with pytest.raises(InputError, match="more than 3 time ranges"):
        imported(*(f"permit tcp any any eq {number} time-range T{number}" for number in range(4)), ranges=many)


@pytest.mark.parametrize(
    ("absolute", "never"),
    [
        ("start 8:00 1 March 2026 end 18:00 31 January 2026", True), ("start 8:00 1 January 2026 end 8:00 1 January 2026", True),
        ("start 8:00 1 January 2026 end 8:01 1 jan 2026", False), ("start 8:00 1 March 2026", False),
        ("end 24:00 1 March 1990", False),
        ("start 8:00 31 February 2026 end 8:00 1 January 2026", False), ("", False),
    ],
)  # fmt: skip
def test_a_range_that_ends_before_it_begins_is_never_active(absolute: str, never: bool) -> None:
    assert TimeRange(absolute=absolute).never is never


def test_times_that_are_none_promise_nothing_and_are_not_shown() -> None:
    made = imported("permit ip any any time-range OFFICE", ranges="time-range OFFICE\n periodic hush-hush\n absolute hush\n")
    found = scenario_of(made, {one["claim"] for one in made.data["check"]}, ())
    assert not found.time_range["office"].recurs
    assert not demands(found)[0].when.is_always
    assert "hush" not in as_toml(made) + "".join(notes(found))
    assert "time-range: periodic (line 12)" in "".join(made.notes())


def test_a_range_is_taken_back() -> None:
    found = router(
        "permit ip any any time-range OFFICE",
        ranges=f"{OFFICE} no periodic weekdays 8:00 to 18:00\n periodic daily 9:00 to 9:30\n",
    )
    assert found.time_range["office"].periodic == ("daily 9:00 to 9:30",)
    assert not router("permit ip any any time-range OFFICE", ranges=f"{OFFICE}no time-range OFFICE\n").time_range
