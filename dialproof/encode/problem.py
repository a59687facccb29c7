"""A problem: a question (`dialproof.core.question`) with the symbolic forms in which it is searched and proved.

Assumptions of the form
"infinitely often p" and "infinitely often p implies infinitely often q" become fairness conditions, which every engine treats
natively; any other assumption is conjoined to the negated formula.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property, partial

import z3

from dialproof.core import ltl, terms
from dialproof.core.actions import Assumption, Fairness
from dialproof.core.errors import ModelError, NotApplicable
from dialproof.core.ltl import Both, Literal, Normal, Release, Until
from dialproof.core.question import Question
from dialproof.core.system import System
from dialproof.core.transfer import from_bytes, to_bytes
from dialproof.core.variables import Kind
from dialproof.encode.auxiliary import Role, has_role
from dialproof.encode.dependencies import Reads
from dialproof.encode.fairness_patterns import as_compassion, as_justice, is_now, now, seen_at_once
from dialproof.encode.k_liveness import counted_rounds
from dialproof.encode.liveness_to_safety import SAVE, SavedLoop, fair_loop
from dialproof.encode.localization import LocalForm, localised
from dialproof.encode.monitor import monitored
from dialproof.encode.past import time_passing, with_past
from dialproof.encode.ranges import FEW, RangeQuestion, range_questions
from dialproof.encode.response import Response
from dialproof.encode.transitions import Encoded, Transitions, conjunction, encode_system

HARD_RLIMIT = 10_000_000
"""A question about one step that takes more of z3's work, in its own units, is for engines."""


