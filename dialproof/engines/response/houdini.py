"""Invariants by elimination: of many candidates those are kept that hold at first and that all of them together keep true.

Random runs in plain Python strike out most of them cheaply; a solver the rest, until nothing is left to strike out (Flanagan and
Leino, "Houdini, an annotation assistant for ESC/Java", 2001). What remains is inductive by construction, and checked once more
by whoever uses it.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations

import z3

from dialproof.core.system import System
from dialproof.core.terms import subterms
from dialproof.encode.response import Response
from dialproof.encode.transitions import Transitions
from dialproof.engines.limits import QUESTION_RLIMIT
from dialproof.engines.sampling import random_states
from dialproof.engines.solving import ask, fresh_solver
from dialproof.semantics.compiled import compile_terms

FEW = 14
"""Of at most so many predicates each pair is a candidate too: one or the other."""


def invariants(
    response: Response, system: System, predicates: Sequence[z3.BoolRef], given: Iterable[z3.BoolRef] = ()
) -> list[z3.BoolRef]:
    """Conditions on the state that together are an inductive invariant, among `given` and what can be made of `predicates`."""
    names = {variable.name for variable in system.variables}
    plain = [one for one in predicates if _constants(one) <= names]
    read = compile_terms(plain, system.variables)
    rows = [read(values) for values in dict.fromkeys(random_states(system))]
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
