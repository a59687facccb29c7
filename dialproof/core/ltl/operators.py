"""The operators: uninterpreted functions over z3 Booleans, to which the checker gives their meaning.

The future: A. Pnueli, "The temporal logic of programs", 1977. The past: O. Lichtenstein, A. Pnueli, L. Zuck, "The glory of the
past", 1985. The bounded ones: R. Alur, T. Henzinger, "Logics and models of real time", 1992, at the positions of a run.

A bounded operator counts steps, or the time on a *clock*: an integer variable of the system that rises as time passes. In a step
so much time passes as the clock rises. A clock with two bounds goes round: where it falls it has passed its highest value, and
the next one after that is its lowest. A clock without bounds that falls lets no time pass.
"""

from dataclasses import dataclass

import z3

from dialproof.core.errors import ModelError
from dialproof.core.variables import Domain, Integer

FUTURE = frozenset({"always", "eventually", "next", "until", "weak_until", "release", "eventually_within", "always_for"})
"""The operators that speak of later positions."""

PAST = frozenset({"once", "historically", "yesterday", "since", "once_within", "historically_for"})
"""The operators that speak of earlier positions."""

ON = "_on"
"""How the name of a bounded operator ends that counts the time on a clock."""

SIGNATURES: dict[str, tuple[str, ...]] = {
    "always": ("Bool",),
    "eventually": ("Bool",),
    "next": ("Bool",),
    "until": ("Bool", "Bool"),
    "weak_until": ("Bool", "Bool"),
    "release": ("Bool", "Bool"),
    "once": ("Bool",),
    "historically": ("Bool",),
    "yesterday": ("Bool",),
    "since": ("Bool", "Bool"),
    "eventually_within": ("Int", "Bool"),
    "always_for": ("Int", "Bool"),
    "once_within": ("Int", "Bool"),
    "historically_for": ("Int", "Bool"),
    "eventually_within_on": ("Int", "Int", "Bool"),
    "always_for_on": ("Int", "Int", "Bool"),
    "once_within_on": ("Int", "Int", "Bool"),
    "historically_for_on": ("Int", "Int", "Bool"),
}
"""The functions that stand for the operators, with the sorts of their operands: a bound, a clock, formulas."""

_ON_A_CLOCK = {name + ON: name for name in SIGNATURES if name + ON in SIGNATURES}
"""The operators that count the time on a clock, with the same ones that count steps."""

OPERATORS: dict[str, int] = {name: len(sorts) for name, sorts in SIGNATURES.items()}
"""The same functions with the number of their operands."""

Formula = z3.BoolRef | bool
"""What an operator takes."""


@dataclass(frozen=True)
class Limit:
    """How far a bounded operator reaches: `bound` steps, or so much time on the variable called `clock`."""

    bound: int
    clock: str | None = None


def always(formula: Formula) -> z3.BoolRef:
    """`formula` holds now and at each later position."""
    return _apply("always", formula)


def eventually(formula: Formula) -> z3.BoolRef:
    """`formula` holds now or at some later position."""
    return _apply("eventually", formula)


def next_(formula: Formula) -> z3.BoolRef:
    """`formula` holds at the next position; there always is one."""
    return _apply("next", formula)


def until(first: Formula, second: Formula) -> z3.BoolRef:
    """`second` holds at some position, now or later, and `first` at every position before it."""
    return _apply("until", first, second)


def weak_until(first: Formula, second: Formula) -> z3.BoolRef:
    """`until(first, second)`, or `first` for ever."""
    return _apply("weak_until", first, second)


def release(first: Formula, second: Formula) -> z3.BoolRef:
    """`second` holds up to and including the position at which `first` holds, for ever if there is none."""
    return _apply("release", first, second)


def leads_to(cause: Formula, effect: Formula) -> z3.BoolRef:
    """Whenever `cause` holds, `effect` holds then or later."""
    return always(z3.Implies(_checked("leads_to", cause), eventually(effect)))


def once(formula: Formula) -> z3.BoolRef:
    """`formula` holds now or held at some earlier position."""
    return _apply("once", formula)


def historically(formula: Formula) -> z3.BoolRef:
    """`formula` holds now and held at each earlier position."""
    return _apply("historically", formula)


def yesterday(formula: Formula) -> z3.BoolRef:
    """There is a position before this one, and `formula` held there: false at the first position, whatever `formula` is."""
    return _apply("yesterday", formula)


def since(first: Formula, second: Formula) -> z3.BoolRef:
    """`second` holds at some position, now or earlier, and `first` at every position after it, up to and including now."""
    return _apply("since", first, second)


def eventually_within(bound: int, formula: Formula, clock: Integer | None = None) -> z3.BoolRef:
    """`formula` holds now or after at most `bound` steps; with `clock`, before more than `bound` has passed on it."""
    return _bounded("eventually_within", bound, formula, clock)


