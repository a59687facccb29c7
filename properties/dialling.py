"""Claims about when a line is dialled."""

import z3

from dialproof.core.claims import Claim
from dialproof.core.errors import InputError
from dialproof.ltl import always, eventually, leads_to
from model.events import Event
from model.router import Router, happens
from model.rules import any_of
from properties.measures import require_clock
from properties.observed import Observed, every, require_dialled_routes, require_lines, some


def queued_mail_is_dialled(router: Router) -> Observed:
    """Mail waiting for a route over a dial line, the line down, leads to dialling that line."""
    words, name = router.words, router.words.named("queued-{noun}-is-dialled")
    require_dialled_routes(router, name)
    used = [line for line in router.lines if router.over(line)]
    waits = {line.name: z3.And(router.wanted(line), line.is_down) for line in used}
    claim = Claim(
        name,
        every([leads_to(waits[line.name], line.is_dialling) for line in used]),
        says=f"Whenever {words.waiting} waits for a route over a dial line and the line is down, "
        "that line is dialled sooner or later.",
        source=words.source(name),
        premise=some([waits[line.name] for line in used]),
        witnesses=tuple((f"{line.name} is dialled", line.is_dialling) for line in used),
    )
    return Observed(router.system, claim)


def line_never_dials_again(router: Router) -> Observed:
    """From the change on, no run ever dials the default route's line: the article's own words about the faulty build."""
    line, default = router.default_line, router.default
    if line is None or default is None:
        raise InputError("line-never-dials-again says nothing here: the default route uses no link that is dialled")
    dials = happens(Event.DIAL, line.name)
    changed = router.table_is_complete
    claim = Claim(
        "line-never-dials-again",
        always(z3.Implies(changed, always(z3.Not(dials)))),
        says="Once every entry is in force, the line of the default route is never dialled again, on any run.",
        source=router.words.source("line-never-dials-again"),
        premise=z3.And(changed, default.has_mail),
        witnesses=((f"{router.words.waiting} waits for the default route after the change", z3.And(changed, default.has_mail)),),
    )
    return Observed(router.system, claim)


def needless_dials_end(router: Router) -> Observed:
    """Calls that nothing needs do not go on for ever: a line that is ended and dialled again and again is needed for it.

    It is asked with clocks: without times the other side may end a call at once, and again. Raises InputError without them.
    """
    name = "needless-dials-end"
    require_clock(router, name)
    require_lines(router, name)
    needless = [z3.And(happens(Event.DIAL, line.name), z3.Not(router.wanted(line))) for line in router.lines]
    claim = Claim(
        name,
        eventually(always(z3.Not(some(needless)))),
        says=f"From some time on no line is dialled while no {router.words.waiting} waits for a route over it.",
        source=router.words.source(name),
        witnesses=tuple((f"{line.name} is dialled", line.is_dialling) for line in router.lines),
    )
    return Observed(router.system, claim)


def dialled_line_comes_up(router: Router) -> Observed:
    """A line that is being dialled comes up, by that attempt or a later one. Raises InputError for a router without clocks."""
    name = "dialled-line-comes-up"
    require_clock(router, name)
    require_lines(router, name)
    claim = Claim(
        name,
        every([leads_to(line.is_dialling, line.is_up) for line in router.lines]),
        says="A line that is being dialled comes up sooner or later, by that attempt or by a later one.",
        source=router.words.source(name),
        premise=some([line.is_dialling for line in router.lines]),
        witnesses=tuple((f"{line.name} is up", line.is_up) for line in router.lines),
    )
    return Observed(router.system, claim)


def mail_alone_dials_nothing(router: Router) -> Observed:
    """What waits makes no line be dialled by itself: only what was asked for, such as by a flush, or other traffic does."""
    words, name = router.words, router.words.named("{noun}-alone-dials-nothing")
    require_dialled_routes(router, name)
    dials = {line.name: happens(Event.DIAL, line.name) for line in router.lines}
    reasons = {line.name: router.besides.get(line.name, ()) for line in router.lines}
    asked = {name: any_of([reason.condition for reason in of]) for name, of in reasons.items()}
    besides = sorted({reason.says for of in reasons.values() for reason in of})
    claim = Claim(
        name,
        every([always(z3.Implies(dials[line], asked[line])) for line in dials]),
        says=f"A line is dialled only {' or '.join(besides)}, never for {words.waiting} by itself."
        if besides
        else "No line is ever dialled.",
        source=words.source(name),
        premise=some([z3.And(router.wanted(line), line.is_down) for line in router.lines if router.over(line)]),
        witnesses=tuple((f"{line.name} is dialled", line.is_dialling) for line in router.lines),
    )
    return Observed(router.system, claim)


def no_dial_without_demand(router: Router) -> Observed:
    """A call is placed only over a line that waiting mail needs."""
    require_dialled_routes(router, "no-dial-without-demand")
    dials = [(happens(Event.DIAL, line.name), router.has_reason(line)) for line in router.lines]
    besides = {reason.says for reasons in router.besides.values() for reason in reasons}
    claim = Claim(
        "no-dial-without-demand",
        every([always(z3.Implies(dialled, demand)) for dialled, demand in dials]),
        says=f"A line is dialled only while {router.words.waiting} waits for a route over it"
        + "".join(f", or {says}" for says in sorted(besides))
        + ".",
        source=router.words.source("no-dial-without-demand"),
        premise=some([dialled for dialled, _ in dials]),
        witnesses=tuple((f"{line.name} is dialled", line.is_dialling) for line in router.lines),
    )
    return Observed(router.system, claim)
