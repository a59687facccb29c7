"""For which values of a setting a claim holds: every value of a range decided, or named as not decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dialproof.core.bound_function import ranged
from dialproof.core.display import Displayed, one_line
from dialproof.core.verdict import Holds, Unknown, Vacuous, Violated


@dataclass(frozen=True, eq=False)
class ClaimPiece:
    """The verdict at `values` of a setting, which follow one another.

    A `Holds` establishes the claim at all of them, and at each the claim speaks of a run. A `Violated` is that of the first
    value; `runs` has one for each value.
    """

    values: tuple[int, ...]
    verdict: Holds | Violated | Vacuous | Unknown
    runs: Mapping[int, Violated] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """One of "holds", "violated", "vacuous" and "not decided"."""
        match self.verdict:
            case Holds():
                return "holds"
            case Violated():
                return "violated"
            case Vacuous():
                return "vacuous"
            case Unknown():
                return "not decided"


@dataclass(frozen=True, eq=False)
class ClaimRange(Displayed):
    """The verdict on `claim` at every value of `setting`: `pieces` are in the order of values."""

    setting: str
    claim: str
    pieces: tuple[ClaimPiece, ...]

    @property
    def stretches(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """The kinds of verdict with the values that have them, as few stretches as possible."""
        found: list[tuple[str, tuple[int, ...]]] = []
        for piece in self.pieces:
            if found and found[-1][0] == piece.kind:
                found[-1] = piece.kind, found[-1][1] + piece.values
            else:
                found.append((piece.kind, piece.values))
        return tuple(found)

    def at(self, value: int) -> Holds | Violated | Vacuous | Unknown:
        """The verdict at `value`. Raises KeyError for a value that is not in the range."""
        for piece in self.pieces:
            if value in piece.values:
                return piece.runs.get(value, piece.verdict)
        raise KeyError(value)

    def those(self, kind: str) -> tuple[int, ...]:
        """The values whose verdict is of this kind."""
        return tuple(value for piece in self.pieces if piece.kind == kind for value in piece.values)

    @property
    def smallest(self) -> int | None:
        """The smallest value for which the claim holds; None if a smaller one is not decided, or it holds for none."""
        return next(iter(self.those("holds")), None) if self._is_decided_until_it_holds(self.pieces) else None

    @property
    def largest(self) -> int | None:
        """The largest value for which the claim holds; None if a larger one is not decided, or it holds for none."""
        return next(reversed(self.those("holds")), None) if self._is_decided_until_it_holds(self.pieces[::-1]) else None

    @staticmethod
    def _is_decided_until_it_holds(pieces: tuple[ClaimPiece, ...]) -> bool:
        return next((piece.kind for piece in pieces if piece.kind in {"holds", "not decided"}), "") == "holds"

    @property
    def is_decided(self) -> bool:
        """True if every value is decided."""
        return not self.those("not decided")

    @property
    def says(self) -> str:
        """The answer in a line: for which values it is what."""
        return "; ".join(f"{kind} for {self.setting} = {ranged(values)}" for kind, values in self.stretches)

    def __repr__(self) -> str:
        return one_line("ClaimRange", repr(self.claim), self.says)
