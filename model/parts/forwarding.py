"""Forwarding: which way an address goes, by the longest prefix and then by the administrative distance.

A way is in the table while its uplink is taken for alive: "the line is up and its route is absent" is a state. Of ways with
the same prefix and distance an address takes one, always the same: the table does not say which, so that `first` may be any
of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

import z3

from dialproof.core.variables import Choice, choice
from model.parts.uplinks import Uplink


@dataclass(frozen=True, eq=False)
class Way:
    """A route: addresses of `destination` go over `uplink`. That with the least `distance` is taken."""

    destination: IPv4Network
    uplink: Uplink
    distance: int


@dataclass(frozen=True, eq=False)
class Lookup:
    """Where packets to an address go: over each uplink under a condition. `firsts` say which of equal ways is taken."""

    taken: tuple[tuple[Uplink, z3.BoolRef], ...]
    firsts: tuple[Choice, ...]

    def arrives(self, carries: Callable[[Uplink], z3.BoolRef]) -> z3.BoolRef:
        """There is a way, and the uplink that is taken `carries` such packets."""
        ways = [z3.And(condition, carries(one)) for one, condition in self.taken]
        return z3.Or(ways) if ways else z3.BoolVal(False)


def lookup(ways: Sequence[Way], address: IPv4Address, name: str) -> Lookup:
    """Where packets to `address` go; `name` is what such packets are called."""
    own = [way for way in ways if address in way.destination]
    ranks = sorted({(-way.destination.prefixlen, way.distance) for way in own})
    taken: list[tuple[Uplink, z3.BoolRef]] = []
    firsts: list[Choice] = []
    better: list[z3.BoolRef] = []
    for number, rank in enumerate(ranks):
        equal = list(dict.fromkeys(way.uplink for way in own if (-way.destination.prefixlen, way.distance) == rank))
        none_better = [z3.Not(one) for one in better]
        if len(equal) == 1:
            taken.append((equal[0], z3.And([equal[0].is_alive, *none_better])))
        else:
            first = choice(
                f"first way of {name} {number}", [one.name for one in equal], says=f"{name} take of equal ways that over"
            )
            firsts.append(first)
            taken += [(one, z3.And([_chosen(one, equal, first), *none_better])) for one in equal]
        better += [one.is_alive for one in equal]
    return Lookup(tuple(taken), tuple(firsts))


def _chosen(one: Uplink, equal: Sequence[Uplink], first: Choice) -> z3.BoolRef:
    """Of `equal` ways this one is taken: the first of those that are there, from that on which `first` names."""
    orders = []
    for at, begun in enumerate(equal):
        order = [*equal[at:], *equal[:at]]
        before = order[: order.index(one)]
        orders.append(z3.And([first == first[begun.name], one.is_alive, *(z3.Not(other.is_alive) for other in before)]))
    return z3.Or(orders)
