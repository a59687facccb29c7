"""Formulas as monitors: which runs of the transitions satisfy a formula in negation normal form.

For each subformula that can be owed to the future there is a variable "owed now" and an input "owed from the next
position on", which the run chooses; what is owed now must be paid now or owed again. An `until` that is owed for ever
without being paid is excluded by a justice condition. The choice is one-sided (nothing forces a run to owe less), as
formulas in normal form allow; for formulas over the future the monitor accepts a lasso without unrolling it, so that
a shortest lasso of the product is a shortest lasso of the system (Clarke, Grumberg, Hamaguchi, "Another look at LTL model
checking", 1997; Schuppan and Biere, "Shortest counterexamples for symbolic model checking of LTL with past", 2005).
"""

from collections.abc import Callable
from dataclasses import replace

import z3

from dialproof.encode.transitions import Transitions, conjunction, disjunction
from dialproof.ltl import Both, Either, Literal, Next, Normal, Release, Until, is_co_safe, parts_of
from dialproof.variables import Domain, Kind, Variable

OWED = "dialproof.owed"
"""The prefix of the monitor's variables."""


def monitored(transitions: Transitions, formula: Normal, read: Callable[[z3.BoolRef], z3.BoolRef]) -> Transitions:
    """`transitions` restricted to the runs that satisfy `formula`; `read` gives a literal's meaning over state and inputs.

    For a co-safe formula `bad` says, of a state, that the steps before it have already settled the formula.
    """
    owed = _owable(formula)
    now = {part: Variable(f"{OWED} {place}", Domain(Kind.BOOLEAN)) for place, part in enumerate(owed)}
    later = {part: Variable(f"{OWED} next {place}", Domain(Kind.BOOLEAN)) for place, part in enumerate(owed)}
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

    paid = [z3.Implies(_constant(now[part]), truth(part)) for part in owed]
    justice = [
        (now[part].name, z3.Or(z3.Not(_constant(later[part])), truth(part.goal))) for part in owed if isinstance(part, Until)
    ]
    settled = conjunction([z3.Not(_constant(variable)) for variable in now.values()])
    return replace(
        transitions,
        variables=(*transitions.variables, *now.values()),
        inputs=(*transitions.inputs, *later.values()),
        init=conjunction([transitions.init, _constant(now[formula])]),
        allowed=conjunction([transitions.allowed, *paid]),
        next=dict(transitions.next) | {now[part].name: _constant(later[part]) for part in owed},
        justice=(*transitions.justice, *justice),
        bad=settled if is_co_safe(formula) else None,
    )


def _constant(variable: Variable) -> z3.BoolRef:
    term = variable.term
    assert isinstance(term, z3.BoolRef)
    return term


def _owable(formula: Normal) -> list[Normal]:
    """What can be owed: the formula itself at the start, what stands under a `next`, each `until` and each `release`."""
    found: dict[Normal, None] = {formula: None}
    stack = [formula]
    while stack:
        part = stack.pop()
        if isinstance(part, Until | Release):
            found.setdefault(part)
        if isinstance(part, Next):
            found.setdefault(part.part)
        stack += parts_of(part)
    return list(found)
