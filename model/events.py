"""Events: what can happen in a dial-on-demand router, whatever product it is.

An action of the model is an event that concerns something: a line, a route, or the router as a whole. Claims, families and faults
ask for events; nobody takes an action's name apart.
"""

from collections.abc import Iterable, Mapping
from enum import Enum

import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.clock import Passage
from dialproof.core.variables import StateVariable


class Event(Enum):
    """The kind of thing that happens; its value is the word that the action's name begins with."""

    PASS_TIME = "pass_time"  # noqa: S105  # no password
    BEGIN_DAY = "begin_day"
    FORGET_DAY = "forget_day"
    ELAPSE = "elapse"
    SLOT = "slot"
    TURN = "turn"
    RESTART = "restart_service"
    ADD = "add"
    REMOVE = "remove"
    ARRIVE = "arrive"
    REFUSE = "refuse"
    DELIVER = "deliver"
    COLLECT = "collect"
    RETURN = "return"
    DIAL = "dial"
    ANSWER = "answer"
    NO_CARRIER = "no_carrier"
    BUSY = "busy"
    FAIL_LOGIN = "fail_login"
    DROP_CALL = "drop_call"
    HANG_UP = "hang_up"
    FREE_PORT = "free_port"
    HOLD_OFF = "hold_off"
    END_HOLD_OFF = "end_hold_off"
    AWAIT_DEMAND = "await_demand"
    EXIT = "exit"
    START = "start"
    PASS = "pass"  # noqa: S105  # no password
    IGNORE = "ignore"
    KEEP_ALIVE = "keep_alive"
    LOSE = "lose"
    FALL_SILENT = "fall_silent"
    MISS_ECHOES = "miss_echoes"
    END_CONNECT_TIME = "end_connect_time"
    PEER_HANG_UP = "peer_hang_up"
    ARRIVE_THERE = "arrive_there"
    REFUSE_THERE = "refuse_there"
    ASK = "ask"
    RETRIEVE = "retrieve"
    PORT_IN_USE = "port_in_use"
    TAKE_PORT = "take_port"
    GIVE_BACK_PORT = "give_back_port"
    FAIL_DELIVERY = "fail_delivery"
    STOP_SERVICE = "stop_service"
    START_SERVICE = "start_service"
    BREAK = "break"
    SLOW_DOWN = "slow_down"
    MEND = "mend"
    LOSE_LINK = "lose_link"
    REGAIN_LINK = "regain_link"
    FIND_DEAD = "find_dead"
    FIND_ALIVE = "find_alive"
    HOST_DIES = "host_dies"
    HOST_RETURNS = "host_returns"
    RELOAD = "reload"
    FAIL_OTHERWISE = "fail_otherwise"
    HANG = "hang"
    LOSE_LOWER = "lose_lower"
    ORDER = "order"
    CANCEL = "cancel"
    ROUTE_COMES = "route_comes"
    ROUTE_GOES = "route_goes"
    FLUSH = "flush"
    ASK_FOR_MAIL = "ask_for_mail"
    REFUSE_REQUEST = "refuse_request"
    RUN_DIES = "run_dies"
    RECORD_GOES = "record_goes"
    BEGIN_TIME_RANGE = "begin_time_range"
    END_TIME_RANGE = "end_time_range"
    OTHER_TRAFFIC = "other_traffic"
    RETRY_TIME = "retry_time"


FAILURES = (Event.NO_CARRIER, Event.BUSY, Event.FAIL_LOGIN, Event.FAIL_OTHERWISE, Event.PORT_IN_USE)
"""How a call that is being made can fail."""

STARTS = (Event.RESTART, Event.START_SERVICE, Event.RELOAD)
"""How a program that runs as a service is started."""

ENDS = (
    *FAILURES, Event.DROP_CALL, Event.HANG_UP, Event.MISS_ECHOES, Event.END_CONNECT_TIME, Event.PEER_HANG_UP, Event.LOSE_LOWER,
    Event.CANCEL,
)  # fmt: skip
"""How a call, or the attempt to make one, can end."""


def called(event: Event, concerns: str = "") -> str:
    """The name of the action that is `event`, of the line, route or other thing that it concerns."""
    return f"{event.value}({concerns})" if concerns else event.value


def happening(
    event: Event,
    concerns: str = "",
    *,
    guard: z3.BoolRef,
    updates: Mapping[StateVariable, z3.ExprRef | bool | int],
    actor: str,
    says: str,
    fairness: Fairness = Fairness.NONE,
    because: str = "",
    source: str = "",
    parameters: tuple[StateVariable, ...] = (),
    passage: Passage | None = None,
) -> Action:
    """The action that is `event`, of what it concerns."""
    return Action(
        called(event, concerns),
        guard,
        updates,
        fairness,
        actor,
        says,
        source,
        parameters,
        because=because,
        event=event,
        concerns=concerns,
        passage=passage,
    )


def these(actions: Iterable[Action], *events: Event) -> list[Action]:
    """Those of `actions` that are one of `events`."""
    return [action for action in actions if action.event in events]
