"""`claim_range`: for which values of a setting a claim holds. Every value is decided, or named as not decided.

Nothing is assumed to be monotonic. A run that violates the claim at one value is tried, by the same actions, at all others; the
values that are left are asked about at once, as one lifted system (`dialproof.portfolio.varied`), or else one by one.
"""

from collections.abc import Callable, Sequence

from dialproof.core.claim_range import ClaimPiece, ClaimRange
from dialproof.core.claims import Claim
from dialproof.core.instances import Instance
from dialproof.core.run import Run
from dialproof.core.system import System
from dialproof.core.verdict import Holds, Verdict, Violated
from dialproof.encode.frozen_parameter import Lifted
from dialproof.encode.problem import Problem
from dialproof.engines.registry import DEFAULT_ENGINES
from dialproof.portfolio.check import job_of
from dialproof.portfolio.portfolio import Portfolio
from dialproof.portfolio.tasks import possibility
from dialproof.portfolio.varied import Formulated, Varied, easiest, neighbours

_SEEDS = 4
"""How many values are asked about first, each on its own."""


def instance_of(value: int, system: System, claim: Claim) -> Instance:
    """The instance of `claim` about `system`: the claim, and what must be impossible for it to say nothing."""
    nothing = possibility(Problem(system, claim.formula), claim.about).formula
    return Instance(value, system, (claim.formula, nothing))


def claim_range(
    setting: str,
    called: str,
    instances: Sequence[Instance],
    alone: Callable[[int], tuple[System, Claim]],
    *,
    ease: Callable[[int], int] = lambda _value: 1,
    timeout: float | None = 300,
    processes: int = 2,
    engines: Sequence[str] = DEFAULT_ENGINES,
    second_opinion: bool = False,
) -> ClaimRange:
    """The verdict on the claim `called` so at every value of `setting`; the instances are made by `instance_of`.

    `alone` gives the system and the claim that a value is asked about with if it is asked about alone, in its own unit of time.
    Values of the largest `ease` are tried first. `timeout` is in seconds, for each question. Raises InputError for values that
    are not the same step apart, and AuditError if a lifted system is not what was built.
    """
    with Portfolio(processes, timeout=timeout, engines=engines, second_opinion=second_opinion) as portfolio:
        search = _Search(Varied(instances, portfolio), portfolio, alone, ease)
        return ClaimRange(setting, called, search.pieces())


def _claim(varied: Varied) -> Formulated:
    return lambda one, value: varied.instances[value].formulas[0] if one is None else one.formulas[0]


def _nothing(varied: Varied) -> Formulated:
    return lambda one, value: varied.instances[value].formulas[1] if one is None else one.formulas[1]


class _Search:
    def __init__(
        self,
        varied: Varied,
        portfolio: Portfolio,
        alone: Callable[[int], tuple[System, Claim]],
        ease: Callable[[int], int],
    ) -> None:
        self._varied, self._portfolio, self._alone, self._ease = varied, portfolio, alone, ease
        self._verdicts: dict[int, Verdict] = {}

    def pieces(self) -> tuple[ClaimPiece, ...]:
        """The verdict at every value."""
        values = self._varied.values
        easy = easiest(values, self._ease, _SEEDS)
        for value in sorted({*easy[:1], *easy[-1:], easy[len(easy) // 2]}):
            self._ask_alone(value)
            self._spread(values)
        self._solve(self._open(values))
        return tuple(self._gathered())

    def _open(self, values: Sequence[int]) -> tuple[int, ...]:
        """Those that are neither decided nor asked about; a proof at one value is no reason to leave it out of a larger one."""
        return tuple(value for value in values if not isinstance(self._verdicts.get(value), Violated))

    def _ask_alone(self, value: int) -> None:
        if value not in self._verdicts:
            system, claim = self._alone(value)
            self._verdicts[value] = self._portfolio.run([job_of(system, claim)])[0]

    def _spread(self, values: Sequence[int]) -> None:
        """Try the actions of the violations that are known at those of `values` that are open."""
        runs = [verdict.lasso for verdict in self._verdicts.values() if isinstance(verdict, Violated)]
        for one, part in self._varied.parts(values):
            if one is None:
                continue
            for value in self._undecided(part):
                found = self._again(one, value, runs, _claim(self._varied))
                if found is not None:
                    self._verdicts[value] = found

    def _undecided(self, values: Sequence[int]) -> list[int]:
        return [value for value in values if value not in self._verdicts]

    def _again(self, one: Lifted, value: int, runs: Sequence[Run], formulated: Formulated) -> Violated | None:
        """A run by the actions of one of the first or of the last of `runs`, at `value`."""
        for run in {id(run): run for run in [*runs[:2], *runs[-2:]]}.values():
            found = self._varied.again(one, run, value, formulated)
            if found is not None:
                return found
        return None

    def _solve(self, values: Sequence[int]) -> None:
        for group in neighbours(values, self._varied.step):
            for one, part in self._varied.parts(group):
                if one is None or not self._undecided(part):
                    self._each(part)
                else:
                    self._at_once(one, part)

    def _each(self, values: Sequence[int]) -> None:
        for value in values:
            self._ask_alone(value)

    def _at_once(self, one: Lifted, values: tuple[int, ...]) -> None:
        verdict = self._varied.prove(one, values, one.formulas[0], None)
        match verdict:
            case Holds() as proof:
                self._proved(one, values, proof)
            case Violated(run):
                value = self._varied.value_of(one, run)
                found = self._varied.at_its_value(one, verdict, self._varied.instances[value].formulas[0])
                if found is not None:
                    self._verdicts[value] = found
                else:
                    self._verdicts.pop(value, None)
                    self._ask_alone(value)
                self._spread(values)
                left = tuple(each for each in self._open(values) if each != value)
                self._solve(left)
            case _:
                self._each(values)

    def _proved(self, one: Lifted, values: tuple[int, ...], proof: Holds) -> None:
        """No run violates the claim at any of `values`; at which of them it speaks of a run is another question."""
        wished = self._varied.prove(one, values, one.formulas[1], None)
        runs = [wished.lasso] if isinstance(wished, Violated) else []
        runs += [proof.vacuity.witness] if proof.vacuity.witness is not None else []
        spoken = [value for value in values if self._again(one, value, runs, _nothing(self._varied)) is not None]
        self._verdicts |= dict.fromkeys(spoken, proof)
        self._each([value for value in values if value not in spoken])

    def _gathered(self) -> list[ClaimPiece]:
        """The verdicts, those of one proof together, and violations that follow one another together."""
        pieces: list[ClaimPiece] = []
        for value in self._varied.values:
            verdict = self._verdicts[value]
            violated = isinstance(verdict, Violated)
            last = pieces[-1] if pieces else None
            if last is not None and (last.verdict is verdict or (violated and isinstance(last.verdict, Violated))):
                runs = {**last.runs, value: verdict} if isinstance(verdict, Violated) else last.runs
                pieces[-1] = ClaimPiece((*last.values, value), last.verdict, runs)
            else:
                pieces.append(ClaimPiece((value,), verdict, {value: verdict} if isinstance(verdict, Violated) else {}))
        return pieces
