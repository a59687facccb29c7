"""What SMV's operators mean, by their words: connectives, arithmetic, and the temporal operators."""

from collections.abc import Callable

import z3

from dialproof.core import ltl


def quotient(kind: str, first: z3.ArithRef, divisor: int) -> z3.ArithRef:
    """The quotient or the remainder for a number; both round towards zero."""
    size = abs(divisor)
    rest = z3.If(first >= 0, first % size, -((-first) % size))
    whole = (first - rest) / size
    return rest if kind == "MOD" else whole if divisor > 0 else -whole


CONNECTIVES: dict[str, Callable[[z3.BoolRef, z3.BoolRef], z3.BoolRef]] = {
    "IFF": lambda one, other: one == other,
    "XOR": z3.Xor,
    "XNOR": lambda one, other: one == other,
}
"""The connectives that take truth values, by the name of their token."""

OPERATIONS: dict[str, Callable[[z3.ArithRef, z3.ArithRef], z3.ExprRef]] = {
    "PLUS": lambda one, other: one + other,
    "MINUS": lambda one, other: one - other,
    "TIMES": lambda one, other: one * other,
    "LESS": lambda one, other: one < other,
    "LESS_EQUAL": lambda one, other: one <= other,
    "GREATER": lambda one, other: one > other,
    "GREATER_EQUAL": lambda one, other: one >= other,
}
"""Arithmetic and comparisons, by the name of their token."""

UNARY: dict[str, Callable[[z3.BoolRef], z3.BoolRef]] = {
    "G": ltl.always,
    "F": ltl.eventually,
    "X": ltl.next_,
    "H": ltl.historically,
    "O": ltl.once,
    "Y": ltl.yesterday,
    "Z": lambda operand: z3.Not(ltl.yesterday(z3.Not(operand))),
}
"""The temporal operators with one operand, by their sign."""

BOUNDED: dict[str, tuple[Callable[[z3.BoolRef], z3.BoolRef], Callable[[int, z3.BoolRef], z3.BoolRef]]] = {
    "F": (ltl.next_, ltl.eventually_within),
    "G": (ltl.next_, ltl.eventually_within),
    "O": (ltl.yesterday, ltl.once_within),
    "H": (ltl.yesterday, ltl.once_within),
}
"""How each bounded operator, or its dual, is shifted and limited."""

PAIRED: dict[str, Callable[[z3.BoolRef, z3.BoolRef], z3.BoolRef]] = {
    "UNTIL": ltl.until,
    "RELEASES": ltl.release,
    "SINCE": ltl.since,
    "TRIGGERED": lambda one, other: z3.Not(ltl.since(z3.Not(one), z3.Not(other))),  # the dual of since
}
"""The temporal operators with two operands, by the name of their token."""


def bounded(sign: str, low: int, high: int, operand: z3.BoolRef) -> z3.BoolRef:
    """The operator of `BOUNDED`, from `low` to `high` steps away."""
    shift, within = BOUNDED[sign]
    dual = sign in ("G", "H")
    result = within(high - low, z3.Not(operand) if dual else operand)
    for _ in range(low):
        result = shift(result)
    return z3.Not(result) if dual else result
