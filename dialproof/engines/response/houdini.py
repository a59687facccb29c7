"""Invariants by elimination: of many candidates those are kept that hold at first and that all of them together keep true.

Random runs in plain Python strike out most of them cheaply; a solver the rest, until nothing is left to strike out (Flanagan and
Leino, "Houdini, an annotation assistant for ESC/Java", 2001). What remains is inductive by construction, and checked once more
by whoever uses it.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

import z3

from dialproof.core.errors import ModelError
from dialproof.core.system import System
from dialproof.core.terms import subterms
from dialproof.encode.response import Response
from dialproof.encode.transitions import Transitions
from dialproof.engines.limits import QUESTION_RLIMIT
from dialproof.engines.solving import ask, fresh_solver
from dialproof.semantics.compiled import compile_terms
from dialproof.semantics.interpreter import Reader, Values

STARTS, RUNS, STEPS = 6, 12, 40
"""From how many initial states is run how often, and how far."""

MANY = 4096
"""If there are more ways to leave a state, an action is chosen first, and then a way to take it."""

FEW = 14
"""Of at most so many predicates each pair is a candidate too: one or the other."""


def invariants(
    response: Response, system: System, predicates: Sequence[z3.BoolRef], given: Iterable[z3.BoolRef] = ()
) -> list[z3.BoolRef]:
    """Conditions on the state that together are an inductive invariant, among `given` and what can be made of `predicates`."""
    names = {variable.name for variable in system.variables}
    plain = [one for one in predicates if _constants(one) <= names]
    read = compile_terms(plain, system.variables)
    rows = [read(values) for values in dict.fromkeys(_random_states(system))]
    everywhere = (1 << len(rows)) - 1
    true_in: list[tuple[z3.BoolRef, int]] = []
    for place, predicate in enumerate(plain):
        mask = sum(1 << number for number, row in enumerate(rows) if row[place])
        true_in += [(predicate, mask), (z3.Not(predicate), everywhere & ~mask)]
    candidates = [*given, *(literal for literal, mask in true_in if mask == everywhere)]
    if len(plain) <= FEW:
        open_ = [(place, literal, mask) for place, (literal, mask) in enumerate(true_in) if mask != everywhere]
        candidates += [
            z3.Or(one, other)
            for (first, one, mask), (second, other, others) in combinations(open_, 2)
            if mask | others == everywhere and first // 2 != second // 2
        ]
    return _inductive(response.transitions, candidates)


def _random_states(system: System) -> Iterator[Values]:
    """States that random runs pass through, the same ones each time."""
    reader, chance = Reader(system), random.Random(0)  # noqa: S311  # nothing is secret here
    starts = list(_some_initial_states(system))
    for number in range(RUNS if starts else 0):
        here = starts[number % len(starts)]
        for _ in range(STEPS):
            yield here
            try:
                after = _somewhere(reader, here, chance)
            except ModelError:  # out of range: for others to refuse, with a message
                break
            if after is None:
                break
            here = after


def _somewhere(reader: Reader, here: Values, chance: random.Random) -> Values | None:
    """A state to which some action leads, chosen by chance; None if none is found."""
    number = reader.combinations()
    if number is not None and number <= MANY:
        ways = reader.events(here)
        return chance.choice(ways)[1] if ways else None
    possible = list(reader.possible(here))
    return reader.wander(chance.choice(possible), here, chance) if possible else None


def _some_initial_states(system: System) -> Iterator[Values]:
    """A few initial states, as far from each other as the solver happens to make them."""
    solver = fresh_solver(QUESTION_RLIMIT)
    solver.add(system.init, *(variable.domain.restriction(variable.term) for variable in system.variables))
    for _ in range(STARTS):
        if ask(solver) != z3.sat:
            return
        model = solver.model()
        literals = [model.eval(variable.term, model_completion=True) for variable in system.variables]
        yield tuple(variable.domain.value(literal) for variable, literal in zip(system.variables, literals, strict=True))
        solver.add(z3.Or([variable.term != literal for variable, literal in zip(system.variables, literals, strict=True)]))


def _inductive(form: Transitions, candidates: Sequence[z3.BoolRef]) -> list[z3.BoolRef]:
    """The largest part of `candidates` that holds at first and that every step keeps; nothing where the solver gives up."""
    pairs = [(variable.term, form.next[variable.name]) for variable in form.variables]
    kept = _without_refuted([form.init], list(candidates), list(candidates), False)
    following = {one.get_id(): z3.substitute(one, *pairs) for one in kept}
    return _without_refuted([form.ranges, form.allowed], kept, [following[one.get_id()] for one in kept], True)


def _without_refuted(
    parts: Sequence[z3.BoolRef], kept: list[z3.BoolRef], later: Sequence[z3.BoolRef], assumed: bool
) -> list[z3.BoolRef]:
    """`kept` without those that can be false `later` where `parts` hold, and all others held before if they are `assumed`."""
    solver = fresh_solver(QUESTION_RLIMIT)
    solver.add(*parts)
    now = [z3.Bool(f"dialproof.now {place}") for place in range(len(kept))]
    then = [z3.Bool(f"dialproof.then {place}") for place in range(len(kept))]
    solver.add(*(mark == one for mark, one in zip(then, later, strict=True)))
    if assumed:
        solver.add(*(z3.Implies(mark, one) for mark, one in zip(now, kept, strict=True)))
    alive = list(range(len(kept)))
    while alive:
        solver.push()
        solver.add(z3.Or([z3.Not(then[place]) for place in alive]))
        answer = ask(solver, *(now[place] for place in alive))
        if answer == z3.unsat:
            break
        if answer == z3.unknown:
            return []
        model = solver.model()
        alive = [place for place in alive if z3.is_true(model.eval(then[place], model_completion=True))]
        solver.pop()
    return [kept[place] for place in alive]


def _constants(term: z3.ExprRef) -> set[str]:
    """The names of the constants that occur in `term`."""
    return {
        part.decl().name() for part in subterms([term]) if part.decl().kind() == z3.Z3_OP_UNINTERPRETED and part.num_args() == 0
    }
