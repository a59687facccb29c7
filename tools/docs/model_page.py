"""The blocks of `docs/the-model-on-one-page.md`: the model of Q230051, its claim and a counterexample, printed from the model."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import z3

from dialproof import Action, Fairness, System, Violated, check
from dialproof.core.claims import OneSystem
from dialproof.core.text.showing import shown
from dialproof.core.text.words import quoted
from dialproof.core.wording import wording_of
from dialproof.views.text import run_lines, wrapped
from properties.checks import plan
from tools.docs.running import ROOT

SCENARIOS = ROOT / "model" / "scenarios" / "q230051"
SHIPPED, FIXED = SCENARIOS / "dns-added-shipped.toml", SCENARIOS / "dns-added-fixed.toml"
CLAIM = "queued-mail-is-dialled"
WIDTH = 100
"""The longest line of a block, in characters."""


def block(part: str) -> str:
    """The text of one part: "variables", "actions", "causes", "claim" or "run". Raises KeyError for another name."""
    return "".join(f"{line}\n" for line in _PARTS[part]())


def _variants(scenario: Path) -> tuple[OneSystem, ...]:
    """The claim under each cause under which `scenario` is checked."""
    planned = next(item for item in plan(scenario) if item.claim == CLAIM)
    return tuple(variant for variant in planned.variants if isinstance(variant, OneSystem))


def _fixed() -> System:
    (variant,) = _variants(FIXED)
    return variant.system


def _variables() -> Iterator[str]:
    system = _fixed()
    width = max(len(variable.name) for variable in system.variables)
    for variable in system.variables:
        says = f"  -- {variable.says}" if variable.says != variable.name else ""
        yield f"{variable.name:<{width}}  {variable.domain}{says}"
    yield ""
    yield from wrapped(f"initially: {_text(system.init)}", WIDTH, 2, first=0)


def _actions() -> Iterator[str]:
    for action in _fixed().actions:
        yield from _told(action)


def _told(action: Action) -> Iterator[str]:
    """An action in lines: its name, actor and sentence, its guard, its updates, its fairness."""
    source = f" [{action.source}]" if action.source else ""
    yield from wrapped(f"{action.name}  -- {action.actor}: {action.says}{source}", WIDTH, 4, first=0)
    yield from wrapped(f"when {_text(action.guard)}", WIDTH, 8, first=4)
    for variable, value in action.updates.items():
        name = quoted(variable.variable.name)
        _, assigned = _text(variable == value).removeprefix(f"{name} ").split(" ", 1)
        yield f"    {name} := {assigned}"
    if action.fairness is not Fairness.NONE:
        because = f" ({action.because})" if action.because else ""
        yield f"    {action.fairness.value} fairness{because}"


def _causes() -> Iterator[str]:
    """For each cause, the actions that differ from those of the fixed build."""
    right = {action.name: list(_told(action)) for action in _fixed().actions}
    for number, variant in enumerate(_variants(SHIPPED)):
        if number:
            yield ""
        yield f"under {variant.name}:"
        for action in variant.system.actions:
            told = list(_told(action))
            if told != right.get(action.name):
                yield from (f"  {line}" for line in told)


def _claim() -> Iterator[str]:
    variant, *_ = _variants(FIXED)
    yield from wrapped(f"{variant.claim.name}: {variant.claim.says}", WIDTH, 4, first=0)
    yield from wrapped(shown(variant.claim.formula), WIDTH, 4)


def _run() -> Iterator[str]:
    variant, *_ = _variants(SHIPPED)
    verdict = check(variant.system, variant.claim)
    if not isinstance(verdict, Violated):
        raise RuntimeError(f"{CLAIM} should be violated under {variant.name}; the verdict is {verdict}")  # noqa: TRY004
    yield from run_lines(verdict.lasso, wording_of(variant.system), WIDTH)


_PARTS: Mapping[str, Callable[[], Iterator[str]]] = {
    "variables": _variables,
    "actions": _actions,
    "causes": _causes,
    "claim": _claim,
    "run": _run,
}


def _text(term: z3.ExprRef) -> str:
    """A term in the notation of formulas as text, without conditions that are trivially true."""
    return shown(_plain(term))


def _plain(term: z3.ExprRef) -> z3.ExprRef:
    """The term without `True` in its conjunctions, nested conjunctions flat, and connectives of one part gone."""
    if z3.is_and(term) or z3.is_or(term):
        connective = z3.And if z3.is_and(term) else z3.Or
        parts: list[z3.ExprRef] = []
        for part in map(_plain, term.children()):
            nested = part.children() if part.decl().eq(term.decl()) else [part]
            parts += [piece for piece in nested if not (z3.is_and(term) and z3.is_true(piece))]
        return (parts[0] if len(parts) == 1 else connective(parts)) if parts else z3.BoolVal(z3.is_and(term))
    if z3.is_not(term):
        return z3.Not(_plain(term.arg(0)))
    return term
