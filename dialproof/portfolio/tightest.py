"""`tightest_bound`: the smallest bound of a measure that is proved, and a run that attains it.

A measure is a bounded integer variable of a system, mostly an observer that stops at its cap. The bound is searched for: a value
that a run reaches raises the lower side to that value, a proof lowers the upper side. What no engine decides leaves an interval.
"""

from collections.abc import Callable, Sequence

import z3

from dialproof.core.bound import TightestBound
from dialproof.core.claims import Claim, ManySystems, OneSystem
from dialproof.core.errors import InputError
from dialproof.core.plan import PlannedCheck
from dialproof.core.system import System
from dialproof.core.variables import Integer
from dialproof.core.verdict import Holds, Unknown, Vacuous, Verdict, Violated
from dialproof.engines.registry import DEFAULT_ENGINES
from dialproof.ltl import always
from dialproof.portfolio.check import job_of, run_planned
from dialproof.portfolio.climbing import climb
from dialproof.portfolio.portfolio import Portfolio


def tightest_bound(
    system: System,
    measures: Integer | Sequence[Integer],
    *,
    likely: Sequence[int] = (),
    premise: z3.BoolRef | None = None,
    timeout: float | None = 300,
    processes: int = 2,
    engines: Sequence[str] = DEFAULT_ENGINES,
    second_opinion: bool = False,
) -> TightestBound:
    """The smallest number that none of `measures`, variables of `system`, exceeds on any fair run that meets the assumptions.

    Each measure is an integer from 0 to a cap, the same for all. Bounds that are `likely`, such as sums of the system's times,
    are tried first; they decide how soon the answer is there, and not which it is. If the `premise` never happens, there is
    nothing to measure, and the result says so. `timeout` is in seconds, for each bound that
    is tried. Raises InputError for measures without such a cap. The result says of each side whether it is known, with its
    evidence.
    """
    every = [measures] if isinstance(measures, z3.ExprRef) else list(measures)
    cap = _cap_of(every)
    with Portfolio(processes, timeout=timeout, engines=engines, second_opinion=second_opinion) as portfolio:

        def ask(bound: int) -> Verdict:
            return portfolio.run([job_of(system, stays_below(every, bound, premise))])[0]

        def climbed(most: int) -> Violated | None:
            return climb(
                system,
                every,
                most,
                lambda bound: stays_below(every, bound, None),
                lambda begun, claim: portfolio.run([job_of(begun, claim)])[0],
            )

        return _Search(ask, every, cap, likely, climbed).answer()


def tightest_bound_of_all(
    of: Callable[[int], ManySystems],
    measures: Sequence[Integer],
    *,
    likely: Sequence[int] = (),
    timeout: float | None = 300,
    processes: int = 2,
    engines: Sequence[str] = DEFAULT_ENGINES,
    second_opinion: bool = False,
) -> tuple[TightestBound, tuple[OneSystem, str] | None]:
    """The same for systems of every size, and the system that attains it with what it is called; None if none is known.

    `of` gives the claim that the measures, variables of each of the systems, stay below a number (`stays_below`). It is proved of
    all of them at once; a run that exceeds it is one of a single system.
    """
    attaining: tuple[OneSystem, str] | None = None
    with Portfolio(processes, timeout=timeout, engines=engines, second_opinion=second_opinion) as portfolio:

        def ask(bound: int) -> Verdict:
            nonlocal attaining
            asked = of(bound)
            planned = PlannedCheck("", 0, asked.claim.name, None, (asked,), looks_at_actions=False)
            [checked] = run_planned(portfolio, [planned])
            [(_, verdict)] = checked.by_cause
            if isinstance(verdict, Violated):
                [broken] = checked.planned.variants
                assert isinstance(broken, OneSystem)
                attaining = broken, asked.called(broken)
            return verdict

        found = _Search(ask, measures, _cap_of(measures), likely).answer()
    return found, attaining


def stays_below(measures: Sequence[Integer], bound: int, premise: z3.BoolRef | None) -> Claim:
    """The claim that none of `measures` exceeds `bound`; if the `premise` never happens, there is nothing to measure."""
    below = always(z3.And([measure <= bound for measure in measures]))
    return Claim("tightest bound", below, f"no measure exceeds {bound}", premise=premise)


