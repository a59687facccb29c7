"""The families of scenarios that are measured: N e-mail-domain entries beside one default route over a dial line.

Each scenario is made as text and goes the way of every scenario file: it is parsed, built and checked as written. Nothing is
reduced by symmetry or sliced away by hand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.timers import with_hang_up_timer
from dialproof.core.claims import Claim
from dialproof.core.system import System
from model.faults import catalogue as faults
from model.products.exchange_ims.compose import build
from model.products.exchange_ims.scenario import parse
from properties.catalogue import catalogue as claims

CLAIMS = ("queued-mail-is-dialled", "queued-mail-is-delivered")
"""The claims that are measured."""

BUILDS = {"dial-slot-overwritten": "violated", "none": "holds"}
"""The faults that are measured, and the verdict that both claims have under each."""

NAMES = {"dial-slot-overwritten": "faulty", "none": "fixed"}
"""What the two builds are called in front of a reader."""

TICKS = 15
"""After how many ticks without mail the line of the family with a timer is hung up, unless something else is said."""

_HEAD = """\
format = 1
title = "{title}"
{top}[connector]
product = "exchange-ims"
build = "5.5.2448.0"
{connector}{links}[default]
deliver = "host"
host = "smtp.isp.example"
link = "isp"
[environment]
call_eventually_succeeds = true
{environment}"""


def head(title: str, *, top: str = "", connector: str = "", dialled: Sequence[str] = ("isp",), environment: str = "") -> str:
    """The text of a scenario whose default route goes over the first of the lines `dialled`, up to its entries and checks.

    The others are lines of text for the top and for the tables of these names.
    """
    links = "".join(f'[links.{name}]\nkind = "ras"\n' for name in dialled) + '[links.office]\nkind = "lan"\n'
    return _HEAD.format(title=title, top=top, connector=connector, links=links, environment=environment)


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
    """A family of scenarios: `entry` gives the text of the entry that stands `from_end` places before the last one.

    With `ticks` the line has a hang-up timer (`benchmarks.timers`); 0: none.
    """

    name: str
    says: str
    entry: Callable[[int], str]
    ticks: int = 0

    def text(self, entries: int, capacity: int = 2) -> str:
        """The scenario with so many entries, and queues that hold `capacity` messages."""
        promised = "delivery_eventually_succeeds = true\n"
        parts = [head(f"{entries} e-mail-domain entries", connector=f"queue_capacity = {capacity}\n", environment=promised)]
        parts += [self.entry(entries - number).format(number=number) for number in range(1, entries + 1)]
        parts += [_CHECK.format(claim=claim) for claim in CLAIMS]
        return "".join(parts)

    def question(self, entries: int, fault: str, claim: str, capacity: int = 2) -> tuple[System, Claim]:
        """The system with so many entries and `fault` in it, and `claim` about it."""
        scenario = parse(self.text(entries, capacity), f"{self.name}-{entries}.toml", claims=claims(), faults=faults())
        if self.ticks:
            connector = with_hang_up_timer(build(scenario, faults()["none"]), self.ticks, faulty=BUILDS[fault] == "violated")
        else:
            connector = build(scenario, faults()[fault])
        observed = claims()[claim](connector)
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
        Family(
            "hang-up-timer",
            "every entry uses DNS over the LAN, and the line is hung up after some ticks (15, unless something else is said) "
            "without mail for it; the faulty build never dials it again after that",
            lambda _from_end: _LAN,
            TICKS,
        ),
    )
