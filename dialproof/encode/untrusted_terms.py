"""Terms that a certificate states as text, read with suspicion: each must be one term over the variables of a form.

They come from a file that anybody may have written, and are put into scripts: what could end a command, bring in names of its
own or be of another sort than it seems is refused.
"""

from collections.abc import Sequence

import z3

from dialproof.core import terms
from dialproof.core.errors import AuditError
from dialproof.core.variables import Variable

_HOLE = terms.symbol("dialproof.stated")


def stated_condition(text: str, variables: Sequence[Variable], what: str = "the invariant") -> z3.BoolRef:
    """The Boolean term that `text` states over `variables`. Raises AuditError, which says `what` is wrong with it."""
    stated = _parsed(text, f"{terms.declarations(variables)}\n(assert {text})", what)
    _only_over(stated, variables, what)
    return stated


def stated_number(text: str, variables: Sequence[Variable], what: str) -> z3.ArithRef:
    """The integer term that `text` states over `variables`; as for `stated_condition`."""
    # the operand of a function must have its sort; an equation would make a number of a truth
    script = f"{terms.declarations(variables)}\n(declare-fun {_HOLE} (Int) Bool)\n(assert ({_HOLE} {text}))"
    number = _parsed(text, script, what).arg(0)
    if any(isinstance(part, z3.ArithRef) and not part.is_int() for part in terms.subterms([number])):
        raise AuditError(f"{what} must be an integer; found {text[:60]!r}")
    assert isinstance(number, z3.ArithRef)
    _only_over(number, variables, what)
    return number


def _parsed(text: str, script: str, what: str) -> z3.BoolRef:
    if not terms.is_one_term(text):  # it could close the assertion that it is put into, and give commands of its own
        raise AuditError(f"{what} must be one SMT-LIB term; found {text[:60]!r}")
    try:
        stated = z3.parse_smt2_string(script)
    except z3.Z3Exception as failure:
        raise AuditError(f"{what} cannot be read: {failure}") from failure
    if len(stated) != 1:
        raise AuditError(f"the certificate must state one term for {what}; it states {len(stated)}")
    return stated[0]


def _only_over(stated: z3.ExprRef, variables: Sequence[Variable], what: str) -> None:
    known = {variable.name: variable.term for variable in variables}
    for part in terms.subterms([stated]):
        named = known.get(part.decl().name()) if z3.is_app(part) else None
        # the very constant: one of the same name and another sort would be left as it is where the next state is put in
        if not z3.is_app(part) or (part.decl().kind() == z3.Z3_OP_UNINTERPRETED and (named is None or not named.eq(part))):
            raise AuditError(f"{what} speaks of something that is no state variable: {part.sexpr()}")
