"""A problem as a circuit in AIGER 1.9, for the model checkers of hardware (Biere, Heljanko, Wieringa, "AIGER 1.9", 2011).

The circuit has one bad-state property, and needs no constraint, no reset value and no uninitialised latch, so that every reader
of the format understands it. Its latch `valid` says that the other latches hold a state that a run has reached. Where it is
false the inputs called `first ...` are taken over as a state, and are valid if that state is an initial one; where it is true a
step is made, and the state stays valid if the step was allowed and every input spells a value. So exactly the states that a run
reaches are reached with `valid`; a circuit that has gone astray may only begin again. A bad state is reached one moment later
than in the run.

What is bad: where a finite run is enough to violate the claim, its end; else the end of a fair loop (liveness-to-safety,
`dialproof.encode.liveness_to_safety`, exact on finite systems); or, where a number of rounds is given, that many rounds of
fairness (`dialproof.encode.k_liveness`; that one is reached means nothing then).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dialproof.core.errors import NotApplicable
from dialproof.core.variables import Domain, Kind, Value, Variable
from dialproof.encode.bitblast.gates import Graph, value_of
from dialproof.encode.bitblast.terms import Bits, Blaster, as_value, code_of, digits_of, value_of_code
from dialproof.encode.problem import Problem
from dialproof.encode.transitions import Transitions
from dialproof.exchange.counters import without_counters
from dialproof.exchange.naming import Names

VALID = "valid"
"""What the latch is called that says whether the others hold a state of a run."""

_FORMS = {
    "safety": "What is bad: the end of a finite run that violates the claim; it holds if and only if none is reached",
    "liveness-to-safety": "What is bad: the end of a fair loop that violates the claim; it holds if and only if none is reached",
    "rounds": "What is bad: the end of round {rounds} of fairness; the claim holds if none is reached, and may hold if one is",
}


@dataclass(frozen=True, eq=False)
class Circuit:
    """Transitions as a circuit, whose output `bad` is true where a bad state is reached.

    The latches are `valid` and then the digits of each variable, the lowest first; the inputs are the digits of the transitions'
    inputs, and then those of the variables of a first state.
    """

    form: Transitions
    graph: Graph
    bad: int

    def inputs(self) -> Iterator[tuple[Variable, str, int]]:
        """Each input: (variable, "" or "first" where it is about a first state, place of the digit)."""
        for kind, variables in (("", self.form.inputs), ("first", self.form.variables)):
            for variable in variables:
                yield from ((variable, kind, place) for place in range(digits_of(variable.domain)))

    def latches(self) -> Iterator[tuple[Variable, int]]:
        """Each latch but the first one: (variable, place of the digit)."""
        for variable in self.form.variables:
            yield from ((variable, place) for place in range(digits_of(variable.domain)))

    def stimuli(self, inputs: Mapping[str, Value], first: Mapping[str, Value]) -> list[bool]:
        """The values of the circuit's inputs that stand for the values of variables given by name."""
        given = {"": inputs, "first": first}
        return [bool(code_of(one.domain, given[kind][one.name]) >> place & 1) for one, kind, place in self.inputs()]

    def is_bad_after(self, stimuli: Sequence[Sequence[bool]]) -> bool:
        """Whether the last of `stimuli` meets a bad state."""
        values = list(self.graph.run(stimuli))
        return bool(values) and value_of(self.bad, values[-1])

    def frames(self, stimuli: Sequence[Sequence[bool]]) -> list[dict[str, Value]]:
        """The run that the circuit makes under `stimuli`: every variable and input at each moment since it was last begun.

        Raises ValueError where an input spells no value.
        """
        moments: list[tuple[list[bool], list[bool]]] = []
        for values in self.graph.run(stimuli):
            if value_of(self.graph.latches[0], values):
                digits = [[value_of(literal, values) for literal in row] for row in (self.graph.latches[1:], self.graph.inputs)]
                moments.append((digits[0], digits[1]))
            else:
                moments = []
        return [_decoded(self.form.variables, state) | _decoded(self.form.inputs, inputs) for state, inputs in moments]

    def ascii(self, remarks: Sequence[str] = ()) -> str:
        """The circuit in AIGER's format of lines (.aag), with `remarks` as its comment."""
        graph = self.graph
        lines = [
            self._header("aag"),
            *(str(literal) for literal in graph.inputs),
            *(f"{latch} {following}" for latch, following in zip(graph.latches, graph.following, strict=True)),
            str(self.bad),
            *(f"{2 * number} {one} {other}" for number, (one, other) in self._gates()),
        ]
        return "\n".join([*lines, *self._symbols(remarks), ""])

    def binary(self, remarks: Sequence[str] = ()) -> bytes:
        """The circuit in AIGER's binary format (.aig), with `remarks` as its comment."""
        lines = [self._header("aig"), *map(str, self.graph.following), str(self.bad), ""]
        gates = b"".join(_delta(2 * number - one) + _delta(one - other) for number, (one, other) in self._gates())
        return "\n".join(lines).encode() + gates + "\n".join([*self._symbols(remarks), ""]).encode()

    def _header(self, word: str) -> str:
        graph = self.graph
        return f"{word} {graph.last} {len(graph.inputs)} {len(graph.latches)} 0 {len(graph.gates)} 1"

    def _gates(self) -> Iterator[tuple[int, tuple[int, int]]]:
        return enumerate(self.graph.gates, start=self.graph.last - len(self.graph.gates) + 1)

    def _symbols(self, remarks: Sequence[str]) -> Iterator[str]:
        """The names of inputs, latches and the bad state, and the comment that says what they stand for."""
        names, legend = Names({VALID, "bad"}), list[str]()
        places = [("i", place, *digit) for place, digit in enumerate(self.inputs())]
        places += [("l", place, variable, "", digit) for place, (variable, digit) in enumerate(self.latches(), start=1)]
        yield from (
            f"i{place} {_named(names, variable, kind, digit)}" for sign, place, variable, kind, digit in places if sign == "i"
        )
        yield f"l0 {VALID}"
        yield from (
            f"l{place} {_named(names, variable, kind, digit)}" for sign, place, variable, kind, digit in places if sign == "l"
        )
        yield "b0 bad"
        yield "c"
        yield from (line for remark in remarks for line in remark.splitlines() or [""])
        yield f"l0 {VALID}: whether the other latches hold a state that a run has reached"
        for sign, place, variable, kind, digit in places:
            about = f"the {kind} value of " if kind else ""
            legend.append(
                f"{sign}{place} {_named(names, variable, kind, digit)}: "
                f"digit {digit} of {about}{variable.name!r} {_code(variable.domain)}"
            )
        yield from legend


