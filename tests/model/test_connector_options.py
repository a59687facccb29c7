"""The options of the Internet Mail Service: walked step by step in plain Python, and refused where they contradict each other."""

from pathlib import Path

import pytest

from dialproof.core.errors import ScenarioError
from dialproof.core.variables import Value
from dialproof.semantics.interpreter import Reader
from model.events import ENDS, Event, called
from model.fault import NONE
from model.faults import named
from properties.checks import open_installation, plan
from properties.simulation import simulation
from properties.time_lock import time_lock
from tests.model.scenario_texts import TIMED, with_change

PORTS = TIMED.parent / "port"


class Walk:
    """A run that is walked from the start, each event by its name."""

    def __init__(self, path: Path, fault: str = "none") -> None:
        self.reader = Reader(open_installation(path).router(named(fault)).system)
        self.state = next(self.reader.initial_states())

    def to(self, *events: str) -> "Walk":
        for event in events:
            (self.state,) = [after for happened, after in self.reader.events(self.state) if str(happened) == event]
        return self

    @property
    def possible(self) -> set[str]:
        return {happened.name for happened, _ in self.reader.events(self.state)}

    def __getitem__(self, name: str) -> Value:
        return self.state[self.reader.names[name]]


# -- retrieval --------------------------------------------------------------------------------------------------------


def test_nothing_comes_in_before_it_was_asked_for_in_this_call() -> None:
    """The service asks at once when the line is up, before time passes; a new call has to ask anew."""
    walk = Walk(TIMED / "retrieval-scheduled.toml").to("arrive_there(isp)", "dial(isp)", "answer(isp)")
    assert "retrieve(isp)" not in walk.possible
    assert "elapse" not in walk.possible, "asking is due"
    walk.to("ask(isp)", "retrieve(isp)")
    assert (walk["waiting at isp"], walk["asked isp"]) == (0, True)
    walk.to("elapse(d=2)", "hang_up(isp)")
    assert walk["asked isp"] is False


@pytest.mark.parametrize(("scenario", "left"), [("retrieval-idle-both-ways", 0), ("retrieval-idle-outbound", 1)])
def test_what_comes_in_begins_the_idle_time_anew_or_not(scenario: str, left: int) -> None:
    walk = Walk(TIMED / f"{scenario}.toml").to("arrive_there(isp)", "dial(isp)", "answer(isp)", "ask(isp)", "elapse(d=1)")
    walk.to("retrieve(isp)")
    assert walk["clock isp"] == left


def test_mail_at_the_other_end_waits_as_long_as_is_proved_and_no_longer() -> None:
    """By the times of events alone: each message comes in within the bound after it came to wait, in their order."""
    router = open_installation(TIMED / "retrieval-scheduled.toml").router(NONE)
    waiting: list[int] = []
    longest = came = 0
    for step in simulation(router, 1000).run(20 * 24 * 60, 3):
        if step.taken.name == called(Event.ARRIVE_THERE, "isp"):
            waiting.append(step.time)
        if step.taken.name == called(Event.RETRIEVE, "isp"):
            longest, came = max(longest, step.time - waiting.pop(0)), came + 1
    assert came > 10
    assert 30 < longest <= 65


@pytest.mark.parametrize(("way", "article"), [("etrn", "Q235223"), ("turn", "Q257979"), ("command", "Q155828")])
def test_each_way_to_ask_names_its_article(tmp_path: Path, way: str, article: str) -> None:
    """For dialling they are alike: each asks once in a call, when the line is up."""
    file = with_change("retrieval-scheduled", tmp_path, ('retrieval = "etrn"', f'retrieval = "{way}"'))
    system = open_installation(file).router(NONE).system
    assert system.action("ask(isp)").source == article
    scheduled = open_installation(TIMED / "retrieval-scheduled.toml").router(NONE).system
    assert [(one.name, one.guard) for one in system.actions] == [(one.name, one.guard) for one in scheduled.actions]


# -- ports ------------------------------------------------------------------------------------------------------------


def test_while_its_port_is_taken_a_call_fails_and_nothing_else_becomes_of_it() -> None:
    walk = Walk(PORTS / "kept.toml").to("take_port(the modem of isp)", "arrive(default)", "dial(isp)")
    ends = {called(event, "isp") for event in (Event.ANSWER, *ENDS)}
    assert walk.possible & ends == {"port_in_use(isp)"}
    walk.to("port_in_use(isp)", "restart_service")
    assert walk["port the modem of isp"] == "taken", "a start of the service does not free it"


