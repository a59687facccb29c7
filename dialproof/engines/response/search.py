"""Response proofs: cases with helpful fairness and ranks, found from predicates and numbers that the system itself mentions.

The states in which the response is owed are told apart by predicates, and the graph of their steps is taken apart by fairness
and by numbers that become smaller (`dialproof.engines.response.ranking`). What a state needs to satisfy besides is found by
elimination, and by Spacer where a component is stuck in states that no run gets to. Every premise is checked before anything is
handed over (`dialproof.encode.response`). It works on unbounded data. That nothing is found says nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import z3

from dialproof.core.certificates import Case, Conjunction, WellFoundedResponse
from dialproof.core.errors import AuditError, NotApplicable
from dialproof.core.hints import StatedHints
from dialproof.core.question import fairness_of
from dialproof.core.terms import flattened_and, subterms
from dialproof.encode.auxiliary import Role, has_role
from dialproof.encode.problem import Problem
from dialproof.encode.response import Premise, RankedCase, Response, of_fairness, premises, stated_cases
from dialproof.encode.transitions import conjunction
from dialproof.encode.untrusted_terms import stated_condition, stated_number
from dialproof.engines.candidates import Found, Nothing, Outcome, Proved
from dialproof.engines.limits import QUESTION_RLIMIT, RESPONSE, ResponseLimits
from dialproof.engines.neighbourhoods import fair_writers, neighbourhoods
from dialproof.engines.response.abstraction import Abstraction, TooMuchError
from dialproof.engines.response.failing_step import least_surprising, shown_failure, shown_step
from dialproof.engines.response.houdini import invariants
from dialproof.engines.response.predicates import Vocabulary, vocabulary
from dialproof.engines.response.ranking import Ranked, StuckError, ranked
from dialproof.engines.solving import ask, fresh_solver
from dialproof.engines.spacer import search as spacer
from dialproof.engines.spacer.chc import reachable


def prove(problem: Problem, hints: StatedHints | None = None, limits: ResponseLimits = RESPONSE[-1]) -> Outcome:
    """A certificate, or nothing with the reason: what was tried, and the step on which the nearest candidate failed.

    `hints` are candidates that come first. A part of the claim that is no response but a safety claim is Spacer's.
    Violations are for others to find.
    """
    if problem.is_safety:
        return Nothing("the claim is a safety claim: nothing has to be reached")
    certificates = []
    hinted = hints or StatedHints()
    for part in problem.conjuncts:
        outcome = spacer.prove(part, limits.spacer) if part.is_safety else _prove_part(part, hinted.about(part.formula), limits)
        if isinstance(outcome, Nothing):
            return Nothing(
                outcome.reason, by_limit=outcome.by_limit
            )  # how deep one part was searched says nothing about the others
        if isinstance(outcome, Found):
            return outcome
        certificates.append(outcome.certificate)
    if len(certificates) == 1:
        return Proved(certificates[0])
    fairness = sorted({name for certificate in certificates for name in certificate.fairness})
    return Proved(Conjunction(tuple(certificates), fairness=tuple(fairness)))


def _prove_part(problem: Problem, hints: StatedHints, limits: ResponseLimits) -> Outcome:
    try:
        response = problem.response
    except NotApplicable as reason:
        return Nothing(str(reason))
    try:
        hinted = _Hinted.of(response, hints)
    except AuditError as reason:
        return Nothing(f"the hint cannot be used: {reason}")
    if hinted.cases:
        outcome = _checked(problem, response, hinted.lemmas, hinted.cases)
        if isinstance(outcome, Proved):
            return outcome
        return Nothing("\n  ".join([*_not_kept(problem, response, hinted.lemmas), outcome.reason]))
    failures: list[str] = []
    for near in _scopes(problem, response):
        words = vocabulary(response, near, hinted.predicates, hinted.ranks)
        if len(words.predicates) > limits.max_predicates:
            failures = failures or [f"{len(words.predicates)} predicates tell more kinds of states apart than can be looked at"]
            break
        outcome = _with_words(problem, response, words, near, hinted, limits)
        if isinstance(outcome, Proved):
            return outcome
        failures.append(outcome.reason)
    return Nothing("\n  ".join([*_not_kept(problem, response, hinted.lemmas), *failures[-1:]]))


def _not_kept(problem: Problem, response: Response, lemmas: list[z3.BoolRef]) -> list[str]:
    """What there is to say of a hinted invariant that is none."""
    refuted = (one for one in premises(response, conjunction(lemmas), ())[:2] if _core([], one.parts) is None)
    return [f"the invariant of the hint is none: {_failure(problem, response, one)}" for one in refuted][:1]


@dataclass(frozen=True, eq=False)
class _Hinted:
    """Hints as terms over a response."""

    lemmas: list[z3.BoolRef]
    cases: tuple[RankedCase, ...]
    predicates: list[z3.BoolRef]
    ranks: list[z3.ArithRef]

    @classmethod
    def of(cls, response: Response, hints: StatedHints) -> "_Hinted":
        """Raises AuditError for a hint without meaning here."""
        variables = response.transitions.variables
        invariant = stated_condition(hints.invariant, variables, "the invariant of the hint")
        return cls(
            [part for part in flattened_and(invariant) if not z3.is_true(part)],
            stated_cases(response, hints.cases),
            [stated_condition(text, variables, "a predicate of the hint") for text in hints.predicates],
            [stated_number(text, variables, "a rank of the hint") for text in hints.ranks],
        )


def _scopes(problem: Problem, response: Response) -> Iterator[frozenset[str]]:
    """Ever larger sets of variables to speak of; what is remembered of the past belongs to all of them."""
    variables = response.transitions.variables
    past = {variable.name for variable in variables if has_role(variable, Role.PAST)}
    yield from (frozenset(near) | past for near in neighbourhoods(problem))
    yield frozenset(variable.name for variable in variables)


def _with_words(
    problem: Problem,
    response: Response,
    words: Vocabulary,
    near: frozenset[str],
    hinted: _Hinted,
    limits: ResponseLimits,
) -> Proved | Nothing:
    """A proof with these words: at first in all states, then in those that satisfy invariants, since few proofs need any."""
    fair = _fair_near(problem, response, near)
    lemmas = invariants(response, problem.system, words.predicates, hinted.lemmas) if hinted.lemmas else []
    eliminated = bool(hinted.lemmas)
    tried = f"{len(words.predicates)} predicates, {len(words.numbers)} numbers as ranks, {len(fair)} fairness conditions"
    refinements = 0
    while True:
        abstraction = Abstraction(response, words, conjunction(lemmas), fair)
        failed: str | StuckError
        try:
            graph = abstraction.graph()
            found = ranked(graph.nodes, graph.edges, abstraction.conditions, abstraction.bounded)
        except TooMuchError as limit:
            failed = f"gave up on {limit}"
        except StuckError as stuck:
            failed = stuck
        else:
            return _checked(problem, response, lemmas, _as_cases(abstraction, found))
        more: list[z3.BoolRef] = []
        if not eliminated:
            eliminated, more = True, invariants(response, problem.system, words.predicates)
        if not more and refinements < limits.max_refinements and isinstance(failed, StuckError):
            refinements, more = refinements + 1, _excluding(response, abstraction, failed, limits)
        if not more:
            reason = failed if isinstance(failed, str) else _near_miss(problem, abstraction, failed)
            return Nothing(f"tried {tried}; {reason}")
        lemmas += more


def _fair_near(problem: Problem, response: Response, near: frozenset[str]) -> list[str]:
    """The fairness conditions that speak of a variable in `near`, or whose action writes one, and all that are assumed."""
    always = {*problem.assumed_conditions, *fair_writers(problem, near & problem.reads.writers.keys())}
    conditions = response.transitions.fairness
    return [name for name, terms in conditions if name in always or near & _constants(terms)]


def _constants(terms: Iterable[z3.ExprRef]) -> set[str]:
    return {part.decl().name() for part in subterms(terms) if part.num_args() == 0}


def _excluding(response: Response, abstraction: Abstraction, stuck: StuckError, limits: ResponseLimits) -> list[z3.BoolRef]:
    """Invariants by which no run gets to some of the states in which a component is stuck."""
    found = []
    for node in sorted(stuck.nodes)[: limits.max_states]:
        answer = reachable(replace(response.transitions, bad=abstraction.cube(node)), rlimit=limits.state_rlimit)
        if answer.invariant is not None:
            found += flattened_and(answer.invariant)
    return found


def _near_miss(problem: Problem, abstraction: Abstraction, stuck: StuckError) -> str:
    """The step on which the best candidate for a helpful action fails."""
    met = {place: [edge for edge in stuck.edges if edge.met[place]] for place in range(len(abstraction.conditions))}
    best = min(met, key=lambda place: (len(met[place]), place), default=None)
    edges = met[best] if best is not None and met[best] else list(stuck.edges)
    edge = min(edges, key=lambda one: (one.start, one.end, one.met))  # not the first that the solver happened to find
    response, solver = abstraction.response, fresh_solver(QUESTION_RLIMIT)
    solver.add(abstraction.invariant, response.barren, abstraction.cube(edge.start))
    solver.add(response.after(abstraction.cube(edge.end)))
    said = (
        "while the response is owed, a step leads neither to the goal nor to a smaller rank, and no fairness forbids more of them"
    )
    if best is not None and met[best]:
        condition = abstraction.conditions[best]
        solver.add(of_fairness(response.transitions, condition.name, z3.BoolVal(True), (z3.IntVal(0),)).helps)
        meets = f"takes {condition.name}" if condition.is_strong else f"takes {condition.name}, or finds it not enabled,"
        if assumed := problem.assumed_conditions.get(condition.name):
            meets = f"meets {assumed.name!r}"
        said = f"while the response is owed, a step that {meets} leads neither to the goal nor to a smaller rank"
    if ask(solver) != z3.sat:
        return said
    model = least_surprising(problem.system, solver)
    terms = [response.cause, response.missing, *abstraction.words.predicates]
    return "\n    ".join([f"{said}, for instance:", *shown_step(problem.system, response, model, terms)])


def _as_cases(abstraction: Abstraction, found: Sequence[Ranked]) -> tuple[RankedCase, ...]:
    """What was found in the graph as cases over the state, those that say the same joined."""
    found = _with_equal_ranks(found)
    joined: dict[object, Ranked] = {}
    for one in found:
        key = (one.helpful, one.rank) if not one.inner else (one.helpful, one.rank, one.nodes)
        joined[key] = replace(one, nodes=one.nodes | joined[key].nodes) if key in joined else one
    return tuple(
        of_fairness(
            abstraction.response.transitions,
            "" if one.helpful is None else abstraction.conditions[one.helpful].name,
            abstraction.region(one.nodes),
            tuple(_number(abstraction, *part) for part in one.rank),
            _as_cases(abstraction, one.inner),
        )
        for one in joined.values()
    )


def _with_equal_ranks(found: Sequence[Ranked]) -> list[Ranked]:
    """`found` with ranks of one length, without the places at which all have the same constant."""
    longest = max((len(one.rank) for one in found), default=0)
    ranks = [(*one.rank, *[("level", 0, 0)] * (longest - len(one.rank))) for one in found]
    telling = [place for place in range(longest) if len({rank[place] for rank in ranks}) > 1 or ranks[0][place][0] == "number"]
    return [replace(one, rank=tuple(rank[place] for place in telling or [0])) for one, rank in zip(found, ranks, strict=True)]


def _number(abstraction: Abstraction, kind: str, place: int, offset: int) -> z3.ArithRef:
    if kind == "level":
        return z3.IntVal(place)
    number = abstraction.words.numbers[place]
    return number + offset if offset else number


def _checked(problem: Problem, response: Response, lemmas: list[z3.BoolRef], cases: tuple[RankedCase, ...]) -> Proved | Nothing:
    """The certificate, if every premise holds; with the lemmas that the premises need, and no others."""
    needed: set[int] = set()
    for bare, whole in zip(
        premises(response, z3.BoolVal(True), cases)[2:], premises(response, conjunction(lemmas), cases)[2:], strict=True
    ):
        core = _core(lemmas, bare.parts)
        if core is None:
            return Nothing(_failure(problem, response, whole))
        needed |= core
    form = response.transitions
    waiting = list(needed)
    while waiting:
        after = response.after(lemmas[waiting.pop()])
        core = _core(lemmas, [form.ranges, form.allowed, z3.Not(after)])
        more = (set(range(len(lemmas))) if core is None else core) - needed
        needed |= more
        waiting += more
    kept = conjunction([lemmas[place] for place in sorted(needed)])
    for premise in premises(response, kept, cases)[:2]:
        if _core([], premise.parts) is None:
            return Nothing(_failure(problem, response, premise))
    stated = tuple(_stated(case) for case in cases)
    helpful = {name for case in stated for name in case.fairness}
    fair = sorted(name for name, _ in fairness_of(problem.system) if name in helpful)
    return Proved(WellFoundedResponse(kept.sexpr(), fairness=tuple(fair), cases=stated))


def _failure(problem: Problem, response: Response, premise: Premise) -> str:
    solver = fresh_solver(QUESTION_RLIMIT)
    solver.add(*premise.parts)
    if ask(solver) == z3.sat:
        return shown_failure(problem.system, response, premise, least_surprising(problem.system, solver))
    return f'the premise "{premise.name}" could not be decided ({solver.reason_unknown()}): {premise.establishes}'


def _core(lemmas: Sequence[z3.BoolRef], parts: Iterable[z3.BoolRef]) -> set[int] | None:
    """The places of lemmas with which `parts` are unsatisfiable; None where that is not so."""
    solver = fresh_solver(QUESTION_RLIMIT)
    solver.set("core.minimize", True)
    marks = [z3.Bool(f"dialproof.lemma {place}") for place in range(len(lemmas))]
    solver.add(*parts, *(z3.Implies(mark, lemma) for mark, lemma in zip(marks, lemmas, strict=True)))
    if ask(solver, *marks) != z3.unsat:
        return None
    core = {mark.decl().name() for mark in solver.unsat_core()}
    return {place for place, mark in enumerate(marks) if mark.decl().name() in core}


def _stated(case: RankedCase) -> Case:
    inner = tuple(_stated(one) for one in case.inner)
    return Case(case.region.sexpr(), tuple(part.sexpr() for part in case.rank), case.helpful, inner)
