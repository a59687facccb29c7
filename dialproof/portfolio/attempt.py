"""What is tried for a case: a role, the engine that has it, and the round. Nothing takes its text apart."""

from dataclasses import dataclass
from enum import Enum


class Role(Enum):
    """What an attempt is for; the value is what a reader sees if no engine has the role."""

    DECIDE = "decide"
    """An engine looks for a violation or a proof of the claim."""
    RANGES = "ranges"
    """Has some state within the ranges a step out of range, reachable or not?"""
    PREMISE = "premise"
    """Can the premise of the claim happen on a fair run?"""
    AUDIT = "audit"
    """Is the certificate that another attempt has handed over a proof?"""
    FORMER = "former proof"
    """A certificate that established something similar, handed over with the job."""
    CACHE = "cache"
    """Evidence that an earlier run has found."""
    CACHED_PREMISE = "cached premise"
    """Evidence that an earlier run has found, about the premise."""


@dataclass(frozen=True)
class Attempt:
    """One thing that is tried: its `role`; for `DECIDE` the `engine`, in its `round`, counted from 0; for `AUDIT` of what."""

    role: Role
    engine: str = ""
    round: int = 0
    of: "Attempt | None" = None

    @property
    def is_aside(self) -> bool:
        """True if it is about the premise, and does not decide the case."""
        return self.role in {Role.PREMISE, Role.CACHED_PREMISE}

    @property
    def is_recalled(self) -> bool:
        """True if it proposes evidence from the cache."""
        return self.role in {Role.CACHE, Role.CACHED_PREMISE}

    @property
    def name(self) -> str:
        """Who that is in a verdict and in a reason, whichever round it is."""
        return self.engine or self.role.value

    def __str__(self) -> str:
        if self.of is not None:
            return f"{self.role.value} of {self.of}"
        return f"{self.name}, round {self.round + 1}" if self.round else self.name


def decide(engine: str, round_: int = 0) -> Attempt:
    """`engine` at the claim itself."""
    return Attempt(Role.DECIDE, engine, round_)


def audit_of(attempt: Attempt) -> Attempt:
    """The audit of the certificate that `attempt` has handed over."""
    return Attempt(Role.AUDIT, of=attempt)


RANGES, PREMISE, FORMER, CACHE, CACHED_PREMISE = (
    Attempt(role) for role in (Role.RANGES, Role.PREMISE, Role.FORMER, Role.CACHE, Role.CACHED_PREMISE)
)
