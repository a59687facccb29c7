"""A claim together with the system that it is about: the connector's own, or that with observers added."""

from dataclasses import dataclass

import z3

from dialproof.claims import Claim
from dialproof.errors import InputError
from dialproof.system import System
from model.exchange_ims import Connector


@dataclass(frozen=True, eq=False)
class Observed:
    """`claim` is about `system`."""

    system: System
    claim: Claim


def some(parts: list[z3.BoolRef]) -> z3.BoolRef:
    """One of `parts`; one part stands for itself."""
    return parts[0] if len(parts) == 1 else z3.Or(parts)


def every(parts: list[z3.BoolRef]) -> z3.BoolRef:
    """All of `parts`; one part stands for itself."""
    return parts[0] if len(parts) == 1 else z3.And(parts)


def require_dialled_routes(connector: Connector, claim: str) -> None:
    """Raise InputError unless some route goes over a dial link."""
    if not any(connector.over(line) for line in connector.lines):
        raise InputError(f"{claim} says nothing here: no route goes over a dial link; give one a link of kind 'ras'")