@dataclass(frozen=True, eq=False)
class Problem(Question):
    """A question with its symbolic forms; each is made when it is first asked for."""

    @cached_property
    def encoded(self) -> Encoded:
        """The system as transitions; its assumptions that are fairness conditions are among them."""
        if self._origin is not self and not ltl.past_terms([self.formula, self._origin.formula]):
            return self._origin.encoded
        # What was belongs to the formula, not to the system: it is not shared.
        encoded = with_past(self._origin._system_encoded(), self._formulas)  # noqa: SLF001  # a problem of the same kind
        justice, compassion = list(encoded.transitions.justice), list(encoded.transitions.compassion)
        for assumption, assumed in zip(self.assumptions, self._assumed, strict=True):
            recurring, pair = as_justice(assumed), as_compassion(assumed)
            name = _condition_of(assumption)
            if recurring is not None:
                justice.append((name, encoded.read(recurring)))
            elif pair is not None:
                compassion.append((name, encoded.read(pair[0]), encoded.read(pair[1])))
        transitions = replace(encoded.transitions, justice=tuple(justice), compassion=tuple(compassion))
        return replace(encoded, transitions=transitions)

    def _system_encoded(self) -> Encoded:
        return encode_system(self.system)

    def asking(self, formula: z3.BoolRef) -> "Problem":
        """The question whether the same system satisfies `formula`, of which it is known already that it has a meaning.

        What has been worked out about the system is shared.
        """
        other = _found_in_order(self.system, formula)
        other.__dict__["_origin"] = self._origin
        return other

    @cached_property
    def _origin(self) -> "Problem":
        """The problem that works out what concerns the system alone."""
        return self

    @property
    def _formulas(self) -> list[z3.BoolRef]:
        return [self.formula, *(assumption.formula for assumption in self.assumptions)]

    @cached_property
    def _assumed(self) -> list[Normal]:
        return [ltl.normal_form(assumption.formula) for assumption in self.assumptions]

    @cached_property
    def assumed_conditions(self) -> dict[str, Assumption]:
        """The assumptions that are fairness conditions, by what they are called among the conditions of the forms."""
        return {
            _condition_of(one): one
            for one, assumed in zip(self.assumptions, self._assumed, strict=True)
            if as_justice(assumed) is not None or as_compassion(assumed) is not None
        }

    @cached_property
    def refutation(self) -> Normal:
        """What a violating run satisfies besides the fairness conditions."""
        general = [assumed for assumed in self._assumed if as_justice(assumed) is None and as_compassion(assumed) is None]
        kept = [ltl.normal_form(ltl.always(promise == promised)) for promise, promised in self.encoded.promises]
        return Both((*general, *kept, self.negation)) if general or kept else self.negation

    @cached_property
    def safety(self) -> Transitions:
        """The safety form: `bad` is reachable if and only if some run, fair or not, violates the formula.

        Raises NotApplicable if the formula is no safety formula.
        """
        if not self.is_safety:
            raise NotApplicable("the claim is about what must happen, not only about what must not: it is no safety claim")
        plain = self.encoded.transitions
        goal = seen_at_once(self.negation)
        if goal is None:
            return self._monitored(self.negation)
        return replace(plain, bad=z3.And(plain.allowed, self.encoded.read(goal)))

    @property
    def is_seen_later(self) -> bool:
        """Whether the bad state of `safety` comes one step after the state that loses the formula: a monitor sees it then."""
        return seen_at_once(self.negation) is None

    @cached_property
    def product(self) -> Transitions:
        """The transitions whose fair runs are exactly the violations."""
        return self._monitored(self.refutation)

    def _monitored(self, formula: Normal) -> Transitions:
        return monitored(self.encoded.transitions, formula, self.encoded.read, partial(time_passing, self.encoded))

    @cached_property
    def saved_loop(self) -> SavedLoop:
        """The liveness-to-safety form of `product`: its shortest bad path is a shortest lasso."""
        return fair_loop(self.product)

    def proof_loop(self, compared: Collection[str]) -> Transitions:
        """The form that proofs are about: where `saved_loop` has a bad state, so has it, if a later one.

        The ends of a loop are compared on the system's variables named in `compared` (and on what is owed and what was) only.
        A state is saved only where `_tight` allows it.
        """
        tight, paid = self._tight
        states = [variable.name for variable in self.encoded.transitions.variables if not has_role(variable, Role.PAST)]
        names = [name for name in states if name not in compared]
        loop = fair_loop(tight, names).transitions
        return loop if paid is None else replace(loop, allowed=conjunction([loop.allowed, z3.Implies(z3.Bool(SAVE.name), paid)]))

    def rounds(self, number: int) -> Transitions:
        """The form of a k-liveness proof: `bad` is where so many rounds of fairness are complete on a violating run."""
        tight, paid = self._tight
        return counted_rounds(tight, number, paid)

    @cached_property
    def response(self) -> Response:
        """The formula as a response: whenever a cause happens, or at the start of a run, a goal is reached then or later.

        Assumptions that are no fairness conditions are left out: more runs are asked about. Raises NotApplicable if the
        formula is no response.
        """
        if self.encoded.promises:
            raise NotApplicable("the claim speaks of the future inside the past; a response proof needs a cause and a goal")
        match self.negation:
            case Until(Literal(hold), goal) if z3.is_true(hold):
                at_start, owed = False, goal
            case owed:
                at_start = True
        parts = owed.parts if isinstance(owed, Both) else (owed,)
        match [part for part in parts if not is_now(part)]:
            case [Release(Literal(free), missing)] if z3.is_false(free) and is_now(missing):
                cause = conjunction([now(part) for part in parts if is_now(part)])
                read = self.encoded.read
                return Response(self.encoded.transitions, read(cause), read(now(missing)), at_start)
        raise NotApplicable("the claim has not the shape of a response: p leads to q, eventually q, or always eventually q")

    @cached_property
    def _tight(self) -> tuple[Transitions, z3.BoolRef | None]:
        """`product` with nothing owed at the start that need not be, and what holds on each violation from some position on.

        At the start only the negated formula itself is owed. It is paid on every violating run (an `until` by its justice
        condition, everything else at once) and, being no part of itself, never owed again; a `release` alone may be owed for
        ever, and nothing is said of it.
        """
        root, *others = [z3.Bool(variable.name) for variable in self.product.variables if has_role(variable, Role.OWED)]
        tight = replace(self.product, init=conjunction([self.product.init, *(z3.Not(other) for other in others)]))
        return tight, None if isinstance(self.refutation, Release) else z3.Not(root)

    @cached_property
    def conjuncts(self) -> tuple["Problem", ...]:
        """One problem for each conjunct of the formula (`ltl.conjuncts`); the formula holds if and only if all of them do."""
        parts = ltl.conjuncts(self.formula)
        return (self,) if len(parts) <= 1 else tuple(self.asking(part) for part in parts)

    @cached_property
    def reads(self) -> Reads:
        """What the terms of the system read; shared by all local forms of it."""
        return Reads(self.system) if self._origin is self else self._origin.reads

    def local(self, kept: Iterable[str], fair: Iterable[str]) -> "LocalProblem":
        """The question about the local form around the variables named in `kept`: if it holds there, it holds."""
        return LocalProblem(self.system, self.formula, tuple(kept), tuple(fair), self.reads)

    def resting_on(self, fair: Iterable[str]) -> "Problem":
        """The same question with the fairness of the named actions only: if it holds then, it holds."""
        kept = set(fair)
        unfair = [action.name for action in self.system.actions if action.name not in kept]
        return Problem(self.system.fair(Fairness.NONE, *unfair), self.formula)

    @cached_property
    def packed(self) -> "Packed":
        """The problem as plain data."""
        used = self.reads.of(self.formula)
        variables = [variable for variable in self.system.variables if variable.name in used]
        atoms = sorted(used - {variable.name for variable in variables})
        sorts = [variable for variable in self.system.variables if variable.domain.kind is Kind.CHOICE]
        text = terms.pack([self.formula], dict.fromkeys([*variables, *sorts]), ltl.SIGNATURES, atoms)
        return Packed(to_bytes(self.system), text)

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (self.packed,)


