"""ABC's PDR as an engine: another program's proofs and counterexamples, in our own terms.

The circuit (`dialproof.exchange.aiger.writing`) is made of the very form that the audit is about. A cube of latches that PDR
excludes becomes a clause over the variables: each of its digits says which values a variable can have. The clauses and the ranges
together are the candidate for an inductive invariant, which the auditor checks like any other; inputs that lead to a bad state
are a run, which is replayed.

A variable of the form may be out of its range where nothing reads it (the copy of a state that was not saved yet); the circuit
knows no such values. Clauses speak of it as if it were at the end of its range that is nearer.
"""

from collections.abc import Iterable, Iterator
from functools import partial

import z3

from dialproof.core.certificates import InductiveInvariant, LivenessToSafety
from dialproof.core.errors import NotApplicable
from dialproof.core.variables import Domain, Kind, Variable
from dialproof.encode.auxiliary import Role, has_role
from dialproof.encode.bitblast.terms import code_of
from dialproof.encode.liveness_to_safety import require_finite
from dialproof.encode.problem import LocalProblem, Problem
from dialproof.encode.transitions import Transitions, conjunction, disjunction
from dialproof.engines.bmc import search as bmc
from dialproof.engines.bmc.trace_minimization import Frames
from dialproof.engines.candidates import Found, Nothing, Outcome, Proved
from dialproof.engines.compositional import LocalProof, by_parts
from dialproof.engines.invariant_core import locally_needed, smallest
from dialproof.engines.limits import ABC, AbcLimits
from dialproof.exchange.aiger.abc import Answer, Cube, ask
from dialproof.exchange.aiger.writing import Circuit, circuit_of, form_of

MOST_VALUES = 4096
"""Of an integer with more values than that a clause does not list which ones the digits leave, but speaks of the digits."""


def prove(problem: Problem, limits: AbcLimits = ABC[-1]) -> Outcome:
    """A certificate, or a violation, or nothing with the reason; each part of the claim is first asked of its local form."""
    try:
        return by_parts(problem, partial(prove_locally, limits=limits), partial(_decide_whole, timeout_s=limits.timeout_s))
    except NotApplicable as reason:
        return Nothing(str(reason))


def prove_locally(local: LocalProblem, limits: AbcLimits = ABC[-1]) -> LocalProof | Nothing:
    """A proof about a local form, or nothing with the reason: an invariant, or liveness-to-safety."""
    try:
        form = local.safety if local.is_safety else local.proof_loop(local.kept)
        require_finite(form)
        circuit = circuit_of(form)
        answer = ask(circuit, timeout=limits.local_timeout_s)
    except NotApplicable as reason:
        return Nothing(str(reason))
    if answer.reached is not False:
        return Nothing("no local form is enough")
    invariant = invariant_of(circuit, answer.cubes)
    if local.is_safety:
        return InductiveInvariant(invariant.sexpr())
    needed, fairness = locally_needed(local, invariant, lambda other: other.proof_loop(other.kept))
    return LivenessToSafety(needed.sexpr(), fairness, compared=tuple(local.encoded.place_of(name) for name in local.kept))


def _decide_whole(problem: Problem, timeout_s: float | None) -> Outcome:
    if problem.is_safety:
        circuit, answer = _asked(problem.safety, timeout_s)
        if answer.reached is False:
            needed, _ = smallest(problem, problem.safety, invariant_of(circuit, answer.cubes))
            return Proved(InductiveInvariant(needed.sexpr()))
        if answer.reached and problem.finite_run_suffices:
            run = bmc.finite_run_of(problem, _frames(circuit, answer))
            return Found(run, len(run))
    form = form_of(problem)
    circuit, answer = _asked(form, timeout_s)
    if answer.reached is None:
        return Nothing("ABC gave up")
    if answer.reached:
        lasso = bmc.lasso_of(problem.system, _frames(circuit, answer))
        return Found(lasso, len(lasso))
    compared = tuple(variable.name for variable in problem.system.variables)
    needed, fairness = smallest(problem, form, invariant_of(circuit, answer.cubes))
    return Proved(LivenessToSafety(needed.sexpr(), fairness, compared))


def _asked(form: Transitions, timeout_s: float | None) -> tuple[Circuit, Answer]:
    circuit = circuit_of(form)
    return circuit, ask(circuit, timeout=timeout_s)


def _frames(circuit: Circuit, answer: Answer) -> Frames:
    """The run in ABC's counterexample. Raises NotApplicable where it does not lead to a bad state."""
    if not circuit.is_bad_after(answer.stimuli):
        raise NotApplicable("the counterexample that ABC gave leads to no bad state")
    return circuit.frames(answer.stimuli)


def invariant_of(circuit: Circuit, cubes: Iterable[Cube]) -> z3.BoolRef:
    """What it means that no state of a run is in one of `cubes`, over the variables of the circuit's transitions."""
    variables = circuit.form.variables
    ranges = [one.domain.restriction(one.term) for one in variables if not has_role(one, Role.SAVED)]
    return conjunction([*ranges, *_clauses(list(circuit.latches()), cubes)])


def _clauses(latches: list[tuple[Variable, int]], cubes: Iterable[Cube]) -> Iterator[z3.BoolRef]:
    for cube in cubes:
        if cube.get(0) is False:
            continue  # it speaks of what is no state of a run
        digits: dict[Variable, dict[int, bool]] = {}
        for number, sign in cube.items():
            if number > 0:
                variable, place = latches[number - 1]
                digits.setdefault(variable, {})[place] = sign
        yield disjunction([z3.Not(_spelling(variable, known)) for variable, known in digits.items()])


def _spelling(variable: Variable, known: dict[int, bool]) -> z3.BoolRef:
    """That the `known` digits of a variable have these values."""
    domain, term = variable.domain, variable.term
    if domain.kind is Kind.INTEGER and (domain.size is None or domain.size > MOST_VALUES):
        return conjunction([_digit(domain, term, place) == sign for place, sign in known.items()])
    wanted = [
        value for value in domain.members() if all(bool(code_of(domain, value) >> place & 1) == known[place] for place in known)
    ]
    if domain.kind is not Kind.INTEGER:
        return disjunction([term == domain.term(value) for value in wanted])
    return disjunction(list(_intervals(domain, term, [value for value in wanted if isinstance(value, int)])))


def _intervals(domain: Domain, term: z3.ExprRef, values: list[int]) -> Iterator[z3.BoolRef]:
    """That `term` is one of `values`, which are in order; what is beyond an end of the range counts as that end."""
    assert isinstance(term, z3.ArithRef)
    known = set(values)
    starts = [value for value in values if value - 1 not in known]
    ends = [value for value in values if value + 1 not in known]
    for low, high in zip(starts, ends, strict=True):
        yield conjunction([*([term >= low] if low != domain.low else []), *([term <= high] if high != domain.high else [])])


def _digit(domain: Domain, term: z3.ExprRef, place: int) -> z3.BoolRef:
    assert isinstance(term, z3.ArithRef)
    assert domain.low is not None
    assert domain.high is not None
    nearest = z3.If(term < domain.low, domain.low, z3.If(term > domain.high, domain.high, term))
    return nearest % (1 << place + 1) >= 1 << place
