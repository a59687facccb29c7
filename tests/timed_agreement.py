"""What it means that the engines agree on timed systems: as for untimed ones, and as time that passes one unit at a time.

Every case is decided by the explicit search. If its claim is blind to the length of a step of time, it is decided for the system
too in which time passes in single units, made independently: so no deadline is jumped. Every so many cases somebody else is
asked, in turn; each counterexample is replayed and each proof audited then.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial

from dialproof.core.ltl import show
from dialproof.encode.problem import Problem
from dialproof.semantics.components import fair_component
from dialproof.semantics.product import Product
from tests.agreement import PROVERS, DisagreementError, count, opinions
from tests.slow_search import is_violated
from tests.timed_systems import Timed, timed_problem

SLOW_TURN = 4
"""Every so many turns of the others are one of the provers that take long."""


def holds(problem: Problem) -> bool:
    """True if no fair run violates the claim, by the explicit search without its shortest run and its certificate."""
    return fair_component(Product(problem)) is None


def opinions_on(timed: Timed, turn: int | None, *, in_units: bool) -> dict[str, bool | None]:
    """What is said of `timed`, `in_units` of time too, and at a `turn` by somebody else.

    Raises DisagreementError where two say different things.
    """
    problem = Problem(timed.drawn.system, timed.claim)
    said: dict[str, bool | None] = {"explicit search": holds(problem)}
    if timed.blind and in_units:
        said["single units"] = holds(Problem(timed.drawn.single_units, timed.claim))
    if turn is not None:
        said |= _in_turn(turn)(problem)
    expected = said["explicit search"]
    if any(says not in (expected, None) for says in said.values()):
        raise DisagreementError(f"expected {expected}; said: {said}")
    return said


def _in_turn(turn: int) -> Callable[[Problem], Mapping[str, bool | None]]:
    if turn % SLOW_TURN == 0:
        slow = [name for name in PROVERS if name != "k-induction"]
        return partial(opinions, provers=(slow[turn // SLOW_TURN % len(slow)],))
    others: list[Callable[[Problem], Mapping[str, bool | None]]] = [
        lambda problem: {"slow search": not is_violated(problem)},
        partial(opinions, provers=("k-induction",)),
    ]
    return others[turn % len(others)]


def run_timed_cases(number: int, first: int, *, units_every: int, others_every: int) -> Counter[tuple[str, str]]:
    """How often who said what on so many cases from `first` on. Raises DisagreementError with the case's number and its claim.

    Every `units_every`th case is decided in single units too, and every `others_every`th by somebody else, in turn.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for case in range(first, first + number):
        timed = timed_problem(case)
        turn, rest = divmod(case, others_every)
        try:
            count(counts, opinions_on(timed, None if rest else turn, in_units=case % units_every == 0))
        except DisagreementError as error:
            error.add_note(f"timed case {case}: {show(timed.claim)}, of {timed.drawn.lines}")
            raise
    return counts