def always_for(bound: int, formula: Formula, clock: Integer | None = None) -> z3.BoolRef:
    """`formula` holds now and for `bound` steps; with `clock`, as long as no more than `bound` has passed on it."""
    return _bounded("always_for", bound, formula, clock)


def once_within(bound: int, formula: Formula, clock: Integer | None = None) -> z3.BoolRef:
    """`formula` holds now or held at most `bound` steps ago; with `clock`, since no more than `bound` has passed on it."""
    return _bounded("once_within", bound, formula, clock)


def historically_for(bound: int, formula: Formula, clock: Integer | None = None) -> z3.BoolRef:
    """`formula` holds now and held at each position at most `bound` steps ago, or at most `bound` ago on `clock`."""
    return _bounded("historically_for", bound, formula, clock)


def is_temporal(term: z3.ExprRef) -> bool:
    """Whether a temporal operator occurs in `term`."""
    seen: set[int] = set()
    stack = [term]
    while stack:
        current = stack.pop()
        if current.get_id() in seen:
            continue
        seen.add(current.get_id())
        if z3.is_app(current) and current.num_args() > 0 and is_operator(current):
            return True
        stack.extend(current.children())
    return False


def is_operator(term: z3.ExprRef) -> bool:
    """Whether the outermost function of `term` is a temporal operator."""
    declaration = term.decl()
    return declaration.kind() == z3.Z3_OP_UNINTERPRETED and OPERATORS.get(declaration.name()) == term.num_args()


def is_past(term: z3.ExprRef) -> bool:
    """Whether the outermost function of `term` is an operator about earlier positions."""
    return is_operator(term) and operator(term) in PAST


def operator(term: z3.ExprRef) -> str:
    """The name of the outermost operator of `term`, whatever it counts: "always", "once_within" and so on."""
    name = term.decl().name()
    return _ON_A_CLOCK.get(name, name)


def operands(term: z3.ExprRef) -> list[z3.BoolRef]:
    """The formulas that an operator or a connective is applied to."""
    return [part for part in term.children() if isinstance(part, z3.BoolRef)]


def limit_of(term: z3.ExprRef) -> Limit | None:
    """How far the bounded operator of `term` reaches; None for an operator without a bound.

    Raises ModelError if the bound is no number, or the clock no variable.
    """
    numbers = [part for part in term.children() if not isinstance(part, z3.BoolRef)]
    if not numbers:
        return None
    bound, *clocks = numbers
    if not isinstance(bound, z3.IntNumRef) or bound.as_long() < 0:
        raise ModelError(f"{operator(term)} needs a number of at least 0 as its bound; found {bound.sexpr()}")
    if any(clock.num_args() > 0 or clock.decl().kind() != z3.Z3_OP_UNINTERPRETED for clock in clocks):
        raise ModelError(f"{operator(term)} needs a variable as its clock; found {clocks[0].sexpr()}")
    return Limit(bound.as_long(), clocks[0].decl().name() if clocks else None)


def time_passed(before: int, after: int, clock: Domain) -> int:
    """How much time passes in a step in which a clock goes from `before` to `after`."""
    if after >= before:
        return after - before
    if clock.low is None or clock.high is None:
        return 0
    return after - before + clock.high - clock.low + 1


def _apply(name: str, *parts: Formula) -> z3.BoolRef:
    return _function(name)(*(_checked(name, part) for part in parts))  # type: ignore[return-value]  # its range is Bool


def _checked(name: str, part: Formula) -> z3.BoolRef:
    term = z3.BoolVal(part) if isinstance(part, bool) else part
    if not isinstance(term, z3.BoolRef):
        raise ModelError(f"{name}(...) takes Boolean terms; got {term!r}")
    return term


def _bounded(name: str, bound: int, formula: Formula, clock: Integer | None) -> z3.BoolRef:
    if not isinstance(bound, int) or isinstance(bound, bool) or bound < 0:
        raise ModelError(f"{name}(...) takes a number of at least 0 as its bound; got {bound!r}")
    if clock is not None and not isinstance(clock, Integer):
        raise ModelError(f"{name}(...) takes a variable made by `integer` as its clock; got {clock!r}")
    term = z3.BoolVal(formula) if isinstance(formula, bool) else formula
    if not isinstance(term, z3.BoolRef):
        raise ModelError(f"{name}(...) takes a Boolean term; got {term!r}")
    if clock is None:
        return _function(name)(z3.IntVal(bound), term)  # type: ignore[return-value]  # its range is Bool
    return _function(name + ON)(z3.IntVal(bound), clock, term)  # type: ignore[return-value]  # its range is Bool


def _function(name: str) -> z3.FuncDeclRef:
    sorts: dict[str, z3.SortRef] = {"Bool": z3.BoolSort(), "Int": z3.IntSort()}
    return z3.Function(name, *(sorts[sort] for sort in SIGNATURES[name]), z3.BoolSort())
