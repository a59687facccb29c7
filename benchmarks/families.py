"""The families of scenarios that are measured: N e-mail-domain entries beside one default route over a dial line.

Each scenario is made as text and goes the way of every scenario file: it is parsed, built and checked as written. Nothing is
reduced by symmetry or sliced away by hand.
"""

from collections.abc import Callable
from dataclasses import dataclass

from dialproof.claims import Claim
from dialproof.system import System
from model.exchange_ims import build
from model.faults import catalogue as faults
from model.scenario import parse
from properties.catalogue import catalogue as claims

CLAIMS = ("queued-mail-is-dialled", "queued-mail-is-delivered")
"""The claims that are measured."""

BUILDS = {"dial-slot-overwritten": "violated", "none": "holds"}
"""The faults that are measured, and the verdict that both claims have under each."""

_HEAD = """\
format = 1
title = "{entries} e-mail-domain entries"
[connector]
product = "exchange-ims"
build = "5.5.2448.0"
queue_capacity = {capacity}
[links.isp]
kind = "ras"
[links.office]
kind = "lan"
[default]
deliver = "host"
host = "smtp.isp.example"
link = "isp"
[environment]
call_eventually_succeeds = true
delivery_eventually_succeeds = true
"""

_LAN = """\
[[email_domain]]
domain = "partner{number}.example"
deliver = "dns"
link = "office"
"""

_RAS = """\
[[email_domain]]
domain = "partner{number}.example"
deliver = "host"
host = "relay{number}.example"
link = "isp"
"""

_CHECK = """\
[[check]]
claim = "{claim}"
"""


@dataclass(frozen=True)
class Family:
    """A family of scenarios: `entry` gives the text of the entry that stands `from_end` places before the last one."""

    name: str
    says: str
    entry: Callable[[int], str]

    def text(self, entries: int, capacity: int = 2) -> str:
        """The scenario with so many entries, and queues that hold `capacity` messages."""
        parts = [_HEAD.format(entries=entries, capacity=capacity)]
        parts += [self.entry(entries - number).format(number=number) for number in range(1, entries + 1)]
        parts += [_CHECK.format(claim=claim) for claim in CLAIMS]
        return "".join(parts)

    def question(self, entries: int, fault: str, claim: str, capacity: int = 2) -> tuple[System, Claim]:
        """The system with so many entries and `fault` in it, and `claim` about it."""
        scenario = parse(self.text(entries, capacity), f"{self.name}-{entries}.toml", claims=claims(), faults=faults())
        observed = claims()[claim](build(scenario, faults()[fault]))
        return observed.system, observed.claim


def families() -> tuple[Family, ...]:
    """Every family. The last entry always goes over the LAN, without which the fault would change nothing."""
    return (
        Family("lan", "every entry uses DNS over the LAN; the default route alone is dialled", lambda _from_end: _LAN),
        Family(
            "half-ras",
            "every second entry goes to a host over the default route's own line, the others use DNS over the LAN",
            lambda from_end: _RAS if from_end % 2 else _LAN,
        ),
    )
