"""From the sections of a file to what traffic does: by which policy each rule sends it, and over which lines.

The first rule that a packet matches decides. A rule that names a policy which does not exist has an empty chain: its traffic goes
on to the later rules, and in the end by the main routing table. So does that of a rule whose own name, or whose policy's name, is
too long (mwan3.sh).
"""

from dataclasses import dataclass

from model.parts.policies import Otherwise
from model.products.mwan3.scenario import LONGEST_NAME, MOST_METRIC, NO_POLICY, Family, Member, Scenario


@dataclass(frozen=True)
class Taken:
    """A member as a policy takes it: the line that it names, and its metric."""

    member: str
    line: str
    metric: int


@dataclass(frozen=True)
class Way:
    """How traffic of an address family goes, and the `rules` that it is of. They name `named`, and it goes by `policy`.

    `members` are those of the policy that it goes by which lead to an enabled line of the family; `disabled` are lines that this
    policy names and that are not enabled. `by_main_table`: traffic goes by the main routing table if no member is alive.
    """

    named: str
    policy: str | None
    family: Family
    rules: tuple[str, ...]
    members: tuple[Taken, ...]
    disabled: tuple[str, ...]
    by_main_table: bool

    @property
    def is_decided(self) -> bool:
        """False if all its lines are switched off on purpose, so that nothing is meant to leave."""
        return bool(self.members) or not self.disabled

    @property
    def is_astray(self) -> bool:
        """True if it does not go by the policy that its rules name."""
        return self.policy != self.named

    @property
    def says(self) -> str:
        """The traffic, in a few words."""
        family = " over IPv6" if self.family == "ipv6" else ""
        return f"traffic of the rule{'s' * (len(self.rules) > 1)} {', '.join(self.rules)}{family}"


def decider(scenario: Scenario, name: str, family: Family) -> str | None:
    """The rule that decides about traffic of the rule `name`; None if none does, so that it goes by the main routing table.

    That is the first that takes all traffic before it, else the rule itself, else the first that takes all behind it.
    """
    names = list(scenario.rule)
    own = names.index(name)
    for place, other in enumerate(names):
        rule = scenario.rule[other]
        if is_in_force(scenario, other) and family in rule.families and (place == own or rule.takes_all):
            return other
    return None


def is_in_force(scenario: Scenario, name: str) -> bool:
    """True if the rule `name` does something: it is not skipped, and what it names exists."""
    policy = scenario.rule[name].use_policy
    return not is_skipped(name) and (policy in NO_POLICY or (policy in scenario.policy and not is_skipped(policy)))


def is_skipped(name: str) -> bool:
    """True if mwan3 skips a rule or a policy of this name."""
    return len(name) > LONGEST_NAME


def ways_of(scenario: Scenario) -> list[Way]:
    """How traffic of each rule that names a policy goes, for each address family; rules that go the same way are together.

    Nothing is said of rules that name no policy, or the main table, or refuse on purpose.
    """
    rules: dict[tuple[str, str | None, Family], list[str]] = {}
    for name, rule in scenario.rule.items():
        if rule.use_policy and rule.use_policy not in NO_POLICY:
            for family in rule.families:
                deciding = decider(scenario, name, family)
                policy = None if deciding is None else scenario.rule[deciding].use_policy
                rules.setdefault((rule.use_policy, policy, family), []).append(name)
    return [_way(scenario, named, policy, family, tuple(names)) for (named, policy, family), names in rules.items()]


def _way(scenario: Scenario, named: str, policy: str | None, family: Family, rules: tuple[str, ...]) -> Way:
    if policy is None or policy in NO_POLICY:
        refused = policy is not None and NO_POLICY[policy] is Otherwise.REFUSED
        return Way(named, policy, family, rules, (), (), not refused)
    members: list[Taken] = []
    disabled: list[str] = []
    for name in scenario.policy[policy].use_member:
        member = scenario.member.get(name)
        if member is None or not leads_somewhere(scenario, member) or scenario.interface[member.interface].family != family:
            continue
        if scenario.interface[member.interface].enabled:
            members.append(Taken(name, member.interface, member.metric))
        else:
            disabled.append(member.interface)
    last_resort = scenario.policy[policy].last_resort
    return Way(named, policy, family, rules, tuple(members), tuple(dict.fromkeys(disabled)), last_resort == "default")


def leads_somewhere(scenario: Scenario, member: Member) -> bool:
    """True if the member names a line that there is, and its metric is not too large."""
    return member.interface in scenario.interface and member.metric <= MOST_METRIC


def kept_out(scenario: Scenario) -> frozenset[str]:
    """The enabled lines that are members only of policies that no rule uses: they are kept out on purpose."""
    used = {member.line for way in ways_of(scenario) for member in way.members}
    named = {member.interface for name in _members_of_policies(scenario) if (member := scenario.member.get(name)) is not None}
    return frozenset(name for name in scenario.interface if name in named and name not in used)


def _members_of_policies(scenario: Scenario) -> list[str]:
    return [name for policy in scenario.policy.values() for name in policy.use_member]
