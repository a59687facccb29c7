"""Faults: named deviations from the correct rule, each with its source and how sure it is.

The cause of Q230051 was never published. Its hypotheses are guesses; each is a fault of its own here, tested against what the
article says, and none is stated as fact. What an article refutes is kept, with the check that refutes it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

import z3

from model.parts.lines import Line
from model.parts.routes import Method, Route
from model.parts.triggers import wanted

Build = tuple[int, int, int, int]
"""A build number, as (5, 5, 2591, 0)."""

FIXED_IN: Build = (5, 5, 2591, 0)
"""The first build of Msexcimc.exe and Imcmsg.dll without the fault of Q230051."""


class Certainty(Enum):
    """How sure the mechanism is."""

    STATED = "stated by the source"
    GUESS = "a guess that the source neither states nor excludes"


@dataclass(frozen=True, eq=False)
class Table:
    """The routes in the order of the table (the default first) and the lines, as a fault's rule sees them."""

    routes: tuple[Route, ...]
    lines: tuple[Line, ...]

    @property
    def default(self) -> Route:
        """The default route."""
        return self.routes[0]

    def is_dial(self, route: Route) -> bool:
        """Whether `route` goes over a dial link."""
        return any(line.name == route.link for line in self.lines)

    def last_in_force(self, value: Callable[[Route], z3.BoolRef], routes: Sequence[Route]) -> z3.BoolRef:
        """`value` of the last of `routes` that is in force; the default route always is."""
        result = value(self.default)
        for route in routes:
            result = value(route) if z3.is_true(route.in_force) else z3.If(route.in_force, value(route), result)
        return result


Trigger = Callable[[Table, Line], z3.BoolRef]
"""When a line is dialled, line down and modem free provided."""


@dataclass(frozen=True, eq=False)
class Fault:
    """A deviation. `trigger` replaces the correct dial rule; `gives_up` says when mail for a dial route is tried without a call.

    Where it `narrows` the correct rule, its trigger never makes a line dial that the correct one would not.
    `hypothesis` is its number among the guesses for its article; `refuted_by` says what in the article contradicts it ("" if
    nothing does) and is proved by a theorem; `fixed_in` is the first build without it.
    """

    name: str
    article: str
    mechanism: str
    certainty: Certainty
    trigger: Trigger
    hypothesis: str = ""
    refuted_by: str = ""
    fixed_in: Build | None = None
    gives_up: Callable[[Table], z3.BoolRef] | None = None
    narrows: bool = True


def catalogue() -> dict[str, Fault]:
    """Every fault by name; "none" is the correct rule."""

    def hypothesis(number: str, name: str, mechanism: str, trigger: Trigger) -> Fault:
        return Fault(name, "Q230051", mechanism, Certainty.GUESS, trigger, hypothesis=number, fixed_in=FIXED_IN)

    faults = [
        Fault(
            "none",
            article="Q156063 section 2.2.11",
            mechanism="a line is dialled if a message waits for a route over it",
            certainty=Certainty.STATED,
            trigger=_correct,
        ),
        hypothesis(
            "H1",
            "dial-slot-overwritten",
            "one service-wide note 'uses RAS' is written by each route as it is loaded; the last one wins",
            _slot_of_last,
        ),
        hypothesis(
            "H2",
            "dialler-wants-only-ras",
            "the dialler is armed only if every route uses RAS, instead of one that has mail",
            _only_ras,
        ),
        replace(
            hypothesis(
                "H3",
                "permanent-mode",
                "any route over the LAN puts the whole service into permanently-connected mode: mail is tried without a call",
                _not_permanent,
            ),
            gives_up=_permanent,
        ),
        replace(
            hypothesis(
                "H6",
                "other-queue-counted",
                "the trigger looks at the queue of the last route of the table only",
                _last_queue,
            ),
            refuted_by="the article says that the line never dials again; here mail for the added entry still dials it",
            narrows=False,
        ),
        Fault(
            "dns-default-counts-no-demand",
            article="Q156063 section 2.2.5",
            mechanism="mail of a route by DNS counts as waiting for the line only once it is resolved, which needs the line",
            certainty=Certainty.STATED,
            trigger=_hosts_only,
        ),
        Fault(
            "every-entry-is-dialled",
            article="Q156063 section 2.2.13",
            mechanism="all checked phonebook entries are dialled, although only one carries the mail",
            certainty=Certainty.STATED,
            trigger=_any_line,
            narrows=False,
        ),
    ]
    return {fault.name: fault for fault in faults}


def causes_of(build: Build) -> tuple[Fault, ...]:
    """What may be wrong with `build`: every hypothesis that its article does not refute, or the correct rule alone."""
    faults = catalogue()
    affected = [fault for fault in faults.values() if fault.fixed_in is not None and build < fault.fixed_in]
    surviving = [fault for fault in affected if not fault.refuted_by]
    return tuple(surviving) or (faults["none"],)


def _correct(table: Table, line: Line) -> z3.BoolRef:
    return wanted(table.routes, line)


def _slot_of_last(table: Table, line: Line) -> z3.BoolRef:
    # an entry that holds mail for ETRN has no link to note; no source says what it does to the slot
    noted = [route for route in table.routes if route.method is not Method.ETRN]
    uses_ras = table.last_in_force(lambda route: z3.BoolVal(table.is_dial(route)), noted)
    return z3.And(_correct(table, line), uses_ras)


def _only_ras(table: Table, line: Line) -> z3.BoolRef:
    others = [route for route in table.routes if route.method is not Method.ETRN and not table.is_dial(route)]
    return z3.And(_correct(table, line), *(z3.Not(route.in_force) for route in others))


def _permanent(table: Table) -> z3.BoolRef:
    lan = [route for route in table.routes if route.method is not Method.ETRN and not table.is_dial(route)]
    return z3.Or([route.in_force for route in lan])


def _not_permanent(table: Table, line: Line) -> z3.BoolRef:
    return z3.And(_correct(table, line), z3.Not(_permanent(table)))


def _last_queue(table: Table, line: Line) -> z3.BoolRef:
    # mail of a route over another dial line dials that line; every other last route stands for the default's
    mine = z3.BoolVal(line.name == table.default.link)

    def counts(route: Route) -> z3.BoolRef:
        if table.is_dial(route):
            return z3.And(route.has_mail, z3.BoolVal(route.link == line.name))
        return z3.And(route.has_mail, mine)

    return table.last_in_force(counts, table.routes)


def _hosts_only(table: Table, line: Line) -> z3.BoolRef:
    return wanted([route for route in table.routes if route.method is Method.HOST], line)


def _any_line(table: Table, _line: Line) -> z3.BoolRef:
    return z3.Or([wanted(table.routes, line) for line in table.lines])
