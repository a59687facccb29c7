"""Transitions over truth values alone: what is finite is spelled in binary, as gates, which a bounded search solves far sooner.

A solver that is asked about sums of integers reasons about numbers, frame by frame; where a timer counts ticks that is nearly all
that it does. Spelled in binary (`dialproof.encode.bitblast.terms`) the same steps are clauses, from which it learns. Truth values
keep their names, so that what speaks of them alone can be asked as before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import z3

from dialproof.core.errors import InternalError
from dialproof.core.variables import Kind, Value, Variable
from dialproof.encode.auxiliary import Role, auxiliary
from dialproof.encode.bitblast.gates import Graph, negated
from dialproof.encode.bitblast.terms import Blaster, as_value, digits_of, extended, value_of_code
from dialproof.encode.transitions import Transitions
from dialproof.encode.z3_lowlevel import both


@dataclass(frozen=True, eq=False)
class Digital:
    """`transitions` over truth values, with the same steps as others; every state and input is one of theirs `within` ranges.

    `digits` are those of each variable and input of the others, the lowest first.
    """

    transitions: Transitions
    within: z3.BoolRef
    digits: tuple[tuple[Variable, tuple[str, ...]], ...]

    @cached_property
    def names(self) -> dict[str, tuple[str, ...]]:
        """The digits of each variable and input, by its name."""
        return {variable.name: names for variable, names in self.digits}

    def values(self, digits: Mapping[str, bool]) -> dict[str, Value]:
        """The values of the other transitions' variables and inputs that `digits` spell."""
        found: dict[str, Value] = {}
        for variable, names in self.digits:
            value = value_of_code(variable.domain, sum(digits[name] << place for place, name in enumerate(names)))
            if value is None:
                raise InternalError(f"the digits of {variable.name!r} spell none of its values")
            found[variable.name] = value
        return found


def in_digits(plain: Transitions) -> Digital:
    """`plain`, which must be finite, over truth values. A step that leads out of a variable's range is none, as there."""
    described = (*plain.variables, *plain.inputs)
    if all(variable.domain.kind is Kind.BOOLEAN for variable in described):
        return Digital(plain, z3.BoolVal(True), tuple((variable, (variable.name,)) for variable in described))
    truths = {variable.name: _digits(variable) for variable in described}
    inputs = [(variable, tuple(digit.name for digit in truths[variable.name])) for variable in plain.inputs]
    variables = [(variable, tuple(digit.name for digit in truths[variable.name])) for variable in plain.variables]
    graph = Graph(sum(len(row) for _, row in inputs), sum(len(row) for _, row in variables))
    named = [digit for _, row in (*inputs, *variables) for digit in row]
    literals = dict(zip(named, (*graph.inputs, *graph.latches), strict=True))
    spelled = {variable.name: [literals[digit] for digit in row] for variable, row in (*inputs, *variables)}
    blaster = Blaster(graph, {one.name: as_value(one.domain, spelled[one.name]) for one in described})
    fits, following = [], dict[str, int]()
    for variable, row in variables:
        value = blaster.bits(plain.next[variable.name])
        kept = extended(value, len(row))[: len(row)]
        following |= dict(zip(row, kept, strict=True))
        if variable.domain.kind is Kind.INTEGER:  # what does not fit into its digits must not go round
            read = as_value(variable.domain, kept)
            width = max(len(read), len(value))
            pairs = zip(extended(read, width), extended(value, width), strict=True)
            fits.append(graph.all_of(negated(graph.differ(one, other)) for one, other in pairs))
    allowed = graph.all_of([blaster.truth(plain.allowed), *fits])
    within = graph.all_of(blaster.within(one.domain, spelled[one.name]) for one in described)
    init, bad = blaster.truth(plain.init), None if plain.bad is None else blaster.truth(plain.bad)
    terms = _Terms(graph, [z3.Bool(digit) for digit in named])
    digital = Transitions(
        variables=tuple(digit for variable in plain.variables for digit in truths[variable.name]),
        inputs=tuple(digit for variable in plain.inputs for digit in truths[variable.name]),
        init=terms.of(init),
        allowed=terms.of(allowed),
        next={digit: terms.of(literal) for digit, literal in following.items()},
        bad=None if bad is None else terms.of(bad),
    )
    return Digital(digital, terms.of(within), (*variables, *inputs))


class _Terms:
    """The literals of a graph as terms, which share what the gates share."""

    def __init__(self, graph: Graph, constants: Sequence[z3.BoolRef]) -> None:
        self._nodes = [z3.BoolVal(False), *constants]
        self._negated: dict[int, z3.BoolRef] = {}
        for one, other in graph.gates:
            self._nodes.append(both(self.of(one), self.of(other)))

    def of(self, literal: int) -> z3.BoolRef:
        if not literal & 1:
            return self._nodes[literal >> 1]
        if literal not in self._negated:
            self._negated[literal] = z3.Not(self._nodes[literal >> 1])
        return self._negated[literal]


def _digits(variable: Variable) -> tuple[Variable, ...]:
    """The truth values that spell `variable`, the lowest first; itself if it is one."""
    if variable.domain.kind is Kind.BOOLEAN:
        return (variable,)
    places = range(digits_of(variable.domain))
    return tuple(auxiliary(Role.DIGIT, f"{place} '{variable.name}'", about=variable.name) for place in places)
