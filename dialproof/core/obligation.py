"""Proof obligations: what a solver must find unsatisfiable for a proof to stand."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Obligation:
    """One script that must be unsatisfiable; `establishes` says what that means."""

    name: str
    establishes: str
    script: str
