"""The clocks of pppd and of what it talks to: connect time, LCP echoes, keep-alives, penalties, another end's idle time.

Each rule is walked through in plain Python, in units of 30 seconds, so that a rule which is changed fails here by its name.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dialproof.core.actions import Fairness
from dialproof.core.errors import InputError, ScenarioError
from dialproof.core.variables import Value
from dialproof.semantics.interpreter import Reader, Values
from model.events import Event, called
from model.fault import NONE
from model.faults import of_product
from model.products.pppd import compose
from model.products.pppd.scenario import Scenario, parse
from model.products.pppd.words import WORDS
from model.router import Router
from properties.catalogue import catalogue, claim_about
from properties.checks import open_installation
from properties.measures import measures_of
from properties.simulation import Happened, simulation

ROOT = Path(__file__).resolve().parents[2]

TEXT = """\
format = 1
[connector]
product = "pppd"
timed = true
queue_capacity = 1
[links.isp]
idle = 0
holdoff = 30
attempt = 60
maxfail = 0
{link}
[links.isp.peer]
{peer}
[[traffic]]
name = "web"
link = "isp"
{traffic}
[[check]]
claim = "no-latch"
"""

KEEP_ALIVE = '[[traffic]]\nname = "ping"\nlink = "isp"\nevery = 60\nonly_while_up = true\n'

UP = ("arrive(web)", "dial(isp)", "answer(isp)", "deliver(web)")


def scenario(link: str = "", peer: str = "", traffic: str = "", text: str = TEXT) -> Scenario:
    written = text.format(link=link, peer=peer, traffic=traffic)
    return parse(written, "p.toml", claims=catalogue(WORDS), faults=of_product("pppd"))


def router(link: str = "", peer: str = "", traffic: str = "", text: str = TEXT) -> Router:
    return compose.build(scenario(link, peer, traffic, text), NONE)


class Walk:
    """A walk through a router: it takes actions by name, and lets time pass in units."""

    def __init__(self, of: Router, *, start: dict[str, Value] | None = None) -> None:
        self.reader = Reader(of.system)
        wanted = start or {}
        self.here: Values = next(
            here
            for here in self.reader.initial_states()
            if all(self.reader.state(here)[name] == value for name, value in wanted.items())
        )

    def __getitem__(self, variable: str) -> Value:
        return self.reader.state(self.here)[variable]

    def can(self, name: str) -> bool:
        return self.reader.is_enabled(name, self.here)

    def take(self, *names: str) -> "Walk":
        for name in names:
            assert self.can(name), (
                f"{name} is not possible; possible: {sorted({one.name for one, _ in self.reader.events(self.here)})}"
            )
            ((_, self.here),) = self.reader.ways(name, self.here)
        return self

    def can_wait(self, units: int) -> bool:
        return self.can("elapse") and any(
            dict(taken.parameters)["d"] == units for taken, _ in self.reader.ways("elapse", self.here)
        )

    def wait(self, units: int) -> "Walk":
        assert self.can_wait(units), f"{units} units cannot pass"
        self.here = next(here for taken, here in self.reader.ways("elapse", self.here) if dict(taken.parameters)["d"] == units)
        return self


# -- maxconnect -------------------------------------------------------------------------------------------------------


def test_the_connect_time_counts_from_the_answer_whatever_is_sent() -> None:
    walk = Walk(router("maxconnect = 120\n")).take("arrive(web)", "dial(isp)").wait(1).take("answer(isp)", "deliver(web)")
    walk.wait(2).take("arrive(web)").wait(1).take("deliver(web)")
    assert not walk.can("end_connect_time(isp)")
    walk.wait(1)
    assert walk.can("end_connect_time(isp)")
    assert not walk.can("elapse")


def test_no_hold_off_follows_the_connect_time_and_what_waits_is_thrown_away() -> None:
    """need_holdoff is cleared (pppd/auth.c, connect_time_expired), and demand_discard follows every end (pppd/main.c)."""
    walk = Walk(router("maxconnect = 120\n")).take(*UP).wait(4).take("arrive(web)", "end_connect_time(isp)")
    assert walk["line isp"] == "ended"
    assert walk["waiting web"] == 0
    assert not walk.can("hold_off(isp)")
    walk.take("await_demand(isp)", *UP)
    assert not walk.can("end_connect_time(isp)"), "a new call has its own connect time"
    assert walk.can_wait(4)


def test_without_a_connect_time_there_is_no_clock_of_it() -> None:
    plain = router()
    assert not plain.has(Event.END_CONNECT_TIME, "isp")
    assert [clock.variable.name for clock in plain.clocks] == ["clock isp"]


def test_without_times_a_connect_time_ends_every_call_at_some_time() -> None:
    untimed = router("maxconnect = 120\n", text=TEXT.replace("timed = true\n", ""))
    (over,) = untimed.actions(Event.END_CONNECT_TIME)
    assert over.fairness is Fairness.WEAK
    assert Walk(untimed).take(*UP).can(over.name)
    assert untimed.clocks == ()


# -- LCP echoes -------------------------------------------------------------------------------------------------------

ECHO = "lcp_echo_interval = 30\nlcp_echo_failure = 3\n"
SILENT = "may_fall_silent = true\n"


def test_a_silence_is_noticed_after_as_many_intervals_as_failures_and_within_one_more() -> None:
    """The last reply may have come right after a request: pppd looks again at each interval only."""
    walk = Walk(router(ECHO, SILENT)).take(*UP).wait(1).take("fall_silent(isp)").wait(2)
    assert not walk.can("miss_echoes(isp)")
    walk.wait(1)
    assert walk.can("miss_echoes(isp)")
    walk.wait(1)
    assert walk.can("miss_echoes(isp)")
    assert not walk.can("elapse")
    walk.take("miss_echoes(isp)")
    assert walk["line isp"] == "failed", "need_holdoff stays set (pppd/lcp.c, LcpLinkFailure)"
    assert walk.can("hold_off(isp)")


def test_traffic_does_not_hide_that_nobody_replies() -> None:
    walk = Walk(router(ECHO, SILENT)).take(*UP, "fall_silent(isp)")
    for _ in range(4):
        walk.take("arrive(web)", "lose(web)").wait(1)
    assert not walk.can("elapse")
    assert walk.can("miss_echoes(isp)")


def test_a_peer_that_is_gone_gets_nothing_and_what_is_sent_is_lost_and_is_activity() -> None:
    walk = Walk(router("idle = 90", SILENT, text=TEXT.replace("idle = 0\n", ""))).take(*UP).wait(2).take("fall_silent(isp)")
    assert walk["clock isp"] == 2, "that the peer is gone is no activity"
    walk.take("arrive(web)")
    assert walk["clock isp"] == 0
    assert not walk.can("deliver(web)")
    walk.wait(1).take("lose(web)")
    assert walk["clock isp"] == 0, "it was sent"
    walk.wait(3)
    assert not walk.can("elapse")
    assert walk.take("hang_up(isp)")["line isp"] == "ended"


def test_without_echoes_a_silence_lasts_as_long_as_it_likes() -> None:
    walk = Walk(router("", SILENT)).take(*UP, "fall_silent(isp)")
    for _ in range(20):
        walk.wait(1)
    assert {event.name for event, _ in walk.reader.events(walk.here)} == {"elapse", "arrive(web)", "drop_call(isp)"}


def test_a_link_whose_peer_is_gone_still_has_its_connect_time() -> None:
    walk = Walk(router("maxconnect = 120\n", SILENT)).take(*UP).wait(3).take("fall_silent(isp)").wait(1)
    assert not walk.can("elapse")
    assert walk.can("end_connect_time(isp)")


@pytest.mark.parametrize(("link", "peer"), [(ECHO, ""), ("lcp_echo_interval = 30\n", SILENT), ("", SILENT)])
def test_echoes_that_notice_nothing_are_no_part_of_the_system_and_are_said(tmp_path: Path, link: str, peer: str) -> None:
    assert not router(link, peer).has(Event.MISS_ECHOES, "isp")
    assert router(link, peer).has(Event.FALL_SILENT, "isp") is bool(peer)
    file = tmp_path / "p.toml"
    file.write_text(TEXT.format(link=link, peer=peer, traffic=""), encoding="utf-8")
    said = any("lcp_echo_interval changes nothing here" in note for note in open_installation(file).notes())
    assert said is bool(link)


def test_a_silent_line_is_up_for_the_claims_about_calls_and_out_of_use_for_no_latch() -> None:
    silent = router("idle = 90", SILENT, text=TEXT.replace("idle = 0\n", ""))
    walk = Walk(silent).take(*UP, "fall_silent(isp)")
    (line,) = silent.lines
    assert walk["line isp"] == line.kind.silent[0] == "silent"
    assert "silent" not in line.kind.at_rest, "it holds its device"
    assert "at whose other end nobody is" in claim_about(silent, "no-latch").claim.says
    assert "at whose other end" not in claim_about(router(), "no-latch").claim.says
    for measure in ("call-ends-within", "silence-ends-within"):
        (condition,) = measures_of(silent)[measure].conditions.values()
        assert "silent" in str(condition)


def test_silence_is_no_measure_of_a_link_whose_peer_stays() -> None:
    assert "silence-ends-within" not in measures_of(router())
    with pytest.raises(InputError, match="no line can be up without anybody at its other end"):
        claim_about(router(), "silence-ends-within", 90)


# -- keep-alives and other periodic traffic ---------------------------------------------------------------------------


def test_a_keep_alive_begins_with_the_call_and_comes_to_the_second() -> None:
    walk = Walk(router(traffic=KEEP_ALIVE)).wait(1).take("arrive(web)", "dial(isp)").wait(1).take("answer(isp)", "deliver(web)")
    walk.wait(1)
    assert not walk.can("keep_alive(ping)")
    walk.wait(1)
    assert walk.can("keep_alive(ping)")
    assert not walk.can("elapse")
    assert not walk.take("keep_alive(ping)").can("keep_alive(ping)")
    assert walk.wait(2).can("keep_alive(ping)")


def test_a_keep_alive_dials_nothing_and_does_not_come_while_the_line_is_down() -> None:
    down = router(traffic=KEEP_ALIVE)
    assert [route.name for route in down.routes] == ["web"]
    walk = Walk(down)
    for _ in range(5):
        walk.wait(1)
    assert not walk.can("keep_alive(ping)")
    assert not walk.can("dial(isp)")


@pytest.mark.parametrize(("passing", "clock"), [("", 0), ('active_filter = ["web"]', 2)])
def test_a_keep_alive_is_activity_unless_the_filter_keeps_it_out(passing: str, clock: int) -> None:
    text = TEXT.replace("idle = 0\n", "idle = 90\n")
    walk = Walk(router(passing, traffic=KEEP_ALIVE, text=text)).take(*UP).wait(2).take("keep_alive(ping)")
    assert walk["clock isp"] == clock


def test_a_keep_alive_goes_on_to_a_peer_that_is_gone() -> None:
    walk = Walk(router("idle = 90", SILENT, KEEP_ALIVE, TEXT.replace("idle = 0\n", ""))).take(*UP, "fall_silent(isp)").wait(2)
    assert walk.take("keep_alive(ping)")["clock isp"] == 0


PERIODIC = TEXT.replace('name = "web"\nlink = "isp"\n', 'name = "web"\nlink = "isp"\nevery = 120\n')


def test_traffic_with_a_period_comes_whether_the_link_is_up_or_not_at_any_point_of_it_at_first() -> None:
    periodic = router(text=PERIODIC)
    starts = {Reader(periodic.system).state(here)["since packet web"] for here in Reader(periodic.system).initial_states()}
    assert starts == {0, 1, 2, 3, 4}
    walk = Walk(periodic, start={"since packet web": 1})
    assert not walk.can("arrive(web)")
    walk.wait(3)
    assert not walk.can("elapse")
    walk.take("arrive(web)", "dial(isp)", "no_carrier(isp)", "hold_off(isp)").wait(1).take("end_hold_off(isp)").wait(3)
    assert walk.can("arrive(web)")
    assert not walk.can("elapse")


def test_traffic_that_is_refused_is_sent_again_a_period_later_and_not_before() -> None:
    walk = Walk(router("", text=PERIODIC.replace("holdoff = 30", "holdoff = 210")), start={"since packet web": 4})
    walk.take("arrive(web)", "dial(isp)", "no_carrier(isp)", "hold_off(isp)").wait(4)
    assert not walk.can("arrive(web)")
    walk.take("refuse(web)")
    walk.wait(3)
    assert not walk.can("refuse(web)")
    walk.take("end_hold_off(isp)").wait(1)
    assert walk.can("arrive(web)")
    assert not walk.can("elapse")


def test_passive_traffic_with_a_period_passes_or_is_dropped_in_time() -> None:
    text = PERIODIC.replace("idle = 0\n", "idle = 0\ndemand = false\nactive_filter = []\n")
    walk = Walk(router(text=text), start={"since packet web": 4})
    assert walk.can("ignore(web)")
    walk.take("ignore(web)", "dial(isp)", "answer(isp)").wait(4)
    assert not walk.can("ignore(web)")
    assert not walk.can("elapse")
    assert not walk.take("pass(web)").can("pass(web)")


@pytest.mark.parametrize("name", ["arrive(web)", "refuse(web)", "keep_alive(ping)"])
def test_what_comes_in_time_is_promised_to_come(name: str) -> None:
    action = router(traffic=KEEP_ALIVE, text=PERIODIC).system.action(name)
    assert action.fairness is Fairness.WEAK
    assert action.actor == "sender"


# -- a provider's penalty ---------------------------------------------------------------------------------------------

PENALTY = "penalty = 90\n"
FREE = {"since refusal isp": 3}


def test_an_attempt_during_the_penalty_cannot_succeed_and_begins_it_anew() -> None:
    walk = Walk(router("", PENALTY), start=FREE).take("arrive(web)", "dial(isp)", "fail_login(isp)", "hold_off(isp)").wait(1)
    walk.take("end_hold_off(isp)", "arrive(web)", "dial(isp)")
    assert not walk.can("answer(isp)")
    walk.wait(1)
    assert walk.take("no_carrier(isp)")["since refusal isp"] == 0
    assert walk.take("hold_off(isp)").wait(1).take("end_hold_off(isp)").wait(1)["since refusal isp"] == 2
    walk.take("arrive(web)", "dial(isp)").wait(2)
    assert walk["since refusal isp"] == 3
    assert not walk.can("answer(isp)"), "it was begun during the penalty, and is still being made when that is over"
    walk.take("no_carrier(isp)")
    assert walk["since refusal isp"] == 0


def test_the_penalty_is_over_after_exactly_its_time() -> None:
    walk = Walk(router("", PENALTY), start=FREE).take("arrive(web)", "dial(isp)", "fail_login(isp)", "hold_off(isp)").wait(1)
    walk.take("end_hold_off(isp)").wait(2).take("arrive(web)", "dial(isp)")
    assert walk.can("answer(isp)")


def test_only_a_refusal_begins_a_penalty() -> None:
    walk = Walk(router("", PENALTY), start=FREE).take("arrive(web)", "dial(isp)", "no_carrier(isp)", "hold_off(isp)").wait(1)
    assert walk.take("end_hold_off(isp)", "arrive(web)", "dial(isp)").can("answer(isp)")


def test_what_was_before_the_start_is_not_known() -> None:
    reader = Reader(router("", PENALTY).system)
    assert {reader.state(here)["since refusal isp"] for here in reader.initial_states()} == {0, 1, 2, 3}


def test_a_penalty_is_that_of_its_own_link() -> None:
    other = '[links.other]\nholdoff = 30\nattempt = 60\nmaxfail = 0\n[[traffic]]\nname = "mail"\nlink = "other"\n'
    walk = Walk(router("", PENALTY, other), start=FREE).take("arrive(web)", "dial(isp)", "fail_login(isp)")
    assert walk.take("arrive(mail)", "dial(other)").can("answer(other)")


# -- the other end's idle time ----------------------------------------------------------------------------------------

KEPT = "drops_calls = false\nidle = 90\n"


def test_the_other_end_hangs_up_after_its_idle_time_and_not_before() -> None:
    walk = Walk(router("", KEPT)).take(*UP).wait(2)
    assert not walk.can("peer_hang_up(isp)")
    walk.wait(1)
    assert not walk.can("elapse")
    assert walk.take("peer_hang_up(isp)")["line isp"] == "failed"


def test_what_the_filter_keeps_out_is_traffic_for_the_other_end() -> None:
    walk = Walk(router('active_filter = ["web"]', KEPT, KEEP_ALIVE)).take(*UP).wait(2).take("keep_alive(ping)").wait(1)
    assert not walk.can("peer_hang_up(isp)")
    assert walk.can("elapse")


def test_what_waits_at_this_end_is_not_heard_at_the_other() -> None:
    walk = Walk(router("", KEPT)).take(*UP).wait(2).take("arrive(web)").wait(1)
    assert walk.can("peer_hang_up(isp)")
    assert not walk.take("deliver(web)").can("peer_hang_up(isp)")


def test_a_peer_that_is_gone_hangs_nothing_up() -> None:
    walk = Walk(router("", f"{KEPT}{SILENT}")).take(*UP, "fall_silent(isp)").wait(3)
    assert not walk.can("peer_hang_up(isp)")
    assert walk.can("elapse")


def test_calls_are_dropped_at_any_time_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    assert router("", "idle = 90").has(Event.DROP_CALL, "isp")
    assert not router("", KEPT).has(Event.DROP_CALL, "isp")
    file = tmp_path / "p.toml"
    file.write_text(TEXT.format(link="", peer=KEPT, traffic=""), encoding="utf-8")
    assert any("drops_calls = false assumes" in note for note in open_installation(file).notes())


# -- a run by the calendar --------------------------------------------------------------------------------------------


def happened(name: str, seed: int) -> Iterator[Happened]:
    path = ROOT / "model/scenarios/timed" / f"{name}.toml"
    return simulation(open_installation(path).router(NONE), 1000).run(2 * 24 * 60 * 60, seed)


@pytest.mark.parametrize("seed", range(2))
def test_by_absolute_time_a_silence_lasts_from_four_to_five_intervals(seed: int) -> None:
    """No clock of the model is read, only when each event happens."""
    fell, lengths = 0, set()
    for step in happened("pppd-echo", seed):
        if step.taken.name == called(Event.FALL_SILENT, "isp"):
            fell = step.time
        if step.taken.name == called(Event.MISS_ECHOES, "isp"):
            lengths.add(step.time - fell)
    assert lengths == {120, 150}


@pytest.mark.parametrize("seed", range(2))
def test_by_absolute_time_no_call_outlasts_the_connect_time(seed: int) -> None:
    begun, ended = 0, 0
    for step in happened("pppd-maxconnect", seed):
        if step.taken.name == called(Event.ANSWER, "isp"):
            begun = step.time
        if step.taken.name == called(Event.END_CONNECT_TIME, "isp"):
            assert step.time - begun == 300
            ended += 1
        assert step.state["line isp"] != "up" or step.time - begun <= 300
    assert ended


# -- files ------------------------------------------------------------------------------------------------------------


def test_without_a_key_the_defaults_are_those_of_the_manual_and_the_other_side_does_nothing_new() -> None:
    link = scenario().links["isp"]
    assert (link.maxconnect, link.lcp_echo_interval, link.lcp_echo_failure) == (0, 0, 0)
    assert (link.peer.drops_calls, link.peer.idle, link.peer.penalty, link.peer.may_fall_silent) == (True, 0, 0, False)


@pytest.mark.parametrize(
    ("link", "peer", "traffic", "old", "new", "message"),
    [
        ("maxconnect = -1", "", "", "", "", "`links.isp.maxconnect` is -1 (an integer); allowed: an integer of at least 0"),
        ("lcp_echo_failure = 4", "", "", "", "", "p.toml:11:20: `links.isp.lcp_echo_failure` is 4; allowed: 0, or with an"),
        ("", "idel = 4", "", "", "", "unknown key `links.isp.peer.idel`; allowed here: drops_calls, idle"),
        ("", "idle = 90", "", "timed = true\n", "", "`links.isp.peer.idle` is a time, and none is counted here; allowed: with"),
        ("", "penalty = 90", "", "timed = true\n", "", "`links.isp.peer.penalty` is a time, and none is counted here"),
        ("", "", "every = 60", "timed = true\n", "", "`traffic[0].every` is a time, and none is counted here"),
        ("", "", "only_while_up = true", "", "", "`traffic[0].only_while_up` is true: say with `every` how many seconds"),
        ("", "", "every = 0", "", "", "`traffic[0].every` is 0 (an integer); allowed: an integer of at least 1"),
        (
            "",
            "drops_calls = false",
            "",
            "[[check]]",
            "[environment]\ncalls_eventually_end = true\n[[check]]",
            "`links.isp.peer.drops_calls` is false, and `environment.calls_eventually_end` is true: allowed is one of them",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(link: str, peer: str, traffic: str, old: str, new: str, message: str) -> None:
    with pytest.raises(ScenarioError) as error:
        scenario(link, peer, traffic, TEXT.replace(old, new) if old else TEXT)
    assert message in str(error.value)


@pytest.mark.parametrize("claim", ["needless-dials-end", "dialled-line-comes-up"])
def test_claims_that_need_times_say_so(claim: str) -> None:
    with pytest.raises(InputError, match="say timed = true"):
        claim_about(router(text=TEXT.replace("timed = true\n", "")), claim)


def test_every_key_is_documented() -> None:
    def keys(schema: dict[str, Any]) -> Iterator[str]:
        for part in (schema, *schema["$defs"].values()):
            yield from part["properties"]

    text = (ROOT / "docs" / "pppd.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:3] for line in text.splitlines() if line.startswith("|")]
    documented = {key for row in rows for cell in row for key in re.findall(r"`(\w+)`", cell)}
    elsewhere = {
        "connector",
        "links",
        "traffic",
        "dialling",
        "environment",
        "check",
        "format",
        "title",
        "peer",
        "fairness",
        "default_routes",
    }
    of_checks = {"claim", "expect", "bound", "of"}
    assert set(keys(Scenario.model_json_schema())) - elsewhere - of_checks <= documented
