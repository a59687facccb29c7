"""The catalogue: the eleven patterns in the five scopes, each by its name, with the formula that it stands for.

The letters are those of the paper: p, s and t are what a pattern is about, z is what must not come between, q and r delimit the
scope.
"""

from collections.abc import Callable
from dataclasses import dataclass

import z3

from dialproof.core.display import one_line
from dialproof.core.patterns.scopes import After, AfterUntil, Before, Between, Globally, Scope
from dialproof.core.patterns.templates import (
    absence,
    bounded_existence,
    constrained_response,
    existence,
    one_cause_two_effects,
    one_stimulus_two_responses,
    precedence,
    response,
    two_causes_one_effect,
    two_stimuli_one_response,
    universality,
)

_Made = Callable[[Scope], z3.BoolRef]

LETTERS = ("p", "q", "r", "s", "t", "z")
"""What the templates speak of."""


@dataclass(frozen=True, eq=False)
class Template:
    """One of the fifty-five: a pattern in a scope, what it `says`, and its `formula`, over Booleans called like the letters."""

    pattern: str
    scope: str
    says: str
    formula: z3.BoolRef

    def __repr__(self) -> str:
        return one_line("Template", self.says)

    @property
    def name(self) -> str:
        """What it is called."""
        return f"{self.pattern}, {self.scope}"


def catalogue() -> tuple[Template, ...]:
    """Every template, by pattern and then by scope."""
    p, q, r, s, t, z = z3.Bools(" ".join(LETTERS))
    scopes: dict[str, Scope] = {
        "globally": Globally(),
        "before r": Before(r),
        "after q": After(q),
        "between q and r": Between(q, r),
        "after q until r": AfterUntil(q, r),
    }
    patterns: list[tuple[_Made, str, str]] = [
        (lambda scope: absence(p, scope), "absence", "p holds nowhere"),
        (lambda scope: universality(p, scope), "universality", "p holds everywhere"),
        (lambda scope: existence(p, scope), "existence", "p holds somewhere"),
        (lambda scope: bounded_existence(p, scope), "bounded existence", "p begins to hold at most twice"),
        (lambda scope: precedence(s, p, scope), "precedence", "s precedes p"),
        (lambda scope: response(p, s, scope), "response", "s responds to p"),
        (lambda scope: two_causes_one_effect((s, t), p, scope), "precedence chain 2-1", "s and then t precede p"),
        (lambda scope: one_cause_two_effects(p, (s, t), scope), "precedence chain 1-2", "p precedes s and then t"),
        (lambda scope: two_stimuli_one_response((s, t), p, scope), "response chain 2-1", "p responds to s and then t"),
        (lambda scope: one_stimulus_two_responses(p, (s, t), scope), "response chain 1-2", "s and then t respond to p"),
        (
            lambda scope: constrained_response(p, (s, t), z, scope),
            "constrained response chain 1-2",
            "s and then t respond to p, without z between them",
        ),
    ]
    return tuple(
        Template(name, where, f"{says}, {where}", make(scope)) for make, name, says in patterns for where, scope in scopes.items()
    )
