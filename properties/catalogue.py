"""The claims by name: what a scenario's `[[check]]` can ask for.

Names are fixed. Each maker takes a router and gives the claim about it, or raises InputError for a router about which the
claim says nothing.
"""

from collections.abc import Callable

from dialproof.core.errors import InputError
from model.products import DEFAULT, products
from model.router import Router
from model.words import Words
from properties import accounting, delivery, dialling, interference, lines, policies, progress, retrieval, table, uplinks
from properties.measures import BOUNDED, require_clock, scale_of
from properties.observed import Observed
from properties.supervision import OF_SUPERVISION

Maker = Callable[[Router], Observed]

OF_UPLINKS: dict[str, Callable[[Router, str | None], Observed]] = {
    "traffic-can-leave": policies.traffic_can_leave,
    "traffic-goes-by-its-policy": policies.traffic_goes_by_its_policy,
    "broken-line-is-left": policies.broken_line_is_left,
    "working-line-is-used-again": policies.working_line_is_used_again,
    "one-dead-host-cuts-nothing-off": policies.one_dead_host_cuts_nothing_off,
    "enabled-line-can-be-used": policies.enabled_line_can_be_used,
    "line-fails-only-if-it-is-broken": uplinks.line_fails_only_if_it_is_broken,
    "constant-measurement-settles": uplinks.constant_measurement_settles,
    "nothing-else-decides-about-a-line": uplinks.nothing_else_decides_about_a_line,
}
"""The claims about uplinks and policies; each about all lines and classes of traffic, or about one (`of`)."""


OF_CLOCKS: dict[str, Maker] = {
    "time-never-stops": progress.time_never_stops,
    "needless-dials-end": dialling.needless_dials_end,
    "dialled-line-comes-up": dialling.dialled_line_comes_up,
    retrieval.NAME: retrieval.remote_mail_is_retrieved,
}
"""The claims without a bound that only a router with clocks can be asked for."""


OF_HELD_MAIL: dict[str, Maker] = {"mail-alone-dials-nothing": dialling.mail_alone_dials_nothing}
"""The claims about a product that is meant to hold what waits until somebody asks for it."""


def names(words: Words | None = None) -> tuple[str, ...]:
    """The names of all claims about a product with these words: of any router, of one with clocks, and of some products."""
    return (*catalogue(words), *OF_CLOCKS, *BOUNDED, *OF_UPLINKS, *OF_SUPERVISION, *OF_HELD_MAIL)


def claim_about(router: Router, name: str, bound: int | None = None, of: str | None = None) -> Observed:
    """The claim called `name` about `router`; a claim about time with its `bound`, in what the product counts time in.

    `of` is the line or the class of traffic that it is about, for claims that can be about one of them.

    Raises InputError if the claim says nothing about this router, if a bound is missing, and if there is nothing to bound.
    """
    if name in OF_UPLINKS:
        return OF_UPLINKS[name](router, of)
    if of is not None:
        raise InputError(f"{name} is about all lines and queues: leave `of` out; claims about one: {', '.join(OF_UPLINKS)}")
    if name not in BOUNDED:
        if bound is not None:
            raise InputError(f"{name} has no bound: leave `bound` out; claims with one: {', '.join(BOUNDED)}")
        return {**OF_CLOCKS, **OF_SUPERVISION, **OF_HELD_MAIL, **catalogue(router.words)}[name](router)
    unit = require_clock(router, name)
    if bound is None:
        raise InputError(f"{name} needs a bound: `bound` = a number of {scale_of(name, unit).counts}s")
    return BOUNDED[name](router, bound)


def catalogue(words: Words | None = None) -> dict[str, Maker]:
    """Every claim about a product with these words, by name; without words about the first product, which knows mail."""
    words = words or products()[DEFAULT].words
    makers = {
        "queued-{noun}-is-dialled": dialling.queued_mail_is_dialled,
        "queued-{noun}-is-delivered": delivery.queued_mail_is_delivered,
        "queued-{noun}-is-resolved": delivery.queued_mail_is_resolved,
        "line-never-dials-again": dialling.line_never_dials_again,
        "routes-do-not-interfere": interference.routes_do_not_interfere,
        "no-dial-without-demand": dialling.no_dial_without_demand,
        "no-{noun}-is-lost": accounting.no_mail_is_lost,
        "{noun}-is-refused-only-when-full": accounting.mail_is_refused_only_when_full,
        "{noun}-goes-by-the-table-in-force": table.mail_goes_by_the_table_in_force,
        "changes-wait-for-a-start": table.changes_wait_for_a_start,
        "line-follows-its-states": lines.line_follows_its_states,
        "needed-line-is-kept": lines.needed_line_is_kept,
        "idle-line-is-released": lines.idle_line_is_released,
        "no-latch": lines.no_latch,
        "router-is-never-stuck": progress.router_is_never_stuck,
    }
    return {words.named(name): maker for name, maker in makers.items()}
