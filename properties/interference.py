"""The claim that routes do not interfere: an entry that does not use a line never changes when that line is dialled.

It is the best single statement of Q230051: one entry by DNS, or to a host on the LAN, changes when the line of the default route
is dialled. No single run shows that, so the claim compares two: the router with its whole table and the same router without
some of its entries, side by side (`dialproof.core.self_composition`). Both are given the same mail, the same outcomes of calls,
the same restarts, and the same turns of the dialler. What concerns such an entry alone (mail for it arrives and leaves, the
administrator adds it) happens only in the copy that has the entry.

Source: Q230051; what is compared is J. Goguen and J. Meseguer, "Security policies and security models", 1982.
Left out: what happens to the entry's own mail in the copy without the entry. It would take the default route and might make
the line dial. But diverting that mail is the entry's purpose and not an interference, so no such mail is generated in that
copy. An entry whose line shares a modem with the other line uses what that line needs: it may change when that line is dialled.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import z3

from dialproof.core.claims import Claim
from dialproof.core.errors import InputError
from dialproof.core.obligation import Obligation
from dialproof.core.self_composition import Pair, side_by_side
from dialproof.core.system import System
from dialproof.core.variables import Boolean, boolean
from dialproof.evidence.unwinding import agreement, both_obligations
from dialproof.ltl import always
from model.events import Event
from model.parts.lines import Line
from model.parts.routes import Route
from model.product import Beside
from model.router import Router, happens
from model.words import Words
from properties.observed import Observed, every, some

NAME = "routes-do-not-interfere"


def own_traffic(words: Words) -> str:
    """The note of every such comparison."""
    return (
        f"{NAME}: {words.waiting} for an entry is generated only in the copy that has the entry; it is not rerouted in the "
        "other copy"
    )


EVERY_TABLE = "; each of them with and without any one entry that uses no line"
"""The addition to the scope of a proof for every table."""

NOT_EVERY_TABLE = (
    "a proof for every table needs lines that all share one modem: otherwise an entry over another line changes that line"
)
"""Why there may be no proof for every table."""

_FEW = 4  # entries that are named in one sentence


def routes_do_not_interfere(router: Router) -> Observed:
    """With entries that do not use a line and without them, given the same events, the line is dialled at the same moments."""
    if router.with_routes is None:
        raise InputError(
            f"{NAME} cannot be checked for a table that is read class by class, or for many tables at once: it compares one "
            f"table with the same table without some entries; write the entries that matter as {router.words.entry_key}"
        )
    if router.unit is not None:
        raise InputError(
            f"{NAME} is asked without clocks: leave the times of the scenario out, so that a delay may have any length"
        )
    using = {line.name: [one for one in router.entries if _use(router, one, line)] for line in router.lines}
    extra = [one for one in router.entries if any(one not in entries for entries in using.values())]
    if not extra:
        raise InputError(f"{NAME} says nothing here: {_why_none(router)}")
    left_out = _left_out(extra)
    pair = _with_and_without(router, extra, left_out)
    parts, speaks, witnesses = [], [], []
    for line in router.lines:
        asked = [one for one in extra if one not in using[line.name]]
        if not asked:
            continue
        there = [z3.Not(left_out[one]) for one in extra if one not in asked]
        alike = pair.alike(line.is_dialling)
        parts.append(z3.Implies(every(there), alike) if there else alike)
        dialled = z3.Or(pair.first.of(line.is_dialling), pair.second.of(line.is_dialling))
        here = [z3.And(*there, left_out[one], pair.first.of(one.in_force), dialled) for one in asked]
        speaks += here
        if router.over(line):
            witnesses.append((f"{line.name} is dialled while an entry that does not use it is in force", some(here)))
    witnesses += [
        (f"{router.words.waiting} for {one.label} arrives", happens(Event.ARRIVE, one.name)) for one in extra if one.gets_mail
    ]
    claim = Claim(
        NAME,
        always(every(parts)),
        says="With entries that do not use a line the line is dialled exactly when it is dialled without them, all else alike.",
        source=router.words.source(NAME),
        premise=some(speaks),
        witnesses=tuple(witnesses),
    )
    return Observed(pair.system, claim, (pair.first.label, pair.second.label), tuple(_notes(router)))


def _left_out(extra: Sequence[Route]) -> dict[Route, z3.BoolRef]:
    """The condition for each entry that the second router lacks it: a free constant; true if there is only one such entry."""
    if len(extra) == 1:
        return {extra[0]: z3.BoolVal(True)}
    return {one: boolean(f"without {one.name}", says=f"{one.name} is left out") for one in extra}


def _with_and_without(router: Router, extra: Sequence[Route], left_out: Mapping[Route, z3.BoolRef]) -> Pair:
    """The router as it is, and the same without the entries that are left out."""
    assert router.with_routes is not None
    if len(extra) == 1:
        name = extra[0].name
        routes = [one for one in router.routes if one is not extra[0]]
        without = router.with_routes(routes, ())
        return side_by_side(router.system, without.system, labels=(f"with {name}", f"without {name}"))
    constants = [flag for flag in left_out.values() if isinstance(flag, Boolean)]
    routes = [replace(one, there=z3.Not(left_out[one])) if one in left_out else one for one in router.routes]
    without = router.with_routes(routes, constants)
    labels = ("with every entry", "without those left out")
    names = [flag.variable.name for flag in constants]
    return side_by_side(router.system, without.system, labels=labels, constants=names)


@dataclass(frozen=True, eq=False)
class EveryTable:
    """The claim about every table: it is about `system`, which by `obligations` stands for all of them with an entry more."""

    system: System
    claim: Claim
    obligations: tuple[Obligation, ...]


def of_every_table(beside: Beside) -> EveryTable:
    """The same claim for every routing table, as one about the family with one more entry.

    It says of a router with the entry and a router without it that every event which both know is enabled in both at the same
    moments (`dialproof.evidence.unwinding`). That holds for entries that use no line. An entry over another line changes that
    line, and then the mail that waits for it; so with several lines that do not share a modem nothing is proved. With a fault
    nothing is proved either: a summary cannot express how the fault changes the dialler.
    """
    claim = Claim(
        NAME,
        always(every([agreement(beside.whole, less) for less in beside.less.values()])),
        says="With an entry that uses no line everything else can happen exactly when it can without it.",
        source="Q230051",
    )
    return EveryTable(beside.whole.summary, claim, both_obligations(beside.whole, beside.less))


def says_something(router: Router) -> bool:
    """True if the table has an entry that does not use some line."""
    return any(_use(router, one, line) is None for line in router.lines for one in router.entries)


def _use(router: Router, entry: Route, line: Line) -> str | None:
    """How `entry` uses `line` or its modem, in words; None if it does not."""
    if entry.link == line.name:
        return "goes over it"
    own = next((other for other in router.lines if other.name == entry.link), None)
    return f"goes over {own.name}, which dials with the same modem" if own is not None and own.modem == line.modem else None


def _notes(router: Router) -> Iterator[str]:
    """The notes: which runs are not compared, and for which lines and entries nothing is checked."""
    yield own_traffic(router.words)
    said = []
    for line in router.lines:
        users = {one.name: _use(router, one, line) for one in router.entries}
        using = [f"{name} {use}" for name, use in users.items() if use]
        if using:
            said.append(f"{line.name}: {', '.join(using) if len(using) <= _FEW else f'each of {len(using)} entries uses it'}")
    if said:
        yield f"{NAME}: an entry that uses a line is not checked for that line: {'; '.join(said)}"


def _why_none(router: Router) -> str:
    if not router.lines:
        return f"there is no dial link; declare one {router.words.dial_link}"
    if not router.entries:
        return f"there is no {router.words.entry} that could be left out"
    return "; ".join(dict.fromkeys(f"{one.name} {_use(router, one, line)}" for line in router.lines for one in router.entries))