def test_a_port_is_taken_once_more_only_after_a_call_was_answered() -> None:
    take, give = "take_port(the modem of isp)", "give_back_port(the modem of isp)"
    walk = Walk(PORTS / "given-back.toml").to(take, give, "arrive(default)", "dial(isp)")
    assert take.partition("(")[0] not in walk.possible
    assert "port_in_use" not in walk.possible
    walk.to("answer(isp)")
    assert take.partition("(")[0] not in {name.partition("(")[0] for name in walk.possible}, "the line holds its port"
    walk.to("drop_call(isp)", take)


# -- batches, priorities, destinations --------------------------------------------------------------------------------


def test_what_comes_before_the_answer_is_in_the_batch() -> None:
    walk = Walk(TIMED / "batch.toml").to("elapse(d=3)", "arrive(default)", "dial(isp)", "answer(isp)")
    assert walk["batch default"] == 1
    walk.to("deliver(default)")
    assert walk["batch default"] == 0


def test_a_call_that_a_schedule_makes_has_an_empty_batch_if_nothing_waits(tmp_path: Path) -> None:
    walk = Walk(with_change("batch", tmp_path, ("queued_for = 30", "every = 30"))).to(
        "dial(isp)", "answer(isp)", "arrive(default)"
    )
    assert walk["batch default"] == 0
    assert "deliver(default)" not in walk.possible


def test_what_comes_after_the_answer_is_not_in_the_batch() -> None:
    walk = Walk(TIMED / "batch.toml").to("arrive(default)", "dial(isp)", "answer(isp)", "deliver(default)", "arrive(default)")
    assert "deliver(default)" not in walk.possible
    walk.to("elapse(d=1)", "hang_up(isp)", "free_port(isp)", "elapse(d=2)", "dial(isp)", "answer(isp)")
    assert "deliver(default)" in walk.possible


def test_the_default_route_is_one_row_with_a_queue_for_each_priority() -> None:
    router = open_installation(TIMED / "priorities.toml").router(NONE)
    assert router.default is router.routes[0]
    assert router.default.priority == "normal"
    assert router.entries == ()
    assert [route.name for route in router.routes] == ["default", "default urgent", "default non-urgent"]
    assert {route.row for route in router.routes} == {"default"}


@pytest.mark.parametrize("queue", ["default", "default urgent", "default non-urgent"])
def test_a_trigger_that_looks_at_the_last_row_sees_all_its_queues(queue: str) -> None:
    """Under H6 the last row here is the default route: mail of each priority dials."""
    walk = Walk(TIMED / "priorities.toml", "other-queue-counted").to(f"arrive({queue})")
    assert "dial(isp)" in walk.possible


def test_a_destination_waits_for_its_interval_and_every_message_for_it_too() -> None:
    fail = ("dial(isp)", "answer(isp)", "fail_delivery(default)")
    walk = Walk(TIMED / "destination-retry.toml").to("arrive(default)", *fail)
    assert "deliver(default)" not in walk.possible
    walk.to("elapse(d=1)")
    assert "deliver(default)" in walk.possible, "the first interval has passed"
    walk.to("fail_delivery(default)")
    assert "elapse" not in walk.possible, "nothing that counts waits: the idle line is hung up"
    walk.to("hang_up(isp)", "free_port(isp)", "elapse(d=1)")
    assert "dial(isp)" not in walk.possible, "the second interval is longer"
    walk.to("elapse(d=1)")
    assert "dial(isp)" in walk.possible
    assert "elapse" not in walk.possible, "and is due"


# -- stops ------------------------------------------------------------------------------------------------------------


def test_a_stopped_service_does_nothing_and_starts_as_it_always_does(tmp_path: Path) -> None:
    """Mail comes all the same; what is due waits for the start, which forgets the last call."""
    stops = '[environment]\nstops = "for-a-while"\n\n[dialling]'
    file = with_change("message-timeout", tmp_path, ("[dialling]", stops))
    assert time_lock(open_installation(file).router(NONE)) is None
    walk = Walk(file).to("arrive(default)", "dial(isp)", "answer(isp)", "stop_service", "arrive(default)")
    assert walk["line isp"] == "down"
    assert walk.possible == {"elapse", "start_service", "refuse(default)"}
    walk.to("start_service")
    assert "dial(isp)" in walk.possible
    assert "elapse" not in walk.possible, "the last call is forgotten, and dialling is due"