@dataclass(frozen=True)
class Packed:
    """A problem as plain data, which crosses processes: the system as bytes, the formula as SMT-LIB text."""

    system: bytes
    formula: str

    def problem(self) -> Problem:
        """The problem."""
        formula = terms.unpack(self.formula)[0]
        assert isinstance(formula, z3.BoolRef)
        system = from_bytes(self.system)
        assert isinstance(system, System)
        return _found_in_order(system, formula)


def _found_in_order(system: System, formula: z3.BoolRef) -> Problem:
    """The problem whether `system` satisfies `formula`, of which it is known already that it has a meaning there."""
    problem = object.__new__(Problem)
    object.__setattr__(problem, "system", system)
    object.__setattr__(problem, "formula", formula)
    return problem


def _condition_of(assumption: Assumption) -> str:
    """What an assumption is called among the fairness conditions: no action has such a name."""
    return f"dialproof.assumed {assumption.name}"


def _restore(packed: Packed) -> Problem:
    return packed.problem()


@dataclass(frozen=True, eq=False)
class LocalProblem(Problem):
    """A problem about the local form of its system (`dialproof.encode.localization`), which may violate what the system does not.

    `kept` names the variables that are kept, in the order of their places, `fair` the actions whose fairness counts. An
    assumption counts if it speaks of nothing else.
    """

    kept: tuple[str, ...]
    fair: tuple[str, ...]
    shared: Reads

    def __post_init__(self) -> None:
        unknown = [name for name in self.kept if name not in self.shared.writers]
        if unknown or len(set(self.kept)) != len(self.kept):
            raise ModelError(f"the variables kept must be different variables of the system: {', '.join(self.kept)}")
        if missing := self.shared.clocks(self._formulas) - set(self.kept):
            raise ModelError(f"a clock must be kept, or there is no telling how much time passes: {', '.join(sorted(missing))}")

    @property
    def reads(self) -> Reads:
        """What the terms of the system read."""
        return self.shared

    @cached_property
    def form(self) -> LocalForm:
        """What the local form is made of."""
        return localised(self.shared, self._formulas, self.kept, self.fair)

    @cached_property
    def identity(self) -> object:
        """What makes two local problems of one system the same question: what the form and what is asked of it are made of.

        It says too which place the clock of a claim has: no term shows it.
        """
        clocks = tuple((clock, self.kept.index(clock)) for clock in sorted(self.shared.clocks(self._formulas)))
        return self.form.identity(self._formulas), clocks, tuple(one.name for one in self.assumptions)

    def proof_loop(self, compared: Collection[str]) -> Transitions:
        """As for a whole system; `compared` holds names of the system's variables, all of them kept."""
        return super().proof_loop([self.encoded.place_of(name) for name in compared])

    def _system_encoded(self) -> Encoded:
        return self.form.encoding

    @cached_property
    def assumptions(self) -> tuple[Assumption, ...]:
        """Those assumptions of the system that read kept variables only."""
        kept = set(self.kept)
        return tuple(one for one in self.system.assumptions if self.shared.of(one.formula) <= kept)


def range_doubt(problem: Problem) -> str:
    """Why it is not plain that every action keeps the variables in range, wherever it is taken; "" where it is plain.

    Where an action can lead out of range from *some* state within the ranges, that state may be out of reach: then it is a claim
    to be proved (`dialproof.evidence.range_claim`).
    """
    if not any(map(_satisfied, range_questions(problem.reads))):
        return ""
    whole = range_questions(problem.reads, whole=True)
    doubtful = next(((question, solver) for question in whole if (solver := _satisfied(question))), None)
    if doubtful is None:
        return ""
    question, solver = doubtful
    name = question.action.name
    if solver.check() != z3.sat:
        return f"whether action {name!r} can lead out of range is undecided ({solver.reason_unknown()})"
    model = solver.model()
    written = dict(question.action.effects)
    known = sorted(zip(question.kept, question.variables, strict=False), key=lambda pair: pair[0] not in written)
    before = [f"{one}={of.domain.value(model.eval(of.term, model_completion=True))}" for one, of in known[:FEW]]
    return f"action {name!r} would lead out of range from {', '.join(before)}"


def decisive_range_questions(problem: Problem) -> tuple[RangeQuestion, ...]:
    """Questions whose answers decide whether every action keeps the variables in range: short ones where they are enough."""
    short = tuple(range_questions(problem.reads))
    return tuple(range_questions(problem.reads, whole=True)) if any(map(_satisfied, short)) else short


def _satisfied(question: RangeQuestion) -> z3.Solver | None:
    """The solver that could not refute the question; None where it could."""
    solver = z3.Solver()
    solver.set("rlimit", HARD_RLIMIT)
    solver.add(*question.terms)
    return None if solver.check() == z3.unsat else solver
