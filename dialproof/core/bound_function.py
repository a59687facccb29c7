"""Bounds as functions of a setting: for each value of a range the smallest number that a measure never exceeds, with evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dialproof.core.display import Displayed, one_line
from dialproof.core.verdict import Holds, Violated


@dataclass(frozen=True, eq=False)
class BoundPiece:
    """What is known at `values` of a setting, which follow one another.

    At the first value the measure is at most `first`, and the bound grows by `slope` from each value to the next one; `proof`
    establishes it for all of them at once. None: nothing is proved of these values, as `why_open` says. `attained` are the values
    at which the bound is the largest value of the measure; for each of them `runs` has a run, unless it was known before, or the
    bound is 0. A single value that was asked about alone (`is_alone`) has its proof and its run in its own unit of time.
    """

    values: tuple[int, ...]
    first: int | None
    slope: int = 0
    proof: Holds | None = None
    attained: frozenset[int] = frozenset()
    runs: Mapping[int, Violated] = field(default_factory=dict)
    why_open: str = ""
    is_alone: bool = False

    def at(self, value: int) -> int | None:
        """The bound at one of the values; None if none is known."""
        return None if self.first is None else self.first + self.slope * self.values.index(value)

    @property
    def is_exact(self) -> bool:
        """True if the bound is proved, and attained at every value."""
        return self.first is not None and self.attained == set(self.values)


@dataclass(frozen=True, eq=False)
class Stretch:
    """Values that follow one another, on which the bound is `first` and grows by `slope`; attained at all of them or at none."""

    values: tuple[int, ...]
    first: int
    slope: int
    is_attained: bool


@dataclass(frozen=True, eq=False)
class BoundFunction(Displayed):
    """How the tightest bound of a measure depends on `setting`, at every value of a range; `pieces` are in order."""

    setting: str
    pieces: tuple[BoundPiece, ...]

    @property
    def values(self) -> tuple[int, ...]:
        """The values of the setting, in order."""
        return tuple(value for piece in self.pieces for value in piece.values)

    def at(self, value: int) -> int | None:
        """The bound at `value`; None if none is known. Raises KeyError for a value that is not in the range."""
        return self._piece(value).at(value)

    def is_attained(self, value: int) -> bool:
        """True if a run attains the bound at `value`. Raises KeyError for a value that is not in the range."""
        return value in self._piece(value).attained

    def run(self, value: int) -> Violated | None:
        """The run that attains the bound at `value`. Raises KeyError for a value that is not in the range."""
        return self._piece(value).runs.get(value)

    def is_alone(self, value: int) -> bool:
        """True if `value` was asked about alone. Raises KeyError for a value that is not in the range."""
        return self._piece(value).is_alone

    def _piece(self, value: int) -> BoundPiece:
        for piece in self.pieces:
            if value in piece.values:
                return piece
        raise KeyError(value)

    @property
    def is_exact(self) -> bool:
        """True if the bound is proved and attained at every value."""
        return all(piece.is_exact for piece in self.pieces)

    @property
    def proofs(self) -> int:
        """How many proofs establish it; one proof may be about many values."""
        return len({id(piece.proof) for piece in self.pieces if piece.proof is not None})

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """The function as few affine stretches, whatever proofs they come from; values without a bound are in none of them."""
        found: list[Stretch] = []
        current: list[tuple[int, int, bool]] = []
        for value in self.values:
            bound = self.at(value)
            here = None if bound is None else (value, bound, self.is_attained(value))
            if current and (here is None or not _goes_on(current, here)):
                found.append(_stretch(current))
                current = []
            if here is not None:
                current.append(here)
        return (*found, _stretch(current)) if current else tuple(found)

    @property
    def open(self) -> tuple[BoundPiece, ...]:
        """The pieces without a bound."""
        return tuple(piece for piece in self.pieces if piece.first is None)

    @property
    def says(self) -> str:
        """The function in a line: its stretches, and where it is not known."""
        said = [
            f"{'' if one.is_attained else 'at most '}{line(self.setting, one)} for {ranged(one.values)}" for one in self.stretches
        ]
        return "; ".join([*said, *(f"not known for {ranged(piece.values)}" for piece in self.open)])

    def __repr__(self) -> str:
        return one_line("BoundFunction", self.says)


def _goes_on(current: list[tuple[int, int, bool]], here: tuple[int, int, bool]) -> bool:
    """Whether `here` lies on the line of the points before it."""
    if current[-1][2] != here[2]:
        return False
    return len(current) == 1 or here[1] - current[-1][1] == current[1][1] - current[0][1]


def _stretch(points: list[tuple[int, int, bool]]) -> Stretch:
    slope = points[1][1] - points[0][1] if len(points) > 1 else 0
    return Stretch(tuple(value for value, _, _ in points), points[0][1], slope, points[0][2])


def ranged(values: tuple[int, ...]) -> str:
    """Values that follow one another, in a few words: 7, or 5..60, or 5..60 in steps of 5."""
    if len(values) == 1:
        return str(values[0])
    step = values[1] - values[0]
    return f"{values[0]}..{values[-1]}{f' in steps of {step}' if step > 1 and len(values) > 2 else ''}"  # noqa: PLR2004  # two have no step


def line(setting: str, stretch: Stretch, size: int = 1) -> str:
    """The function as a formula over the setting: `holdoff + 60`; the bound is counted in units of `size`."""
    if stretch.slope == 0:
        return str(stretch.first * size)
    step = stretch.values[1] - stretch.values[0]
    rise = stretch.slope * size
    factor, rest = divmod(abs(rise), step)
    name = f"{abs(rise)}/{step} * {setting}" if rest else (setting if factor == 1 else f"{factor} * {setting}")
    constant, part = divmod(stretch.first * size * step - rise * stretch.values[0], step)
    if part:  # a fraction of the setting is shown from the first value on
        name, constant = name.replace(setting, f"({setting} - {stretch.values[0]})"), stretch.first * size
    if rise < 0:
        return f"{constant} - {name}"
    return f"{name}{f' + {constant}' if constant > 0 else f' - {-constant}' if constant < 0 else ''}"
