"""Coverage of a model: which actions are enabled, and which witnesses of claims occur, in its reachable states.

The reachable states are visited in plain Python, within a limit. No verdict rests on an action that is enabled in no reachable
state. If the visit stops at its limit, everything that it has not seen is "not decided". Fairness plays no part here, because it
forbids no step.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import z3

from dialproof.core import ltl
from dialproof.core.actions import MOST_CHOICES, Fairness
from dialproof.core.actions import Action as ModelAction
from dialproof.core.claims import Variant
from dialproof.core.errors import ModelError
from dialproof.core.run import Taken
from dialproof.core.system import System
from dialproof.report.document import Action, Happening, Ref
from dialproof.report.plain import plain
from dialproof.report.words import said
from dialproof.semantics.interpreter import Reader
from dialproof.semantics.random_walk import enabled_on_a_walk

EFFORT = 60_000
"""The number of guards that a visit evaluates before it gives up: some tenths of a second."""

Looked = tuple[str, str]
"""Something to look for: the name of a claim, and what must be possible for it to mean what it says."""

_SHORT_EFFORT = 2_000  # for an infinite state space


@dataclass(frozen=True)
class Coverage:
    """What a visit of a system has met: `states` is their number; they are all reachable states if the visit `is_complete`.

    `actions` are those enabled in one of them; `met` are the formulas that are true in one of them with some action that is
    taken there.
    """

    states: int = 0
    is_complete: bool = False
    actions: frozenset[str] = frozenset()
    met: frozenset[Looked] = frozenset()


def visit(system: System, wanted: Mapping[Looked, z3.BoolRef], effort: int = EFFORT, *, only_wanted: bool = False) -> Coverage:
    """Visit the states of `system`, from the initial ones on, until all are known or `effort` guards were evaluated.

    `wanted` are formulas without temporal operators, by name; with `only_wanted` the visit ends when all of them are met. A
    visit that gives up also walks about, which goes further.
    """
    reader = Reader(system)
    try:
        each = reader.combinations()
        if each is None or each > MOST_CHOICES or reader.initial_candidates() > effort:
            return Coverage()
        waiting = list(reader.initial_states())
    except ModelError:  # an initial value without bounds
        return Coverage()
    open_ = {name: reader.predicate(formula) for name, formula in wanted.items()}
    seen = set(waiting)
    possible: set[str] = set()
    met: set[Looked] = set()
    while waiting and effort > 0 and (open_ or not only_wanted):
        effort -= each
        values = waiting.pop()
        events = reader.events(values)
        taken_here: list[Taken | None] = [taken for taken, _ in events] or [None]
        found = {name for name, holds in open_.items() if any(holds(values, taken) for taken in taken_here)}
        met |= found
        open_ = {name: holds for name, holds in open_.items() if name not in found}
        for taken, after in events:
            possible.add(taken.name)
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    if waiting and not only_wanted:
        possible |= enabled_on_a_walk(system)
    return Coverage(len(seen), not waiting, frozenset(possible), frozenset(met))


class Model:
    """The model of a scenario under one cause, with its visited states; `cause` is "" if the scenario has only one.

    `looked_for` are the (claim, what should happen) pairs that its checks presuppose, `met` those that were seen to be possible,
    `decided` those of which that is known. `never` names actions that were proved never to be enabled, by other means.
    """

    def __init__(self, scenario: Ref, cause: str, variants: Sequence[Variant], never: frozenset[str] = frozenset()) -> None:
        self.scenario, self.cause, self.never = scenario, cause, never
        # A claim may add variables that count without end; the system without them does the same.
        self.system = next((variant.shown for variant in variants if variant.shown.is_finite), variants[0].shown)
        wanted = {(v.claim.name, says): (formula, v.shown) for v in variants for says, formula in v.claim.witnesses}
        own = {key: formula for key, (formula, _) in wanted.items() if _speaks_of(formula, self.system)}
        self.looked_for = frozenset(wanted)
        self.coverage = visit(self.system, own, EFFORT if self.system.is_finite else _SHORT_EFFORT)
        self.met = set(self.coverage.met)
        self.decided = set(own) if self.coverage.is_complete else set(self.met)
        for key, (formula, system) in wanted.items():
            if key not in own and _speaks_of(formula, system):
                seen = visit(system, {key: formula}, _SHORT_EFFORT, only_wanted=True)
                self.met |= seen.met
                self.decided |= {key} if seen.is_complete else seen.met


def _speaks_of(formula: z3.BoolRef, system: System) -> bool:
    """True if `formula` can be evaluated in the states of `system`."""
    try:
        system.check_formula(formula)
    except ModelError:
        return False
    return not ltl.is_temporal(formula)


def actions(models: Sequence[Model], taking: Mapping[str, tuple[Ref, ...]]) -> tuple[Action, ...]:
    """Every action of these models with the findings about it; `taking` has the runs in which each is taken."""
    having: dict[str, list[Model]] = {}
    for model in models:
        for action in model.system.actions:
            having.setdefault(action.name, []).append(model)
    made = []
    for name, with_it in having.items():
        action = with_it[0].system.action(name)
        made.append(
            Action(
                name=name,
                says=plain(action.label),
                actor=plain(action.actor),
                source=plain(action.source),
                fairness=tuple(dict.fromkeys(_fairness(model.system.action(name)) for model in with_it)),
                possible=_possible(
                    models,
                    with_it,
                    [model for model in with_it if name in model.coverage.actions],
                    [model for model in with_it if model.coverage.is_complete or name in model.never],
                ),
                runs=taking.get(name, ()),
            )
        )
    return tuple(made)


def _fairness(action: ModelAction) -> str:
    """The fairness of an action, and its author's name for that promise."""
    kind = action.fairness.value
    return f"{kind} ({plain(action.because)})" if action.because and action.fairness is not Fairness.NONE else kind


