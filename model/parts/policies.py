"""Policies: which uplinks a class of traffic takes, by tiers, and what becomes of it if none of them is taken for alive.

The members of a policy stand in tiers; those of the first tier that has one alive carry the traffic, shared among them. If no
member is alive, the traffic is refused, or goes by the main routing table, which knows links and metrics and asks nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import z3

from dialproof.core.variables import Choice, choice
from model.parts.uplinks import Uplink


class Otherwise(Enum):
    """What becomes of traffic if no member of its policy is alive."""

    REFUSED = "refused"
    MAIN_TABLE = "by the main routing table"


@dataclass(frozen=True, eq=False)
class MainTable:
    """The main routing table: the uplinks with a default route in it, the best first.

    If `first` is given the order is not known: it says which is the best, and the others follow in their order.
    """

    uplinks: tuple[Uplink, ...]
    first: Choice | None = None

    def takes(self, one: Uplink) -> z3.BoolRef:
        """Traffic that goes by this table takes `one`."""
        if self.first is None:
            return self._taken(self.uplinks, one)
        orders = [(self.first == self.first[best.name], self._from(best)) for best in self.uplinks]
        return z3.Or([z3.And(chosen, self._taken(order, one)) for chosen, order in orders])

    def _from(self, best: Uplink) -> tuple[Uplink, ...]:
        at = self.uplinks.index(best)
        return (*self.uplinks[at:], *self.uplinks[:at])

    @staticmethod
    def _taken(order: Sequence[Uplink], one: Uplink) -> z3.BoolRef:
        before = order[: order.index(one)]
        return z3.And([one.has_link, *(z3.Not(other.has_link) for other in before)])


def main_table(name: str, uplinks: Sequence[Uplink], *, order_is_known: bool) -> MainTable:
    """The main table called `name` with these uplinks, in their order if it is known."""
    if order_is_known or len(uplinks) < 2:  # noqa: PLR2004  # one uplink has one order
        return MainTable(tuple(uplinks))
    says = f"the best {name} route of the main routing table is over"
    first = choice(f"best of the main table {name}", [one.name for one in uplinks], says=says)
    return MainTable(tuple(uplinks), first)


@dataclass(frozen=True, eq=False)
class TrafficClass:
    """Traffic of an address `family` that rules send by the policy called `name`; `says` is what traffic that is, in a few words.

    `members` are its uplinks with their tiers, the lowest of which is tried first. `main` is the main routing table if traffic
    goes by it when no member is alive; None if it is refused then. `is_astray`: all this is not what its rules ask for.
    """

    name: str
    family: str
    says: str
    members: tuple[tuple[Uplink, int], ...]
    main: MainTable | None = None
    is_astray: bool = False

    @property
    def uplinks(self) -> tuple[Uplink, ...]:
        """All uplinks that it can take."""
        others = () if self.main is None else self.main.uplinks
        return tuple(dict.fromkeys((*(one for one, _ in self.members), *others)))

    @cached_property
    def none_is_alive(self) -> z3.BoolRef:
        """No member is taken for alive."""
        return z3.And([z3.Not(one.is_alive) for one, _ in self.members]) if self.members else z3.BoolVal(True)

    def better(self, one: Uplink) -> list[Uplink]:
        """The members of a lower tier than that of `one`."""
        tier = self.tier_of(one)
        return [member for member, of in self.members if of < tier]

    def takes(self, one: Uplink) -> z3.BoolRef:
        """The traffic leaves over `one`, or its share does."""
        ways = []
        if any(member is one for member, _ in self.members):
            ways.append(z3.And([one.is_alive, *(z3.Not(other.is_alive) for other in self.better(one))]))
        if self.main is not None and one in self.main.uplinks:
            ways.append(z3.And(self.none_is_alive, self.main.takes(one)))
        return z3.Or(ways) if len(ways) > 1 else ways[0] if ways else z3.BoolVal(False)

    @cached_property
    def leaves(self) -> z3.BoolRef:
        """The traffic, or a share of it, leaves over an uplink that works."""
        ways = [z3.And(self.takes(one), one.works) for one in self.uplinks]
        return z3.Or(ways) if len(ways) > 1 else ways[0] if ways else z3.BoolVal(False)

    def tier_of(self, one: Uplink) -> int:
        """The tier of a member."""
        return next(tier for member, tier in self.members if member is one)
