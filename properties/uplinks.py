"""Claims about lines that are up without being dialled: what they are taken for, and why.

Each can be about one line alone (`of`). Lines that are kept out on purpose are left alone unless they are named.
"""

from collections.abc import Sequence

import z3

from dialproof.core.actions import Observer
from dialproof.core.claims import Claim
from dialproof.core.errors import InputError
from dialproof.core.hints import Hints
from dialproof.core.messages import either, in_toml, suggestion
from dialproof.core.system import System
from dialproof.core.variables import boolean
from dialproof.ltl import always
from model.events import Event
from model.parts.uplinks import Uplink
from model.router import Router, happens
from properties.observed import Observed, every, remembering, some

CHANGES = (Event.BREAK, Event.MEND, Event.SLOW_DOWN, Event.LOSE_LINK, Event.REGAIN_LINK)
"""What can change about a line."""


def line_fails_only_if_it_is_broken(router: Router, of: str | None) -> Observed:
    """A line is taken for dead only while it is broken, or while a host that is asked is down."""
    watched = _watched(router, of, "line-fails-only-if-it-is-broken")
    found = {line.name: happens(Event.FIND_DEAD, line.name) for line in watched}
    excused = {line.name: z3.Or(z3.Not(line.works), z3.Not(hosts_answer(router))) for line in watched}
    parts = [always(z3.Implies(found[line.name], excused[line.name])) for line in watched]
    says = "A line that is better than what counts as failed is never taken for dead."
    return observed(router, "line-fails-only-if-it-is-broken", of, every(parts), says, some(list(found.values())))


def constant_measurement_settles(router: Router, of: str | None) -> Observed:
    """A line that was taken for dead is not taken for dead again before something changes about it or about a host."""
    watched = _watched(router, of, "constant-measurement-settles")
    of_hosts = [one.name for one in router.actions(Event.HOST_DIES, Event.HOST_RETURNS)]
    system, parts = router.system, []
    for line in watched:
        is_found = boolean(f"found dead {line.name}", says=f"{line.name} was taken for dead, and nothing has changed since")
        changes = [one.name for one in router.actions(*CHANGES) if one.concerns == line.line]
        finds = [one.name for one in router.actions(Event.FIND_DEAD) if one.concerns == line.name]
        updates = {**dict.fromkeys([*changes, *of_hosts], z3.BoolVal(False)), **dict.fromkeys(finds, z3.BoolVal(True))}
        system = system.observed(Observer(is_found, z3.BoolVal(False), updates))
        parts.append(always(z3.Implies(happens(Event.FIND_DEAD, line.name), z3.Not(is_found))))
    says = "While nothing changes about a line and the hosts, it is not taken for dead again and again."
    premise = some([happens(Event.FIND_DEAD, line.name) for line in watched])
    return observed(router, "constant-measurement-settles", of, every(parts), says, premise, system=system)


def nothing_else_decides_about_a_line(router: Router, of: str | None) -> Observed:
    """What a line is taken for, and whether it is watched, changes only with events that concern this line."""
    watched = [line for line in lines_of(router, of) if line.belief is not None]
    if not watched:
        raise InputError("nothing-else-decides-about-a-line says nothing here: no line is watched")
    kept = {line.name: [part for part in (line.belief, line.is_lost) if part is not None] for line in watched}
    memory = remembering(router.system, [part for parts_of in kept.values() for part in parts_of])
    parts, own_events = [], []
    for line in watched:
        own = [memory.was(action.name) for action in router.system.actions if action.concerns == line.name]
        changed = [part != memory.before[part.variable.name] for part in kept[line.name]]
        parts.append(always(z3.Implies(some(changed), some(own))))
        own_events += own
    says = "What a line is taken for, and whether it is watched, changes only by what happens to this line."
    return observed(router, "nothing-else-decides-about-a-line", of, every(parts), says, some(own_events), system=memory.system)


def _watched(router: Router, of: str | None, name: str) -> list[Uplink]:
    """The lines that can be found dead. Raises InputError if there is none."""
    watched = [line for line in lines_of(router, of) if router.has(Event.FIND_DEAD, line.name)]
    if not watched:
        raise InputError(f"{name} says nothing here: no line is ever found dead")
    return watched


def lines_of(router: Router, of: str | None) -> Sequence[Uplink]:
    """The lines that are asked about, without those that are kept out, unless all are. Raises InputError if there is none."""
    if not router.uplinks:
        raise InputError("this router has no line that is up without being dialled")
    used = [one for one in router.uplinks if one.name not in router.kept_out] or list(router.uplinks)
    found = used if of is None else [one for one in router.uplinks if one.name == of]
    if not found:
        raise unknown(of, [one.name for one in router.uplinks], "line")
    return found


def unknown(of: str | None, known: Sequence[str], what: str) -> InputError:
    """The error for a check `of` something that there is not."""
    allowed = list(dict.fromkeys(known))
    near = suggestion(of or "", allowed)
    return InputError(f"`of` is {in_toml(of)}: there is no {what} of this name; allowed: {either(allowed)}{near}")


def hosts_answer(router: Router) -> z3.BoolRef:
    """Every host that is asked is there."""
    return z3.BoolVal(True) if router.hosts is None else router.hosts.all_answer


def observed(
    router: Router,
    name: str,
    of: str | None,
    formula: z3.BoolRef,
    says: str,
    premise: z3.BoolRef,
    witnesses: tuple[tuple[str, z3.BoolRef], ...] = (),
    *,
    system: System | None = None,
    hints: Hints | None = None,
) -> Observed:
    """The claim called `name`, about one line or one class of traffic if `of` names it."""
    full = name if of is None else f"{name}({of})"
    about = "" if of is None else f" This is asked of {_asked(router, of)}."
    claim = Claim(full, formula, f"{says}{about}", router.words.source(name), premise, witnesses)
    return Observed(router.system if system is None else system, claim, hints=hints)


def _asked(router: Router, of: str) -> str:
    classes = [one.says for one in router.classes if one.name == of]
    return " and ".join(classes) or f"the line {of}"
