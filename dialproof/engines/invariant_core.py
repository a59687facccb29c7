"""Smaller certificates: of the lemmas and the fairness that a prover hands over, keep what the proof needs.

Starting from the lemmas that exclude the bad states, each kept lemma adds those that its own consecution needs, until nothing is
added: what is kept is inductive by itself (the inductive core). Fairness whose conditions no kept lemma mentions and that
excluding the bad states does not need is dropped from the certificate. The auditor checks the result like any other.
"""

from collections.abc import Callable, Sequence

import z3

from dialproof.core.question import fairness_of
from dialproof.core.terms import rename, subterms
from dialproof.encode.auxiliary import Auxiliary, Role
from dialproof.encode.problem import LocalProblem, Problem
from dialproof.encode.transitions import Transitions
from dialproof.engines.solving import ask, fresh_solver
from dialproof.engines.spacer.chc import reachable

RLIMIT = 1_000_000
"""How much z3 may do to find a proof with less fairness, in its own units."""

TRIES = 8
"""How many times another proof is looked for, by whoever proves what stands for many systems."""


def smallest(problem: Problem, form: Transitions, invariant: z3.BoolRef) -> tuple[z3.BoolRef, tuple[str, ...]]:
    """As few lemmas of `invariant` and as little fairness as its proof shows to be needed: the invariant, and the actions."""
    assert form.bad is not None
    lemmas = _conjuncts(invariant)
    bad = _conjuncts(form.bad)
    core = _needed([*lemmas, *bad])
    everything = invariant, _names(problem)
    if core is None:
        return everything
    kept = core & set(range(len(lemmas)))
    wanted = list(kept)
    pairs = [(variable.term, form.next[variable.name]) for variable in form.variables]
    while wanted:
        lemma = lemmas[wanted.pop()]
        core_of_lemma = _needed([*lemmas, form.allowed, z3.Not(rename([lemma], pairs)[0])])
        if core_of_lemma is None:
            return everything
        new = (core_of_lemma & set(range(len(lemmas)))) - kept
        kept |= new
        wanted += new
    used = [lemmas[place] for place in sorted(kept)]
    used_bad = [bad[place - len(lemmas)] for place in core if place >= len(lemmas)]
    read = {part.decl().name() for part in subterms([*used, *used_bad]) if part.num_args() == 0}
    seen = [one for one in form.variables if isinstance(one, Auxiliary) and one.role is Role.SEEN and one.name in read]
    needed = {one.about for one in seen}
    fairness = tuple(name for name in _names(problem) if name in needed)
    return z3.And(used) if used else z3.BoolVal(True), fairness


def locally_needed(
    local: LocalProblem, invariant: z3.BoolRef, form_of: Callable[[LocalProblem], Transitions], tries: int = 0
) -> tuple[z3.BoolRef, tuple[str, ...]]:
    """`invariant` and the fairness conditions of a local form, without those conditions that a proof can do without.

    `tries` is as for `without_needless_fairness`.
    """
    actions = dict(local.form.fair)

    def form_with(fair: Sequence[str]) -> Transitions:
        kept = tuple(actions[name] for name in fair)
        return form_of(LocalProblem(local.system, local.formula, local.kept, kept, local.shared))

    return without_needless_fairness(tuple(actions), invariant, form_with, tries)


def without_needless_fairness(
    fair: Sequence[str], invariant: z3.BoolRef, form_with: Callable[[Sequence[str]], Transitions], tries: int
) -> tuple[z3.BoolRef, tuple[str, ...]]:
    """A proof of the form with as few of the conditions in `fair` as deleting them one at a time leaves, and which those are.

    `form_with` makes the form with some of the conditions. A condition is dropped if the lemmas that do not mention it are still
    a proof, or else if Spacer finds another one (which is checked here, and audited later) within `RLIMIT`, `tries` times.
    """
    kept, lemmas = list(fair), _conjuncts(invariant)
    for name in fair:
        fewer = [other for other in kept if other != name]
        form = form_with(fewer)
        known = {variable.name for variable in form.variables}
        rest = [lemma for lemma in lemmas if {part.decl().name() for part in subterms([lemma]) if _is_constant(part)} <= known]
        if not is_proof(form, rest):
            tries -= 1
            again = reachable(form, rlimit=RLIMIT).invariant if tries >= 0 else None
            if again is None or not is_proof(form, rest := _conjuncts(again)):
                continue
        kept, lemmas = fewer, rest
    return z3.And(lemmas) if lemmas else z3.BoolVal(True), tuple(kept)


def _is_constant(term: z3.ExprRef) -> bool:
    return term.num_args() == 0 and term.decl().kind() == z3.Z3_OP_UNINTERPRETED


def is_proof(form: Transitions, lemmas: Sequence[z3.BoolRef]) -> bool:
    """Whether `lemmas` together are an inductive invariant that excludes the bad states."""
    assert form.bad is not None
    invariant = z3.And(lemmas) if lemmas else z3.BoolVal(True)
    after = rename([invariant], [(variable.term, form.next[variable.name]) for variable in form.variables])[0]
    for parts in ([form.init, z3.Not(invariant)], [invariant, form.allowed, z3.Not(after)], [invariant, form.bad]):
        solver = fresh_solver()
        solver.add(*parts)
        if ask(solver) != z3.unsat:
            return False
    return True


def _names(problem: Problem) -> tuple[str, ...]:
    return tuple(name for name, _ in fairness_of(problem.system))


def _conjuncts(term: z3.ExprRef) -> list[z3.BoolRef]:
    if z3.is_and(term):
        return [part for child in term.children() for part in _conjuncts(child)]
    assert isinstance(term, z3.BoolRef)
    return [term]


def _needed(parts: Sequence[z3.BoolRef]) -> set[int] | None:
    """The places of parts that are together unsatisfiable; None where that is not so."""
    solver = fresh_solver()
    solver.set("core.minimize", True)
    marks = [z3.Bool(f"dialproof.part {place}") for place in range(len(parts))]
    for mark, part in zip(marks, parts, strict=True):
        solver.add(z3.Implies(mark, part))
    if ask(solver, *marks) != z3.unsat:
        return None
    core = {mark.decl().name() for mark in solver.unsat_core()}
    return {place for place, mark in enumerate(marks) if mark.decl().name() in core}
