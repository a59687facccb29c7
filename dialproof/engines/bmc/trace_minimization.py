"""Of all shortest violations the one that a reader is least surprised by: found by asking for less of what is remarkable.

Which one is shown does not depend on the model that the solver happens to find first, nor on where the search began: where
everything is finite, all that a reader sees is settled here, unless that takes more than is allowed for it.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count

import z3

from dialproof.core.system import System
from dialproof.core.variables import Value
from dialproof.encode.liveness_to_safety import SAVE
from dialproof.encode.transitions import action_inputs, disjunction, is_action, is_below, parameter_input
from dialproof.engines.bmc.unrolling import Unrolling
from dialproof.engines.solving import Meter, ask

Frames = list[dict[str, Value]]
"""The values of every variable and input, frame by frame."""


def simplest(unrolling: Unrolling, reached: z3.BoolRef, depth: int, system: System, rlimit: int | None) -> Frames:
    """A model of `reached`, of which the solver has just found one, that a reader is least surprised by.

    It does without every action but the system's first that it can do without, later ones before earlier ones; then each step,
    the last first, takes the earliest action of the system that it can. A system lists first what is least remarkable. Then
    the loop begins as late as it can, and initial values and parameters are the first ones that will do, in the order in which
    they are spelled in binary (0, 1, ... and only then what is negative). After `rlimit` units (None: no limit) of z3's work,
    what is found by then is kept.
    """
    solver, meter = unrolling.solver, Meter(rlimit)
    digits = [z3.Bool(digit.name) for digit in action_inputs(system)]
    idle = len(system.actions)
    spelled = [[frame[digit.decl().name()] for digit in digits] for frame in unrolling.frames]
    model = solver.model()
    acts = _actions(model, spelled)

    def is_possible(*assumed: z3.BoolRef) -> bool:
        """True if there is a model, as far as that is found out."""
        if meter.is_over:
            return False
        meter.limit(solver)
        return ask(solver, *assumed) == z3.sat

    def kept_to(condition: z3.BoolRef, where: Iterable[int]) -> z3.BoolRef:
        """A literal that says that the action in each of the frames `where` meets `condition`."""
        literal = z3.Bool(f"dialproof.kept {next(numbers)}")
        said = [z3.substitute(condition, *zip(digits, spelled[frame], strict=True)) for frame in where]
        solver.add(z3.Implies(literal, z3.And(said)))
        return literal

    numbers = count()
    needed = [idle]
    latest = idle
    while used := [number for number in acts if 0 < number < latest]:
        latest = max(used)
        earlier = disjunction([is_below(latest, digits), *(is_action(number, digits) for number in needed)])
        if is_possible(reached, kept_to(earlier, range(depth + 1))):
            model = solver.model()
            acts = _actions(model, spelled)
        else:
            needed.append(latest)
    allowed = disjunction([is_action(number, digits) for number in (0, *needed)])
    solver.add(reached, kept_to(allowed, range(depth + 1)))
    for frame in (*reversed(range(depth)), depth):
        while acts[frame] > 0:
            if not is_possible(kept_to(is_below(acts[frame], digits), [frame])):
                break
            model = solver.model()
            acts = _actions(model, spelled)
        solver.add(kept_to(is_action(acts[frame], digits), [frame]))
    for name, place in _seen(unrolling, system, acts):
        for digit in unrolling.digits(name, place):
            if z3.is_true(model.eval(digit, model_completion=True)):
                if not is_possible(z3.Not(digit)):
                    solver.add(digit)
                    continue
                model = solver.model()
            solver.add(z3.Not(digit))
    return [unrolling.values(model, frame) for frame in range(depth + 1)]


def _seen(unrolling: Unrolling, system: System, acts: Sequence[int]) -> Iterator[tuple[str, int]]:
    """What a reader sees besides the actions and what follows: where the loop begins, initial values, parameters; by frame."""
    loop = ((SAVE.name, frame) for frame in range(len(acts)) if SAVE.name in unrolling.frames[0])
    start = ((variable.name, 0) for variable in system.variables)
    parameters = (
        (parameter_input(action.name, parameter.variable).name, frame)
        for frame, number in enumerate(acts)
        for action in system.actions[number:][:1]
        for parameter in action.parameters
    )
    return chain(loop, start, parameters)


def _actions(model: z3.ModelRef, spelled: Iterable[Iterable[z3.ExprRef]]) -> list[int]:
    """The numbers that the digits of each frame spell in `model`; that of no action follows them all."""

    def is_set(digit: z3.ExprRef) -> bool:
        return z3.is_true(model.eval(digit, model_completion=True))

    return [sum(is_set(digit) << place for place, digit in enumerate(digits)) for digits in spelled]


def action_in(system: System, frame: dict[str, Value]) -> int:
    """The number of the action taken in `frame`."""
    return sum(1 << place for place, digit in enumerate(action_inputs(system)) if frame[digit.name])
