"""The patterns: what is asked of a segment, one function each.

M. Dwyer, G. Avrunin, J. Corbett, "Patterns in property specifications for finite-state verification", 1999, found that eleven
patterns in five scopes cover most of what people specify. The formulas here are made from the meanings that the paper states, and
compared with them on thousands of runs (tests/core/test_patterns.py); where the formulas printed with the patterns say something
else, docs/patterns.md has the run that shows it.

Two conditions that follow each other in a chain do so at different positions; a cause and its effect may come at the same one.
"""

from collections.abc import Callable

import z3

from dialproof.core.errors import ModelError
from dialproof.core.ltl import always, eventually, next_, until, weak_until
from dialproof.core.patterns.scopes import Globally, Scope

_End = z3.BoolRef | None


def absence(never: z3.BoolRef, scope: Scope | None = None) -> z3.BoolRef:
    """`never` holds nowhere in the scope."""
    return _over(scope, lambda end: _throughout(z3.Not(never), end))


def universality(held: z3.BoolRef, scope: Scope | None = None) -> z3.BoolRef:
    """`held` holds everywhere in the scope."""
    return _over(scope, lambda end: _throughout(held, end))


def existence(wanted: z3.BoolRef, scope: Scope | None = None) -> z3.BoolRef:
    """`wanted` holds somewhere in the scope."""
    return _over(scope, lambda end: _somewhere(wanted, end))


def bounded_existence(limited: z3.BoolRef, scope: Scope | None = None, *, times: int = 2) -> z3.BoolRef:
    """`limited` begins to hold at most so many `times` in the scope. Raises ModelError for fewer than none."""
    if times < 0:
        raise ModelError(f"nothing can begin to hold {times} times; give a number of at least 0")

    def segment(end: _End) -> z3.BoolRef:
        formula = _throughout(z3.Not(limited), end)
        for _ in range(times):
            inside = weak_until(_and_not(limited, end), formula)  # which holds at the end of the segment, come what may
            formula = weak_until(_and_not(z3.Not(limited), end), inside)
        return formula

    return _over(scope, segment)


def precedence(cause: z3.BoolRef, effect: z3.BoolRef, scope: Scope | None = None) -> z3.BoolRef:
    """Where `effect` holds in the scope, `cause` holds then or has held before it."""
    return _over(scope, lambda end: weak_until(z3.Not(effect), _or_end(cause, end)))


def response(stimulus: z3.BoolRef, answer: z3.BoolRef, scope: Scope | None = None) -> z3.BoolRef:
    """Where `stimulus` holds in the scope, `answer` holds then or later in it."""
    return _over(scope, lambda end: _throughout(z3.Implies(stimulus, _somewhere(answer, end)), end))


def two_causes_one_effect(causes: tuple[z3.BoolRef, z3.BoolRef], effect: z3.BoolRef, scope: Scope | None = None) -> z3.BoolRef:
    """Where `effect` holds in the scope, both `causes` have held, the second after the first."""
    first, second = causes
    not_yet = z3.Not(effect)

    def segment(end: _End) -> z3.BoolRef:
        begun = z3.And(first, not_yet, next_(weak_until(not_yet, _or_end(second, end))))
        return weak_until(not_yet, _or_end(begun, end))

    return _over(scope, segment)


def one_cause_two_effects(cause: z3.BoolRef, effects: tuple[z3.BoolRef, z3.BoolRef], scope: Scope | None = None) -> z3.BoolRef:
    """Where the first of `effects` holds in the scope and later the second, `cause` holds or has held at the first."""
    first, second = effects

    def segment(end: _End) -> z3.BoolRef:
        return weak_until(z3.Not(z3.And(first, next_(_somewhere(second, end)))), _or_end(cause, end))

    return _over(scope, segment)


def two_stimuli_one_response(
    stimuli: tuple[z3.BoolRef, z3.BoolRef], answer: z3.BoolRef, scope: Scope | None = None
) -> z3.BoolRef:
    """Where the first of `stimuli` holds in the scope and later the second, `answer` holds then or later in it."""
    first, second = stimuli

    def segment(end: _End) -> z3.BoolRef:
        answered = next_(_somewhere(z3.And(second, _somewhere(answer, end)), end))
        return _throughout(z3.Implies(z3.And(first, next_(_somewhere(second, end))), answered), end)

    return _over(scope, segment)


def one_stimulus_two_responses(
    stimulus: z3.BoolRef, answers: tuple[z3.BoolRef, z3.BoolRef], scope: Scope | None = None
) -> z3.BoolRef:
    """Where `stimulus` holds in the scope, the first of `answers` holds then or later, and after it the second."""
    first, second = answers

    def segment(end: _End) -> z3.BoolRef:
        answered = _somewhere(z3.And(first, next_(_somewhere(second, end))), end)
        return _throughout(z3.Implies(stimulus, answered), end)

    return _over(scope, segment)


def constrained_response(
    stimulus: z3.BoolRef, answers: tuple[z3.BoolRef, z3.BoolRef], without: z3.BoolRef, scope: Scope | None = None
) -> z3.BoolRef:
    """As `one_stimulus_two_responses`; from the first of the answers to before the second, `without` does not hold."""
    first, second = answers
    clear = z3.Not(without)

    def segment(end: _End) -> z3.BoolRef:
        then = until(_and_not(clear, end), _and_not(second, end))
        return _throughout(z3.Implies(stimulus, _somewhere(z3.And(first, clear, next_(then)), end)), end)

    return _over(scope, segment)


def _over(scope: Scope | None, segment: Callable[[_End], z3.BoolRef]) -> z3.BoolRef:
    if scope is not None and not isinstance(scope, Scope):
        raise ModelError(f"a scope is Before(r), After(q), Between(q, r), AfterUntil(q, r) or Globally(); got {scope!r}")
    return (Globally() if scope is None else scope).over(segment)


def _throughout(formula: z3.BoolRef, end: _End) -> z3.BoolRef:
    """`formula` holds from here on, before `end`."""
    return always(formula) if end is None else weak_until(formula, end)


def _somewhere(formula: z3.BoolRef, end: _End) -> z3.BoolRef:
    """`formula` holds here or later, before `end`."""
    return eventually(formula) if end is None else until(z3.Not(end), _and_not(formula, end))


def _and_not(formula: z3.BoolRef, end: _End) -> z3.BoolRef:
    return formula if end is None else z3.And(formula, z3.Not(end))


def _or_end(formula: z3.BoolRef, end: _End) -> z3.BoolRef:
    return formula if end is None else z3.Or(formula, end)
