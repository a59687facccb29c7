"""From the sections of a file to what traffic does: by which policy each rule sends it, and over which lines.

A rule that names no policy, or one that does not exist, has an empty chain: its traffic goes on to the later rules, and in the
end by the main routing table. So does that of a rule whose own name, or whose policy's name, is too long (mwan3.sh).
"""

from dataclasses import dataclass

from model.products.mwan3.scenario import LONGEST_NAME, MOST_METRIC, NO_POLICY, Family, Member, Rule, Scenario


@dataclass(frozen=True)
class Taken:
    """A member as a policy takes it: the line that it names, and its metric."""

    member: str
    line: str
    metric: int


@dataclass(frozen=True)
class Way:
    """By which policy traffic of an address family goes, and the `rules` that send it there.

    `members` are those that lead to an enabled line of the family; `disabled` are lines that the policy names and that are not
    enabled. `by_main_table`: traffic goes by the main routing table if no member is alive.
    """

    policy: str
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
    def says(self) -> str:
        """The traffic, in a few words."""
        family = " over IPv6" if self.family == "ipv6" else ""
        return f"traffic of the rule{'s' * (len(self.rules) > 1)} {', '.join(self.rules)}{family}"


def policy_of(scenario: Scenario, name: str) -> str | None:
    """The policy that traffic of the rule `name` goes by; None if it goes by the main table or is refused on purpose."""
    names = list(scenario.rule)
    for number, other in enumerate(names[names.index(name) :]):
        rule = scenario.rule[other]
        if number and not _catches_all(rule):
            continue
        if is_skipped(other) or not rule.use_policy:
            continue
        if rule.use_policy in NO_POLICY:
            return None
        if rule.use_policy in scenario.policy and not is_skipped(rule.use_policy):
            return rule.use_policy
    return None


def _catches_all(rule: Rule) -> bool:
    return not rule.src_ip and rule.dest_ip in ("", "0.0.0.0/0", "::/0")


def is_skipped(name: str) -> bool:
    """True if mwan3 skips a rule or a policy of this name."""
    return len(name) > LONGEST_NAME


def ways_of(scenario: Scenario) -> list[Way]:
    """Every policy that rules send traffic by, for each address family that they send, in the order of the rules."""
    rules: dict[tuple[str, Family], list[str]] = {}
    for name, rule in scenario.rule.items():
        policy = policy_of(scenario, name)
        if policy is not None:
            for family in rule.families:
                rules.setdefault((policy, family), []).append(name)
    return [_way(scenario, policy, family, tuple(names)) for (policy, family), names in rules.items()]


def _way(scenario: Scenario, policy: str, family: Family, rules: tuple[str, ...]) -> Way:
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
    return Way(
        policy, family, rules, tuple(members), tuple(dict.fromkeys(disabled)), scenario.policy[policy].last_resort == "default"
    )


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
