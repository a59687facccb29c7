"""What the names in a formula stand for: variables, values, actions. And what was meant by one that stands for nothing."""

from collections.abc import Iterable
from difflib import get_close_matches

import z3

from dialproof.core.system import System
from dialproof.core.text.words import quoted
from dialproof.core.variables import Domain, Kind


class Names:
    """The names that a system gives."""

    def __init__(self, system: System) -> None:
        self._variables = {variable.name: variable for variable in system.variables}
        self._actions = [action.name for action in system.actions]
        choices = [variable.domain for variable in system.variables if variable.domain.kind is Kind.CHOICE]
        self._sorts = {domain.sort_name: domain for domain in choices}

    def variable(self, name: str) -> z3.ExprRef | None:
        """The variable called `name`."""
        found = self._variables.get(name)
        return None if found is None else found.term

    def clock(self, name: str) -> z3.ArithRef | None:
        """The integer variable called `name`."""
        found = self.variable(name)
        return found if isinstance(found, z3.ArithRef) else None

    def qualified(self, owner: str, value: str) -> z3.ExprRef | None:
        """The value called `value` of the choice, or of the type of choices, called `owner`."""
        for domain in self._owned(owner):
            if value in domain.values:
                return domain.term(value)
        return None

    def value(self, sort: z3.SortRef, name: str) -> z3.ExprRef | None:
        """The value called `name` of the choices of type `sort`."""
        domain = self.domain(sort)
        return domain.term(name) if domain is not None and name in domain.values else None

    def domain(self, sort: z3.SortRef) -> Domain | None:
        """The choices of type `sort`; None if it is a type of something else."""
        return next((domain for domain in self._sorts.values() if domain.sort().eq(sort)), None)

    def has_action(self, name: str) -> bool:
        """Whether there is an action called `name`."""
        return name in self._actions

    def no_variable(self, name: str) -> str:
        """What to say where `name` is no variable."""
        owners = [variable.name for variable in self._variables.values() if name in variable.domain.values]
        if owners:
            example = f"{quoted(owners[0])} = {quoted(name)}"
            return f"{name!r} is a value of {owners[0]!r}, and means something where it is compared with it: {example}"
        if self.has_action(name):
            return f"{name!r} is an action, not a variable; write taken({name!r}) or enabled({name!r})"
        return f"{name!r} is no variable of the system; {_allowed('variables', name, self._variables)}"

    def no_value(self, owner: str, name: str, values: Iterable[str]) -> str:
        """What to say where `name` is no value of `owner`."""
        return f"{name!r} is no value of {owner}; {_allowed('values', name, values)}"

    def no_action(self, name: str) -> str:
        """What to say where `name` is no action."""
        return f"{name!r} is no action of the system; {_allowed('actions', name, self._actions)}"

    def values_of(self, owner: str) -> tuple[str, ...]:
        """The values of the choice called `owner`; none if it is no choice."""
        return next((domain.values for domain in self._owned(owner)), ())

    def _owned(self, owner: str) -> list[Domain]:
        found = [self._sorts[owner]] if owner in self._sorts else []
        if owner in self._variables and self._variables[owner].domain.kind is Kind.CHOICE:
            found.append(self._variables[owner].domain)
        return found


SHOWN = 12
"""How many names a message lists."""


def _allowed(what: str, name: str, known: Iterable[str]) -> str:
    names = list(known)
    close = get_close_matches(name, names, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    listed = ", ".join(map(repr, names[:SHOWN])) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
    return f"the {what} are {listed}" if names else f"it has no {what}"
