"""Unbounded proofs through Spacer, z3's engine for constrained Horn clauses.

One relation for the reachable states, one rule for the initial states, one for all steps, one for the bad states (Komuravelli,
Gurfinkel, Chaki, "SMT-based model checking for recursive programs", 2014). Safety formulas go in as they are; all others
through liveness-to-safety, on finite systems only. Spacer's "unsat" is worth nothing without the invariant, which the auditor
checks; its "sat" is worth nothing without a run, which the bounded search has to find.
"""

import z3

from dialproof.encode.l2s import require_finite
from dialproof.encode.transitions import Transitions
from dialproof.engines import bmc
from dialproof.engines.outcome import Found, Nothing, Outcome, Proved
from dialproof.engines.solving import INTERRUPTED, ask
from dialproof.errors import NotApplicable
from dialproof.problem import Problem
from dialproof.verdict import Certificate

SEARCH_DEPTH = 60
"""How far a run is searched for after Spacer has claimed that there is one, in steps."""


def prove(problem: Problem) -> Outcome:
    """A certificate, or a violation found again by bounded search, or nothing with the reason."""
    if problem.is_safety:
        outcome = _decide("invariant", problem.safety, problem)
        if problem.finite_run_suffices or isinstance(outcome, Proved):
            return outcome
    try:
        require_finite(problem.product)
    except NotApplicable as reason:
        return Nothing(str(reason))
    return _decide("liveness-to-safety", problem.saved_loop.transitions, problem)


def _decide(method: str, form: Transitions, problem: Problem) -> Outcome:
    relation, fixedpoint, error = _clauses(form)
    try:
        answer = fixedpoint.query(error)
    except z3.Z3Exception as failure:
        return Nothing(f"Spacer failed: {failure}")
    if answer == z3.unsat:
        return Proved(Certificate(method, invariant=_invariant(fixedpoint, relation, form).sexpr()))
    if answer == z3.sat:
        found = bmc.search(problem, last=SEARCH_DEPTH)
        if isinstance(found, Found):
            return found
        return Nothing("Spacer says that there is a violation, but no run was found that shows it", found_depth(found))
    if fixedpoint.reason_unknown() == INTERRUPTED:
        raise KeyboardInterrupt
    return Nothing(f"Spacer gave up: {fixedpoint.reason_unknown()}")


def _invariant(fixedpoint: z3.Fixedpoint, relation: z3.FuncDeclRef, form: Transitions) -> z3.BoolRef:
    """What Spacer takes for an inductive invariant, over the variables of `form`."""
    initial = z3.Solver()
    initial.add(form.init)
    if ask(initial) == z3.unsat:
        return z3.BoolVal(False)  # no state is reachable at all; Spacer then has nothing to say about the relation
    lemmas = z3.substitute_vars(fixedpoint.get_cover_delta(-1, relation), *(variable.term for variable in form.variables))
    assert isinstance(lemmas, z3.BoolRef)
    return lemmas


def found_depth(outcome: Outcome) -> int:
    """The depth up to which a search that found nothing has looked."""
    return outcome.depth if isinstance(outcome, Nothing) else -1


def _clauses(form: Transitions) -> tuple[z3.FuncDeclRef, z3.Fixedpoint, z3.BoolRef]:
    assert form.bad is not None
    fixedpoint = z3.Fixedpoint()
    # what the preprocessing removes would be missing from the invariant
    fixedpoint.set("engine", "spacer", "xform.inline_eager", False, "xform.inline_linear", False, "xform.slice", False)
    constants = [variable.term for variable in form.variables]
    reachable = z3.Function("dialproof.reachable", *(constant.sort() for constant in constants), z3.BoolSort())
    failed = z3.Function("dialproof.failed", z3.BoolSort())
    fixedpoint.register_relation(reachable, failed)
    fixedpoint.declare_var(*constants, *(variable.term for variable in form.inputs))
    here = reachable(*constants)
    fixedpoint.rule(here, [form.init])
    fixedpoint.rule(reachable(*(form.next[variable.name] for variable in form.variables)), [here, form.allowed])
    fixedpoint.rule(failed(), [here, form.bad])
    error = failed()
    assert isinstance(error, z3.BoolRef)
    return reachable, fixedpoint, error
