"""Liveness to safety: a fair loop exists if and only if a state can be saved and met again with everything seen between.

The run may save its state once; from then on it is noted which justice conditions and which halves of compassion pairs
have been met. A state equal to the saved one, all justice met *somewhere* in between, each compassion pair either met or never
asked for, is a fair lasso (Biere, Artho, Schuppan, "Liveness checking as safety checking", 2002). That no such state is
reachable proves the absence of fair runs only if the state space is finite: on unbounded data a fair run need not
repeat a state, so `require_finite` refuses it.
"""

from collections.abc import Collection
from dataclasses import dataclass

import z3

from dialproof.core.errors import NotApplicable
from dialproof.core.variables import Variable
from dialproof.encode.auxiliary import Role, auxiliary
from dialproof.encode.transitions import Transitions, conjunction

SAVE = auxiliary(Role.SAVE)
"""The input that says that the state is saved now."""


@dataclass(frozen=True, eq=False)
class SavedLoop:
    """The liveness-to-safety form of some transitions: a safety problem whose bad states close a fair loop."""

    transitions: Transitions
    copies: tuple[tuple[Variable, Variable], ...]


def fair_loop(original: Transitions, unchecked: Collection[str] = ()) -> SavedLoop:
    """The safety problem whose bad states are exactly the ends of fair loops of `original`.

    The loop's ends are not compared on the variables named in `unchecked`: then every fair loop still is a bad state, but not
    every bad state a fair loop; enough for a proof, and often far easier.
    """
    saved = auxiliary(Role.SAVED)
    changing = [
        variable
        for variable in original.variables
        if variable.name not in unchecked and not original.next[variable.name].eq(variable.term)
    ]
    copies = [(one, auxiliary(Role.SAVED, one.name, one.domain, about=one.name)) for one in changing]
    save_now, is_saved = z3.Bool(SAVE.name), z3.Bool(saved.name)
    in_loop = z3.Or(is_saved, save_now)
    following: dict[str, z3.ExprRef] = dict(original.next)
    following[saved.name] = in_loop
    for variable, copy in copies:
        following[copy.name] = z3.If(z3.And(save_now, z3.Not(is_saved)), variable.term, copy.term)
    seen: list[Variable] = []

    def watch(name: str, condition: z3.BoolRef, half: str = "") -> z3.BoolRef:
        """A variable that becomes true when `condition` is met in the loop: that of fairness `name`, or a `half` of it."""
        flag = auxiliary(Role.SEEN, f"'{name}' {half}".rstrip(), about=name)
        seen.append(flag)
        following[flag.name] = z3.And(in_loop, z3.Or(z3.Bool(flag.name), condition))
        return z3.Bool(flag.name)

    fair = [watch(name, condition) for name, condition in original.justice]
    for name, asked, given in original.compassion:
        fair.append(z3.Or(z3.Not(watch(name, asked, "asked")), watch(name, given, "given")))
    same = [variable.term == copy.term for variable, copy in copies]
    transitions = Transitions(
        variables=(*original.variables, saved, *(copy for _, copy in copies), *seen),
        inputs=(*original.inputs, SAVE),
        init=conjunction([original.init, z3.Not(is_saved), *(z3.Not(z3.Bool(flag.name)) for flag in seen)]),
        allowed=original.allowed,
        next=following,
        bad=conjunction([is_saved, *same, *fair]),
    )
    return SavedLoop(transitions, tuple(copies))


def require_finite(original: Transitions) -> None:
    """Raise NotApplicable where the absence of a saved loop proves nothing."""
    if not original.is_finite:
        described = (*original.variables, *original.inputs)
        unbounded = ", ".join(variable.name for variable in described if not variable.domain.is_finite)
        raise NotApplicable(f"liveness to safety proves nothing on unbounded data ({unbounded}); give the variables bounds")
