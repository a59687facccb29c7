"""Ports: somebody else may hold the port of a modem, and each call over it then fails (RAS error 633: Q175410).

In the article it is the login script of an earlier call, which outlives the call and locks the port until the machine is started
again. So the port can be taken while none of the modem's lines holds it, and once more after each call that was answered. A start
of the service does not free it. Whether whoever has it ever gives it back is a promise.
Left out: two holders at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import z3

from dialproof.core.actions import Action
from dialproof.core.variables import Choice, choice
from model.events import FAILURES, Event, happening
from model.parts.lines import DIALLING, DOWN, Line, Promised, Step
from model.parts.promises import Promise
from model.rules import Remembered, Rules, Situation, Updates, all_of

FREE, TAKEN, RETURNED = "free", "taken", "returned"

IN_USE = Step(
    Event.PORT_IN_USE,
    DIALLING,
    DOWN,
    "ras",
    "the call over {line} fails: its port is in use",
    Promised.ALWAYS,
    "Q175410 (error 633)",
)
"""What becomes of a call whose port is taken; it fails within the time of an attempt."""


@dataclass(frozen=True, eq=False)
class Port:
    """The port of `modem`: free, taken, or returned, so that it is not taken again before a call has been answered."""

    modem: str

    @property
    def state(self) -> Choice:
        """Who has it."""
        return choice(f"port {self.modem}", (FREE, TAKEN, RETURNED), says=f"the port of {self.modem}", sort="port")

    @property
    def is_taken(self) -> z3.BoolRef:
        """Somebody else holds it."""
        return self.state == self.state[TAKEN]


def ports_of(lines: Sequence[Line]) -> tuple[Port, ...]:
    """The port of each modem."""
    return tuple(Port(modem) for modem in dict.fromkeys(line.modem for line in lines))


def with_ports(rules: Rules) -> Rules:
    """The same rules, by which a call over a port that is taken fails, and nothing else becomes of it."""

    def port(now: Situation, name: str) -> Port:
        return next(Port(line.modem) for line in now.lines if line.name == name)

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        if event is not Event.ANSWER:
            return known
        state = port(now, name).state
        return {**known, state: state[FREE]}

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        own = [(one.state, one.state == one.state[FREE]) for one in ports_of(lines)]
        return (*rules.state(lines), *(Remembered(each, initially) for each, initially in own))

    made = replace(rules, after=after, state=state)
    made = made.only_if(Event.PORT_IN_USE, lambda now, name: port(now, name).is_taken)
    for event in (Event.ANSWER, *(one for one in FAILURES if one is not Event.PORT_IN_USE)):
        made = made.only_if(event, lambda now, name: z3.Not(port(now, name).is_taken))
    return made


def taking(lines: Sequence[Line], giving_back: Promise) -> list[Action]:
    """Somebody takes the port of a modem, and gives it back as promised."""
    actions = []
    for port in ports_of(lines):
        state = port.state
        at_rest = all_of([line.is_at_rest for line in lines if line.modem == port.modem])
        actions += [
            happening(
                Event.TAKE_PORT,
                port.modem,
                guard=z3.And(at_rest, state == state[FREE]),
                updates={state: state[TAKEN]},
                actor="environment",
                says=f"somebody else takes the port of {port.modem}",
                source="Q175410",
            ),
            happening(
                Event.GIVE_BACK_PORT,
                port.modem,
                guard=port.is_taken,
                updates={state: state[RETURNED]},
                actor="environment",
                fairness=giving_back.fairness,
                because=giving_back.name,
                says=f"the port of {port.modem} is given back",
                source="Q175410",
            ),
        ]
    return actions
