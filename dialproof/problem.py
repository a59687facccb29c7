"""A problem: does every fair run of a system satisfy a formula? And the symbolic forms in which it is searched and proved.

A violation is a run that satisfies the assumptions, is fair, and satisfies the negated formula. Assumptions of the form
"infinitely often p" and "infinitely often p implies infinitely often q" become fairness conditions, which every engine treats
natively; any other assumption is conjoined to the negated formula.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import z3

from dialproof import ltl, terms
from dialproof.encode.l2s import SAVE, SavedLoop, fair_loop
from dialproof.encode.monitor import OWED, monitored
from dialproof.encode.transitions import Encoded, Transitions, action_inputs, conjunction, disjunction, encode_system
from dialproof.errors import ModelError, NotApplicable
from dialproof.ltl import Both, Either, Literal, Normal, Release, Until
from dialproof.system import Fairness, System, enabled, taken


@dataclass(frozen=True, eq=False)
class Problem:
    """Whether every fair run of `system` that meets its assumptions satisfies `formula`; ModelError if it has no meaning."""

    system: System
    formula: z3.BoolRef

    def __post_init__(self) -> None:
        self.system.check_formula(self.formula)

    @cached_property
    def encoded(self) -> Encoded:
        """The system as transitions; its assumptions that are fairness conditions are among them."""
        encoded = encode_system(self.system)
        justice, compassion = list(encoded.transitions.justice), list(encoded.transitions.compassion)
        for assumption, assumed in zip(self.system.assumptions, self._assumed, strict=True):
            recurring, pair = _as_justice(assumed), _as_compassion(assumed)
            name = f"dialproof.assumed {assumption.name}"
            if recurring is not None:
                justice.append((name, encoded.read(recurring)))
            elif pair is not None:
                compassion.append((name, encoded.read(pair[0]), encoded.read(pair[1])))
        transitions = replace(encoded.transitions, justice=tuple(justice), compassion=tuple(compassion))
        return replace(encoded, transitions=transitions)

    @cached_property
    def _assumed(self) -> list[Normal]:
        return [ltl.normal_form(assumption.formula) for assumption in self.system.assumptions]

    @cached_property
    def negation(self) -> Normal:
        """The negated formula, in normal form."""
        return ltl.normal_form(self.formula, negated=True)

    @cached_property
    def refutation(self) -> Normal:
        """What a violating run satisfies besides the fairness conditions."""
        general = [assumed for assumed in self._assumed if _as_justice(assumed) is None and _as_compassion(assumed) is None]
        return Both((*general, self.negation)) if general else self.negation

    @property
    def is_safety(self) -> bool:
        """Whether each violation shows itself in a finite beginning of a run (syntactically)."""
        return ltl.is_co_safe(self.negation)

    @property
    def finite_run_suffices(self) -> bool:
        """Whether a finite beginning that loses the formula is a violation by itself.

        It is, if it can always be continued to a fair run: so with fairness of actions alone (machine closure: Abadi and
        Lamport, "The existence of refinement mappings", 1991), but not under assumptions.
        """
        return self.is_safety and not self.system.assumptions

    @cached_property
    def ranges_kept(self) -> Transitions:
        """A safety problem of one step: from a state with every variable in range, a step leads out of range."""
        plain = self.encoded.transitions
        pairs = [(variable.term, plain.next[variable.name]) for variable in plain.variables]
        after = terms.rename([plain.ranges], pairs)[0]
        return replace(plain, init=plain.ranges, bad=z3.And(plain.allowed, z3.Not(after)))

    @cached_property
    def safety(self) -> Transitions:
        """The safety form: `bad` is reachable if and only if some run, fair or not, violates the formula.

        Raises NotApplicable if the formula is no safety formula.
        """
        if not self.is_safety:
            raise NotApplicable("the claim is about what must happen, not only about what must not: it is no safety claim")
        plain = self.encoded.transitions
        match self.negation:
            case Until(Literal(hold), goal) if z3.is_true(hold) and _is_now(goal):
                return replace(plain, bad=z3.And(plain.allowed, self.encoded.read(_now(goal))))
            case _:
                return monitored(plain, self.negation, self.encoded.read)

    @cached_property
    def product(self) -> Transitions:
        """The transitions whose fair runs are exactly the violations."""
        return monitored(self.encoded.transitions, self.refutation, self.encoded.read)

    @cached_property
    def saved_loop(self) -> SavedLoop:
        """The liveness-to-safety form of `product`: its shortest bad path is a shortest lasso."""
        return fair_loop(self.product)

    def proof_loop(self, compared: Collection[str]) -> Transitions:
        """The form that proofs are about: where `saved_loop` has a bad state, so has it, if a later one.

        The ends of a loop are compared on the system's variables named in `compared` (and on what is owed) only.
        At the start only the negated formula itself is owed, and a state is saved only after it has been paid. It is paid
        on every violating run (an `until` by its justice condition, everything else at once) and, being no part of
        itself, never owed again; a `release` alone may be owed for ever, and is left as it is.
        """
        product = self.product
        root, *others = [z3.Bool(variable.name) for variable in product.variables if variable.name.startswith(OWED)]
        tight = replace(product, init=conjunction([product.init, *(z3.Not(other) for other in others)]))
        loop = fair_loop(
            tight, [variable.name for variable in self.system.variables if variable.name not in compared]
        ).transitions
        if isinstance(self.refutation, Release):
            return loop
        waits = z3.Implies(z3.Bool(SAVE), z3.Not(root))
        return replace(loop, allowed=conjunction([loop.allowed, waits]))

    @property
    def conjuncts(self) -> tuple["Problem", ...]:
        """One problem for each conjunct of the formula; the formula holds if all of them do."""
        if not z3.is_and(self.formula):
            return (self,)
        return tuple(Problem(self.system, part) for part in self.formula.children() if isinstance(part, z3.BoolRef))

    def resting_on(self, fair: Iterable[str]) -> "Problem":
        """The same question with the fairness of the named actions only: if it holds then, it holds."""
        kept = set(fair)
        unfair = [action.name for action in self.system.actions if action.name not in kept]
        return Problem(self.system.fair(Fairness.NONE, *unfair), self.formula)

    def __reduce__(self) -> tuple[object, ...]:
        atoms = [atom(action).decl().name() for action in self.system.actions for atom in (enabled, taken)]
        return _restore, (self.system, terms.pack([self.formula], self.system.variables, ltl.OPERATORS, atoms))


def _restore(system: System, text: str) -> Problem:
    formula = terms.unpack(text)[0]
    assert isinstance(formula, z3.BoolRef)
    return Problem(system, formula)


def check_ranges(problem: Problem) -> None:
    """Raise ModelError if an action can take a variable out of its range, from any state within the ranges.

    The message names the action and the step. An action whose guard does not itself prevent this would be cut off silently by
    a bounded encoding, and hide violations: guard it, or model the refusal as an action.
    """
    step = problem.ranges_kept
    solver = z3.Solver()
    assert step.bad is not None
    solver.add(step.init, step.bad)
    answer = solver.check()
    if answer == z3.unsat:
        return
    if answer == z3.unknown:
        raise ModelError(f"whether the actions keep the variables in range is undecided ({solver.reason_unknown()})")
    model = solver.model()
    digits = [model.eval(digit.term, model_completion=True) for digit in action_inputs(problem.system)]
    action = problem.system.actions[sum(1 << place for place, digit in enumerate(digits) if z3.is_true(digit))]
    before = {v.name: v.domain.value(model.eval(v.term, model_completion=True)) for v in step.variables}
    touched = ", ".join(f"{name}={before[name]}" for name, _ in action.effects)
    raise ModelError(
        f"action {action.name!r} can lead out of range, for instance from {touched}; "
        "guard it, or model the refusal as an action of its own"
    )


def _is_now(formula: Normal) -> bool:
    """Whether `formula` speaks of one position only."""
    return isinstance(formula, Literal) or (isinstance(formula, Both | Either) and all(map(_is_now, formula.parts)))


def _now(formula: Normal) -> z3.BoolRef:
    """A formula about one position, as one term."""
    match formula:
        case Literal(term):
            return term
        case Both(parts):
            return conjunction([_now(part) for part in parts])
        case Either(parts):
            return disjunction([_now(part) for part in parts])
    raise AssertionError("only formulas about one position are terms")


def _as_justice(formula: Normal) -> z3.BoolRef | None:
    """p, where `formula` is "infinitely often p"."""
    match formula:
        case Release(Literal(free), Until(Literal(hold), goal)) if z3.is_false(free) and z3.is_true(hold) and _is_now(goal):
            return _now(goal)
    return None


def _as_compassion(formula: Normal) -> tuple[z3.BoolRef, z3.BoolRef] | None:
    """(p, q), where `formula` is "infinitely often p implies infinitely often q"."""
    if not isinstance(formula, Either) or len(formula.parts) != 2:  # noqa: PLR2004  # an implication has two sides
        return None
    for finally_never, recurring in (formula.parts, formula.parts[::-1]):
        given = _as_justice(recurring)
        match finally_never:
            case Until(Literal(hold), Release(Literal(free), keep)) if z3.is_true(hold) and z3.is_false(free) and _is_now(keep):
                if given is not None:
                    return z3.Not(_now(keep)), given
    return None


def fairness_of(system: System) -> tuple[tuple[str, Fairness], ...]:
    """The fairness in force: (action, weak or strong)."""
    return tuple((action.name, action.fairness) for action in system.actions if action.fairness is not Fairness.NONE)
