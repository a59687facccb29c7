"""Unbounded proofs through Spacer, z3's engine for constrained Horn clauses.

One relation for the reachable states, one rule for the initial states, one for all steps, one for the bad states (Komuravelli,
Gurfinkel, Chaki, "SMT-based model checking for recursive programs", 2014). Safety formulas go in as they are; all others
through liveness-to-safety, on finite systems only. Spacer's "unsat" is worth nothing without the invariant, which the auditor
checks; its "sat" is worth nothing without a run, which the bounded search has to find.
"""

from collections.abc import Iterable, Iterator, Sequence

import z3

from dialproof.encode.l2s import require_finite
from dialproof.encode.transitions import Transitions
from dialproof.engines import bmc
from dialproof.engines.outcome import Found, Nothing, Outcome, Proved
from dialproof.engines.shrink import smallest
from dialproof.engines.solving import INTERRUPTED, ask
from dialproof.errors import NotApplicable
from dialproof.evaluate import holds_on_lasso
from dialproof.problem import Problem, fairness_of
from dialproof.reader import Reader
from dialproof.replay import fairness_formula
from dialproof.run import Lasso
from dialproof.system import enabled, taken
from dialproof.terms import subterms
from dialproof.variables import Kind, Variable
from dialproof.verdict import Certificate

FIRST_LOOK = 6
"""How far a lasso that breaks some fairness is searched for where not all variables are compared, in steps."""

SEARCH_DEPTH = 60
"""How far a run is searched for after Spacer has claimed that there is one, in steps."""


def prove(problem: Problem) -> Outcome:
    """A certificate, or a violation found again by bounded search, or nothing with the reason.

    The conjuncts of a liveness claim are proved one by one: each proof is then about one obligation at a time.
    """
    conjuncts = problem.conjuncts
    if problem.is_safety or len(conjuncts) == 1:
        return _prove_whole(problem)
    certificates = []
    for conjunct in conjuncts:
        outcome = prove(conjunct)
        if isinstance(outcome, Nothing):
            return Nothing(outcome.reason)  # how deep one conjunct was searched says nothing about the others
        if isinstance(outcome, Found):
            return outcome
        certificates.append(outcome.certificate)
    fairness = sorted({name for certificate in certificates for name in certificate.fairness})
    return Proved(Certificate("conjunction", fairness=tuple(fairness), parts=tuple(certificates)))


def _prove_whole(problem: Problem) -> Outcome:
    if problem.is_safety:
        answer, reason, certificate = _ask_spacer(problem, "invariant")
        if certificate is not None:
            return Proved(certificate)
        if answer == z3.unknown:
            return Nothing(reason)
        if problem.finite_run_suffices:
            return _found_again(problem)
    try:
        require_finite(problem.product)
    except NotApplicable as reason:
        return Nothing(str(reason))
    return _with_what_is_needed(problem)


def _with_what_is_needed(problem: Problem) -> Outcome:
    """Prove with the fairness and the variables near the claim alone, and widen both where that is too little.

    The proof is far easier to find where there are many actions and variables, and says on which fairness it rests. A lasso of
    the system with less fairness names the conditions that it breaks; without such a lasso it is the variables that are too few.
    """
    reader = Reader(problem.system)
    conditions = [(action.name, fairness_formula(action)) for action in problem.system.actions]
    fair: set[str] = set()
    outcome: Outcome = Nothing("there is no variable to compare")
    for kept in neighbourhoods(problem):
        fair |= nearby_fairness(problem, kept)
        everything = len(kept) == len(problem.system.variables)
        while True:
            weaker = problem.resting_on(fair)
            for compared in dict.fromkeys((_control(weaker, kept), kept)):
                answer, reason, certificate = _ask_spacer(weaker, "liveness-to-safety", kept, compared)
                if certificate is not None:
                    return Proved(certificate)
                if answer == z3.unknown:
                    return Nothing(reason)
            outcome = _found_again(weaker) if everything else bmc.search(weaker, last=FIRST_LOOK)
            if not isinstance(outcome, Found):
                break
            run = outcome.run
            assert isinstance(run, Lasso)
            broken = {name for name, rule in conditions if rule is not None and not holds_on_lasso(rule, run, reader)}
            if not broken:
                return outcome
            fair |= broken
    return outcome


