"""The state machine of one variable: its values, and which actions can lead from one to another.

It is derived from the model and not drawn by hand: an action has an arrow from one value to another if and only if z3 finds
values of all variables, within their ranges, for which its guard holds and its update makes that change. It ignores
reachability: the machine shows what the actions allow.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import networkx as nx
import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.errors import InputError, NotApplicable
from dialproof.core.system import System
from dialproof.core.terms import subterms
from dialproof.core.variables import Kind, Value, Variable
from dialproof.core.wording import Wording

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_EFFORT = 5_000_000  # z3's own unit of work per question, the same on every machine
_MOST_VALUES = 60

FAIRNESS_WORDS = {Fairness.NONE: "", Fairness.WEAK: "weakly fair", Fairness.STRONG: "strongly fair"}
"""The words for an action's fairness; none if none is assumed."""


def machine(system: System, variable_name: str) -> nx.MultiDiGraph:
    """The state machine of a Boolean or choice variable of `system`.

    A node is a value, with `initial`: whether a run may start with it. An edge has the action's name as its key, and
    `action` (its sentence), `fairness`, and `actor`. Actions that leave the value as it is have no edge. Raises
    ModelError for an unknown variable, InputError for an integer, NotApplicable if z3 gives up.
    """
    variable = system.variable(variable_name)
    if variable.domain.kind is Kind.INTEGER:
        raise InputError(
            f"a state machine needs a variable with named states; {variable_name!r} is an integer: "
            "draw a timeline or the state space instead"
        )
    values = variable.domain.members()
    if len(values) > _MOST_VALUES:
        raise NotApplicable(f"{variable_name!r} has {len(values)} values; a state machine has at most {_MOST_VALUES}")
    graph = nx.MultiDiGraph()
    starts = set(_starts(system, variable))
    for value in values:
        graph.add_node(value, initial=value in starts)
    for action in system.actions:
        for source, target in sorted(_moves(system, action, variable), key=lambda move: tuple(map(values.index, move))):
            about = {"action": action.label, "fairness": action.fairness, "actor": action.actor}
            graph.add_edge(source, target, key=action.name, **about)
    return graph


def _starts(system: System, variable: Variable) -> Iterator[Value]:
    solver = _solver(system, [system.init, variable.term])
    solver.add(system.init)
    for model in _models(solver, variable.term, f"the initial values of {variable.name!r}"):
        yield variable.domain.value(model[0])


def _moves(system: System, action: Action, variable: Variable) -> Iterator[tuple[Value, Value]]:
    """From which value to which other one `action` can lead."""
    after = dict(action.effects).get(variable.name)
    if after is None:
        return
    solver = _solver(system, [action.guard, after, variable.term])
    for parameter in action.parameters:
        solver.add(parameter.variable.domain.restriction(parameter.variable.term))
    solver.add(action.guard, variable.term != after)
    for before, behind in _models(solver, variable.term, f"where {action.name!r} leads", after):
        yield variable.domain.value(before), variable.domain.value(behind)


def _solver(system: System, said: Sequence[z3.ExprRef]) -> z3.Solver:
    """A solver that knows the ranges of the variables in the terms `said`; any other one has some value in its range."""
    solver = z3.Solver()
    solver.set("rlimit", _EFFORT)
    named = {term.decl().name() for term in subterms(said) if term.num_args() == 0}
    for variable in system.variables:
        if variable.name in named:
            solver.add(variable.domain.restriction(variable.term))
    return solver


def _models(solver: z3.Solver, term: z3.ExprRef, what: str, *more: z3.ExprRef) -> Iterator[tuple[z3.ExprRef, ...]]:
    """Every combination of values of the terms that the solver allows. Raises NotApplicable if it gives up."""
    wanted = (term, *more)
    while (answer := solver.check()) == z3.sat:
        model = solver.model()
        found = tuple(model.eval(part, model_completion=True) for part in wanted)
        yield found
        solver.add(z3.Or([part != value for part, value in zip(wanted, found, strict=True)]))
    if answer == z3.unknown:
        raise NotApplicable(f"z3 cannot tell {what}: {solver.reason_unknown()}")


def draw_machine(graph: nx.MultiDiGraph, wording: Wording, title: str) -> "Figure":
    """The state machine `graph` as a figure; `title` stands above it."""
    from dialproof.views.machine_picture import draw  # only what draws needs matplotlib

    return draw(graph, wording, title)


def describe_machine(graph: nx.MultiDiGraph, wording: Wording, title: str) -> str:
    """The state machine `graph` in words: its initial states, and the actions between its states."""
    starts = " or ".join(wording.value(value) for value, initial in graph.nodes(data="initial") if initial)
    said = [f"State machine: {title}. It starts as {starts or 'nothing: there is no initial state'}."]
    for source, target, name, about in graph.edges(data=True, keys=True):
        fair = FAIRNESS_WORDS[about["fairness"]]
        sentence = wording.actions.get(name) or about["action"]
        said.append(f"From {wording.value(source)} to {wording.value(target)}: {sentence}{f' ({fair})' if fair else ''}.")
    return " ".join(said)
