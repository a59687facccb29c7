"""k-liveness: a fair run completes infinitely many rounds; where no run completes `k` of them, there is no fair run.

A round is over when each justice condition has been met in it. From a position that the run chooses, one may say of each
compassion pair that it is never asked for again; the others count as justice conditions. Every fair run can choose so
that it completes every number of rounds, whatever its states are: the number of rounds bounds nothing about the state space, so
that the argument holds on unbounded data too (Claessen and Sorensson, "A liveness checking algorithm that counts", 2012;
here with several conditions and compassion). That some `k` is reached proves nothing.
"""

import z3

from dialproof.core.variables import Variable
from dialproof.encode.auxiliary import Role, auxiliary
from dialproof.encode.transitions import Transitions, conjunction


def counted_rounds(original: Transitions, rounds: int, may_start: z3.BoolRef | None = None) -> Transitions:
    """The safety problem whose bad states complete `rounds` (at least 1) rounds of the fairness of `original`.

    Counting starts where the run chooses, once, and only where `may_start` holds: it must hold at almost every position of
    each fair run.
    """
    if rounds < 1:
        raise ValueError("a fair run is refuted by at least one round")
    inputs: list[Variable] = [auxiliary(Role.START)]
    variables: list[Variable] = [auxiliary(Role.STARTED)]
    start, started = z3.Bool(inputs[0].name), z3.Bool(variables[0].name)
    counting = z3.Or(started, start)
    following: dict[str, z3.ExprRef] = dict(original.next) | {variables[0].name: counting}
    allowed = [original.allowed]
    if may_start is not None:
        allowed.append(z3.Implies(z3.And(start, z3.Not(started)), may_start))
    conditions = list(original.justice)
    for name, asked, given in original.compassion:
        variables.append(auxiliary(Role.NEVER, f"'{name}'", about=name))
        inputs.append(auxiliary(Role.NEVER, f"'{name}' from here", about=name))
        never, guess = z3.Bool(variables[-1].name), z3.Bool(inputs[-1].name)
        renounced = z3.If(started, never, guess)
        following[never.decl().name()] = renounced
        allowed.append(z3.Implies(z3.And(counting, renounced), z3.Not(asked)))
        conditions.append((name, z3.Or(given, renounced)))
    met_now = [auxiliary(Role.MET, f"'{name}'", about=name) for name, _ in conditions]
    flags = [z3.Bool(one.name) for one in met_now]
    met = [z3.Or(flag, condition) for flag, (_, condition) in zip(flags, conditions, strict=True)]
    complete = conjunction([counting, *met])
    for flag, reached in zip(flags, met, strict=True):
        following[flag.decl().name()] = conjunction([counting, reached, z3.Not(complete)])
    complete_by_now = [auxiliary(Role.ROUND, f"{number}") for number in range(1, rounds)]
    done = [z3.Bool(one.name) for one in complete_by_now]
    for place, mark in enumerate(done):
        following[mark.decl().name()] = z3.Or(mark, conjunction([complete, *done[place - 1 : place]] if place else [complete]))
    nothing_yet = [z3.Not(flag) for flag in (started, *flags, *done)]
    return Transitions(
        variables=(*original.variables, *variables, *met_now, *complete_by_now),
        inputs=(*original.inputs, *inputs),
        init=conjunction([original.init, *nothing_yet]),
        allowed=conjunction(allowed),
        next=following,
        bad=conjunction([*done[-1:], counting, *met]),
    )