def test_held_mail_and_mail_over_the_lan_wait_too(tmp_path: Path) -> None:
    stops = '[[email_domain]]\ndomain = "a.example"\ndeliver = "dns"\nlink = "office"\n\n[links.office]\nkind = "lan"\n\n'
    file = with_change("held-mail", tmp_path, ("[[check]]", f'{stops}[environment]\nstops = "may-stay-stopped"\n\n[[check]]'))
    walk = Walk(file).to("arrive(a.example)", "arrive(branch.example)", "stop_service")
    assert not {"deliver(a.example)", "collect(branch.example)"} & walk.possible
    walk.to("elapse(d=60)")
    assert "return(branch.example)" not in walk.possible
    walk.to("start_service")
    assert {"deliver(a.example)", "collect(branch.example)", "return(branch.example)"} <= walk.possible


# -- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scenario", "old", "new", "message"),
    [
        ("queued-for-15", "idle_timeout = 5", 'retrieval = "etrn"', "`dialling.retrieval` says nothing without `idle_timeout`"),
        ("queued-for-15", "idle_timeout = 5", 'idle_counts = "outbound"', "`dialling.idle_counts` says nothing without"),
        ("queued-for-15", "idle_timeout = 5", 'retrieval = "pop"', '`dialling.retrieval` is "pop"'),
        ("queued-for-15", "[dialling]", "[environment]\ndequeue = 2\n[dialling]", "`environment.dequeue` says nothing without"),
        (
            "queued-for-15",
            "[dialling]",
            "[environment]\ndrops = false\ncalls_eventually_end = true\n[dialling]",
            "the other side ends no call",
        ),
        (
            "queued-for-15",
            "[dialling]",
            '[environment]\nport = "may-stay-taken"\nmost_failed_calls = 1\n[dialling]',
            "fails however many have failed",
        ),
        (
            "queued-for-15",
            "[dialling]",
            '[environment]\nrestarts = false\nstops = "for-a-while"\n[dialling]',
            "a service that is stopped is started again",
        ),
        ("queued-for-15", "[dialling]", "[environment]\ndelivery_time = 6\n[dialling]", "after 5 minutes a line is idle"),
        ("message-timeout", "[dialling]", "[environment]\ndelivery_time = 6\n[dialling]", "needs `dialling.idle_timeout`"),
        ("queued-for-15", "idle_timeout = 5", "on_stranded_mail = true", "says nothing without `connector.transfer"),
        (
            "queued-for-15",
            "idle_timeout = 5",
            'deferred_mail = "dials"',
            "says nothing without `environment.deliveries_may_fail`",
        ),
        ("queued-for-15", "idle_timeout = 5", "retry = [5]", 'says nothing without `redial = "by-retry-list"` or'),
        ("queued-for-15", "queue_capacity = 1", "urgent_timeout = 5", "`connector.urgent_timeout` needs `message_timeout`"),
        (
            "priorities",
            "[dialling]",
            '[[email_domain]]\ndomain = "a.example"\ndeliver = "dns"\nlink = "isp"\nadded = "while-running"\n[dialling]',
            "every entry is there from the start",
        ),
        (
            "schedule-only",
            "on_queued_mail = false",
            "on_queued_mail = false\non_stranded_mail = true",
            "is about the trigger that `on_queued_mail = false` switches off",
        ),
    ],
)
def test_options_that_contradict_each_other_are_refused(tmp_path: Path, scenario: str, old: str, new: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        plan(with_change(scenario, tmp_path, (old, new)))


@pytest.mark.parametrize(
    ("scenario", "note"),
    [
        ("retrieval-scheduled", "the other side ends no call"),
        ("retrieval-scheduled", "what waits at the other end comes within 5 min"),
        ("batch", "no line is without traffic for longer than 0 min while mail can leave over it"),
        ("port-kept", "it is not taken again before a call was answered"),
    ],
)
def test_what_is_assumed_of_every_run_stands_beside_every_verdict(scenario: str, note: str) -> None:
    for planned in plan(TIMED / f"{scenario}.toml"):
        assert any(note in said for said in planned.notes)
