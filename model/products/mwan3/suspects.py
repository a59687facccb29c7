"""The settings that explain why a claim about mwan3 is violated, in the words of the file, each with its line.

They are read off the file, and shown only if the verdict is "violated".
"""

from collections.abc import Iterator

from dialproof.core.messages import suggestion
from dialproof.core.plan import Suspect
from model.products.mwan3.policies import Way, decider, is_skipped, kept_out, leads_somewhere, ways_of
from model.products.mwan3.scenario import LONGEST_NAME, MOST_METRIC, Scenario
from model.scenario import Check


def suspects(scenario: Scenario, check: Check) -> list[Suspect]:
    """What explains it if `check` comes out violated, the nearest first."""
    ways = [way for way in ways_of(scenario) if check.of is None or way.named == check.of]
    found: list[Suspect] = []
    match check.claim:
        case "traffic-goes-by-its-policy":
            for way in ways:
                found += _of_astray(scenario, way)
        case "traffic-can-leave" | "broken-line-is-left" | "working-line-is-used-again":
            for way in ways if check.claim == "traffic-can-leave" else ():
                found += _of_members(scenario, way)
            for name in dict.fromkeys(member.line for way in ways for member in way.members):
                found += _of_tracker(scenario, name)
        case "one-dead-host-cuts-nothing-off":
            for name in dict.fromkeys(member.line for way in ways for member in way.members):
                found += _of_hosts(scenario, name)
        case "line-fails-only-if-it-is-broken":
            for name in scenario.interface:
                found += _of_quality(scenario, name)
        case "enabled-line-can-be-used":
            found += _of_unused(scenario)
        case _:
            pass
    return list(dict.fromkeys(found))


def _at(scenario: Scenario, line: int, says: str) -> Suspect:
    return Suspect(scenario.source, line, says)


def _of_members(scenario: Scenario, way: Way) -> Iterator[Suspect]:
    """Why a policy has no member for traffic of the family."""
    if way.members:
        return
    if way.policy is None or way.policy not in scenario.policy:
        return
    policy = scenario.policy[way.policy]
    family = "IPv6" if way.family == "ipv6" else "IPv4"
    what = "no member" if way.family == "ipv4" else f"no {family} member"
    rules = "; ".join(f"`{name}` (line {scenario.rule[name].line})" for name in way.rules)
    last = "goes by the main routing table" if way.by_main_table else "can never leave"
    says = f"policy `{way.policy}` has {what}: {family} traffic of rule {rules} {last}"
    yield _at(scenario, policy.line, says)
    for name in policy.use_member:
        member = scenario.member.get(name)
        if member is None:
            near = suggestion(name, list(scenario.member))
            yield _at(scenario, policy.line, f"policy `{way.policy}` names the member `{name}`, which is no section{near}")
        elif member.interface not in scenario.interface:
            near = suggestion(member.interface, list(scenario.interface))
            yield _at(scenario, member.line, f"member `{name}` names `{member.interface}`, which is no interface{near}")
        elif not leads_somewhere(scenario, member):
            yield _at(
                scenario, member.line, f"member `{name}` has the metric {member.metric}; mwan3 takes none above {MOST_METRIC}"
            )


def _of_astray(scenario: Scenario, way: Way) -> Iterator[Suspect]:
    """Why traffic does not go by the policy that its rules name, and how it goes instead."""
    for name in way.rules if way.is_astray else ():
        rule = scenario.rule[name]
        deciding = decider(scenario, name, way.family)
        instead, near = "by the main routing table", ""
        if deciding is not None:
            instead = f"as rule `{deciding}` (line {scenario.rule[deciding].line}) says, by {way.policy}"
        if is_skipped(name):
            why = f"rule `{name}` is skipped: its name has more than {LONGEST_NAME} characters"
        elif is_skipped(way.named):
            why = f"rule `{name}` names `{way.named}`, which is skipped: its name has more than {LONGEST_NAME} characters"
        elif way.named not in scenario.policy:
            near = suggestion(way.named, list(scenario.policy))
            why = f"rule `{name}` names `{way.named}`, which is no policy"
        else:
            why = f"rule `{name}` comes after a rule that takes all traffic, and never sees any"
        family = "IPv6" if way.family == "ipv6" else "IPv4"
        yield _at(scenario, rule.line, f"{why}: its {family} traffic goes {instead}{near}")


def _of_tracker(scenario: Scenario, name: str) -> Iterator[Suspect]:
    """Why a line is never found dead, or never alive."""
    line = scenario.watched(name)
    targets = len(line.asked)
    if line.track_ip is None:
        never = (
            "never found dead while its link is there" if line.initial_state == "online" else "offline at first, and never online"
        )
        yield _at(scenario, line.line, f"interface `{name}` has no track_ip: it is {never}")
        return
    if not targets:
        yield _at(scenario, line.line, f"interface `{name}`: track_ip is no `list`, so that nobody is asked and nobody answers")
        return
    near = [host for host in line.asked if line.is_near(host)]
    if line.reliability > targets:
        yield _at(
            scenario,
            line.line,
            f"interface `{name}`: reliability {line.reliability} is more than its {targets} track_ip: no round is ever good, "
            "and it stays dead",
        )
    elif line.reliability == 0:
        yield _at(scenario, line.line, f"interface `{name}`: reliability 0 asks nobody: it is never found dead")
    elif len(near) >= line.reliability:
        yield _at(
            scenario,
            line.line,
            f"interface `{name}`: {', '.join(near)} {'is' if len(near) == 1 else 'are'} on this side of the provider, and "
            f"reliability {line.reliability} needs no other answer: a provider that is dead is never noticed",
        )
    if not line.down:
        yield _at(scenario, line.line, f"interface `{name}`: down 0 means that it is never taken for dead")
    if not line.up:
        yield _at(scenario, line.line, f"interface `{name}`: up 0 means that it is never taken for alive again")
    yield from _of_quality(scenario, name)


def _of_quality(scenario: Scenario, name: str) -> Iterator[Suspect]:
    line = scenario.interface[name]
    if line.has_grey_zone:
        yield _at(
            scenario,
            line.line,
            f"interface `{name}`: an answer between {line.recovery_latency} and {line.failure_latency} ms, or between "
            f"{line.recovery_loss} and {line.failure_loss} % loss, counts as none: a steady line like that is taken for dead",
        )


def _of_hosts(scenario: Scenario, name: str) -> Iterator[Suspect]:
    """Why one dead host takes a line down."""
    line = scenario.interface[name]
    spare = len(line.asked) - line.reliability
    if line.asked and spare < 1:
        asked = f"reliability {line.reliability} of {len(line.asked)} track_ip"
        yield _at(scenario, line.line, f"interface `{name}`: {asked}: one host that is down takes it down")


def _of_unused(scenario: Scenario) -> Iterator[Suspect]:
    """Why a line is never used."""
    used = {member.line for way in ways_of(scenario) for member in way.members}
    for name, line in scenario.interface.items():
        if not line.enabled or name in used or name in kept_out(scenario):
            continue
        yield _at(scenario, line.line, f"interface `{name}` is enabled, and no member of a policy names it")
        for label, member in scenario.member.items():
            if label.startswith(name) and member.interface != name:
                yield _at(scenario, member.line, f"member `{label}` names `{member.interface}`; did you mean `{name}`?")
    for label in scenario.policy:
        if is_skipped(label):
            yield _at(scenario, scenario.policy[label].line, f"policy `{label}` is skipped: its name has more than 15 characters")
