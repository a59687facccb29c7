"""Claims about classes of traffic that policies send over uplinks: what leaves, over which line, and whom one dead host cuts off.

Each can be about one class alone (`of`). "For good" is meant in the long run: a line that works from some time on. So a claim
that something follows reads: it does, or the premise fails at some time, and that again and again.

Each claim comes with hints for its proof: beliefs are put right tier by tier, and one step of a tracker is helpful at a time. A
router that makes none of these steps, or in which they do not help, has no such proof, and the hints change nothing.
"""

from collections.abc import Sequence
from itertools import groupby

import z3

from dialproof.core.errors import InputError
from dialproof.core.hints import Helpful, Hints
from dialproof.ltl import always, leads_to
from model.events import Event, called
from model.parts.policies import TrafficClass
from model.parts.uplinks import Uplink
from model.router import Router
from properties.observed import Observed, every, some
from properties.uplinks import hosts_answer, lines_of, observed, unknown


def traffic_can_leave(router: Router, of: str | None) -> Observed:
    """If a line that the traffic may take works for good, and no host that is asked is down, the traffic leaves again and again.

    It leaves if one of the lines that it takes works. Traffic that may take no line never leaves. Raises InputError.
    """
    asked = _Asked(router)
    for one in classes_of(router, of):
        if not one.uplinks:
            asked.that(z3.BoolVal(True), z3.BoolVal(False), None)
        for line, _ in one.members:
            asked.that(z3.And(line.works, hosts_answer(router)), one.leaves, _tier_by_tier(router, one, line))
        if not one.members:
            for line in one.uplinks:
                asked.that(line.works, one.leaves, None)
    says = "Traffic leaves again and again over a line that works, if one of its lines works for good."
    witnesses = tuple((f"{one.says} leaves", one.leaves) for one in classes_of(router, of) if one.members)
    return asked.observed("traffic-can-leave", of, says, witnesses)


def traffic_goes_by_its_policy(router: Router, of: str | None) -> Observed:
    """Traffic takes no line by another policy than the one that its rule names."""
    parts, premises = [], []
    for one in classes_of(router, of):
        for line in one.uplinks:
            is_meant = not one.is_astray and (one.main is None or any(member is line for member, _ in one.members))
            allowed = z3.BoolVal(True) if is_meant else z3.And(one.none_is_alive, z3.BoolVal(not one.is_astray))
            parts.append(always(z3.Implies(one.takes(line), allowed)))
            premises.append(one.takes(line))
    if not parts:
        raise InputError("traffic-goes-by-its-policy says nothing here: no policy has a line")
    says = "Traffic of a rule goes by the policy that the rule names, or by the last resort of this policy, and by no other."
    return observed(router, "traffic-goes-by-its-policy", of, every(parts), says, some(premises))


def broken_line_is_left(router: Router, of: str | None) -> Observed:
    """If a line is broken for good and another one of the policy works for good, traffic is not kept on the broken one."""
    asked = _Asked(router)
    for one in classes_of(router, of):
        for broken, _ in one.members:
            for line, _ in one.members:
                if line is not broken:
                    premise = z3.And(line.works, z3.Not(broken.works), hosts_answer(router))
                    asked.that(premise, z3.Not(one.takes(broken)), _found_dead(router, one, broken, line))
    if not asked.parts:
        raise InputError("broken-line-is-left says nothing here: no policy has a second line")
    says = "Traffic does not stay on a line that is broken for good, if another of its lines works for good."
    return asked.observed("broken-line-is-left", of, says)


def working_line_is_used_again(router: Router, of: str | None) -> Observed:
    """If a line works for good and every better one of the policy is broken for good, traffic takes it again and again."""
    asked = _Asked(router)
    for one in classes_of(router, of):
        for line, _ in one.members:
            worse = [z3.Not(other.works) for other in one.better(line)]
            asked.that(z3.And(line.works, hosts_answer(router), *worse), one.takes(line), _tier_by_tier(router, one, line))
    if not asked.parts:
        raise InputError("working-line-is-used-again says nothing here: no policy has a line")
    says = "The best line that works is taken again and again, however often it failed before."
    return asked.observed("working-line-is-used-again", of, says)


def one_dead_host_cuts_nothing_off(router: Router, of: str | None) -> Observed:
    """If all lines work for good, traffic leaves again and again, even if one of the hosts that are asked is dead for good."""
    if router.hosts is None or router.hosts.dead is None:
        raise InputError("one-dead-host-cuts-nothing-off says nothing here: no host is asked")
    classes = [one for one in classes_of(router, of) if one.uplinks]
    if not classes:
        raise InputError("one-dead-host-cuts-nothing-off says nothing here: no policy has a line")
    all_work = every([line.works for line in router.uplinks])
    asked = _Asked(router)
    for name in router.hosts.names:
        for one in classes:
            premise = z3.And(all_work, router.hosts.is_dead(name))
            asked.that(premise, one.leaves, _one_found_alive(router, one, premise))
    says = "If all lines work for good, traffic leaves again and again, also while one of the hosts that probes ask is down."
    return asked.observed("one-dead-host-cuts-nothing-off", of, says)


def enabled_line_can_be_used(router: Router, of: str | None) -> Observed:
    """If a line is the only one with a link, and works for good, some traffic takes it again and again.

    Nothing is said of a line that only policies without a rule name: it is kept out on purpose. Raises InputError.
    """
    asked = _Asked(router)
    if all(one.name in router.kept_out for one in router.uplinks):
        raise InputError("enabled-line-can-be-used says nothing here: every line is kept out on purpose")
    for line in lines_of(router, of):
        others = [z3.Not(other.has_link) for other in router.uplinks if other is not line]
        used = [one.takes(line) for one in router.classes]
        alone = every([line.works_well, hosts_answer(router), *others])
        asked.that(alone, some(used) if used else z3.BoolVal(False), Hints(_known(router.uplinks), [_alive(router, line, 0)]))
    says = "An enabled line carries traffic again and again, if it is the only one that has a link, and works."
    return asked.observed("enabled-line-can-be-used", of, says)


