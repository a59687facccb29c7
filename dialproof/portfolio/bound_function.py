"""`bound_function`: how the tightest bound of a measure depends on a setting, proved for every value of a range.

The bounds at a few values suggest a line, or two. A line is then proved at once for all values whose systems are one lifted
system (`dialproof.portfolio.varied`), and a run attains it at each value: one by the actions of a run that is known, replayed.
What a proof or a run refutes splits the range. So a function is never fitted: points alone prove nothing here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import z3

from dialproof.core.bound import TightestBound
from dialproof.core.bound_function import BoundFunction, BoundPiece
from dialproof.core.instances import Instance
from dialproof.core.run import Run
from dialproof.core.variables import Integer
from dialproof.core.verdict import Holds, Violated
from dialproof.encode.frozen_parameter import Lifted
from dialproof.engines.registry import DEFAULT_ENGINES
from dialproof.ltl import always
from dialproof.portfolio.portfolio import Portfolio
from dialproof.portfolio.varied import Formulated, Varied, easiest, neighbours

_FEW = 3
"""So many values are each asked about alone: a line through them would save nothing."""

_SEEDS = 4
"""How many values suggest two lines: two at each end."""

_CANDIDATES = 6
"""The actions of so many of the runs that are known are tried at other values."""


def bound_function(
    setting: str,
    instances: Sequence[Instance],
    measures: Sequence[Integer],
    bound_at: Callable[[int], TightestBound],
    *,
    ease: Callable[[int], int] = lambda _value: 1,
    timeout: float | None = 300,
    processes: int = 2,
    engines: Sequence[str] = DEFAULT_ENGINES,
    second_opinion: bool = False,
) -> BoundFunction:
    """How the tightest bound of `measures`, variables of every instance, depends on `setting`.

    The first formula of each instance is the premise: if it never happens, there is nothing to measure. `bound_at` computes the
    tightest bound at one value; those of the largest `ease` are tried first. `timeout` is in seconds, for each claim. Raises
    InputError for values that are not the same step apart, and AuditError if a lifted system is not what was built.
    """
    with Portfolio(processes, timeout=timeout, engines=engines, second_opinion=second_opinion) as portfolio:
        search = _Search(Varied(instances, portfolio), measures, bound_at, ease)
        return BoundFunction(setting, search.pieces())


@dataclass(frozen=True)
class _Line:
    """The bound is `first` at `start`, and grows by `slope` with each step."""

    start: int
    first: int
    slope: int
    step: int

    def at(self, value: int) -> int:
        return self.first + self.slope * ((value - self.start) // self.step)


class _Search:
    def __init__(
        self, varied: Varied, measures: Sequence[Integer], bound_at: Callable[[int], TightestBound], ease: Callable[[int], int]
    ) -> None:
        self._varied, self._measures, self._bound_at, self._ease = varied, measures, bound_at, ease
        self._bounds: dict[int, TightestBound] = {}
        self._runs: list[Run] = []
        self._pieces: list[BoundPiece] = []

    def pieces(self) -> tuple[BoundPiece, ...]:
        """What is known at every value."""
        self._solve(self._varied.values)
        return tuple(sorted(self._pieces, key=lambda piece: piece.values[0]))

    def _bound(self, value: int) -> TightestBound:
        if value not in self._bounds:
            found = self._bounds[value] = self._bound_at(value)
            if found.run is not None:
                self._runs.append(found.run.lasso)
        return self._bounds[value]

    def _solve(self, values: tuple[int, ...]) -> None:
        if len(values) <= _FEW:
            self._each(values)
            return
        first, *_, last = easiest(values, self._ease, 2)
        known = [self._bound(value).is_exact for value in (first, last)]
        if not any(known):
            self._pieces.append(BoundPiece(values, None, why_open=self._why_open(first)))
            return
        line = self._line(first, last) if all(known) else None
        lines = [(values, line)] if line is not None else self._two_lines(values)
        for part, suggested in lines:
            self._settle(part, suggested)
        if not lines:
            middle = len(values) // 2
            self._solve(values[:middle])
            self._solve(values[middle:])

    def _why_open(self, value: int) -> str:
        known = self._bound(value)
        why = known.why_open or f"a run reaches {known.cap}, and none was followed further"
        return f"at {value}: {why}"

    def _two_lines(self, values: tuple[int, ...]) -> list[tuple[tuple[int, ...], _Line]]:
        """A line through two values at one end and one through two at the other, if they meet in between; else none."""
        easy = easiest(values, self._ease, _SEEDS)
        seeds = sorted({*easy[:2], *easy[-2:]})
        if not all(self._bound(value).is_exact for value in seeds):
            return []
        left, right = self._line(*seeds[:2]), self._line(*seeds[-2:])
        if left is None or right is None:
            return []
        nearer = [value for value in values if abs(left.at(value) - right.at(value)) < abs(left.slope - right.slope)]
        meeting = next((value for value in nearer if seeds[1] <= value < seeds[-1]), None)
        if meeting is None:
            return []
        place = values.index(meeting) + 1
        return [(values[:place], left), (values[place:], right)]

    def _line(self, one: int, other: int) -> _Line | None:
        step = self._varied.step
        first, last = self._bound(one).at_most, self._bound(other).at_most
        assert first is not None
        assert last is not None
        slope, rest = divmod(last - first, (other - one) // step)
        return None if rest else _Line(one, first, slope, step)

    def _settle(self, values: tuple[int, ...], line: _Line) -> None:
        """Prove `line` for `values`, and find runs that attain it."""
        for one, part in self._varied.parts(values):
            if one is None:
                self._each(part)
            else:
                self._settle_lifted(one, part, line)

    def _settle_lifted(self, one: Lifted, values: tuple[int, ...], line: _Line) -> None:
        caps = [measure.variable.domain.high or 0 for measure in self._measures]
        if not all(0 <= line.at(value) < min(caps) for value in (values[0], values[-1])):
            self._each(values)
            return
        function = one.affine(line.at(one.values[0]), line.slope)
        verdict = self._varied.prove(one, values, always(self._stay(function)), one.formulas[0])
        match verdict:
            case Holds() as proof:
                if proof.vacuity.witness is not None:
                    self._runs.append(proof.vacuity.witness)
                self._attain(one, values, line, proof)
            case Violated(run):
                value = self._varied.value_of(one, run)
                place = values.index(value)
                for part in (values[:place], (value,), values[place + 1 :]):
                    self._solve(part)
            case _:
                self._each(values)

    def _stay(self, bound: z3.ArithRef | int) -> z3.BoolRef:
        return z3.And([measure <= bound for measure in self._measures])

    def _attain(self, one: Lifted, values: tuple[int, ...], line: _Line, proof: Holds) -> None:
        """Runs that attain the proved `line`; where it is not the tightest bound, the values are asked about anew."""
        runs: dict[int, Violated] = {}
        for value in values:
            found = self._attained(one, value, line)
            if found is not None:
                runs[value] = found
        attained = set(runs) | {value for value in values if self._is_attained_anyway(value, line)}
        for group in neighbours(sorted(attained), self._varied.step):
            known = {value: runs[value] for value in group if value in runs}
            self._pieces.append(
                BoundPiece(group, line.at(group[0]), line.slope, proof=proof, attained=frozenset(group), runs=known)
            )
        for group in neighbours([value for value in values if value not in attained], self._varied.step):
            bound = self._bound(group[0])
            if bound.is_exact and bound.at_most == line.at(group[0]):  # its actions may lead to the bound elsewhere too
                self._attain(one, group, line, proof)
            elif bound.is_exact:
                self._each(group) if group == values else self._solve(group)
            else:
                why = f"no run was found that attains the bound at {group[0]}: {bound.why_open}"
                self._pieces.append(BoundPiece(group, line.at(group[0]), line.slope, proof=proof, why_open=why))

    def _is_attained_anyway(self, value: int, line: _Line) -> bool:
        """True if the bound at `value` was computed already, and is this one."""
        known = self._bounds.get(value)
        return known is not None and known.is_exact and known.at_most == line.at(value)

    def _attained(self, one: Lifted, value: int, line: _Line) -> Violated | None:
        """A run at `value` on which the bound is reached; if the bound is 0, one on which there is something to measure."""

        def formulated(lifted: Lifted | None, at: int) -> z3.BoolRef:
            if line.at(at) == 0:
                return always(z3.Not(self._varied.instances[at].formulas[0] if lifted is None else lifted.formulas[0]))
            if lifted is None:
                return always(self._stay(line.at(at) - 1))
            return always(self._stay(lifted.affine(line.at(lifted.values[0]) - 1, line.slope)))

        return self._first_again(one, value, formulated)

    def _first_again(self, one: Lifted, value: int, formulated: Formulated) -> Violated | None:
        for run in reversed(self._runs[-_CANDIDATES:]):
            found = self._varied.again(one, run, value, formulated)
            if found is not None:
                return found
        return None

    def _each(self, values: tuple[int, ...]) -> None:
        """Each value on its own."""
        for value in values:
            bound = self._bound(value)
            is_known = bound.at_most is not None
            self._pieces.append(
                BoundPiece(
                    (value,),
                    bound.at_most,
                    proof=bound.proof,
                    attained=frozenset({value} if bound.is_exact else ()),
                    runs={value: bound.run} if bound.is_exact and bound.run is not None else {},
                    why_open="" if is_known and bound.is_exact else self._why_open(value),
                    is_alone=True,
                )
            )
