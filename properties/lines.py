"""Claims about a line: which states it goes through, when it is kept, when it is released."""

from collections.abc import Iterable

import z3

from dialproof.core.claims import Claim
from dialproof.core.errors import InputError
from dialproof.ltl import always, leads_to
from model.events import Event, called
from model.parts.lines import Line
from model.router import Router, happens
from properties.observed import START, Memory, Observed, every, remembering, require_lines, some


def line_follows_its_states(router: Router) -> Observed:
    """A line is down at first; only its own events, each in its source state, and a start of the service change it."""
    require_lines(router, "line-follows-its-states")
    memory = remembering(router.system, [line.state for line in router.lines])
    claim = Claim(
        "line-follows-its-states",
        always(every([part for line in router.lines for part in _steps_of(line, memory)])),
        says="A line is dialled when it is down, answered or given up when it is dialling, ended when it is up; "
        f"nothing else but a start of {router.words.service} changes it.",
        source=router.words.source("line-follows-its-states"),
        premise=some([line.is_dialling for line in router.lines]),
        witnesses=tuple((f"{line.name} is up", line.is_up) for line in router.lines),
    )
    return Observed(memory.system, claim)


def needed_line_is_kept(router: Router) -> Observed:
    """A line is not hung up while something waits for a route over it. Raises InputError if no line is ever hung up."""
    require_lines(router, "needed-line-is-kept")
    words = router.words
    lines = [line for line in router.lines if router.has(Event.HANG_UP, line.name)]
    if not lines:
        raise InputError(f"needed-line-is-kept says nothing here: {words.service} never hangs a line up")
    released = {line.name: happens(Event.HANG_UP, line.name) for line in lines}
    claim = Claim(
        "needed-line-is-kept",
        every([always(z3.Implies(released[line.name], z3.Not(router.wanted(line)))) for line in lines]),
        says=f"{words.service.capitalize()} hangs a line up only when no {words.waiting} waits for a route over it.",
        source=words.source("needed-line-is-kept"),
        premise=some(list(released.values())),
        witnesses=tuple((f"{line.name} is hung up", released[line.name]) for line in lines),
    )
    return Observed(router.system, claim)


def idle_line_is_released(router: Router) -> Observed:
    """A line that is up and that nothing waits for does not stay so, unless something comes to wait for it.

    Nothing is asked of a line that is meant to stay up. Raises InputError if all are.
    """
    require_lines(router, "idle-line-is-released")
    released = [line for line in router.lines if not line.kind.is_kept]
    if not released:
        raise InputError("idle-line-is-released says nothing here: every line is meant to stay up")
    idle = {line.name: z3.And(line.is_connected, z3.Not(router.wanted(line))) for line in released}
    claim = Claim(
        "idle-line-is-released",
        every([leads_to(condition, z3.Not(condition)) for condition in idle.values()]),
        says="A line that is up although nothing waits for it is released, or something comes to wait for it.",
        source=router.words.source("idle-line-is-released"),
        premise=some(list(idle.values())),
        witnesses=tuple((f"{name} is idle", condition) for name, condition in idle.items()),
    )
    return Observed(router.system, claim)


def no_latch(router: Router) -> Observed:
    """A line that is dialling, hanging up or silent, or whose port is taken, does not stay so. Restarts are not fair."""
    require_lines(router, "no-latch")
    held = [line.is_in(state) for line in router.lines for state in (*line.kind.waiting, *line.kind.silent)]
    held += [port.is_taken for port in router.ports]
    claim = Claim(
        "no-latch",
        every([leads_to(state, z3.Not(state)) for state in held]),
        says=f"A line that is being dialled or hung up{_or_silent(router)}{_or_taken(router)} is available again "
        "sooner or later, without the administrator.",
        source=router.words.source("no-latch"),
        premise=some(held),
        witnesses=tuple((f"{line.name} is hung up", line.is_in(line.kind.ending)) for line in router.lines),
    )
    return Observed(router.system, claim)


def _or_silent(router: Router) -> str:
    """The words for a line at whose other end nobody is, if there can be one."""
    return ", or at whose other end nobody is," if any(line.kind.silent for line in router.lines) else ""


def _or_taken(router: Router) -> str:
    """The words for a line whose port somebody else holds, if that can be."""
    return ", or whose port somebody else holds," if router.ports else ""


def _steps_of(line: Line, memory: Memory) -> Iterable[z3.BoolRef]:
    """What the last step may have done to the line, event by event."""
    state, before = line.state, memory.before[line.state.variable.name]
    ends_calls = (START, called(Event.RESTART), called(Event.RELOAD), called(Event.STOP_SERVICE))
    own = [memory.was(event) for event in ends_calls if memory.knows(event)]
    yield z3.Implies(z3.Or(own), line.is_down)
    for step in line.kind.steps:
        own.append(memory.was(called(step.event, line.name)))
        sources = some([before == state[source] for source in step.sources])
        yield z3.Implies(own[-1], z3.And(sources, state == state[step.target]))
    yield z3.Implies(z3.Not(z3.Or(own)), state == before)
