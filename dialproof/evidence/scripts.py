"""Obligations about variables of a system as scripts."""

from collections.abc import Sequence

import z3

from dialproof.core import terms
from dialproof.core.obligation import Obligation
from dialproof.core.variables import Variable
from dialproof.evidence.solvers import EVERYTHING


def script(name: str, establishes: str, parts: list[z3.BoolRef], variables: Sequence[Variable]) -> Obligation:
    """The obligation that `parts`, over `variables`, hold together nowhere."""
    texts = [terms.written(part) for part in parts]
    declared = terms.declarations(variables, dict(zip(texts, parts, strict=True)))
    lines = [f"; {name}: {establishes}. Must be unsat.", EVERYTHING, declared, *(f"(assert {text})" for text in texts)]
    return Obligation(name, establishes, "\n".join([*lines, "(check-sat)", ""]))
