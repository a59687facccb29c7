"""Promises: what a scenario file assumes of an action in the long run, and the key that says so."""

from dataclasses import dataclass

from dialproof import Fairness


@dataclass(frozen=True)
class Promise:
    """The `fairness` of an action; `name` is the key of the scenario file that stands for it, "" if the model itself has it."""

    fairness: Fairness
    name: str = ""
