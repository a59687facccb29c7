"""The premise that a formula names itself: without it, the formula says nothing.

`leads_to(p, q)` says something of runs on which `p` happens, and nothing of all others. Where `p` never happens, it holds
*vacuously* (I. Beer, S. Ben-David, C. Eisner, Y. Rodeh, "Efficient detection of vacuity in temporal model checking", 2001).
The premise is read off the shape of the formula: from the left side of an implication, and from what opens a scope of
`dialproof.patterns`. A formula of another shape has none, also where it is equivalent to one that has: "not (a and b)" may say
that b never comes with a, or that both are never there.

For each formula with a premise: on a run on which the premise is true at no position, the formula is true.
"""

from collections.abc import Callable

import z3

from dialproof.core.errors import ModelError
from dialproof.core.ltl.normal_form import normal_form
from dialproof.core.ltl.operators import always, eventually, is_operator, next_, operator, until, yesterday

_DEEPEST = 40
"""How deep inside a formula a premise is looked for; one that lies deeper is left out, so that more counts as the premise."""


def premise_of(formula: z3.BoolRef) -> z3.BoolRef | None:
    """What happens at some position of each run that `formula` says something about; None if its shape does not tell.

    Of a conjunction it is that one of its parts says something; one part without a premise speaks of every run.
    """
    trigger = _Triggers().of(formula, _DEEPEST)
    if trigger is None:
        return None
    premise = _anywhere(trigger)
    try:
        normal_form(always(z3.Not(premise)))
    except ModelError:  # the formula is nearly as deep as one may be, and this question about it would be deeper
        return None
    return premise


def _anywhere(trigger: z3.BoolRef) -> z3.BoolRef:
    """What is true at some position of a run if, and only if, `trigger` is true at the first one."""
    cases: list[z3.BoolRef] = []
    at_first: list[z3.BoolRef] = []
    stack = [trigger]
    seen: set[int] = set()
    while stack:
        case = stack.pop()
        if case.get_id() in seen:  # what is shared is looked at once, however often it occurs
            continue
        seen.add(case.get_id())
        if z3.is_or(case):
            stack += reversed(_operands(case))
        elif _is(case, "eventually"):
            while _is(case, "eventually"):
                case = _operand(case, 0)
            cases.append(case)
        else:
            at_first.append(case)
    if at_first:
        cases.append(z3.And(z3.Not(yesterday(True)), z3.Or(*at_first) if len(at_first) > 1 else at_first[0]))
    return cases[0] if len(cases) == 1 else z3.Or(*cases)


class _Triggers:
    """The triggers of formulas: at a position at which its trigger is false, a formula is true. None: every position counts."""

    def __init__(self) -> None:
        self._known: dict[int, z3.BoolRef | None] = {}

    def of(self, formula: z3.BoolRef, deepest: int) -> z3.BoolRef | None:
        if deepest == 0:
            return None
        if formula.get_id() not in self._known:
            self._known[formula.get_id()] = self._of(formula, deepest - 1)
        return self._known[formula.get_id()]

    def _of(self, formula: z3.BoolRef, deepest: int) -> z3.BoolRef | None:
        if z3.is_implies(formula):
            cause, effect = _operand(formula, 0), _operand(formula, 1)
            inner = self.of(effect, deepest)
            if z3.is_true(z3.simplify(cause)):
                return inner
            return cause if inner is None else z3.And(cause, inner)
        if z3.is_and(formula):
            parts = [self.of(part, deepest) for part in formula.children() if isinstance(part, z3.BoolRef)]
            triggers = [part for part in parts if part is not None]
            return z3.Or(*triggers) if len(triggers) == len(parts) > 0 else None
        if not is_operator(formula):
            return None
        match operator(formula):
            case "always":
                return _under(eventually, self.of(_operand(formula, 0), deepest))
            case "next":
                return _under(next_, self.of(_operand(formula, 0), deepest))
            case "weak_until":
                kept, end = _operand(formula, 0), _operand(formula, 1)
                if _opens_scope(kept, end):
                    start, *asked = _operands(end)
                    inner = self.of(asked[0], deepest)
                    return eventually(start if inner is None else z3.And(start, inner))
                return _under(lambda inner: until(z3.Not(end), z3.And(inner, z3.Not(end))), self.of(kept, deepest))
            case "release":
                end, kept = _operand(formula, 0), _operand(formula, 1)
                return _under(lambda inner: until(z3.Not(end), inner), self.of(kept, deepest))
        return None


def _opens_scope(kept: z3.BoolRef, end: z3.BoolRef) -> bool:
    """True for (not p) weak_until (p and q): "after the first p, q", which says nothing where p never happens."""
    if not (z3.is_not(kept) and z3.is_and(end) and end.num_args() == 2):  # noqa: PLR2004  # what opens it, and what is asked
        return False
    return _operand(kept, 0).eq(_operand(end, 0))


def _under(apply: Callable[[z3.BoolRef], z3.BoolRef], inner: z3.BoolRef | None) -> z3.BoolRef | None:
    return None if inner is None else apply(inner)


def _operands(term: z3.BoolRef) -> list[z3.BoolRef]:
    return [_operand(term, place) for place in range(term.num_args())]


def _operand(term: z3.BoolRef, place: int) -> z3.BoolRef:
    part = term.arg(place)
    assert isinstance(part, z3.BoolRef)
    return part


def _is(term: z3.BoolRef, name: str) -> bool:
    return is_operator(term) and operator(term) == name
