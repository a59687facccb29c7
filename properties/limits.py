"""Limits: how long is looked for an answer, and with what, handed on as one thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dialproof.engines.registry import DEFAULT_ENGINES


@dataclass(frozen=True, eq=False)
class Limits:
    """How long is looked for each answer, in seconds (None: until it is there), with which engines and how many processes."""

    timeout: float | None = 300
    processes: int = 2
    engines: Sequence[str] = DEFAULT_ENGINES
    second_opinion: bool = False

    @property
    def named(self) -> dict[str, Any]:
        """The same as named arguments."""
        return {
            "timeout": self.timeout,
            "processes": self.processes,
            "engines": self.engines,
            "second_opinion": self.second_opinion,
        }
