"""Time locks: states in which time cannot pass, and in which nothing that could be holding it up can happen either.

The assumption that time goes on would leave out every run into such a state, whatever happens in it, so that a claim could hold
of the few runs that are left. It is a fault of the model or of the numbers in a scenario, never of the product.
"""

import z3

from dialproof.core.run import State
from dialproof.core.terms import subterms
from model.events import Event
from model.router import Router


def time_lock(router: Router) -> State | None:
    """A state, reachable or not, in which time is locked; None if there is none, and for a router without clocks.

    What can hold time up is what the product itself does, and what happens at a time: steps of lines that have a latest time, and
    actions that read a clock.
    """
    if router.unit is None:
        return None
    (passing,) = router.actions(Event.ELAPSE)
    (step,) = passing.parameters
    clocks = {clock.variable.name for clock in router.clocks}
    timed = {step.event for line in router.lines for step in line.kind.steps if step.latest is not None}
    timed |= {Event.RETRIEVE for one in router.remote if one.latest is not None}
    holding = [
        action.guard
        for action in router.system.actions
        if action.actor in router.words.itself
        or action.event in timed
        or clocks & {str(part) for part in subterms([action.guard]) if part.num_args() == 0}
    ]
    variables = router.system.variables
    solver = z3.Solver()
    solver.add(*(one.domain.restriction(one.term) for one in variables), *map(z3.Not, holding))
    solver.add(z3.Not(z3.substitute(passing.guard, (step, z3.IntVal(1)))))
    if solver.check() == z3.unsat:
        return None
    model = solver.model()
    return State.of({one.name: one.domain.value(model.eval(one.term, model_completion=True)) for one in variables})
