"""Formulas as monitors: which runs of the transitions satisfy a formula in negation normal form.

For each subformula that can be owed to the future there is a variable "owed now" and an input "owed from the next
position on", which the run chooses; what is owed now must be paid now or owed again. An `until` that is owed for ever
without being paid is excluded by a justice condition. The choice is one-sided (nothing forces a run to owe less), as
formulas in normal form allow; for formulas over the future the monitor accepts a lasso without unrolling it, so that
a shortest lasso of the product is a shortest lasso of the system (Clarke, Grumberg, Hamaguchi, "Another look at LTL model
checking", 1997; Schuppan and Biere, "Shortest counterexamples for symbolic model checking of LTL with past", 2005).

What is owed within a limit, or throughout one, has a number besides: how much of the limit is left. Of several such debts one
is enough: the one that ends first of those within a limit, the one that ends last of those throughout it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import z3

from dialproof.core.ltl import (
    Both,
    Either,
    Limit,
    Literal,
    Next,
    Normal,
    Release,
    Throughout,
    Until,
    Within,
    all_parts,
    is_co_safe,
    parts_of,
)
from dialproof.core.variables import Domain, Kind, Variable
from dialproof.encode.auxiliary import Role, auxiliary
from dialproof.encode.transitions import Transitions, conjunction, disjunction


@dataclass(frozen=True)
class _Debt:
    """What is owed within or throughout a limit: the variables for whether it is, and for how much of the limit is left.

    The inputs say whether it is owed from the next position on, and whether with the whole limit before it.
    """

    part: Within | Throughout
    pending: Variable
    left: Variable
    again: Variable
    anew: Variable

    @property
    def choices(self) -> tuple[Variable, ...]:
        """The inputs that count."""
        return (self.again, self.anew) if isinstance(self.part, Throughout) else (self.again,)

    @classmethod
    def numbered(cls, place: int, part: Within | Throughout) -> "_Debt":
        """The debt about `part`, whose variables are told from others by `place`."""
        number = Domain(Kind.INTEGER, low=0, high=part.limit.bound)
        return cls(
            part,
            auxiliary(Role.OWED, f"for {place}"),
            auxiliary(Role.LEFT, f"{place}", number),
            auxiliary(Role.OWED, f"next for {place}"),
            auxiliary(Role.OWED, f"anew for {place}"),
        )


def monitored(
    transitions: Transitions,
    formula: Normal,
    read: Callable[[z3.BoolRef], z3.BoolRef],
    passing: Callable[[Limit], z3.ArithRef],
) -> Transitions:
    """`transitions` restricted to the runs that satisfy `formula`.

    `read` gives a literal's meaning over state and inputs, `passing` what passes in a step of what a limit counts.
    For a co-safe formula `bad` says, of a state, that the steps before it have already settled the formula. Of the variables that
    say what is owed (`Role.OWED`) the first one is about the formula itself.
    """
    owed = _owable(formula)
    now = {part: auxiliary(Role.OWED, f"{place}") for place, part in enumerate(owed)}
    later = {part: auxiliary(Role.OWED, f"next {place}") for place, part in enumerate(owed)}
    limited = [part for part in all_parts(formula) if isinstance(part, Within | Throughout)]
    debts = {part: _Debt.numbered(place, part) for place, part in enumerate(limited)}
    truths: dict[Normal, z3.BoolRef] = {}

    def truth(part: Normal) -> z3.BoolRef:
        if part not in truths:
            truths[part] = expand(part)
        return truths[part]

    def expand(part: Normal) -> z3.BoolRef:
        match part:
            case Literal(term):
                return read(term)
            case Both(parts):
                return conjunction([truth(inner) for inner in parts])
            case Either(parts):
                return disjunction([truth(inner) for inner in parts])
            case Next(inner):
                return _constant(later[inner])
            case Until(hold, goal):
                return disjunction([truth(goal), conjunction([truth(hold), _constant(later[part])])])
            case Release(free, keep):
                return conjunction([truth(keep), disjunction([truth(free), _constant(later[part])])])
            case Within(goal, limit):
                again = conjunction([_at_most(passing(limit), limit.bound), _constant(debts[part].again)])
                return disjunction([truth(goal), again])
            case Throughout(keep, limit):
                again = conjunction([_constant(debts[part].again), _constant(debts[part].anew)])
                return conjunction([truth(keep), disjunction([z3.Not(_at_most(passing(limit), limit.bound)), again])])

    def paid(debt: _Debt) -> z3.BoolRef:
        """That what is left of a debt is paid, or goes on."""
        left, again = z3.Int(debt.left.name), _constant(debt.again)
        lasts = passing(debt.part.limit) <= left
        match debt.part:
            case Within(goal, _):
                return disjunction([truth(goal), conjunction([lasts, again])])
            case Throughout(keep, _):
                return conjunction([truth(keep), disjunction([z3.Not(lasts), again])])

    def what_is_left(debt: _Debt) -> z3.ArithRef:
        """How much of the limit is left at the next position; all of it where nothing is owed."""
        bound = debt.part.limit.bound
        goes_on = _constant(debt.pending)
        if isinstance(debt.part, Throughout):
            goes_on = z3.And(goes_on, z3.Not(_constant(debt.anew)))
        rest = z3.If(goes_on, z3.Int(debt.left.name), z3.IntVal(bound)) - passing(debt.part.limit)
        return z3.If(_constant(debt.again), z3.If(rest >= 0, rest, 0), z3.IntVal(bound))

    payments = [z3.Implies(_constant(now[part]), truth(part)) for part in owed]
    payments += [z3.Implies(_constant(debt.pending), paid(debt)) for debt in debts.values()]
    justice = [
        (now[part].name, z3.Or(z3.Not(_constant(later[part])), truth(part.goal))) for part in owed if isinstance(part, Until)
    ]
    justice += [  # a number of steps passes by itself; time may stand still
        (debt.pending.name, z3.Or(z3.Not(_constant(debt.again)), truth(debt.part.goal)))
        for debt in debts.values()
        if isinstance(debt.part, Within) and debt.part.limit.clock is not None
    ]
    pending = [debt.pending for debt in debts.values()]
    # A run may start with debts of its own choice, which only restrict it: so that a loop can begin at the first position.
    # In their ranges: of several debts within a limit the oldest must be the one that ends first.
    whole = [
        z3.And(
            debt.left.domain.restriction(z3.Int(debt.left.name)),
            z3.Or(_constant(debt.pending), z3.Int(debt.left.name) == debt.part.limit.bound),
        )
        for debt in debts.values()
    ]
    following: dict[str, z3.ExprRef] = {now[part].name: _constant(later[part]) for part in owed}
    following |= {debt.pending.name: _constant(debt.again) for debt in debts.values()}
    following |= {debt.left.name: what_is_left(debt) for debt in debts.values()}
    settled = conjunction([z3.Not(_constant(variable)) for variable in (*now.values(), *pending)])
    return replace(
        transitions,
        variables=(*transitions.variables, *now.values(), *pending, *(debt.left for debt in debts.values())),
        inputs=(*transitions.inputs, *later.values(), *(one for debt in debts.values() for one in debt.choices)),
        init=conjunction([transitions.init, _constant(now[formula]), *whole]),
        allowed=conjunction([transitions.allowed, *payments]),
        next=dict(transitions.next) | following,
        justice=(*transitions.justice, *justice),
        bad=settled if is_co_safe(formula) else None,
    )


def _constant(variable: Variable) -> z3.BoolRef:
    term = variable.term
    assert isinstance(term, z3.BoolRef)
    return term


def _at_most(passing: z3.ArithRef, bound: int) -> z3.BoolRef:
    """`passing <= bound`, literally true or false where both are numbers."""
    return z3.BoolVal(passing.as_long() <= bound) if isinstance(passing, z3.IntNumRef) else passing <= bound


def _owable(formula: Normal) -> list[Normal]:
    """What can be owed: the formula itself at the start, what stands under a `next`, each `until` and each `release`."""
    found: dict[Normal, None] = {formula: None}
    seen: set[Normal] = set()
    stack = [formula]
    while stack:
        part = stack.pop()
        if part in seen:
            continue
        seen.add(part)
        if isinstance(part, Until | Release):
            found.setdefault(part)
        if isinstance(part, Next):
            found.setdefault(part.part)
        stack += parts_of(part)
    return list(found)