def happenings(claim: str, models: Sequence[Model]) -> tuple[Happening, ...]:
    """The witnesses of `claim` (what must be possible), and in which models each is possible."""
    wanted = dict.fromkeys(says for model in models for name, says in model.looked_for if name == claim)
    made = []
    for says in wanted:
        key = (claim, says)
        asked = [model for model in models if key in model.looked_for]
        met, decided = [model for model in asked if key in model.met], [model for model in asked if key in model.decided]
        made.append(Happening(plain(says), _possible(models, asked, met, decided)))
    return tuple(made)


def _possible(models: Sequence[Model], asked: Sequence[Model], met: Sequence[Model], decided: Sequence[Model]) -> str:
    """In words: in which of the `asked` models it is possible, in which it is not, and in which that is not decided."""
    never = [model for model in asked if model in decided and model not in met]
    open_ = [model for model in asked if model not in decided and model not in met]
    if not never and not open_:
        return "possible" if len(asked) == 1 else f"possible in all {len(asked)} models"
    if len(never) == len(asked):
        return "never possible" if len(asked) == 1 else f"never possible, in none of {len(asked)} models"
    parts = [f"possible in {len(met)} of {said(len(asked), 'model')}"] if met else []
    parts += [f"never possible {_where(models, never)}"] if never else []
    parts += [f"not decided {_where(models, open_)}"] if open_ else []
    return "; ".join(parts)


def _where(models: Sequence[Model], chosen: Iterable[Model]) -> str:
    """In which models, by scenario and cause; a scenario stands for all of its causes, and a single one goes without saying."""
    of_scenario: dict[Ref, list[str]] = {}
    for model in chosen:
        of_scenario.setdefault(model.scenario, []).append(model.cause)
    alone = len({model.scenario for model in models}) == 1
    named = []
    for scenario, causes in of_scenario.items():
        every = len(causes) == sum(1 for model in models if model.scenario == scenario)
        under = "" if every else f"under {', '.join(causes)}"
        if alone and under:
            return under
        named.append(f"{scenario.text} {under}".strip())
    return f"in {'; '.join(named)}"
