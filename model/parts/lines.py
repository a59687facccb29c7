"""Lines: the state machine of a dial link, and the modem that several of them may share.

Source: the effective states of the Internet Mail Service's dial-up connection (event 4106 for every failure; RAS errors in
Q175410, Q189586), assembled from articles: an inference. Busy, no carrier and a failed login all end in "down".
Left out: the modem's own redialling (it delays a call that may fail anyway), and a port held by somebody else (Q175410): both
are environments in which the assumption that calls succeed is false.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import z3

from dialproof.core.system import Action, Fairness
from dialproof.core.variables import Choice, choice
from model.parts.promises import Promise

STATES = ("down", "dialling", "up", "hanging_up")


@dataclass(frozen=True, eq=False)
class Line:
    """A RAS phonebook entry as a line; lines that name the same `modem` share it."""

    name: str
    modem: str
    state: Choice

    @property
    def is_down(self) -> z3.BoolRef:
        """No call, and none being made."""
        return self.state == self.state.down

    @property
    def is_dialling(self) -> z3.BoolRef:
        """A call is being made."""
        return self.state == self.state.dialling

    @property
    def is_up(self) -> z3.BoolRef:
        """A call is in progress, and mail can be sent."""
        return self.state == self.state.up

    @property
    def is_hanging_up(self) -> z3.BoolRef:
        """The call is over, and the port not yet free."""
        return self.state == self.state.hanging_up


def line(name: str, modem: str) -> Line:
    """The line of the phonebook entry `name`."""
    return Line(name, modem, choice(f"line {name}", STATES, says=f"line {name}", sort="line"))


def modem_is_free(lines: Sequence[Line], wanted: Line) -> z3.BoolRef:
    """That no other line holds the modem of `wanted`."""
    others = [other.is_down for other in lines if other is not wanted and other.modem == wanted.modem]
    return z3.And(others) if others else z3.BoolVal(True)


def call_outcomes(line: Line, *, success: Promise, end: Promise) -> list[Action]:
    """What becomes of a call: it is answered, or fails in one of three ways; later the peer may end it.

    `success` is what the environment promises of answers, `end` of the end of calls. That an attempt without carrier is given up
    is no promise of the environment's: the modem's own time-out sees to it.
    """
    state = line.state
    return [
        Action(
            f"answer({line.name})",
            guard=line.is_dialling,
            updates={state: state.up},
            fairness=success.fairness,
            because=success.name,
            actor="environment",
            says=f"the call over {line.name} is answered",
        ),
        Action(
            f"no_carrier({line.name})",
            guard=line.is_dialling,
            updates={state: state.down},
            fairness=Fairness.WEAK,
            actor="ras",
            says=f"the call over {line.name} finds no carrier and is given up",
            source="event 4106",
        ),
        Action(
            f"busy({line.name})",
            guard=line.is_dialling,
            updates={state: state.down},
            actor="environment",
            says=f"the number of {line.name} is busy",
            source="event 4106",
        ),
        Action(
            f"fail_login({line.name})",
            guard=line.is_dialling,
            updates={state: state.down},
            actor="environment",
            says=f"the login over {line.name} fails",
            source="event 4106",
        ),
        Action(
            f"drop_call({line.name})",
            guard=line.is_up,
            updates={state: state.down},
            fairness=end.fairness,
            because=end.name,
            actor="environment",
            says=f"the other side ends the call over {line.name}",
        ),
    ]
