"""That a lifted system is, at a value of its frozen variable, the system that was really built there.

Whoever lifted it is not believed: the value is put in the place of the frozen variable, and what comes of it is compared with
what was built, part by part. Terms must be the same after z3's simplification, or an SMT question must find no difference. What
has to agree: the variables and the kinds of their values, the initial condition, every action with its parameters, guard, updates
and fairness, every assumption, and the formulas asked about. What is only said to readers need not.

The ranges of the lifted system may be larger. Why what is proved of it holds of the built system all the same: each state that is
in range here is in range there, the frozen variable never changes, the initial states are the same, and an action is enabled and
leads where it leads at the same states, with the same values of its parameters (its guard there says what the ranges say here).
So each run here, with the value added, is a run there; it is fair and meets the assumptions there if it does so here. Nothing is
said of the other direction: a run of the lifted system counts only after it was replayed in the built one.
"""

from collections.abc import Sequence

import z3

from dialproof.core.actions import Action
from dialproof.core.errors import AuditError
from dialproof.core.instances import Instance
from dialproof.core.system import System
from dialproof.core.terms import rename
from dialproof.core.variables import Integer, Variable
from dialproof.encode.transitions import conjunction


def check_instance(lifted: System, formulas: Sequence[z3.BoolRef], frozen: Integer, number: int, built: Instance) -> None:
    """Raise AuditError unless `lifted` with `formulas` is `built` if its variable `frozen` is `number`."""
    _Comparison(lifted, frozen, number, built.system).make(formulas, built.formulas)


class _Comparison:
    def __init__(self, lifted: System, frozen: Integer, number: int, built: System) -> None:
        self._lifted, self._built = lifted, built
        self._frozen, self._number = frozen, z3.IntVal(number)
        self._where = f"system {built.name!r} at {frozen.variable.name} = {number}"

    def make(self, formulas: Sequence[z3.BoolRef], built: Sequence[z3.BoolRef]) -> None:
        """The whole comparison. Raises AuditError."""
        lifted, system, name = self._lifted, self._built, self._frozen.variable.name
        others = [variable for variable in lifted.variables if variable.name != name]
        self._require(len(others) == len(lifted.variables) - 1, "the frozen variable")
        self._require(
            all(name not in dict(action.effects) for action in lifted.actions), "the frozen variable, which something changes"
        )
        self._require(_contains(lifted.variable(name), self._number.as_long()), "the range of the frozen variable")
        self._alike(others, system.variables, "the variables")
        self._same(conjunction([lifted.init, _within(others)]), conjunction([system.init, _within(system.variables)]), "init")
        self._require([one.name for one in lifted.actions] == [one.name for one in system.actions], "the actions")
        for one, action in zip(lifted.actions, system.actions, strict=True):
            self._compare(one, action)
        names = [one.name for one in lifted.assumptions]
        self._require(names == [one.name for one in system.assumptions], "the assumptions")
        pairs = [(one.formula, other.formula) for one, other in zip(lifted.assumptions, system.assumptions, strict=True)]
        self._require(len(formulas) == len(built), "how many formulas there are")
        for one_formula, other_formula in [*pairs, *zip(formulas, built, strict=True)]:
            self._same(one_formula, other_formula, "a formula", asked=False)

    def _compare(self, lifted: Action, built: Action) -> None:
        where = f"action {built.name!r}"
        self._require(lifted.fairness is built.fairness, f"{where}: its fairness")
        inner, others = ([parameter.variable for parameter in action.parameters] for action in (lifted, built))
        self._alike(inner, others, f"{where}: its parameters")
        self._require(self._frozen.variable.name not in {one.name for one in inner}, f"{where}: its parameters")
        guards = [conjunction([action.guard, _within(known)]) for action, known in ((lifted, inner), (built, others))]
        self._same(guards[0], guards[1], f"{where}: its guard")
        self._require([name for name, _ in lifted.effects] == [name for name, _ in built.effects], f"{where}: what it updates")
        for (name, one), (_, other) in zip(lifted.effects, built.effects, strict=True):
            self._same(one, other, f"{where}: its update of {name!r}")

    def _alike(self, lifted: Sequence[Variable], built: Sequence[Variable], what: str) -> None:
        """The same names and kinds in the same order, and no smaller ranges."""
        self._require(len(lifted) == len(built), what)
        for one, other in zip(lifted, built, strict=True):
            kinds = [(each.name, each.domain.kind, each.domain.values, each.domain.sort_name) for each in (one, other)]
            self._require(kinds[0] == kinds[1], f"{what}: {other.name!r}")
            self._require(_includes(one, other), f"{what}: the range of {other.name!r}")

    def _same(self, lifted: z3.ExprRef, built: z3.ExprRef, what: str, *, asked: bool = True) -> None:
        """The same term at the value; a solver is `asked` if the texts differ, but not about time, of which it knows nothing."""
        (there,) = rename([lifted], [(self._frozen, self._number)])
        if there.eq(built) or z3.simplify(there).eq(z3.simplify(built)):
            return
        self._require(there.sort().eq(built.sort()), what)
        solver = z3.Solver()
        solver.add(there != built)
        self._require(asked and solver.check() == z3.unsat, what)

    def _require(self, condition: bool, what: str) -> None:
        if not condition:
            raise AuditError(f"{self._where}: the lifted system differs from the one that was built: {what}")


def _within(variables: Sequence[Variable]) -> z3.BoolRef:
    return conjunction([variable.domain.restriction(variable.term) for variable in variables])


def _contains(variable: Variable, number: int) -> bool:
    return variable.domain.contains(number)


def _includes(one: Variable, other: Variable) -> bool:
    """Whether every value of `other` is one of `one`."""
    wide, narrow = one.domain, other.domain
    low = wide.low is None or (narrow.low is not None and wide.low <= narrow.low)
    return low and (wide.high is None or (narrow.high is not None and narrow.high <= wide.high))
