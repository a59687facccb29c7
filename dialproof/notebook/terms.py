"""z3 terms as a reader of a notebook sees them: on one line, with the values of a choice as they are written in Python."""

import z3

from dialproof.core import terms


def term_text(term: z3.ExprRef) -> str:
    """The term in z3's own notation, such as `And(waiting > 0, line == line.down)`."""
    text = " ".join(str(term).split())
    for name in sorted({part.decl().name() for part in terms.subterms([term]) if _is_value(part)}, key=len, reverse=True):
        text = text.replace(name, name.replace(":", ".", 1))
    return text


def _is_value(term: z3.ExprRef) -> bool:
    """True if `term` is a value of a choice, which z3 knows as SORT:VALUE."""
    return z3.is_app(term) and term.num_args() == 0 and isinstance(term.sort(), z3.DatatypeSortRef) and ":" in term.decl().name()
