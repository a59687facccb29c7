"""Routes: the ways that mail or packets can go, and when each of them is in force.

A route is the default route or an entry of a table: a pattern, a method and a link. Which of them something goes by is for a
product to say (`model.products.exchange_ims.lookup`). In the Internet Mail Service an entry takes effect at the next start of the
service (Q201127, Q258203, Q259531, Q279324: each ends with a restart).
Left out: hosts as such (which of several hosts takes a message changes no link), and moving mail that is already queued to
another route when the table changes: no source says that it happens, and mail that stays keeps waiting for the same link.
"""

from dataclasses import dataclass, replace
from enum import Enum

import z3

from dialproof.core.variables import Boolean, Integer, StateVariable, boolean, integer
from model.parts.timing import since
from model.words import Words


@dataclass(frozen=True, eq=False)
class Route:
    """A route. `pattern` is None for the default route; `link` is None where mail is held for ETRN.

    `waiting` is how many pieces are queued for it, in the product's `words`, at most `capacity` (None: any number). An entry
    added while the service runs has `configured` (the administrator has made it) and `loaded` (the service has read it at a
    start); both are None for what is there from the start. One that is `removable` may be there from the start too, and may be
    removed again. No mail arrives if `gets_mail` is false: lookup never comes to the entry. One that is `there` only under a
    condition, which nothing changes, stands in no table in which that fails: nobody adds it, and it is never in force. What waits
    for one that `is_collected` waits for somebody else. `ages` are clocks of the places of the queue, the oldest piece first, if
    what waits longer than `expires_after` units is returned.
    If mail is told apart by `priority`, there is a route for each, with a queue of its own; `row` is what the row of the table,
    or the default route, is called that all of them stand for. To a rule, mail may be shown only while `seen_if` holds.
    """

    name: str
    pattern: str | None
    method: Enum | None
    link: str | None
    waiting: Integer
    capacity: int | None
    words: Words
    configured: Boolean | None = None
    loaded: Boolean | None = None
    removable: bool = False
    gets_mail: bool = True
    there: z3.BoolRef | None = None
    is_collected: bool = False
    ages: tuple[Integer, ...] = ()
    expires_after: int = 0
    priority: str = ""
    row: str = ""
    seen_if: z3.BoolRef | None = None

    @property
    def is_default(self) -> bool:
        """Whether this is the route for everything that no entry matches."""
        return self.pattern is None

    @property
    def label(self) -> str:
        """What to call it in front of a reader."""
        row = "the default route" if self.is_default else self.row
        return f"{row}, {self.priority}" if self.priority else row

    @property
    def has_mail(self) -> z3.BoolRef:
        """That a message is queued for it."""
        return self.waiting > 0 if self.seen_if is None else z3.And(self.waiting > 0, self.seen_if)

    @property
    def in_force(self) -> z3.BoolRef:
        """That the running service knows the route."""
        conditions = [condition for condition in (self.there, self.loaded) if condition is not None]
        if len(conditions) > 1:
            return z3.And(conditions)
        return conditions[0] if conditions else z3.BoolVal(True)

    @property
    def variables(self) -> tuple[Integer | Boolean, ...]:
        """Its state variables."""
        own = (self.waiting, self.configured, self.loaded, *self.ages)
        return tuple(variable for variable in own if variable is not None)

    @property
    def initially(self) -> z3.BoolRef:
        """No mail waits; an entry that is added later is not there yet, one that comes and goes is in force if it is there."""
        if self.removable:
            return z3.And(self.waiting == 0, self.configured == self.loaded)
        later = [z3.Not(flag) for flag in (self.configured, self.loaded) if flag is not None]
        return z3.And(self.waiting == 0, *later, *(age == 0 for age in self.ages))

    @property
    def moves_up(self) -> dict[StateVariable, z3.ExprRef]:
        """What the clocks show after the oldest piece has left: each other one is a place further to the front."""
        return dict(zip(self.ages, (*self.ages[1:], z3.IntVal(0)), strict=True)) if self.ages else {}


NORMAL = "normal"
"""The priority whose queue is called by the route alone."""

MOST_AGEING = 8
"""The most pieces in a queue whose ages are counted, one clock for each."""


def route(
    name: str,
    pattern: str | None,
    method: Enum | None,
    link: str | None,
    *,
    words: Words,
    capacity: int | None,
    added_while_running: bool = False,
    gets_mail: bool = True,
    is_collected: bool = False,
    expires_after: int = 0,
    priority: str = "",
) -> Route:
    """A route whose queue holds at most `capacity` messages (None: any number); what comes beyond that is refused.

    If `expires_after` units are given, each piece has a clock, and is returned by then; `capacity` is then `MOST_AGEING` or less.
    One for a `priority` that is not the normal one is called by it too.
    """
    row = name
    name = row if priority in {"", NORMAL} else f"{row} {priority}"
    shown = ("the default route" if pattern is None else row) + (f", {priority}" if priority else "")
    waiting = integer(f"waiting {name}", 0, capacity, says=f"{words.waiting} waiting for {shown}")
    made = Route(
        name,
        pattern,
        method,
        link,
        waiting,
        capacity,
        words,
        gets_mail=gets_mail,
        is_collected=is_collected,
        ages=_ages(name, capacity or 0, expires_after, words) if expires_after else (),
        expires_after=expires_after,
        priority=priority,
        row=row,
    )
    if not added_while_running:
        return made
    configured = boolean(f"configured {name}", says=f"entry {name} is configured")
    loaded = boolean(f"loaded {name}", says=f"entry {name} is in force")
    return replace(made, configured=configured, loaded=loaded)


def _ages(name: str, capacity: int, longest: int, words: Words) -> tuple[Integer, ...]:
    """The clock of each place of a queue of that capacity."""
    return tuple(
        since(
            f"age {place} {name}", longest, says=f"time for which {words.one} for {name} has waited, place {place} of the queue"
        )
        for place in range(1, capacity + 1)
    )
