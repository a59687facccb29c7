"""Unbounded proofs through Spacer: safety formulas as they are, all others through liveness-to-safety, on finite systems only.

Each part of the claim is tried on its local form first. What is left is proved on the whole system, with as much fairness and
as many variables as turn out to be needed.
"""

from dataclasses import replace
from functools import partial

import z3

from dialproof.core.certificates import InductiveInvariant, LivenessToSafety
from dialproof.core.errors import NotApplicable
from dialproof.core.run import Lasso
from dialproof.core.variables import Kind
from dialproof.encode.liveness_to_safety import require_finite
from dialproof.encode.problem import LocalProblem, Problem
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found, Nothing, Outcome, Proved
from dialproof.engines.compositional import LocalProof, by_parts
from dialproof.engines.invariant_core import locally_needed, smallest
from dialproof.engines.limits import ANY_SPACER, SpacerLimits
from dialproof.engines.neighbourhoods import fair_readers, widening
from dialproof.engines.spacer.chc import Answer, reachable
from dialproof.evidence.replay import fairness_formula
from dialproof.semantics.evaluate import holds_on_lasso
from dialproof.semantics.interpreter import Reader


def prove(problem: Problem, limits: SpacerLimits = ANY_SPACER) -> Outcome:
    """A certificate, or a violation found again by bounded search, or nothing with the reason.

    The parts of a liveness claim are proved
    one by one: each proof is then about one obligation at a time. A safety claim is proved at once where its parts' local forms
    are not enough.
    """
    if problem.is_safety:
        local = by_parts(problem, partial(prove_locally, limits=limits), lambda _part: Nothing("no local form is enough"))
        if isinstance(local, Proved):
            return local
        outcome = _prove_whole(problem, limits)
        gave_up = isinstance(local, Nothing) and local.by_limit
        return replace(outcome, by_limit=outcome.by_limit or gave_up) if isinstance(outcome, Nothing) else outcome
    return by_parts(problem, partial(prove_locally, limits=limits), partial(_prove_whole, limits=limits))


def prove_locally(local: LocalProblem, limits: SpacerLimits = ANY_SPACER) -> LocalProof | Nothing:
    """A proof about a local form, or nothing with the reason: an invariant, or liveness-to-safety where the form is finite."""
    if local.is_safety:
        answer = reachable(local.safety, rlimit=limits.local_rlimit)
        return _none(answer) if answer.invariant is None else InductiveInvariant(answer.invariant.sexpr())
    try:
        require_finite(local.product)
    except NotApplicable as reason:
        return Nothing(str(reason))
    answer = reachable(local.proof_loop(local.kept), rlimit=limits.local_rlimit)
    if answer.invariant is None:
        return _none(answer)
    invariant, fairness = locally_needed(local, answer.invariant, lambda form: form.proof_loop(form.kept))
    return LivenessToSafety(invariant.sexpr(), fairness, compared=tuple(local.encoded.place_of(name) for name in local.kept))


def _none(answer: Answer) -> Nothing:
    return Nothing(answer.reason or "no local form is enough", by_limit=answer.result == z3.unknown)


def _prove_whole(problem: Problem, limits: SpacerLimits) -> Outcome:
    if problem.is_safety:
        answer = reachable(problem.safety, rlimit=limits.rlimit)
        if answer.invariant is not None:
            return Proved(InductiveInvariant(smallest(problem, problem.safety, answer.invariant)[0].sexpr()))
        if answer.result == z3.unknown:
            return Nothing(answer.reason, by_limit=True)
        if problem.finite_run_suffices:
            return _found_again(problem, limits)
    try:
        require_finite(problem.product)
    except NotApplicable as reason:
        return Nothing(str(reason))
    return _with_what_is_needed(problem, limits)


def _with_what_is_needed(problem: Problem, limits: SpacerLimits) -> Outcome:
    """Prove with the fairness and the variables near the claim alone, and widen both where that is too little.

    The proof is far easier to find where there are many actions and variables, and says on which fairness it rests. A lasso of
    the system with less fairness names the conditions that it breaks; without such a lasso it is the variables that are too few.
    """
    reader = Reader(problem.system)
    conditions = [(action.name, fairness_formula(action)) for action in problem.system.actions]
    fair: set[str] = set()
    outcome: Outcome = Nothing("there is no variable to compare")
    for kept in widening(problem):
        fair.update(fair_readers(problem, kept))
        everything = len(kept) == len(problem.system.variables)
        while True:
            weaker = problem.resting_on(fair)
            for compared in dict.fromkeys((_control(weaker, kept), kept)):
                form = weaker.proof_loop(compared)
                free = {variable.name for variable in problem.system.variables} - set(kept)
                near = [variable for variable in form.variables if variable.name not in free]
                answer = reachable(form, near, rlimit=limits.rlimit)
                if answer.invariant is not None:
                    needed, fairness = smallest(weaker, form, answer.invariant)
                    return Proved(LivenessToSafety(needed.sexpr(), fairness, compared))
                if answer.result == z3.unknown:
                    return Nothing(answer.reason, by_limit=True)
            if everything:
                outcome = _found_again(weaker, limits)
            else:
                outcome = bmc.search(weaker, replace(limits.found_again, max_steps=limits.broken_max_steps))
            if not isinstance(outcome, Found):
                break
            run = outcome.run
            assert isinstance(run, Lasso)
            broken = {name for name, rule in conditions if rule is not None and not holds_on_lasso(rule, run, reader)}
            if not broken:
                return outcome
            fair |= broken
    return outcome


def _control(problem: Problem, kept: tuple[str, ...]) -> tuple[str, ...]:
    """The variables among `kept` that are no counters: that a loop comes back to the same counts seldom matters to a proof."""
    return tuple(name for name in kept if problem.system.variable(name).domain.kind is not Kind.INTEGER)


def _found_again(problem: Problem, limits: SpacerLimits) -> Outcome:
    """The run that Spacer says exists, found by bounded search."""
    found = bmc.search(problem, limits.found_again)
    if isinstance(found, Nothing):
        return Nothing("Spacer says that there is a violation, but no run was found that shows it", found.depth, by_limit=True)
    return found
