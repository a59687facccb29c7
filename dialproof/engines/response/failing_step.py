"""A premise that fails, as a concrete step: the state before, the action, the state after, and the ranks in both."""

from collections.abc import Sequence

import z3

from dialproof.core.system import System
from dialproof.core.terms import subterms
from dialproof.core.variables import Kind, choice_value
from dialproof.encode.response import Premise, RankedCase, Response
from dialproof.encode.transitions import action_inputs, is_action, is_below, parameter_input
from dialproof.engines.solving import ask

_SMALL = 4
"""Numbers below this are preferred to others."""

MANY = 12
"""Of so many variables only those are shown that change or that the premise speaks of."""


def least_surprising(system: System, solver: z3.Solver) -> z3.ModelRef:
    """A model of what `solver`, which has found one, was asked: with the earliest action, and numbers as small as can be."""
    model, settled = solver.model(), list[z3.BoolRef]()
    digits = [z3.Bool(digit.name) for digit in action_inputs(system)]
    while (number := _number_of(system, model)) > 0 and ask(solver, is_below(number, digits)) == z3.sat:
        model = solver.model()
    settled.append(is_action(_number_of(system, model), digits))
    for variable in system.variables:
        if variable.domain.kind is not Kind.INTEGER:
            continue
        term = variable.term
        assert isinstance(term, z3.ArithRef)
        for value in range(_SMALL):
            if ask(solver, *settled, term == value) == z3.sat:
                model = solver.model()
                settled.append(term == value)
                break
    return model


def shown_failure(system: System, response: Response, premise: Premise, model: z3.ModelRef) -> str:
    """The premise by name, what it should establish, and the state or the step on which it fails."""
    lines = [f'the premise "{premise.name}" fails: {premise.establishes}']
    terms: list[z3.ExprRef] = (
        [premise.case.region, *premise.case.rank] if premise.case is not None else [response.cause, response.missing]
    )
    lines += shown_step(system, response, model, terms, is_step=premise.is_step)
    if premise.case is not None:
        lines.append(_ranks(response, premise.case, model, is_step=premise.is_step))
    lines.append("(if no run gets to that state, a stronger invariant would exclude it)")
    return "\n    ".join(lines)


def shown_step(
    system: System, response: Response, model: z3.ModelRef, terms: Sequence[z3.ExprRef], *, is_step: bool = True
) -> list[str]:
    """Lines for the state and, of a step, the action and the state after; of many variables those that `terms` speak of."""
    form = response.transitions
    before = {one.name: _value(model, one.term) for one in form.variables}
    after = {one.name: _value(model, form.next[one.name]) for one in form.variables} if is_step else before
    spoken = {part.decl().name() for part in subterms(terms) if part.num_args() == 0}
    shown = [name for name in before if len(before) <= MANY or name in spoken or before[name] != after[name]]
    if not is_step:
        return [f"state:  {_assignments(before, shown)}"]
    return [
        f"before: {_assignments(before, shown)}",
        f"action: {_action(system, model)}",
        f"after:  {_assignments(after, shown)}",
    ]


def _assignments(state: dict[str, str], names: list[str]) -> str:
    return ", ".join(f"{name}={state[name]}" for name in names)


def _ranks(response: Response, case: RankedCase, model: z3.ModelRef, *, is_step: bool) -> str:
    before = ", ".join(_value(model, part) for part in case.rank)
    if not is_step:
        return f"rank:   ({before})"
    after = ", ".join(_value(model, response.number_after(part)) for part in case.rank)
    where = "in" if z3.is_true(model.eval(response.after(case.region), model_completion=True)) else "outside"
    return f"rank:   ({before}) before, ({after}) after, {where} the region of the case"


def _action(system: System, model: z3.ModelRef) -> str:
    number = _number_of(system, model)
    if number >= len(system.actions):
        return "(none is possible: the system idles)"
    action = system.actions[number]
    carriers = [(one.variable.name, parameter_input(action.name, one.variable)) for one in action.parameters]
    given = ", ".join(f"{name}={_value(model, carrier.term)}" for name, carrier in carriers)
    return f"{action.name}({given})" if given else action.name


def _number_of(system: System, model: z3.ModelRef) -> int:
    """The number of the action that is taken."""
    digits = enumerate(action_inputs(system))
    return sum(1 << place for place, one in digits if z3.is_true(model.eval(z3.Bool(one.name), model_completion=True)))


def _value(model: z3.ModelRef, term: z3.ExprRef) -> str:
    value = model.eval(term, model_completion=True)
    if isinstance(value, z3.IntNumRef):
        return str(value.as_long())
    return choice_value(value)