def neighbourhoods(problem: Problem) -> Iterator[tuple[str, ...]]:
    """Ever larger sets of variables: what the claim reads, what the actions that change it read, ..., all."""
    near = _claim_reads(problem)
    names = [variable.name for variable in problem.system.variables]
    for _ in range(2):
        chosen = tuple(name for name in names if name in near)
        if len(chosen) == len(names):
            break
        yield chosen
        for action in problem.system.actions:
            if near & {name for name, _ in action.effects}:
                near |= _constants(action.guard).union(*(_constants(term) for _, term in action.effects))
    yield tuple(names)


def _control(problem: Problem, kept: tuple[str, ...]) -> tuple[str, ...]:
    """The variables among `kept` that are no counters: that a loop comes back to the same counts seldom matters to a proof."""
    return tuple(name for name in kept if problem.system.variable(name).domain.kind is not Kind.INTEGER)


def nearby_fairness(problem: Problem, near: Iterable[str]) -> set[str]:
    """The fair actions whose guard reads one of the variables in `near`."""
    variables = set(near)
    return {name for name, _ in fairness_of(problem.system) if _constants(problem.system.action(name).guard) & variables}


def _claim_reads(problem: Problem) -> set[str]:
    """What the claim and its assumptions read, in their own terms or in the guard of an action that they name."""
    near = _constants(problem.formula).union(*(_constants(assumption.formula) for assumption in problem.system.assumptions))
    for action in problem.system.actions:
        if {taken(action).decl().name(), enabled(action).decl().name()} & near:
            near |= _constants(action.guard)
    return near


def _constants(term: z3.ExprRef) -> set[str]:
    return {part.decl().name() for part in subterms([term]) if part.num_args() == 0}


def _ask_spacer(
    problem: Problem, method: str, near: tuple[str, ...] = (), compared: tuple[str, ...] = ()
) -> tuple[z3.CheckSatResult, str, Certificate | None]:
    """Spacer's answer, why it is none, and the certificate where it is "unsat".

    For a liveness claim the variables that are not `near` are left free in each state: what is proved of more is true.
    """
    if method == "invariant":
        form, kept = problem.safety, list(problem.safety.variables)
    else:
        form = problem.proof_loop(compared)
        free = {variable.name for variable in problem.system.variables} - set(near)
        kept = [variable for variable in form.variables if variable.name not in free]
    relation, fixedpoint, error = _clauses(form, kept)
    try:
        answer = fixedpoint.query(error)
    except z3.Z3Exception as failure:
        return z3.unknown, f"Spacer failed: {failure}", None
    if answer == z3.unsat:
        return answer, "", smallest(problem, method, form, _invariant(fixedpoint, relation, form, kept), compared)
    if answer == z3.unknown and fixedpoint.reason_unknown() == INTERRUPTED:
        raise KeyboardInterrupt
    return answer, f"Spacer gave up: {fixedpoint.reason_unknown()}", None


def _found_again(problem: Problem) -> Outcome:
    """The run that Spacer says exists, found by bounded search."""
    found = bmc.search(problem, last=SEARCH_DEPTH)
    if isinstance(found, Nothing):
        return Nothing("Spacer says that there is a violation, but no run was found that shows it", found.depth)
    return found


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
    reachable = z3.Function("dialproof.reachable", *(constant.sort() for constant in constants), z3.BoolSort())
    failed = z3.Function("dialproof.failed", z3.BoolSort())
    fixedpoint.register_relation(reachable, failed)
    fixedpoint.declare_var(*(variable.term for variable in everything))
    here = reachable(*constants)
    fixedpoint.rule(here, [form.init])
    fixedpoint.rule(reachable(*(form.next[variable.name] for variable in kept)), [here, form.allowed])
    fixedpoint.rule(failed(), [here, form.bad])
    error = failed()
    assert isinstance(error, z3.BoolRef)
    return reachable, fixedpoint, error