class _Asked:
    """Parts of a claim, each with its premise, and what may help to prove it."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self.parts: list[z3.BoolRef] = []
        self._premises: list[z3.BoolRef] = []
        self._hints: list[tuple[z3.BoolRef, Hints]] = []

    def that(self, premise: z3.BoolRef, conclusion: z3.BoolRef, hints: Hints | None) -> None:
        """If the premise holds for good, the conclusion holds again and again."""
        lacking = z3.And(premise, z3.Not(conclusion))
        self.parts.append(leads_to(lacking, z3.Not(lacking)))
        self._premises.append(premise)
        if hints is not None and all(self._can(case.action) for case in hints.cases):
            self._hints.append((self.parts[-1], hints))

    def _can(self, action: object) -> bool:
        return any(one.name == action for one in self._router.system.actions)

    def observed(self, name: str, of: str | None, says: str, witnesses: tuple[tuple[str, z3.BoolRef], ...] = ()) -> Observed:
        """The claim that all of it holds."""
        hints = Hints(parts=self._hints) if len(self._hints) == len(self.parts) else None
        return observed(self._router, name, of, every(self.parts), says, some(self._premises), witnesses, hints=hints)


def classes_of(router: Router, of: str | None) -> Sequence[TrafficClass]:
    """The classes of traffic that are asked about. Raises InputError if there is none."""
    if not router.classes:
        raise InputError("no rule sends traffic by a policy that a line could belong to")
    found = [one for one in router.classes if of is None or one.name == of]
    if not found:
        raise unknown(of, [one.name for one in router.classes], "policy that traffic goes by")
    return found


# -- what may help: a tracker puts one belief right at a time ---------------------------------------------------------


def _known(lines: Sequence[Uplink]) -> z3.BoolRef:
    """A line without a link is not taken for alive."""
    known = [z3.Implies(z3.Not(one.has_link), z3.Not(one.is_alive)) for one in lines if one.belief is not None]
    return z3.And(known) if known else z3.BoolVal(True)


def _alive(router: Router, line: Uplink, *rank: z3.ArithRef | int, region: z3.BoolRef | bool = True) -> Helpful:
    """The tracker finds `line` alive; a line without one is alive as soon as it has a link, and nothing has to help."""
    missing = z3.And(z3.Not(line.is_alive), region) if region is not True else z3.Not(line.is_alive)
    return Helpful(called(Event.FIND_ALIVE, line.name) if line.belief is not None else _any_fair(router), missing, rank)


def _any_fair(router: Router) -> str:
    """A fair action: for a case that never occurs, which needs one all the same."""
    return next((one.name for one in router.actions(Event.FIND_ALIVE, Event.FIND_DEAD)), "")


def _tier_by_tier(router: Router, one: TrafficClass, line: Uplink) -> Hints | None:
    """What is taken for alive in the better tiers is found dead, the best tier first; then `line` is found alive."""
    better = sorted(one.better(line), key=one.tier_of)
    tiers = [list(members) for _, members in groupby(better, one.tier_of)]
    counts = [_sum([z3.If(member.is_alive, 1, 0) for member in tier]) for tier in tiers]
    nothing_before: list[z3.BoolRef] = []
    ranks: list[z3.ArithRef | int] = []
    for count, tier in zip(counts, tiers, strict=True):
        ranks.append(z3.If(z3.And(nothing_before), count, z3.IntVal(0)) if nothing_before else count)
        nothing_before += [z3.Not(member.is_alive) for member in tier]
    cases = []
    seen: list[z3.BoolRef] = []
    for member in better:
        cases.append(Helpful(called(Event.FIND_DEAD, member.name), z3.And([member.is_alive, *seen]), (*ranks, 1)))
        seen.append(z3.Not(member.is_alive))
    cases.append(_alive(router, line, *ranks, 1, region=z3.And(seen) if seen else True))
    return Hints(_known([*better, line, *(member for member, _ in one.members)]), cases)


def _sum(parts: Sequence[z3.ArithRef]) -> z3.ArithRef:
    # z3 prints a sum of one part as "(+ part)", which no other solver reads.
    return parts[0] if len(parts) == 1 else z3.Sum(parts)


def _found_dead(router: Router, one: TrafficClass, broken: Uplink, line: Uplink) -> Hints:
    """The broken line is found dead; if nobody watches it, a better one that works is found alive."""
    if broken.belief is not None and router.has(Event.FIND_DEAD, broken.name):
        cases = [
            Helpful(called(Event.FIND_DEAD, broken.name), broken.is_alive, 1),
            _alive(router, line, 0, region=z3.Not(broken.is_alive)),
        ]
    else:
        cases = [_alive(router, line, 0)]
    return Hints(_known([member for member, _ in one.members]), cases)


def _one_found_alive(router: Router, one: TrafficClass, premise: z3.BoolRef) -> Hints | None:
    """A member whose probes are answered, whoever is dead, is found alive."""
    assert router.hosts is not None
    for line, _ in one.members:
        if line.tracker is None:
            return Hints(_known(one.uplinks), [_alive(router, line, 0)])
        bad = z3.Solver()
        bad.add(premise, z3.Not(line.is_good(router.hosts)))
        if router.has(Event.FIND_ALIVE, line.name) and bad.check() == z3.unsat:
            return Hints(_known(one.uplinks), [_alive(router, line, 0)])
    return None
