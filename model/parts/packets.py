"""Packets: which of them a list of rules permits, the first that matches deciding, and an implicit deny at the end.

Whether some packet, or every one, of a set is permitted is a question about bits: source, destination, protocol and ports. z3
answers it exactly, wildcards with holes included. A condition on packets that the model does not have (flags of TCP,
precedence) is one that may hold or not: each such text is a bit of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import z3

Ports = tuple[tuple[int, int], ...]
"""Ranges of ports, the ends included."""

ICMP, TCP, UDP = 1, 6, 17


@dataclass(frozen=True)
class Addresses:
    """Addresses that agree with `base` in every bit that is 0 in `wildcard`."""

    base: int = 0
    wildcard: int = 0xFFFFFFFF

    def has(self, address: z3.BitVecRef) -> z3.BoolRef:
        """The address is one of them."""
        return (address | self.wildcard) == self.base | self.wildcard


ANY = Addresses()


@dataclass(frozen=True)
class Packets:
    """A set of packets: `protocol` None is any of IP, and so are `source_ports` and `ports` None.

    `besides` are conditions that the model does not have, as texts: a packet may meet them or not.
    """

    protocol: int | None = None
    source: Addresses = ANY
    destination: Addresses = ANY
    source_ports: Ports | None = None
    ports: Ports | None = None
    besides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A line of a list: it permits or denies packets."""

    permits: bool
    packets: Packets


def some_permitted(rules: Sequence[Rule], packets: Packets) -> bool:
    """True if a packet of the set is permitted."""
    return _is_possible(z3.And(_among(packets), _permitted(rules)))


def all_permitted(rules: Sequence[Rule], packets: Packets) -> bool:
    """True if every packet of the set is permitted."""
    return not _is_possible(z3.And(_among(packets), z3.Not(_permitted(rules))))


def _is_possible(condition: z3.BoolRef) -> bool:
    solver = z3.SolverFor("QF_BV")
    solver.add(condition)
    return solver.check() != z3.unsat


def _permitted(rules: Sequence[Rule]) -> z3.BoolRef:
    decided: z3.BoolRef = z3.BoolVal(False)
    for rule in reversed(rules):
        chosen = z3.If(_among(rule.packets), z3.BoolVal(rule.permits), decided)
        assert isinstance(chosen, z3.BoolRef)
        decided = chosen
    return decided


def _among(packets: Packets) -> z3.BoolRef:
    parts = [packets.source.has(z3.BitVec("source", 32)), packets.destination.has(z3.BitVec("destination", 32))]
    if packets.protocol is not None:
        parts.append(z3.BitVec("protocol", 8) == packets.protocol)
    for port, ranges in ((z3.BitVec("source port", 16), packets.source_ports), (z3.BitVec("port", 16), packets.ports)):
        if ranges is not None:
            parts.append(z3.Or([z3.And(z3.UGE(port, low), z3.ULE(port, high)) for low, high in ranges]))
    parts += [z3.Bool(f"meets {text}") for text in packets.besides]
    return z3.And(parts)
