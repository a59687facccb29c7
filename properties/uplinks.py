"""Claims about lines that are up without being dialled: what is taken for alive, and what traffic takes.

Each can be about one class of traffic or one line alone (`of`). "For good" is meant in the long run: a line that works from some
time on. So a claim that something follows reads: again and again it is so, or the premise fails again and again.
"""

from collections.abc import Callable, Sequence

import z3

from dialproof.core.actions import Action
from dialproof.core.claims import Claim
from dialproof.core.errors import InputError
from dialproof.core.messages import either, in_toml, suggestion
from dialproof.core.system import System
from dialproof.ltl import always, eventually, leads_to
from model.events import Event
from model.parts.policies import TrafficClass
from model.parts.uplinks import Uplink
from model.router import Router, happens
from properties.observed import Observed, every, remembering, some

_CHANGES = (Event.BREAK, Event.MEND, Event.SLOW_DOWN, Event.LOSE_LINK, Event.REGAIN_LINK)
"""What can change about a line."""

Maker = Callable[[Router, str | None], Observed]


def traffic_can_leave(router: Router, of: str | None) -> Observed:
    """If a line that the traffic may take works for good, and no host that is asked is down, the traffic leaves again and again.

    It leaves only if each line that it is shared among works. Traffic that may take no line never leaves. Raises InputError.
    """
    parts = []
    premises = []
    for one in _classes(router, of):
        lines = [line for line, _ in one.members] or one.uplinks
        for premise in [z3.And(line.works, _hosts_answer(router)) for line in lines] or [z3.BoolVal(True)]:
            parts.append(_again_and_again(premise, one.leaves))
            premises.append(premise)
    says = (
        "Traffic that a rule sends by a policy leaves again and again over lines that work, if one of its lines works for good."
    )
    witnesses = tuple((f"{one.says} leaves", one.leaves) for one in _classes(router, of) if one.members)
    return _observed(router, "traffic-can-leave", of, every(parts), says, some(premises), witnesses)


def working_line_is_used_again(router: Router, of: str | None) -> Observed:
    """If a line works for good and every better one of the policy is broken for good, traffic takes it again and again."""
    parts, premises = [], []
    for one in _classes(router, of):
        for line, _ in one.members:
            premise = z3.And([line.works, _hosts_answer(router), *(z3.Not(other.works) for other in one.better(line))])
            parts.append(_again_and_again(premise, one.takes(line)))
            premises.append(premise)
    if not parts:
        raise InputError("working-line-is-used-again says nothing here: no policy has a line")
    says = "The best line that works is taken again and again, however often it failed before."
    return _observed(router, "working-line-is-used-again", of, every(parts), says, some(premises))


def one_dead_host_cuts_nothing_off(router: Router, of: str | None) -> Observed:
    """If all lines work for good, traffic leaves again and again, even if one of the hosts that are asked is dead."""
    if router.hosts is None or router.hosts.dead is None:
        raise InputError("one-dead-host-cuts-nothing-off says nothing here: no host is asked")
    all_work = every([line.works for line in router.uplinks])
    classes = [one for one in _classes(router, of) if one.uplinks]
    if not classes:
        raise InputError("one-dead-host-cuts-nothing-off says nothing here: no policy has a line")
    formula = every([_again_and_again(all_work, one.leaves) for one in classes])
    says = "If all lines work for good, traffic leaves again and again, also while one of the hosts that probes ask is down."
    premise = z3.And(all_work, z3.Not(router.hosts.all_answer))
    return _observed(router, "one-dead-host-cuts-nothing-off", of, formula, says, premise)


def line_fails_only_if_it_is_broken(router: Router, of: str | None) -> Observed:
    """A line is taken for dead only while it is broken, or while a host that is asked is down."""
    watched = [line for line in _lines(router, of) if router.has(Event.FIND_DEAD, line.name)]
    if not watched:
        raise InputError("line-fails-only-if-it-is-broken says nothing here: no line is ever found dead")
    found = {line.name: happens(Event.FIND_DEAD, line.name) for line in watched}
    parts = [always(z3.Implies(found[line.name], z3.Or(z3.Not(line.works), z3.Not(_hosts_answer(router))))) for line in watched]
    says = "A line that is better than what counts as failed is never taken for dead."
    return _observed(router, "line-fails-only-if-it-is-broken", of, every(parts), says, some(list(found.values())))


def constant_measurement_settles(router: Router, of: str | None) -> Observed:
    """If nothing changes about a line and the hosts from some time on, it is not taken for dead again and again."""
    watched = [line for line in _lines(router, of) if router.has(Event.FIND_DEAD, line.name)]
    if not watched:
        raise InputError("constant-measurement-settles says nothing here: no line is ever found dead")
    of_hosts = router.actions(Event.HOST_DIES, Event.HOST_RETURNS)
    parts = []
    for line in watched:
        own = [one for one in router.actions(*_CHANGES) if one.concerns == line.name]
        changing = always(eventually(some([happens(_kind(one), one.concerns) for one in (*own, *of_hosts)])))
        parts.append(z3.Or(changing, eventually(always(z3.Not(happens(Event.FIND_DEAD, line.name))))))
    says = "While nothing changes about a line and the hosts, it is not taken for dead again and again."
    premise = some([happens(Event.FIND_DEAD, line.name) for line in watched])
    return _observed(router, "constant-measurement-settles", of, every(parts), says, premise)


