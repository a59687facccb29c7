"""Specification patterns: what people mostly want to say, by name instead of by formula."""

from dialproof.core.patterns.catalogue import LETTERS, Template, catalogue
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

__all__ = [
    "LETTERS",
    "After",
    "AfterUntil",
    "Before",
    "Between",
    "Globally",
    "Scope",
    "Template",
    "absence",
    "bounded_existence",
    "catalogue",
    "constrained_response",
    "existence",
    "one_cause_two_effects",
    "one_stimulus_two_responses",
    "precedence",
    "response",
    "two_causes_one_effect",
    "two_stimuli_one_response",
    "universality",
]
