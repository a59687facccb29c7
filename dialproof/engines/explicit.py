"""The explicit-state search: visit every state that can be reached, and look for a fair component on the way.

A claim that a finite run can lose is searched breadth first, so that its violation is a shortest one. For any other claim the
product is made depth first until a fair component shows up (`dialproof.semantics.components`); its lasso is then made as short as
can be found with little work, or replaced by a shortest one (`dialproof.engines.shortest_lasso`) if there are few states. It is
exact on finite systems, and the oracle for everything else.

If an action passes time in steps of many lengths, runs in which each step is the shortest are searched first: they meet the same
states. A violation among them is one. That there is none is a proof if the obligations of `dialproof.evidence.single_steps` are
discharged; else all lengths are searched.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from dialproof.core.actions import Action
from dialproof.core.certificates import Exhaustive
from dialproof.core.errors import AuditError, NotApplicable, OutOfRangeError, ReplayError
from dialproof.core.run import FiniteRun, Lasso, Run, Step
from dialproof.encode.problem import Problem
from dialproof.engines.candidates import Found, Nothing, Outcome, Proved
from dialproof.engines.joined_steps import joined
from dialproof.engines.short_lasso import short_lasso
from dialproof.engines.shortest_lasso import least_lassos
from dialproof.evidence.replay import replay
from dialproof.evidence.single_steps import in_single_steps, long_action, obligations
from dialproof.evidence.solvers import discharge, solvers_for
from dialproof.semantics.breadth_first import BreadthFirst
from dialproof.semantics.components import Step as ProductStep
from dialproof.semantics.components import fair_component
from dialproof.semantics.evaluate import is_lost_on
from dialproof.semantics.product import LIMIT, Product

MANY = 64
"""If an action passes time in steps of more lengths than these, the shortest ones are searched first."""

PATIENCE = 10.0
"""How long a solver may take for one obligation that single steps are enough, in seconds."""

FEW = 4_000
"""Of how many positions at most a shortest lasso is looked for."""

TRIED = 16
"""How many lassos are tried at most of those that may be shortest violations."""

DROPPING = 3_000_000
"""How many steps are looked at to find out which fairness a proof can do without, beside one look for all of it."""


def decide(problem: Problem, limit: int = LIMIT) -> Outcome:
    """A certificate, a finite run or a fair lasso; or nothing if the system is unbounded or its product has over `limit` nodes.

    Raises OutOfRangeError if an action leaves a variable's range in a state that can be reached.
    """
    action = long_action(problem)
    found = None if action is None or (action.choices or 0) <= MANY else _in_single_steps(problem, action, limit)
    return _made_shortest(problem, _decide(problem, limit)) if found is None else found


def _made_shortest(problem: Problem, outcome: Outcome) -> Outcome:
    """`outcome`, or a shortest lasso in the place of another one, where few states tell that it is one."""
    if not isinstance(outcome, Found) or not isinstance(outcome.run, Lasso):
        return outcome
    try:
        product = Product(problem, FEW)
        least = (_lasso(product, stem, loop) for stem, loop in islice(least_lassos(product), TRIED))
        shortest = next((lasso for lasso in least if _is_violation(problem, lasso)), None)
    except (NotApplicable, OutOfRangeError):  # the search that found `outcome` went no further than to it
        return outcome
    return outcome if shortest is None else replace(outcome, run=shortest, free=len(shortest) - 1)


def _in_single_steps(problem: Problem, action: Action, limit: int) -> Outcome | None:
    """What the search in single steps of `action` says of `problem`; None if the search of all steps may say more.

    If it meets too many states it may not: that search meets them too.
    """
    outcome = _decide(in_single_steps(problem, action), limit)
    match outcome:
        case Proved(Exhaustive() as certificate):
            try:
                discharge(obligations(problem, action), solvers_for(second_opinion=False, seconds=PATIENCE), set())
            except (AuditError, NotApplicable):
                return None
            return Proved(replace(certificate, single_steps=action.name))
        case Found(run):
            shown = (one for one in (joined(run, action, problem), run) if _is_violation(problem, one))
            return next((Found(one, len(one)) for one in shown), None)
        case Nothing():
            return outcome
    return None


def _is_violation(problem: Problem, run: Run) -> bool:
    """True if `run`, which violates the claim in single steps, does so for all lengths, under which more may be possible."""
    try:
        replay(problem, run)
    except ReplayError:
        return False
    return True


def _decide(problem: Problem, limit: int) -> Outcome:
    """The same, with every way to take each action."""
    try:
        product = Product(problem, limit)
        if problem.finite_run_suffices:
            lost = _first_loss(problem, product)
            if lost is not None:
                return Found(lost, len(lost), free=len(lost) - (1 if problem.is_seen_later else 2))
        component = fair_component(product)
    except NotApplicable as reason:
        return Nothing(str(reason))
    if component is not None:
        stem, loop = short_lasso(product, component)
        return Found(_lasso(product, stem, loop), len(stem) + len(loop))
    return Proved(Exhaustive(product.size, fairness=tuple(_needed(product))))


def decide_within_ranges(problem: Problem, limit: int) -> Outcome:
    """As `decide`, but nothing if a step leaves a variable's range: whoever asks about the ranges shows that run."""
    try:
        return decide(problem, limit)
    except OutOfRangeError as reason:
        return Nothing(str(reason))


def _needed(product: Product) -> Iterator[str]:
    """The actions whose fairness the proof needs, if one after the other is left out; all that are left when it takes long."""
    conditions = product.fairness
    left = DROPPING
    everything = conditions
    for name in (*everything.weak, *everything.strong):
        everything = everything.without(name)
    if everything == conditions or fair_component(product, everything) is None:
        return
    for name in (*conditions.weak, *conditions.strong):
        fewer = conditions.without(name)
        left -= product.n_steps
        if left > 0 and fair_component(product, fewer) is None:
            conditions = fewer
        else:
            yield name


def _first_loss(problem: Problem, product: Product) -> FiniteRun | None:
    """A shortest run that loses the claim: its last step pays the last of what is owed; None if there is no such run."""
    search = BreadthFirst(product.initial, product.steps)
    lost = next((node for node, _ in search.nodes() if not product.owed(node)), None)
    return None if lost is None else _finite_run(problem, product, search.way_to(lost))


def _finite_run(problem: Problem, product: Product, path: list[ProductStep]) -> FiniteRun | None:
    """The run along `path`, without its last action if the claim is lost without it; None if it is not seen to be lost at all."""
    steps = _steps(product, path)
    shorter = FiniteRun((*steps[:-1], steps[-1]._replace(action=None)))
    return next((run for run in (shorter, FiniteRun(steps)) if is_lost_on(problem.formula, run, product.reader)), None)


def _lasso(product: Product, stem: list[ProductStep], loop: list[ProductStep]) -> Lasso:
    """The lasso of the system. It may come back to a state sooner than to what is owed in it: then its loop begins sooner."""
    before, again = _steps(product, stem), _steps(product, loop)
    while before and before[-1] == again[-1]:
        before, again = before[:-1], (again[-1], *again[:-1])
    return Lasso(before, again)


def _steps(product: Product, path: list[ProductStep]) -> tuple[Step, ...]:
    """The steps of the system behind those of the product."""
    return tuple(
        Step(next(product.taken(source, target, marks)), product.reader.state(product.values(source)))
        for source, target, marks in path
    )
