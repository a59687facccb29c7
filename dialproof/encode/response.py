"""Response proofs: whenever a cause has happened the goal is reached, since helpful fairness makes a rank smaller.

The rule of Manna and Pnueli ("Completing the temporal picture", 1991), for weak and strong fairness. While the response is owed,
each state lies in the region of a *case*. Every step leads to the goal, to a case with a smaller rank, or stays in its case
with a rank that is no larger. Ranks are tuples of integers that are not negative, compared from left to right: on a run that
never reaches the goal they become smaller only finitely often, so that from some position on the run stays in one case and its
rank stays the same. Fairness forbids that:

* a condition that must hold infinitely often holds at some step there, and the premise "helps" says that this step leads on;
* of a pair (asked, given) the given does not hold there for the same reason, so that from some position on it is never asked for.
  The premises of the case's *inner* cases are this rule once more, about steps that stay in the case and do not ask.

A step in which the rank could become smaller is never counted as one that stays, so that overlapping regions do no harm.

A step is *barren* if the goal does not hold at it, nor, where the goal speaks of the state alone, in the state that it leads to.
A run that owes the response for ever takes none but barren steps, and only of these the premises speak. They use the ranges of
the variables, which are an obligation of their own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import z3

from dialproof.core.certificates import Case
from dialproof.core.errors import AuditError
from dialproof.core.terms import rename, subterms
from dialproof.encode.transitions import Transitions, conjunction, disjunction
from dialproof.encode.untrusted_terms import stated_condition, stated_number


@dataclass(frozen=True, eq=False)
class Response:
    """Whenever `cause` holds (`at_start`: only at the first position), `missing` fails then or later; over state and inputs."""

    transitions: Transitions
    cause: z3.BoolRef
    missing: z3.BoolRef
    at_start: bool = False

    @property
    def barren(self) -> z3.BoolRef:
        """The steps that a run takes which owes the response for ever, as a condition on state and inputs."""
        inputs = {variable.name for variable in self.transitions.inputs}
        read = {part.decl().name() for part in subterms([self.missing]) if part.num_args() == 0}
        later = [] if read & inputs else [self.after(self.missing)]
        return conjunction([self.transitions.ranges, self.transitions.allowed, self.missing, *later])

    def after(self, term: z3.BoolRef) -> z3.BoolRef:
        """`term` over the state that a step leads to."""
        return rename([term], self._pairs)[0]

    def number_after(self, term: z3.ArithRef) -> z3.ArithRef:
        """The number `term` in the state that a step leads to."""
        return rename([term], self._pairs)[0]

    @property
    def _pairs(self) -> list[tuple[z3.ExprRef, z3.ExprRef]]:
        return [(variable.term, self.transitions.next[variable.name]) for variable in self.transitions.variables]


@dataclass(frozen=True, eq=False)
class RankedCase:
    """A case as terms: `helps` is what its fairness promises to hold infinitely often, if `asked` does (None: in any case)."""

    helpful: str
    region: z3.BoolRef
    rank: tuple[z3.ArithRef, ...]
    helps: z3.BoolRef
    asked: z3.BoolRef | None = None
    inner: tuple["RankedCase", ...] = ()


@dataclass(frozen=True, eq=False)
class Premise:
    """Terms that must be unsatisfiable together; `establishes` says what that means. `case` is the one that it is about."""

    name: str
    establishes: str
    parts: tuple[z3.BoolRef, ...]
    is_step: bool = True
    case: RankedCase | None = None


def stated_cases(response: Response, cases: Sequence[Case], where: str = "case") -> tuple[RankedCase, ...]:
    """`cases` as terms over `response`. Raises AuditError where they have no meaning, or name fairness that is not in force."""
    variables = response.transitions.variables
    found = []
    for number, case in enumerate(cases, start=1):
        called = f"{where} {number}" if where == "case" else f"{where}.{number}"
        if len(case.rank) != len(cases[0].rank) or not case.rank:
            raise AuditError(f"the ranks of all cases beside each other need the same length, at least 1: see {called}")
        found.append(
            of_fairness(
                response.transitions,
                case.helpful,
                stated_condition(case.region, variables, f"the region of {called}"),
                tuple(stated_number(text, variables, f"the rank of {called}") for text in case.rank),
                stated_cases(response, case.inner, called),
            )
        )
    return tuple(found)


def of_fairness(
    form: Transitions, helpful: str, region: z3.BoolRef, rank: tuple[z3.ArithRef, ...], inner: tuple[RankedCase, ...] = ()
) -> RankedCase:
    """The case with the fairness called `helpful`, whatever kind it is. Raises AuditError where none is called so."""
    if not helpful:
        return RankedCase("", region, rank, z3.BoolVal(True), None, inner)
    for name, condition in form.justice:
        if name == helpful:
            return RankedCase(name, region, rank, condition, None, inner)
    for name, asked, given in form.compassion:
        if name == helpful:
            return RankedCase(name, region, rank, given, asked, inner)
    known = ", ".join(repr(name) for name, *_ in (*form.justice, *form.compassion)) or "none"
    raise AuditError(f"no fairness condition {helpful!r} is in force here; there are: {known}")


def premises(response: Response, invariant: z3.BoolRef, cases: Sequence[RankedCase]) -> list[Premise]:
    """What has to be unsatisfiable for `invariant` and `cases` to prove `response`."""
    form = response.transitions
    due = form.init if response.at_start else invariant
    return [
        Premise("initiation", "every initial state satisfies the invariant", (form.init, z3.Not(invariant)), is_step=False),
        Premise(
            "consecution",
            "every step keeps the invariant",
            (form.ranges, invariant, form.allowed, z3.Not(response.after(invariant))),
        ),
        Premise(
            "entry",
            "a step that leaves the response owed leads to the goal or into the region of a case",
            (due, response.cause, response.barren, z3.Not(response.after(disjunction([case.region for case in cases])))),
        ),
        *_of_cases(response, (invariant,), (response.barren,), cases, "case"),
    ]


def _of_cases(
    response: Response,
    known: tuple[z3.BoolRef, ...],
    taken: tuple[z3.BoolRef, ...],
    cases: Sequence[RankedCase],
    where: str,
) -> Iterator[Premise]:
    """The premises of cases beside each other, about states that satisfy `known` and their steps that satisfy `taken`."""
    for number, case in enumerate(cases, start=1):
        called = f"{where} {number}" if where == "case" else f"{where}.{number}"
        here = (*known, case.region)
        steps = (*here, *taken)
        lower = disjunction(
            [conjunction([response.after(one.region), less(_after(response, one.rank), case.rank)]) for one in cases]
        )
        same = conjunction([response.after(case.region), not_more(_after(response, case.rank), case.rank)])
        helpful = case.helpful or "every step"
        yield Premise(
            f"{called}: bounded",
            f"the rank of {called} is never negative in its region",
            (response.transitions.ranges, *here, disjunction([part < 0 for part in case.rank])),
            is_step=False,
            case=case,
        )
        yield Premise(
            f"{called}: no worse",
            f"a step from {called} leads to the goal, to a smaller rank, or stays in the case with no larger rank",
            (*steps, z3.Not(lower), z3.Not(same)),
            case=case,
        )
        yield Premise(
            f"{called}: helps",
            f"a step from {called} that meets the fairness of {helpful} leads to the goal or to a smaller rank"
            if case.helpful
            else f"every step from {called} leads to the goal or to a smaller rank",
            (*steps, case.helps, z3.Not(lower)),
            case=case,
        )
        if case.asked is not None:
            idle = (*taken, z3.Not(case.asked), z3.Not(lower), response.after(case.region))
            yield Premise(
                f"{called}: asked again",
                f"a step that stays in {called} asks for {helpful}, or lies in one of its inner cases",
                (*here, *idle, z3.Not(disjunction([inner.region for inner in case.inner]))),
                case=case,
            )
            yield from _of_cases(response, here, idle, case.inner, called)


def less(first: Sequence[z3.ArithRef], second: Sequence[z3.ArithRef]) -> z3.BoolRef:
    """That the tuple `first` is smaller than `second`, from left to right."""
    ways = []
    for place, (one, other) in enumerate(zip(first, second, strict=True)):
        same = [left == right for left, right in zip(first[:place], second[:place], strict=True)]
        ways.append(_decided(conjunction([_decided(part) for part in (*same, one < other)])))
    return _decided(disjunction([way for way in ways if not z3.is_false(way)]))


def not_more(first: Sequence[z3.ArithRef], second: Sequence[z3.ArithRef]) -> z3.BoolRef:
    """That the tuple `first` is not larger than `second`."""
    return disjunction(
        [less(first, second), conjunction([_decided(one == other) for one, other in zip(first, second, strict=True)])]
    )


def _decided(term: z3.BoolRef) -> z3.BoolRef:
    """`term`, literally true or false where it can be seen to be so: what numbers alone decide need not be in a script."""
    simple = z3.simplify(term)
    assert isinstance(simple, z3.BoolRef)
    return simple if z3.is_true(simple) or z3.is_false(simple) else term


def _after(response: Response, rank: Sequence[z3.ArithRef]) -> tuple[z3.ArithRef, ...]:
    return tuple(response.number_after(part) for part in rank)
