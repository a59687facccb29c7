"""The dialler: when waiting mail makes the line dial, and when the line is released.

Source: Q156063 section 2.2.11 and Q158318 (the queued-mail trigger), Q159209 (the idle time-out is what closes the line).
The correct rule is local: a line is wanted if a message waits for a route over *that* line. A fault rewrites it.
Left out: the schedule and the minimum distance between calls; without a clock they only delay a call that weak fairness
allows to be late anyway. A release is allowed as soon as nothing waits: an idle time-out of any length is a later release.
"""

from collections.abc import Sequence

import z3

from dialproof.core.system import Action, Fairness
from model.parts.lines import Line, modem_is_free
from model.parts.promises import Promise
from model.parts.routes import Route, over, some_mail


def wanted(routes: Sequence[Route], line: Line) -> z3.BoolRef:
    """The correct trigger: a message waits for a route over `line`."""
    return some_mail(over(routes, line.name))


def dial(line: Line, lines: Sequence[Line], trigger: z3.BoolRef, promise: Promise) -> Action:
    """The service places a call, if `trigger` says so, the line is down and its modem free."""
    return Action(
        f"dial({line.name})",
        guard=z3.And(line.is_down, modem_is_free(lines, line), trigger),
        updates={line.state: line.state.dialling},
        fairness=promise.fairness,
        because=promise.name,
        actor="dialler",
        says=f"the service dials {line.name}",
        source="Q156063 section 2.2.11",
    )


def releases(line: Line, demand: z3.BoolRef) -> list[Action]:
    """The service hangs up when there is no `demand`: when nothing waits for the line. Then the port becomes free."""
    return [
        Action(
            f"hang_up({line.name})",
            guard=z3.And(line.is_up, z3.Not(demand)),
            updates={line.state: line.state.hanging_up},
            fairness=Fairness.WEAK,
            actor="dialler",
            says=f"nothing waits for {line.name}: the service hangs up",
            source="Q159209",
        ),
        Action(
            f"free_port({line.name})",
            guard=line.is_hanging_up,
            updates={line.state: line.state.down},
            fairness=Fairness.WEAK,
            actor="ras",
            says=f"the port of {line.name} becomes free",
        ),
    ]
