"""What a term may be made of, and how terms travel as text.

A model is written in z3 terms, but not every z3 term has a meaning for both readers: the operators below are those that
z3 and the plain-Python reader agree on. Everything else is refused at the door, by name.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar, cast

import z3

from dialproof.core.errors import ModelError
from dialproof.core.variables import Kind, Variable

ALLOWED = frozenset(
    {
        z3.Z3_OP_TRUE,
        z3.Z3_OP_FALSE,
        z3.Z3_OP_EQ,
        z3.Z3_OP_DISTINCT,
        z3.Z3_OP_ITE,
        z3.Z3_OP_AND,
        z3.Z3_OP_OR,
        z3.Z3_OP_XOR,
        z3.Z3_OP_NOT,
        z3.Z3_OP_IMPLIES,
        z3.Z3_OP_ANUM,
        z3.Z3_OP_LE,
        z3.Z3_OP_GE,
        z3.Z3_OP_LT,
        z3.Z3_OP_GT,
        z3.Z3_OP_ADD,
        z3.Z3_OP_SUB,
        z3.Z3_OP_UMINUS,
        z3.Z3_OP_MUL,
        z3.Z3_OP_IDIV,
        z3.Z3_OP_MOD,
        z3.Z3_OP_DT_CONSTRUCTOR,
    }
)
"""The z3 operators that a model may use, besides its own constants."""


def subterms(roots: Iterable[z3.ExprRef], seen: set[int] | None = None, stop: Container[int] = ()) -> Iterator[z3.ExprRef]:
    """Every subterm of `roots`, each once, children before parents; but for those in `seen`, to which they are added.

    What is below a term whose number is in `stop` is left out.
    """
    seen = set() if seen is None else seen
    for root in roots:
        stack: list[tuple[z3.ExprRef, bool]] = [(root, False)]
        while stack:
            term, ready = stack.pop()
            key = term.get_id()
            if ready:
                yield term
            elif key not in seen:
                seen.add(key)
                if key in stop:
                    yield term
                    continue
                stack.append((term, True))
                stack.extend((child, False) for child in term.children())


def flattened_and(term: z3.ExprRef) -> list[z3.BoolRef]:
    """The conjuncts of `term`, however deep conjunctions are nested in it; in their order."""
    parts: list[z3.BoolRef] = []
    stack = [term]
    while stack:
        current = stack.pop()
        if z3.is_and(current):
            stack += reversed(current.children())
        else:
            parts.append(cast("z3.BoolRef", current))
    return parts


def check_terms(
    roots: Sequence[z3.ExprRef],
    where: str,
    is_known: Callable[[str, z3.ExprRef], bool],
    operators: frozenset[str] = frozenset(),
    seen: set[int] | None = None,
) -> None:
    """Raise ModelError if a term of `roots` uses a constant that `is_known` denies or an operator without meaning here.

    `operators` names uninterpreted functions that are allowed (the temporal operators, in formulas). What is in `seen` was
    checked before, and is not looked at again; the caller keeps these terms alive.
    """
    for term in subterms(roots, seen):
        if not z3.is_app(term):
            raise ModelError(f"{where}: quantifiers have no meaning here; write the cases out")
        function = term.decl()
        kind = function.kind()
        if kind == z3.Z3_OP_UNINTERPRETED:
            name = function.name()
            if term.num_args() == 0 and is_known(name, term):
                continue
            if term.num_args() > 0 and name in operators:
                continue
            raise ModelError(f"{where}: {term.sexpr()!r} is neither a variable nor a known atom of the system")
        if kind not in ALLOWED or (isinstance(term, z3.ArithRef) and not term.is_int()):
            raise ModelError(
                f"{where}: the operator {function.name()!r} is not supported in models; see dialproof.core.terms.ALLOWED"
            )
        if kind in (z3.Z3_OP_IDIV, z3.Z3_OP_MOD):
            divisor = z3.simplify(term.arg(1))  # a negative numeral comes back from its text as minus a positive one
            if not isinstance(divisor, z3.IntNumRef) or divisor.as_long() == 0:
                raise ModelError(f"{where}: divide only by a constant other than 0; found {term.sexpr()}")


def symbol(name: str) -> str:
    """`name` as an SMT-LIB symbol, always quoted, so that no name can be taken for syntax."""
    return f"|{name}|"


def declarations(variables: Iterable[Variable], parts: Mapping[str, z3.ExprRef] = MappingProxyType({})) -> str:
    """The SMT-LIB declarations of `variables`, and of the enumeration sorts that they and the values in `parts` need.

    `parts` has the terms by their text, as `written` gives it.
    """
    variables = list(variables)
    declared = {variable.domain.sort().name() for variable in variables if variable.domain.kind is Kind.CHOICE}
    others = [part for text, part in parts.items() if not _names_only(text, variables)]
    lines = [_declared(sort) for sort in enumerations(others) if sort.name() not in declared]
    sorts: set[tuple[str, tuple[str, ...]]] = set()
    for variable in variables:
        domain = variable.domain
        if domain.kind is Kind.CHOICE:
            if (domain.sort_name, domain.values) not in sorts:
                sorts.add((domain.sort_name, domain.values))
                constructors = " ".join(f"({symbol(f'{domain.sort_name}:{value}')})" for value in domain.values)
                lines.append(f"(declare-datatypes (({symbol(domain.sort().name())} 0)) (({constructors})))")
            sort = symbol(domain.sort().name())
        else:
            sort = domain.sort().name()
        lines.append(f"(declare-fun {symbol(variable.name)} () {sort})")
    return "\n".join(lines)


def _names_only(text: str, variables: Iterable[Variable]) -> bool:
    """Whether the text of a term plainly names nothing but `variables` and their values: to walk through it takes much longer.

    A value is written with a colon before it, and so between bars.
    """
    known = {variable.name for variable in variables}
    choices = {(one.domain.sort_name, one.domain.values) for one in variables if one.domain.kind is Kind.CHOICE}
    values = {f"{sort}:{value}" for sort, listed in choices for value in listed}
    return known.union(values).issuperset(name for name in _QUOTED.findall(text) if ":" in name)


_QUOTED = re.compile(r"\|([^|]*)\|")


def enumerations(parts: Iterable[z3.ExprRef]) -> list[z3.DatatypeSortRef]:
    """The enumeration sorts of which a value occurs in `parts`, by name."""
    found = {sort.name(): sort for sort in (part.sort() for part in subterms(parts)) if isinstance(sort, z3.DatatypeSortRef)}
    return [found[name] for name in sorted(found)]


def _declared(sort: z3.DatatypeSortRef) -> str:
    values = " ".join(f"({symbol(sort.constructor(number).name())})" for number in range(sort.num_constructors()))
    return f"(declare-datatypes (({symbol(sort.name())} 0)) (({values})))"


def written(term: z3.BoolRef) -> str:
    """`term` as SMT-LIB text that every solver reads: z3 writes an `and` or an `or` of nothing as a bare word."""
    of_nothing = [(z3.And([]), z3.BoolVal(True)), (z3.Or([]), z3.BoolVal(False))]
    return str(z3.substitute(term, *of_nothing).sexpr())


_TOKEN = re.compile(r"\|[ -[\]-{}~]*\||[()]|[A-Za-z0-9~!@$%^&*_+=<>.?/:-]+|[ \t\r\n]+")


def is_one_term(text: str) -> bool:
    """Whether `text` is one SMT-LIB term by its brackets, so that nothing in it can end the command that it is put into.

    Comments, string literals, backslashes and # outside quotes are refused too: no term of a model has any, and z3 reads `#|` as
    the beginning of a comment and goes astray at a backslash, so that a bar would no longer mean what it seems to.
    """
    depth = count = place = 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            return False
        place = token.end()
        if token[0] == "(":
            depth += 1
        elif token[0] == ")":
            depth -= 1
        if depth < 0:
            return False
        count += depth == 0 and not token[0].isspace()
    return depth == 0 and count == 1


_HOLE = "dialproof.hole"


def pack(
    roots: Sequence[z3.ExprRef], variables: Iterable[Variable], operators: Mapping[str, Sequence[str]], atoms: Iterable[str] = ()
) -> str:
    """`roots` as one SMT-LIB script, from which `unpack` makes the same terms again in another process.

    `operators` gives the sorts of the operands of each uninterpreted Boolean function (the temporal operators), `atoms` further
    Boolean constants that occur.
    """
    lines = [declarations(variables)]
    lines += [f"(declare-fun {name} ({' '.join(sorts)}) Bool)" for name, sorts in operators.items()]
    lines += [f"(declare-fun {symbol(name)} () Bool)" for name in atoms]
    for number, root in enumerate(roots):
        lines.append(f"(declare-fun |{_HOLE} {number}| () {root.sort().sexpr()})")
        lines.append(f"(assert (= |{_HOLE} {number}| {root.sexpr()}))")
    return "\n".join(lines)


def unpack(text: str) -> list[z3.ExprRef]:
    """The terms that `pack` wrote into `text`, in their order."""
    return [equation.arg(1) for equation in z3.parse_smt2_string(text)]


Term = TypeVar("Term", bound=z3.ExprRef)


def rename(roots: Sequence[Term], pairs: Sequence[tuple[z3.ExprRef, z3.ExprRef]]) -> list[Term]:
    """`roots` with each first term of `pairs` replaced by the second, all at once."""
    if not pairs or not roots:
        return list(roots)
    if len(roots) == 1:
        return [cast("Term", z3.substitute(roots[0], *pairs))]
    row = z3.Function(_ROW, *(root.sort() for root in roots), z3.BoolSort())  # to hand the pairs over for each root takes longer
    return [cast("Term", root) for root in z3.substitute(row(*roots), *pairs).children()]


_ROW = "dialproof.row"
