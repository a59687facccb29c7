"""Spacer, z3's engine for constrained Horn clauses, asked about transitions with bad states.

One relation for the reachable states, one rule for the initial states, one for all steps, one for the bad states (Komuravelli,
Gurfinkel, Chaki, "SMT-based model checking for recursive programs", 2014). Its "unsat" is worth nothing without the invariant,
which the auditor checks; its "sat" is worth nothing without a run, which a bounded search has to find.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import z3

from dialproof.core.variables import Variable
from dialproof.encode.transitions import Transitions
from dialproof.engines.solving import INTERRUPTED, ask


@dataclass(frozen=True)
class Answer:
    """What Spacer says: "unsat" with an `invariant` over the variables it was asked about, "sat", or "unknown" and why."""

    result: z3.CheckSatResult
    invariant: z3.BoolRef | None = None
    reason: str = ""


def reachable(form: Transitions, kept: Sequence[Variable] | None = None, *, rlimit: int | None = None) -> Answer:
    """Whether a bad state of `form` is reachable.

    Variables that are not in `kept` are left free in each state: what is proved of more is true. `rlimit` is how
    much may be done, in z3's units (None: no limit).
    """
    variables = list(form.variables if kept is None else kept)
    relation, fixedpoint, error = _clauses(form, variables)
    if rlimit is not None:
        fixedpoint.set("rlimit", rlimit)
    try:
        result = fixedpoint.query(error)
        if result == z3.unsat:  # a limit that is met late meets what is asked next
            return Answer(result, _invariant(fixedpoint, relation, form, variables))
    except z3.Z3Exception as failure:
        return Answer(z3.unknown, reason=f"Spacer failed: {failure}")
    if result == z3.sat:
        return Answer(result)
    if fixedpoint.reason_unknown() == INTERRUPTED:
        raise KeyboardInterrupt
    return Answer(z3.unknown, reason=f"Spacer gave up: {fixedpoint.reason_unknown()}")


def _invariant(fixedpoint: z3.Fixedpoint, relation: z3.FuncDeclRef, form: Transitions, kept: Sequence[Variable]) -> z3.BoolRef:
    """What Spacer takes for an inductive invariant, over the variables in `kept`."""
    initial = z3.Solver()
    initial.add(form.init)
    if ask(initial) == z3.unsat:
        return z3.BoolVal(False)  # no state is reachable at all; Spacer then has nothing to say about the relation
    lemmas = z3.substitute_vars(fixedpoint.get_cover_delta(-1, relation), *(variable.term for variable in kept))
    assert isinstance(lemmas, z3.BoolRef)
    return lemmas


def _clauses(form: Transitions, kept: Sequence[Variable]) -> tuple[z3.FuncDeclRef, z3.Fixedpoint, z3.BoolRef]:
    """The Horn clauses of `form`; the relation speaks of the variables in `kept`, the others may be anything in each state."""
    assert form.bad is not None
    fixedpoint = z3.Fixedpoint()
    # what the preprocessing removes would be missing from the invariant
    fixedpoint.set("engine", "spacer", "xform.inline_eager", False, "xform.inline_linear", False, "xform.slice", False)
    constants = [variable.term for variable in kept]
    everything = (*form.variables, *form.inputs)
    reached = z3.Function("dialproof.reachable", *(constant.sort() for constant in constants), z3.BoolSort())
    failed = z3.Function("dialproof.failed", z3.BoolSort())
    fixedpoint.register_relation(reached, failed)
    fixedpoint.declare_var(*(variable.term for variable in everything))
    here = reached(*constants)
    fixedpoint.rule(here, [form.init])
    fixedpoint.rule(reached(*(form.next[variable.name] for variable in kept)), [here, form.allowed])
    fixedpoint.rule(failed(), [here, form.bad])
    error = failed()
    assert isinstance(error, z3.BoolRef)
    return reached, fixedpoint, error
