"""Terms compiled to Python source, once, and run as ordinary functions over tuples of values."""

from collections.abc import Callable, Mapping, Sequence

import z3

from dialproof.core import terms
from dialproof.core.errors import ModelError
from dialproof.core.variables import Value, Variable, choice_value

_INFIX = {
    z3.Z3_OP_AND: " and ",
    z3.Z3_OP_OR: " or ",
    z3.Z3_OP_LE: " <= ",
    z3.Z3_OP_GE: " >= ",
    z3.Z3_OP_LT: " < ",
    z3.Z3_OP_GT: " > ",
    z3.Z3_OP_ADD: " + ",
    z3.Z3_OP_SUB: " - ",
    z3.Z3_OP_MUL: " * ",
    z3.Z3_OP_EQ: " == ",
    z3.Z3_OP_XOR: " != ",
}


NESTING = 30
"""How deep an expression is nested before a part of it gets a line of its own; Python allows some hundred parentheses."""


def compile_terms(
    roots: Sequence[z3.ExprRef], variables: Sequence[Variable], atoms: Sequence[str] = ()
) -> Callable[[Sequence[Value]], tuple[Value, ...]]:
    """`roots` as one Python function of a sequence: the variables' values followed by the truth of `atoms`, in that order.

    Shared subterms are computed once. Division and remainder are SMT-LIB's (Euclidean). Raises ModelError for an operator
    without meaning in models.
    """
    return compiled(roots, {name: place for place, name in enumerate((*(variable.name for variable in variables), *atoms))})


def compiled(roots: Sequence[z3.ExprRef], places: Mapping[str, int]) -> Callable[[Sequence[Value]], tuple[Value, ...]]:
    """As `compile_terms`, given the place of each name: where there are many functions, one table serves them all."""
    lines = []
    code: dict[int, str] = {}
    depth: dict[int, int] = {}
    uses: dict[int, int] = {}
    ordered = [(term.get_id(), term, [child.get_id() for child in term.children()]) for term in terms.subterms(roots)]
    for _, _, children in ordered:
        for child in children:
            uses[child] = uses.get(child, 0) + 1
    for number, (key, term, children) in enumerate(ordered):
        text = _expression(term, [code[child] for child in children], places)
        depth[key] = 1 + max((depth[child] for child in children), default=0)
        if children and (uses.get(key, 0) > 1 or depth[key] > NESTING):
            depth[key] = 0
            lines.append(f"    t{number} = {text}")
            text = f"t{number}"
        code[key] = text
    results = "".join(f"{code[root.get_id()]}, " for root in roots)
    source = "\n".join(["def read(v):", *lines, f"    return ({results})"])
    space: dict[str, object] = {"_div": _div, "_mod": _mod}
    exec(source, space)  # noqa: S102  # the source is made here, from terms that were checked; nothing of the user's text is in it
    function = space["read"]
    assert callable(function)
    return function


def _expression(term: z3.ExprRef, parts: list[str], places: Mapping[str, int]) -> str:
    kind = term.decl().kind()
    if kind in _INFIX:
        return "(" + _INFIX[kind].join(parts) + ")" if parts else repr(kind == z3.Z3_OP_AND)
    if kind == z3.Z3_OP_UNINTERPRETED and not parts and term.decl().name() in places:
        return f"v[{places[term.decl().name()]}]"
    if kind == z3.Z3_OP_ANUM and isinstance(term, z3.IntNumRef):
        return f"({term.as_long()})"
    if kind == z3.Z3_OP_DT_CONSTRUCTOR:
        return repr(choice_value(term))
    match kind, parts:
        case z3.Z3_OP_TRUE, _:
            return "True"
        case z3.Z3_OP_FALSE, _:
            return "False"
        case z3.Z3_OP_NOT, [part]:
            return f"(not {part})"
        case z3.Z3_OP_IMPLIES, [first, second]:
            return f"(not {first} or {second})"
        case z3.Z3_OP_ITE, [test, then, other]:
            return f"({then} if {test} else {other})"
        case z3.Z3_OP_DISTINCT, _:
            return f"(len({{{', '.join(parts)}}}) == {len(parts)})"
        case z3.Z3_OP_UMINUS, [part]:
            return f"(-{part})"
        case z3.Z3_OP_IDIV, [first, second]:
            return f"_div({first}, {second})"
        case z3.Z3_OP_MOD, [first, second]:
            return f"_mod({first}, {second})"
    raise ModelError(f"the plain-Python reader cannot read {term.decl().name()!r} in {term.sexpr()}")


def _mod(number: int, divisor: int) -> int:
    return number % abs(divisor)


def _div(number: int, divisor: int) -> int:
    quotient = (number - number % abs(divisor)) // abs(divisor)
    return quotient if divisor > 0 else -quotient
