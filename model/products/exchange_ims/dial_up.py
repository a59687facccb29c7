"""When the Internet Mail Service dials, and what the outside does: the Dial-up Connections tab, and the scenario's promises."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field

from dialproof.core.actions import Fairness
from model.parts.calendar import Calendar, calendar_of
from model.parts.promises import Promise
from model.products.exchange_ims import week
from model.scenario import Dialling, Environment

MOST_MINUTES = 7 * 24 * 60
"""The longest time that the dialog takes: a week."""

_SOME = Field(min_length=1, max_length=8, strict=False)


class DialUp(Dialling):
    """The Dial-up Connections tab. With a time in it, time is counted, in minutes."""

    queued_for: Annotated[int, Field(ge=1, le=MOST_MINUTES)] | None = None
    """Dial if mail is queued, and never twice within so many minutes (Q156063 section 2.2.11)."""

    every: Annotated[int, Field(ge=1, le=MOST_MINUTES)] | None = None
    """Dial every so many minutes, and at the start of the service (Q158318)."""

    slots: Annotated[tuple[Annotated[str, AfterValidator(week.slot)], ...], Field(strict=False)] = ()
    """Dial at these times: "08:00" each day, "Sat 12:00", "Mon-Fri 08:00". A start of the service waits for the next one."""

    hours: Annotated[tuple[Annotated[str, AfterValidator(week.hours)], ...], Field(min_length=1, strict=False)] | None = None
    """Dial within these hours only: "08:00-18:00" each day, "Mon-Fri 08:00-18:00". Without it: at any time."""

    on_queued_mail: bool = True
    """Dial when mail is queued; false: only by the schedule of `every` or `slots`."""

    on_stranded_mail: bool = False
    """With transfer = "inbound-only": whether mail that is never sent makes the service dial, and keeps the line up. No source
    says."""

    idle_timeout: Annotated[int, Field(ge=1, le=MOST_MINUTES)] | None = None
    """Hang up after so many minutes without traffic (Q159209). Without it: after any time."""

    idle_counts: Literal["both-ways", "outbound"] = "both-ways"
    """What keeps a line from being idle: traffic both ways, or only what is sent. It matters with `retrieval`. No source says."""

    retrieval: Literal["none", "etrn", "turn", "command"] = "none"
    """How the service asks in each call for mail that waits at the other end: by ETRN (Q235223), by TURN (Q257979), by a command
    (Q155828); none: it does not ask. It needs an `idle_timeout`, by which a call ends."""

    sends: Literal["all", "queued-at-call"] = "all"
    """What goes with a call: all that waits while it lasts, or only what waited when it was answered, as in 4.0 (Q159209)."""

    attempt: Annotated[int, Field(ge=0, le=MOST_MINUTES)] = 1
    """Minutes that a call takes at most until it is answered or has failed. It matters only if time is counted."""

    redial: Literal["by-trigger", "by-retry-list"] = "by-trigger"
    """What makes a call again that failed: the trigger that made it, or the retry list besides. No source says which."""

    retry: Annotated[tuple[Annotated[int, Field(ge=0, le=MOST_MINUTES)], ...], _SOME] = (15, 30, 60, 240)
    """The retry list: minutes until a failed call is made again, after the first failure in a row, the second ...; the last
    one repeats; 0 stands for never (Q146669, Q151780). It matters with redial = "by-retry-list", and for deliveries that fail
    (`deliveries_may_fail`)."""

    deferred_mail: Literal["waits", "dials"] = "waits"
    """Whether mail that waits for a destination to be tried again makes the service dial, and keeps the line up. No source
    says."""

    spacing: Literal["attempts", "calls"] = "attempts"
    """What `queued_for` counts from: from every attempt, or from every call that was answered. No source says which."""

    slot_during_call: Literal["kept", "lost"] = "kept"
    """What becomes of a slot of `every` or `slots` that comes during a call. No source says."""

    def without_times(self) -> "DialUp":
        """The same without a time in it, and with queued mail as the trigger."""
        return DialUp(fairness=self.fairness, sends=self.sends, on_stranded_mail=self.on_stranded_mail)

    @property
    def cycle(self) -> int:
        """After how many minutes `slots` and `hours` come again; 0 if there are none."""
        said = [*self.slots, *(self.hours or ())]
        return week.cycle_of(said) if said else 0

    def calendar(self, size: int, reload_shows: str | None = None) -> Calendar | None:
        """The calendar of `slots` and `hours`, in units of `size` minutes, with what a reload shows; None if there are none."""
        if not self.cycle:
            return None
        spans = None if self.hours is None else week.spans_of(self.hours, self.cycle)
        at = week.minutes_of(self.slots, self.cycle)
        shown = None if reload_shows is None else week.minute_of(reload_shows) % self.cycle
        return calendar_of(at, spans, self.cycle, size, kept=self.slot_during_call == "kept", after_reload=shown)

    @property
    def times(self) -> tuple[int, ...]:
        """Its times that say how long something takes, in minutes; none if it says none."""
        said = [time for time in (self.queued_for, self.every, self.idle_timeout) if time is not None]
        return (*said, *(self.retry if self.redial == "by-retry-list" else ()))


class Surroundings(Environment):
    """What the outside is assumed to do, and the administrator."""

    restarts: bool = True
    """The service may be restarted at any time. false: nobody does that."""

    stops: Literal["never", "for-a-while", "may-stay-stopped"] = "never"
    """Whether the administrator stops the service: never; and starts it again at some time; and may leave it stopped."""

    reload_shows: Annotated[str, AfterValidator(week.moment)] | None = None
    """What the wall clock shows after a reload, "00:00" or "Tue 00:00": the machine may be restarted at any time, and forgets the
    time. Without it: no reload. It needs `slots` or `hours`. No source says what the clock shows."""

    drops: bool = True
    """The other side may end a call at any time. false: it ends none."""

    deliveries_may_fail: bool = False
    """A delivery over a link that is up may fail for now; its destination is then tried again by `retry` (Q146669)."""

    delivery_time: Annotated[int, Field(ge=0, le=MOST_MINUTES)] | None = None
    """Minutes for which a dial line is without traffic at most while a message can leave over it. Without it: any time."""

    port: Literal["free", "taken-for-a-while", "may-stay-taken"] = "free"
    """Whether somebody else takes the port of a modem, so that calls fail with error 633 (Q175410): nobody, somebody who gives it
    back at some time, somebody who may keep it."""

    dequeue: Annotated[int, Field(ge=0, le=MOST_MINUTES)] | None = None
    """Minutes within which the other end sends what waits there, after it was asked and after each message. Without it: at any
    time."""

    def without_times(self) -> Self:
        """The same without what delays a delivery that failed: it may be made again at any time. A reload is a restart."""
        return self.model_copy(update={"deliveries_may_fail": False, "reload_shows": None})

    @property
    def starting(self) -> Promise:
        """What is promised of the start of a service that was stopped."""
        return Promise(Fairness.WEAK, "stops") if self.stops == "for-a-while" else Promise(Fairness.NONE)

    @property
    def giving_back(self) -> Promise:
        """What is promised of a port that somebody has taken."""
        return Promise(Fairness.WEAK, "port") if self.port == "taken-for-a-while" else Promise(Fairness.NONE)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is assumed of every run."""
        dequeue, delivery = self.dequeue, self.delivery_time
        own = {
            "restarts = false: nobody restarts the service": not self.restarts,
            f"reload_shows: the machine may be restarted at any time, and its clock shows {self.reload_shows} then": (
                self.reload_shows is not None
            ),
            "drops = false: the other side ends no call": not self.drops,
            "port: once given back, it is not taken again before a call was answered": self.port != "free",
            f"dequeue: what waits at the other end comes within {dequeue} min": dequeue is not None,
            f"delivery_time: no line is without traffic for longer than {delivery} min while mail can leave over it": delivery
            is not None,
        }
        return (*super().notes, *(f"environment.{note}" for note, is_said in own.items() if is_said))
