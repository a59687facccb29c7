"""Connectors with a hang-up timer: a line that nothing is sent over is hung up after so many ticks, and not before.

A scenario file cannot say so yet (`idle_timeout` is refused), and the model's own line may be hung up at any time. So the
measurements add to the connector what a timer takes: a count of ticks, and an action that counts one.

The build with the fault is no hypothesis of the model's about the article. It is chosen for how long its shortest violation is.
The service-wide note "uses RAS", which the last route overwrites, is written whenever the line has been hung up; with the
service it starts out right. So all goes well until the line has been idle for the whole timer, and then nothing dials it again.
Left out: time before a call is answered and between two deliveries; no count depends on it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import z3

from dialproof.core.actions import Action, Fairness, Update
from dialproof.core.system import System
from dialproof.core.variables import Boolean, Integer, StateVariable, boolean, integer
from model.parts.lines import Line
from model.router import Router


@dataclass(frozen=True, eq=False)
class _Timer:
    """The count of ticks of one line, and, in a build with the fault, the note."""

    line: Line
    ticks: int
    idle: Integer
    note: Boolean | None


def with_hang_up_timer(connector: Router, ticks: int, *, faulty: bool) -> Router:
    """`connector`, whose one line is hung up after so many ticks without mail for it; `faulty`: and never dialled again."""
    (line,) = connector.lines
    note = boolean("note", says="the service-wide note says that RAS is used") if faulty else None
    timer = _Timer(line, ticks, integer(f"idle {line.name}", 0, ticks, says=f"ticks without mail for {line.name}"), note)
    plain = connector.system
    init = [plain.init, timer.idle == 0, *([] if note is None else [note])]
    variables = [*plain.variables, timer.idle.variable, *([] if note is None else [note.variable])]
    actions = _actions(connector, timer)
    return replace(connector, system=System(plain.name, variables, z3.And(init), actions, plain.assumptions))


def _actions(connector: Router, timer: _Timer) -> Iterator[Action]:
    name, wanted = timer.line.name, connector.wanted(timer.line)
    resets = {f"deliver({route.name})" for route in connector.over(timer.line)} | {f"drop_call({name})", f"hang_up({name})"}
    for action in connector.system.actions:
        updates: dict[StateVariable, Update] = {}
        guards = [action.guard]
        if action.name in resets or action.name == "restart_service":
            updates[timer.idle] = 0
        if action.name == f"hang_up({name})":
            guards.append(timer.idle == timer.ticks)
            yield _tick(timer, wanted)
        if timer.note is not None and action.name == f"dial({name})":
            guards.append(timer.note)
        if timer.note is not None and action.name in (f"free_port({name})", "restart_service"):
            updates[timer.note] = action.name == "restart_service"
        yield _changed(action, guards, updates)


def _tick(timer: _Timer, wanted: z3.BoolRef) -> Action:
    return Action(
        f"tick({timer.line.name})",
        guard=z3.And(timer.line.is_up, z3.Not(wanted), timer.idle < timer.ticks),
        updates={timer.idle: timer.idle + 1},
        fairness=Fairness.WEAK,
        actor="clock",
        says=f"{timer.line.name} is idle for one tick more",
    )


def _changed(action: Action, guards: list[z3.BoolRef], updates: Mapping[StateVariable, Update]) -> Action:
    if not updates and len(guards) == 1:
        return action
    return replace(action, guard=z3.And(guards) if len(guards) > 1 else guards[0], updates={**action.updates, **updates})