def to_aiger(problem: Problem, rounds: int | None = None) -> Circuit:
    """The circuit of `problem`; with `rounds`, of the k-liveness form with so many (at least 1).

    Every action must keep the variables in their ranges (`dialproof.evidence.range_claim`). Raises NotApplicable for an unbounded
    system, and for rounds of a claim that needs none.
    """
    asked = without_counters(problem)
    return circuit_of(form_of(asked, rounds))


def form_of(problem: Problem, rounds: int | None = None) -> Transitions:
    """The transitions whose bad states are looked for. Raises NotApplicable where nothing would follow from them."""
    if rounds is not None:
        if problem.is_safety:
            raise NotApplicable("the claim is a safety claim: no round of fairness is needed to refute its violations")
        return problem.rounds(rounds)
    if problem.finite_run_suffices:
        return problem.safety
    return problem.proof_loop([variable.name for variable in problem.system.variables])


def meaning_of(problem: Problem, rounds: int | None = None) -> str:
    """What it means that a bad state of `to_aiger(problem, rounds)` is reached, as a sentence for whoever reads the file."""
    if rounds is not None:
        return _FORMS["rounds"].format(rounds=rounds)
    return _FORMS["safety" if without_counters(problem).finite_run_suffices else "liveness-to-safety"]


def circuit_of(form: Transitions) -> Circuit:
    """Transitions with bad states as a circuit. Raises NotApplicable where a variable or an input is unbounded."""
    assert form.bad is not None
    unbounded = [variable.name for variable in (*form.variables, *form.inputs) if not variable.domain.is_finite]
    if unbounded:
        raise NotApplicable(f"a circuit has finitely many states; give bounds to {', '.join(unbounded)}")
    sizes = [sum(digits_of(variable.domain) for variable in variables) for variables in (form.inputs, form.variables)]
    graph = Graph(sum(sizes), 1 + sizes[1])
    inputs = _split(form.inputs, graph.inputs[: sizes[0]])
    first = _split(form.variables, graph.inputs[sizes[0] :])
    state = _split(form.variables, graph.latches[1:])
    here = Blaster(graph, _values(form.variables, state) | _values(form.inputs, inputs))
    start = Blaster(graph, _values(form.variables, first))
    spelled = graph.all_of(here.within(variable.domain, inputs[variable.name]) for variable in form.inputs)
    begins = graph.all_of([start.truth(form.init), *(start.within(one.domain, first[one.name]) for one in form.variables)])
    valid = graph.latches[0]
    following = [graph.choose(valid, graph.both(here.truth(form.allowed), spelled), begins)]
    for variable in form.variables:
        digits = here.bits(form.next[variable.name])
        for place, one in enumerate(first[variable.name]):
            # an integer of fewer digits goes on with its sign
            following.append(graph.choose(valid, digits[min(place, len(digits) - 1)], one))
    graph.following = following
    return Circuit(form, graph, graph.all_of([valid, spelled, here.truth(form.bad)]))


def _split(variables: Sequence[Variable], literals: Sequence[int]) -> dict[str, Bits]:
    """The literals that belong to each variable, by name."""
    found, rest = {}, list(literals)
    for variable in variables:
        size = digits_of(variable.domain)
        found[variable.name], rest = tuple(rest[:size]), rest[size:]
    return found


def _values(variables: Sequence[Variable], digits: Mapping[str, Bits]) -> dict[str, Bits]:
    return {variable.name: as_value(variable.domain, digits[variable.name]) for variable in variables}


def _decoded(variables: Sequence[Variable], digits: Sequence[bool]) -> dict[str, Value]:
    values, place = {}, 0
    for variable in variables:
        size = digits_of(variable.domain)
        value = value_of_code(variable.domain, sum(1 << digit for digit in range(size) if digits[place + digit]))
        if value is None:
            raise ValueError(f"the digits of {variable.name!r} spell no value of {variable.domain}")
        values[variable.name] = value
        place += size
    return values


def _delta(number: int) -> bytes:
    """A number in seven bits a byte, the lowest first; the eighth says that more follow."""
    found = bytearray()
    while number > 0x7F:  # noqa: PLR2004  # seven bits
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def _named(names: Names, variable: Variable, kind: str, digit: int) -> str:
    size = digits_of(variable.domain)
    like = " ".join([*filter(None, [kind]), variable.name.removeprefix("dialproof."), *([str(digit)] if size > 1 else [])])
    return names.give(f"{kind} digit {digit}", variable.name, like=like)


def _code(domain: Domain) -> str:
    """How the digits of a value are to be read."""
    if domain.kind is Kind.BOOLEAN:
        return "(1: true)"
    if domain.kind is Kind.CHOICE:
        return f"({', '.join(f'{place}: {value}' for place, value in enumerate(domain.values))})"
    return f"({domain}, in two's complement)"
