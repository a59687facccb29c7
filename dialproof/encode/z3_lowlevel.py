"""Terms made by z3's library without the checks of its Python layer, where there are so many that they take most of the time.

The library itself looks at the sorts of what it is given, and refuses what does not fit.
"""

from collections.abc import Sequence

import z3

from dialproof.core.errors import InternalError


def both(one: z3.BoolRef, other: z3.BoolRef) -> z3.BoolRef:
    """Their conjunction."""
    return z3.BoolRef(z3.Z3_mk_and(one.ctx.ref(), 2, _row((one, other))), one.ctx)


def substituted(term: z3.BoolRef, before: Sequence[z3.ExprRef], after: Sequence[z3.ExprRef]) -> z3.BoolRef:
    """`term` with each of `after` in the place of what stands there in `before`, all at once; Z3Exception where sorts differ."""
    if len(before) != len(after):
        raise InternalError(f"{len(before)} terms cannot be replaced by {len(after)}")
    made = z3.Z3_substitute(term.ctx.ref(), term.as_ast(), len(before), _row(before), _row(after))
    return z3.BoolRef(made, term.ctx)


def _row(terms: Sequence[z3.ExprRef]) -> object:
    return (z3.Ast * len(terms))(*(term.as_ast() for term in terms))