LARGE, SEARCHED = 24, 60
"""A proved bound from which on a long run is looked for at once, and so many steps are long: a search goes no further in time."""


class _Search:
    """What is known of the bound; `ask` has the verdict on one, and `climbed` a long run that goes far, at most to a number.

    `_reached` is a value that a run attains, `_proved` one that is never exceeded. `_ceiling` is the smallest bound that is
    proved or not decided, or the cap: what lies below it is still open.
    """

    def __init__(
        self,
        ask: Callable[[int], Verdict],
        measures: Sequence[Integer],
        cap: int,
        likely: Sequence[int],
        climbed: Callable[[int], Violated | None] = lambda _most: None,
    ) -> None:
        self._ask, self._measures, self._cap = ask, measures, cap
        self._climbed: Callable[[int], Violated | None] | None = climbed
        self._furthest: Violated | None = None
        self._reached: int = 0
        self._run: Violated | None = None
        self._proved: int | None = None
        self._proof: Holds | None = None
        self._likely = sorted({bound for bound in likely if 0 <= bound < cap})
        self._ceiling = cap
        self._is_empty = False
        self._just_proved = False
        self._why_open = ""

    def answer(self) -> TightestBound:
        """Try bounds until both sides meet, the cap is reached, or a run reaches the smallest bound that is not decided."""
        while not self._is_empty and self._reached < self._ceiling:
            self._try(self._next())
        return TightestBound(
            self._proved,
            self._reached if self._run is not None else None,
            self._cap,
            self._proof,
            self._run,
            "" if self._run is not None and self._reached == self._proved else self._why_open,
        )

    def _next(self) -> int:
        """The bound to try next: what is likely, then in the middle of what is open, or twice as far if nothing is proved."""
        likely = [bound for bound in self._likely if self._reached <= bound < self._ceiling]
        if self._ceiling == self._cap:
            return likely[0] if likely else min(2 * self._reached + 1, self._cap - 1)
        if self._just_proved:
            return self._ceiling - 1  # if a run exceeds this one, the bound is the tightest
        return likely[len(likely) // 2] if likely else (self._reached + self._ceiling) // 2

    def _try(self, bound: int) -> None:
        match self._ask(bound):
            case Holds() as proof:
                self._proved, self._proof, self._just_proved = bound, proof, True
                self._ceiling = bound
                if bound >= LARGE and (found := self._far()) is not None and len(found.lasso.steps) > SEARCHED:
                    self._take(found)  # no search goes so far, and waiting for it to say so takes its whole time
            case Violated() as violated:
                self._take(violated)
            case Vacuous():
                self._is_empty = True
                self._why_open = "there is nothing to measure: what is measured never happens on a fair run"
            case Unknown(reason):
                self._ceiling, self._just_proved = bound, False
                self._why_open = f"whether {bound} is ever exceeded: {reason}"
                if (found := self._far()) is not None:  # what they do not decide may take a long run to show
                    self._take(found)

    def _far(self) -> Violated | None:
        """A run that goes far, looked for once."""
        if self._climbed is not None:
            self._furthest = self._climbed(self._cap if self._proved is None else self._proved)
            self._climbed = None
        return self._furthest

    def _take(self, violated: Violated) -> None:
        """The run of `violated`, if it goes further than what is known."""
        height = self._height(violated)
        if height > self._reached:
            self._reached, self._run, self._just_proved = height, violated, False

    def _height(self, violated: Violated) -> int:
        """The largest value of a measure on the run."""
        names = [measure.variable.name for measure in self._measures]
        values = [step.state[name] for step in violated.lasso.steps for name in names]
        return max(value for value in values if isinstance(value, int))


def _cap_of(measures: Sequence[Integer]) -> int:
    """The cap of all of them. Raises InputError."""
    caps = {measure.variable.domain.high if isinstance(measure, Integer) else None for measure in measures}
    lows = {measure.variable.domain.low if isinstance(measure, Integer) else None for measure in measures}
    if len(caps) != 1 or lows != {0} or None in caps:
        raise InputError("a measure is an integer variable from 0 to a cap, the same for all measures; found none such")
    (cap,) = caps
    assert cap is not None
    return cap
