"""States that random runs in plain Python pass through: what is not so in one of them need not be looked for."""

import random
from collections.abc import Iterator

import z3

from dialproof.core.errors import ModelError
from dialproof.core.system import System
from dialproof.engines.limits import QUESTION_RLIMIT
from dialproof.engines.solving import ask, fresh_solver
from dialproof.semantics.interpreter import Reader, Values

STARTS, RUNS, STEPS = 6, 12, 40
"""From how many initial states is run how often, and how far."""

MANY = 4096
"""If there are more ways to leave a state, an action is chosen first, and then a way to take it."""


def random_states(system: System, steps: int = STEPS, many: int = MANY) -> Iterator[Values]:
    """States that random runs pass through, the same ones each time."""
    reader, chance = Reader(system), random.Random(0)  # noqa: S311  # nothing is secret here
    starts = list(_some_initial_states(system))
    for number in range(RUNS if starts else 0):
        here = starts[number % len(starts)]
        for _ in range(steps):
            yield here
            try:
                after = _somewhere(reader, here, chance, many)
            except ModelError:  # out of range: for others to refuse, with a message
                break
            if after is None:
                break
            here = after


def _somewhere(reader: Reader, here: Values, chance: random.Random, many: int) -> Values | None:
    """A state to which some action leads, chosen by chance; None if none is found."""
    number = reader.combinations()
    if number is not None and number <= many:
        ways = reader.events(here)
        return chance.choice(ways)[1] if ways else None
    possible = list(reader.possible(here))
    return reader.wander(chance.choice(possible), here, chance) if possible else None


def _some_initial_states(system: System) -> Iterator[Values]:
    """A few initial states, as far from each other as the solver happens to make them."""
    solver = fresh_solver(QUESTION_RLIMIT)
    solver.add(system.init, *(variable.domain.restriction(variable.term) for variable in system.variables))
    for _ in range(STARTS):
        if ask(solver) != z3.sat:
            return
        model = solver.model()
        literals = [model.eval(variable.term, model_completion=True) for variable in system.variables]
        yield tuple(variable.domain.value(literal) for variable, literal in zip(system.variables, literals, strict=True))
        solver.add(z3.Or([variable.term != literal for variable, literal in zip(system.variables, literals, strict=True)]))
