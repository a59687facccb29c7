"""The audit: a certificate is turned into obligations, small SMT-LIB 2 scripts that must each be unsatisfiable.

The obligations are made from the system and the formula anew, so that nothing a prover says about *what* it proved is believed.
Of the certificate are used: the invariant (or the number k), the names of the fair actions (all other fairness is left out: less
is assumed), of the compared variables (the loop's ends are compared on no others: more is proved) and of the kept ones (what the
others do is left open: more is proved). Any SMT solver can
discharge the obligations; here a fresh z3 does, and cvc5 where it is asked for. Nothing here imports an engine. An "exhaustive"
certificate is audited by visiting all states again and computing the fair ones as a fixpoint, not by components (Kesten,
Pnueli, Raviv, "Algorithmic verification of linear temporal logic specifications", 1998).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import assert_never

import z3

from dialproof.core.certificates import (
    Certificate,
    Conjunction,
    Exhaustive,
    InductiveInvariant,
    KInduction,
    KLiveness,
    LivenessToSafety,
    WellFoundedResponse,
)
from dialproof.core.errors import AuditError, ModelError, NotApplicable, OutOfRangeError
from dialproof.core.obligation import Obligation
from dialproof.core.variables import Variable
from dialproof.encode.liveness_to_safety import require_finite
from dialproof.encode.problem import LocalProblem, Problem, decisive_range_questions, range_doubt
from dialproof.encode.response import premises, stated_cases
from dialproof.encode.transitions import Transitions, conjunction, is_projected, some_parameters
from dialproof.encode.untrusted_terms import stated_condition
from dialproof.evidence import single_steps
from dialproof.evidence.range_claim import range_problem
from dialproof.evidence.scripts import script
from dialproof.evidence.solvers import discharge, solvers_for
from dialproof.semantics.feasibility import has_fair_path
from dialproof.semantics.product import Product

IN_PYTHON = "fixpoint in plain Python"
"""Who audits an exhaustive search, which no script states: it is searched again."""


@dataclass(frozen=True)
class Established:
    """Who checked a certificate. `within_ranges`: it takes for granted that no reachable state has a step out of range."""

    checked_by: tuple[str, ...]
    within_ranges: bool = False


def audit(problem: Problem, certificate: Certificate, *, second_opinion: bool = False) -> tuple[str, ...]:
    """Raise AuditError unless `certificate` establishes `problem`; return who checked it.

    With `second_opinion`, cvc5 discharges the obligations too; InputError if it is not installed.
    """
    found = audit_within_ranges(problem, certificate, second_opinion=second_opinion)
    if found.within_ranges:
        raise AuditError(f"that the actions lead no variable out of its range is not established: {range_doubt(problem)}")
    return found.checked_by


def audit_within_ranges(problem: Problem, certificate: Certificate, *, second_opinion: bool = False) -> Established:
    """As `audit`, but that no reachable state has a step out of range may be left open, to be established by somebody else."""
    if isinstance(certificate, Exhaustive):
        solvers = solvers_for(second_opinion=second_opinion) if certificate.single_steps else ()
        discharge(_of_single_steps(problem, certificate), solvers, set())
        _audit_exhaustive(problem, certificate)
        if certificate.ranges is not None:
            audit(range_problem(problem.system), certificate.ranges, second_opinion=second_opinion)
        return Established(
            (*(name for name, _ in solvers), IN_PYTHON)
        )  # whatever a run reaches before the claim is settled was visited: no step was cut off
    solvers = solvers_for(second_opinion=second_opinion, of_one_system=True)
    checked_by = tuple(name for name, _ in solvers)
    discharged: set[str] = set()
    if isinstance(certificate.ranges, Exhaustive):
        checked_by += audit(range_problem(problem.system), certificate.ranges)
    is_open = False
    try:
        discharge(_ranges(problem, certificate), solvers, discharged)
    except AuditError:
        if certificate.ranges is not None:
            raise
        is_open = True
    discharge(_projections(problem), solvers, discharged)
    discharge(_obligations(problem, certificate, _Made(within=is_open or certificate.ranges is not None)), solvers, discharged)
    return Established(checked_by, within_ranges=is_open)


def obligations(problem: Problem, certificate: Certificate) -> tuple[Obligation, ...]:
    """What has to be unsatisfiable for `certificate` to establish `problem`. Raises AuditError where it cannot.

    Of a certificate that is exhaustive, or whose `ranges` are, that must be audited besides: no script states a search.
    """
    if isinstance(certificate, Exhaustive):
        return _of_single_steps(problem, certificate)
    made = _Made(within=certificate.ranges is not None)
    return (*_ranges(problem, certificate), *_projections(problem), *_obligations(problem, certificate, made))


@dataclass(frozen=True, eq=False)
class _Made:
    """The obligations made so far, by local form and certificate; the problem keeps the terms of its form alive.

    With `within` they are about steps within the ranges alone. That reachable states have no other steps is established besides;
    then what a run of the system is in a local form stays within the ranges too.
    """

    within: bool
    known: dict[object, tuple[Problem, list[Obligation]]] = field(default_factory=dict)


_Localizable = InductiveInvariant | LivenessToSafety | KLiveness
"""A certificate that may be about a local form of the system."""


def _obligations(problem: Problem, certificate: Certificate, made: _Made) -> list[Obligation]:
    match certificate:
        case Conjunction():
            return _of_parts(problem, certificate, made)
        case InductiveInvariant() | LivenessToSafety() | KLiveness() if certificate.kept is not None:
            return _of_local_form(problem, certificate, certificate.kept, made)
        case InductiveInvariant() | KInduction() | LivenessToSafety() | KLiveness() | WellFoundedResponse():
            return _of_form(problem.resting_on(certificate.fairness), certificate, made.within)
        case Exhaustive():
            raise AuditError("no script states an exhaustive search: it is no part of a proof, but a proof by itself")
    assert_never(certificate)


def _of_parts(problem: Problem, certificate: Conjunction, made: _Made) -> list[Obligation]:
    conjuncts = problem.conjuncts
    if len(conjuncts) != len(certificate.parts) or len(conjuncts) < 2:  # noqa: PLR2004  # a conjunction has at least two parts
        raise AuditError(f"the claim has {len(conjuncts)} conjuncts, the certificate {len(certificate.parts)} parts")
    if not {name for part in certificate.parts for name in part.fairness} <= set(certificate.fairness):
        raise AuditError("a part of the certificate uses fairness that the certificate does not list")
    return [
        replace(obligation, name=f"part {number}: {obligation.name}")
        for number, (part, proof) in enumerate(zip(conjuncts, certificate.parts, strict=True))
        for obligation in _obligations(part, proof, made)
    ]


def _of_local_form(problem: Problem, certificate: _Localizable, kept: tuple[str, ...], made: _Made) -> list[Obligation]:
    try:
        local = problem.local(kept, certificate.fairness)
    except ModelError as unknown:
        raise AuditError(f"the certificate is about no local form of the system: {unknown}") from unknown
    key = local.identity, _by_places(certificate, kept)
    if key not in made.known:
        made.known[key] = local, _of_form(local, certificate, made.within)
    return made.known[key][1]


def _by_places(certificate: _Localizable, kept: tuple[str, ...]) -> object:
    """All that `certificate` says of a local form that it is given: the same for kept variables of other names."""
    match certificate:
        case InductiveInvariant(invariant):
            return InductiveInvariant, invariant
        case KLiveness(invariant, depth):
            return KLiveness, invariant, depth
        case LivenessToSafety(invariant, compared=compared):
            if not set(compared) <= set(kept):
                raise AuditError("the certificate compares variables that it does not keep")
            return LivenessToSafety, invariant, tuple(kept.index(name) for name in compared)
    assert_never(certificate)


def _of_form(problem: Problem, certificate: _Localizable | KInduction | WellFoundedResponse, within: bool) -> list[Obligation]:
    """The obligations of a certificate that has no parts; `within`: about the steps within the ranges alone."""

    def read(form: Transitions) -> Transitions:
        return _within_ranges(form, problem) if within else form

    match certificate:
        case InductiveInvariant(invariant):
            return _invariant(read(_safety(problem)), invariant)
        case KInduction(depth):
            return _k_induction(read(_safety(problem)), depth)
        case KLiveness(invariant, depth):
            if depth < 1:
                raise AuditError(f"k-liveness needs k of at least 1; the certificate says {depth}")
            return _invariant(read(problem.rounds(depth)), invariant)
        case WellFoundedResponse():
            return _response(problem, certificate, read)
        case LivenessToSafety(invariant, compared=compared):
            try:
                require_finite(problem.product)
            except NotApplicable as reason:
                raise AuditError(f"a liveness-to-safety certificate cannot establish this claim: {reason}") from reason
            return _invariant(read(problem.proof_loop(compared)), invariant)
    assert_never(certificate)


def _within_ranges(form: Transitions, problem: Problem) -> Transitions:
    """`form` without the states and the steps in which a variable of the system (a kept one, in a local form) is out of range."""
    encoded = problem.encoded
    kept = problem.kept if isinstance(problem, LocalProblem) else [variable.name for variable in problem.system.variables]
    domains = {encoded.place_of(name): problem.system.variable(name).domain for name in kept}
    described = [(variable, domains[variable.name]) for variable in form.variables if variable.name in domains]
    here = conjunction([domain.restriction(variable.term) for variable, domain in described])
    later = conjunction([domain.restriction(form.next[variable.name]) for variable, domain in described])
    bad = None if form.bad is None else conjunction([here, form.bad])
    return replace(form, allowed=conjunction([here, form.allowed, later]), bad=bad)


def _ranges(problem: Problem, certificate: Certificate) -> list[Obligation]:
    """That no reachable state has a step out of range: as `certificate` says, or one obligation for each shape of action."""
    if certificate.ranges is not None:
        proof = certificate.ranges
        if proof.ranges is not None:
            raise AuditError("the proof of the ranges has a proof of ranges of its own")
        stated = () if isinstance(proof, Exhaustive) else obligations(range_problem(problem.system), proof)
        return [replace(one, name=f"ranges: {one.name}") for one in stated]
    return [
        script(
            f"ranges {number}",
            f"actions like {question.action.name} lead no variable out of its range",
            list(question.terms),
            question.variables,
        )
        for number, question in enumerate(decisive_range_questions(problem))
    ]


def _projections(problem: Problem) -> list[Obligation]:
    """One obligation for each action whose parameters are projected away: that it is possible nowhere else.

    That it is possible there needs none: the condition consists of instances of the guard.
    """
    return [
        script(
            f"projection {number}",
            f"where {action.name} can be taken with some parameters the condition for its being possible holds",
            [
                action.guard,
                *(one.variable.domain.restriction(one.variable.term) for one in action.parameters),
                z3.Not(some_parameters(action.guard, action.parameters)),
            ],
            (*problem.system.variables, *(one.variable for one in action.parameters)),
        )
        for number, action in enumerate(problem.system.actions)
        if is_projected(action.guard, action.parameters)
    ]


def _safety(problem: Problem) -> Transitions:
    try:
        return problem.safety
    except NotApplicable as reason:
        raise AuditError(f"the certificate is for a safety claim: {reason}") from reason


def _invariant(form: Transitions, text: str) -> list[Obligation]:
    """Initiation, consecution and safety of an inductive invariant (Floyd, Manna and Pnueli)."""
    assert form.bad is not None
    invariant = stated_condition(text, form.variables)
    pairs = [(variable.term, form.next[variable.name]) for variable in form.variables]
    after = z3.substitute(invariant, *pairs)
    everything = (*form.variables, *form.inputs)
    return [
        script("initiation", "every initial state satisfies the invariant", [form.init, z3.Not(invariant)], form.variables),
        script("consecution", "every step keeps the invariant", [invariant, form.allowed, z3.Not(after)], everything),
        script("safety", "the invariant excludes every bad state", [invariant, form.bad], everything),
    ]


def _response(problem: Problem, certificate: WellFoundedResponse, read: Callable[[Transitions], Transitions]) -> list[Obligation]:
    """The premises of a response proof; `dialproof.encode.response` says why they are enough."""
    try:
        response = replace(problem.response, transitions=read(problem.response.transitions))
    except NotApplicable as reason:
        raise AuditError(f"a response certificate cannot establish this claim: {reason}") from reason
    form = response.transitions
    invariant = stated_condition(certificate.invariant, form.variables)
    everything = (*form.variables, *form.inputs)
    return [
        script(one.name, one.establishes, list(one.parts), everything if one.is_step else form.variables)
        for one in premises(response, invariant, stated_cases(response, certificate.cases))
    ]


def _k_induction(form: Transitions, depth: int) -> list[Obligation]:
    """No bad state within `depth` steps of an initial one, and none after `depth` good states in a row."""
    assert form.bad is not None
    if depth < 1:
        raise AuditError(f"k-induction needs k of at least 1; the certificate says {depth}")
    made = [
        _path(form, steps, f"base {steps}", f"no initial state leads to a bad one in {steps} steps", from_initial=True)
        for steps in range(depth)
    ]
    return [*made, _path(form, depth, "step", f"no bad state follows {depth} good ones", from_initial=False)]


def _path(form: Transitions, steps: int, name: str, establishes: str, *, from_initial: bool) -> Obligation:
    assert form.bad is not None
    following = {variable.name: Variable(f"dialproof.next {variable.name}", variable.domain).term for variable in form.variables}
    step = z3.And(form.allowed, *(following[name] == value for name, value in form.next.items()))
    everything = (*form.variables, *form.inputs)

    def constant(variable: Variable, frame: int) -> Variable:
        return Variable(f"{variable.name}@{frame}", variable.domain)

    def at(term: z3.BoolRef, frame: int) -> z3.BoolRef:
        pairs = [(variable.term, constant(variable, frame).term) for variable in everything]
        pairs += [(following[variable.name], constant(variable, frame + 1).term) for variable in form.variables]
        moved = z3.substitute(term, *pairs)
        assert isinstance(moved, z3.BoolRef)
        return moved

    parts = [at(form.init if from_initial else form.ranges, 0), at(form.bad, steps)]
    parts += [at(step, frame) for frame in range(steps)]
    if not from_initial:
        parts += [z3.Not(at(form.bad, frame)) for frame in range(steps)]
    declared = [constant(variable, frame) for frame in range(steps + 1) for variable in everything]
    return script(name, establishes, parts, declared)


def _of_single_steps(problem: Problem, certificate: Exhaustive) -> tuple[Obligation, ...]:
    """That the search could leave out the longer steps of an action; nothing if it did not."""
    if not certificate.single_steps:
        return ()
    resting = problem.resting_on(certificate.fairness)
    try:
        return single_steps.obligations(resting, single_steps.named(resting, certificate.single_steps))
    except NotApplicable as reason:
        raise AuditError(f"the claim cannot be proved in single steps of {certificate.single_steps!r}: {reason}") from reason


def _audit_exhaustive(problem: Problem, certificate: Exhaustive) -> None:
    try:
        asked = problem.resting_on(certificate.fairness)
        if certificate.single_steps:
            asked = single_steps.in_single_steps(asked, single_steps.named(asked, certificate.single_steps))
        product = Product(asked)
        violated = has_fair_path(product)
    except (NotApplicable, OutOfRangeError) as reason:
        raise AuditError(f"an exhaustive certificate cannot establish this claim: {reason}") from reason
    if product.size != certificate.states:
        raise AuditError(f"the certificate speaks of {certificate.states} states; there are {product.size}")
    if violated:
        raise AuditError("there is a fair run that violates the claim: the exhaustive search has overlooked it")