def enabled_line_can_be_used(router: Router, of: str | None) -> Observed:
    """If a line is the only one with a link, and works for good, some traffic takes it again and again.

    Nothing is said of a line that only policies without a rule name: it is kept out on purpose. Raises InputError.
    """
    lines = [line for line in _lines(router, of) if line.name not in router.kept_out]
    if not lines:
        raise InputError("enabled-line-can-be-used says nothing here: every line is kept out on purpose")
    parts, premises = [], []
    for line in lines:
        alone = every(
            [line.works, _hosts_answer(router), *(z3.Not(other.works) for other in router.uplinks if other is not line)]
        )
        used = [one.takes(line) for one in router.classes]
        parts.append(always(eventually(z3.Or([z3.Not(alone), *used]))))
        premises.append(alone)
    says = "An enabled line carries traffic again and again, if it is the only one that works."
    return _observed(router, "enabled-line-can-be-used", of, every(parts), says, some(premises))


def nothing_else_decides_about_a_line(router: Router, of: str | None) -> Observed:
    """What a line is taken for, and whether it is watched, changes only with events that concern this line."""
    watched = [line for line in _lines(router, of) if line.belief is not None]
    if not watched:
        raise InputError("nothing-else-decides-about-a-line says nothing here: no line is watched")
    parts, own_events = [], []
    kept = {line.name: [part for part in (line.belief, line.is_lost) if part is not None] for line in watched}
    memory = remembering(router.system, [part for parts_of in kept.values() for part in parts_of])
    for line in watched:
        own = [memory.was(action.name) for action in router.system.actions if action.concerns == line.name]
        changed = [part != memory.before[part.variable.name] for part in kept[line.name]]
        parts.append(always(z3.Implies(some(changed), some(own))))
        own_events += own
    says = "What a line is taken for, and whether it is watched, changes only by what happens to this line."
    return _observed(router, "nothing-else-decides-about-a-line", of, every(parts), says, some(own_events), system=memory.system)


OF_UPLINKS: dict[str, Maker] = {
    "traffic-can-leave": traffic_can_leave,
    "working-line-is-used-again": working_line_is_used_again,
    "one-dead-host-cuts-nothing-off": one_dead_host_cuts_nothing_off,
    "line-fails-only-if-it-is-broken": line_fails_only_if_it_is_broken,
    "constant-measurement-settles": constant_measurement_settles,
    "enabled-line-can-be-used": enabled_line_can_be_used,
    "nothing-else-decides-about-a-line": nothing_else_decides_about_a_line,
}
"""The claims about uplinks and policies, by name; each about all lines and classes of traffic, or about one (`of`)."""


def _observed(
    router: Router,
    name: str,
    of: str | None,
    formula: z3.BoolRef,
    says: str,
    premise: z3.BoolRef,
    witnesses: tuple[tuple[str, z3.BoolRef], ...] = (),
    *,
    system: System | None = None,
) -> Observed:
    full = name if of is None else f"{name}({of})"
    about = "" if of is None else f" This is asked of {_asked(router, of)}."
    claim = Claim(full, formula, f"{says}{about}", router.words.source(name), premise, witnesses)
    return Observed(router.system if system is None else system, claim)


def _asked(router: Router, of: str) -> str:
    classes = [one.says for one in router.classes if one.name == of]
    return " and ".join(classes) or f"the line {of}"


def _classes(router: Router, of: str | None) -> Sequence[TrafficClass]:
    """The classes of traffic that are asked about. Raises InputError if there is none."""
    if not router.classes:
        raise InputError("no rule sends traffic by a policy that a line could belong to")
    found = [one for one in router.classes if of is None or one.name == of]
    if not found:
        raise _unknown(of, [one.name for one in router.classes], "policy that traffic goes by")
    return found


def _lines(router: Router, of: str | None) -> Sequence[Uplink]:
    """The lines that are asked about, without those that are kept out on purpose. Raises InputError if there is none."""
    if not router.uplinks:
        raise InputError("this router has no line that is up without being dialled")
    found = [one for one in router.uplinks if (of is None and one.name not in router.kept_out) or one.name == of]
    if of is None and not found:
        raise InputError("every line is kept out on purpose: no policy that a rule uses names one")
    if not found:
        raise _unknown(of, [one.name for one in router.uplinks], "line")
    return found


def _unknown(of: str | None, known: Sequence[str], what: str) -> InputError:
    allowed = list(dict.fromkeys(known))
    return InputError(
        f"`of` is {in_toml(of)}: there is no {what} of this name; allowed: {either(allowed)}{suggestion(of or '', allowed)}"
    )


def _again_and_again(premise: z3.BoolRef, conclusion: z3.BoolRef) -> z3.BoolRef:
    """If the premise holds for good, the conclusion holds again and again."""
    lacking = z3.And(premise, z3.Not(conclusion))
    return leads_to(lacking, z3.Not(lacking))


def _kind(action: Action) -> Event:
    assert isinstance(action.event, Event)
    return action.event


def _hosts_answer(router: Router) -> z3.BoolRef:
    return z3.BoolVal(True) if router.hosts is None else router.hosts.all_answer
