"""Linear temporal logic over z3 terms.

A formula *is* a z3 Boolean: the temporal operators are uninterpreted functions to which the checker gives their meaning, so
z3's own And, Or, Not, Implies connect them and atoms need no wrapping. Positions of a run carry a state and the action
taken in it; `enabled(a)` and `taken(a)` speak of both.
"""

from typing import TYPE_CHECKING

import z3

from dialproof.core.ltl.forms import (
    Both,
    Either,
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
from dialproof.core.ltl.normal_form import check_shape, flattened, normal_form
from dialproof.core.ltl.operators import (
    OPERATORS,
    SIGNATURES,
    Limit,
    always,
    always_for,
    eventually,
    eventually_within,
    historically,
    historically_for,
    is_operator,
    is_past,
    is_temporal,
    leads_to,
    limit_of,
    next_,
    once,
    once_within,
    operands,
    operator,
    release,
    since,
    time_passed,
    until,
    weak_until,
    yesterday,
)
from dialproof.core.ltl.parts import clocks_of, conjuncts, past_terms, with_state_terms

if TYPE_CHECKING:
    from dialproof.core.system import System

__all__ = [
    "OPERATORS",
    "SIGNATURES",
    "Both",
    "Either",
    "Limit",
    "Literal",
    "Next",
    "Normal",
    "Release",
    "Throughout",
    "Until",
    "Within",
    "all_parts",
    "always",
    "always_for",
    "check_shape",
    "clocks_of",
    "conjuncts",
    "eventually",
    "eventually_within",
    "flattened",
    "historically",
    "historically_for",
    "is_co_safe",
    "is_operator",
    "is_past",
    "is_temporal",
    "leads_to",
    "limit_of",
    "next_",
    "normal_form",
    "once",
    "once_within",
    "operands",
    "operator",
    "parse",
    "parts_of",
    "past_terms",
    "release",
    "show",
    "since",
    "time_passed",
    "until",
    "weak_until",
    "with_state_terms",
    "yesterday",
]


def parse(text: str, system: "System") -> z3.BoolRef:
    """The formula that `text` writes down (docs/logic.md has the syntax), over the variables and actions of `system`.

    Raises FormulaError, a ModelError, that points at the character where it cannot be read.
    """
    from dialproof.core.text.parsing import parsed  # only who parses text needs the parser

    return parsed(text, system)


def show(formula: z3.BoolRef) -> str:
    """`formula` as text that `parse` reads as the same formula again."""
    from dialproof.core.text.showing import shown

    return shown(formula)
