"""mwan3 as a router: its lines with their trackers, and the classes of traffic that its rules send by policies.

Source: mwan3 2.12 in openwrt/packages: `mwan3track` (rounds, score), `15-mwan3` (what a link that comes and goes does),
`mwan3.sh` (policies, rules). A round is bad unless `reliability` hosts answer; a series of rounds is one step
(`model.parts.probes`).
Left out: the moment between two rounds; a link that comes up while the line behind it is still broken is
one that works and breaks at once.
"""

from collections.abc import Mapping

import z3

from dialproof.core.errors import InputError
from dialproof.core.system import System
from model.fault import Fault
from model.parts.policies import MainTable, TrafficClass, main_table
from model.parts.probes import hosts_of
from model.parts.uplinks import Uplink, dying, fortunes, uplink, watching
from model.products.mwan3.policies import Way, kept_out, ways_of
from model.products.mwan3.scenario import Scenario
from model.products.mwan3.words import TRACKER, WORDS
from model.router import Router, pass_time
from model.rules import correct


def build(scenario: Scenario, fault: Fault) -> Router:
    """The lines and policies that `scenario` describes, with `fault` in mwan3. Raises InputError if it uses no line."""
    probing = fault.rewrite(correct()).probing
    lines = tuple(
        uplink(name, scenario.watched(name).tracker, may_be_lost=probing.may_lose_trackers)
        for name, one in scenario.interface.items()
        if one.enabled
    )
    if not lines:
        raise InputError(f"{scenario.source}: no interface is enabled, so that mwan3 decides nothing")
    hosts = hosts_of([one.tracker for one in lines if one.tracker is not None])
    main = {family: _main_table(scenario, family, lines) for family in ("ipv4", "ipv6")}
    classes = tuple(_class(way, lines, main) for way in ways_of(scenario) if way.is_decided)
    leave = _probes(classes, obey=probing.obey_policies)
    actions = [pass_time(), *dying(hosts)]
    for one in lines:
        ended = [other for other in lines if other is not one and probing.ends_tracker(one.name, other.name)]
        actions += [*fortunes(one, ended), *watching(one, hosts, leave, TRACKER)]
    best = [one.main.first for one in classes if one.main is not None and one.main.first is not None]
    variables = [
        *dict.fromkeys(best),
        *([hosts.dead] if hosts.dead is not None else []),
        *(part for one in lines for part in one.variables),
    ]
    init = z3.And([hosts.all_answer, *(one.initially for one in lines)])
    system = System(scenario.title or "mwan3", variables, init, actions)
    return Router(WORDS, system, (), (), fault, uplinks=lines, classes=classes, hosts=hosts, kept_out=kept_out(scenario))


def _main_table(scenario: Scenario, family: str, of_all: tuple[Uplink, ...]) -> MainTable:
    """The main routing table of an address family: all its lines, by their metrics if the file `network` is known."""
    lines = [one for one in of_all if scenario.interface[one.name].family == family]
    known = all(one.name in scenario.network for one in lines)
    order = sorted(lines, key=lambda one: scenario.network[one.name].metric) if known else lines
    metrics = [scenario.network[one.name].metric for one in lines] if known else []
    return main_table(family, order, order_is_known=known and len(set(metrics)) == len(metrics))


def _class(way: Way, lines: tuple[Uplink, ...], main: Mapping[str, MainTable]) -> TrafficClass:
    by_name = {one.name: one for one in lines}
    tiers: dict[str, int] = {}
    for member in way.members:
        tiers[member.line] = min(member.metric, tiers.get(member.line, member.metric))
    members = tuple((by_name[name], tier) for name, tier in tiers.items())
    by_main = main[way.family] if way.by_main_table else None
    return TrafficClass(way.named, way.family, way.says, members, by_main, is_astray=way.is_astray)


def _probes(classes: tuple[TrafficClass, ...], *, obey: bool) -> z3.BoolRef:
    """Probes leave: always, unless they have to obey a policy that refuses everything while no line of it is alive."""
    refusing = [one.none_is_alive for one in classes if one.main is None and one.family == "ipv4" and not one.is_astray]
    return z3.Not(refusing[-1]) if obey and refusing else z3.BoolVal(True)
