"""AIGER: the circuit does what the plain-Python reader says the system does, and the file says what the circuit is."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
import z3
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings

from dialproof import Action, Fairness, System, boolean, choice, integer
from dialproof.cli.main import main
from dialproof.core.actions import taken
from dialproof.core.errors import NotApplicable
from dialproof.core.run import Taken
from dialproof.core.variables import Domain, Kind, Value
from dialproof.encode.bitblast.gates import FALSE, TRUE, Graph, negated, value_of
from dialproof.encode.bitblast.terms import Blaster, as_value, code_of, digits_of, value_of_code
from dialproof.encode.problem import Problem
from dialproof.encode.transitions import action_inputs, encode_system, parameter_input
from dialproof.exchange.aiger.writing import Circuit, circuit_of, to_aiger
from dialproof.ltl import always, eventually, leads_to
from dialproof.semantics.compiled import compile_terms
from dialproof.semantics.interpreter import Reader
from tests.strategies import systems

ROOT = Path(__file__).resolve().parents[2]
SCENARIO = ROOT / "model" / "scenarios" / "q230051" / "dns-from-start-fixed.toml"

# --- gates ---------------------------------------------------------------------------------------------------------------


def test_gates_are_shared_and_constants_fold() -> None:
    graph = Graph(2, 0)
    one, two = graph.inputs
    assert graph.both(one, two) == graph.both(two, one)
    assert len(graph.gates) == 1
    assert [graph.both(one, FALSE), graph.both(one, TRUE), graph.both(one, one)] == [FALSE, one, one]
    assert graph.both(one, negated(one)) == FALSE
    assert [graph.all_of([]), graph.any_of([])] == [TRUE, FALSE]


def test_every_gate_means_what_its_name_says() -> None:
    graph = Graph(3, 0)
    a, b, c = graph.inputs
    made = [graph.either(a, b), graph.differ(a, b), graph.choose(a, b, c), graph.all_of([a, b, c]), graph.any_of([a, b, c])]
    for x, y, z in product([False, True], repeat=3):
        values = graph.values([], [x, y, z])
        assert [value_of(literal, values) for literal in made] == [x or y, x != y, y if x else z, x and y and z, x or y or z]


# --- terms ---------------------------------------------------------------------------------------------------------------

x, y, z = integer("x", -5, 9), integer("y", -3, -1), integer("z", 0, 0)
p, colour, other = (
    boolean("p"),
    choice("colour", ["red", "green", "blue"]),
    choice("other", ["red", "green", "blue"], sort="colour"),
)

TERMS: list[z3.ExprRef] = [
    *(x / divisor for divisor in (1, 2, 3, 7, 20, -1, -2, -3, -20)),
    *(x % divisor for divisor in (1, 2, 3, 7, 20, -1, -2, -3, -20)),
    (x - 40) / 7,
    (x * 1000 - 3) % 17,
    x + y,
    x + y + z + 100,
    x - y - x,
    -x,
    -(x + 3) * y,
    x * x * y,
    x * -7,
    z3.If(p, x, y),
    z3.If(x < y, x * 2, z3.If(p, z3.IntVal(-100), y - 1)),
    *(
        compare
        for one, two in ((x, y), (x, z), (x * 3, y + 7))
        for compare in (one < two, one <= two, one > two, one >= two, one == two)
    ),
    z3.Distinct(x, y, z),
    x == -3,
    colour == colour.blue,
    colour == other,
    z3.Distinct(colour, other),
    z3.If(p, colour, other) == colour.green,
    z3.Xor(p, x > 0),
    z3.Implies(p, x > 0),
    z3.And(p, x > 0, y < -1),
    z3.Or(p, x > 0, y < -1),
    z3.Not(p) == (x > 2),
    z3.If(p, x > 0, y == -2),
    z3.BoolVal(True),
]


def test_every_operator_computes_what_plain_python_computes() -> None:
    """For all values of the variables, negative ones too; quotient and remainder are Euclidean."""
    variables = [one.variable for one in (x, y, z, p, colour, other)]
    graph = Graph(sum(digits_of(one.domain) for one in variables), 0)
    rest, digits = list(graph.inputs), {}
    for variable in variables:
        size = digits_of(variable.domain)
        digits[variable.name], rest = rest[:size], rest[size:]
    blaster = Blaster(graph, {one.name: as_value(one.domain, digits[one.name]) for one in variables})
    found = [blaster.bits(term) for term in TERMS]
    plain = compile_terms([term for term in TERMS if not isinstance(term, z3.DatatypeRef)], variables)
    states = 0
    for values in product(*(one.domain.members() for one in variables)):
        codes = [(one.domain, code_of(one.domain, value)) for one, value in zip(variables, values, strict=True)]
        nodes = graph.values([], [bool(code >> place & 1) for domain, code in codes for place in range(digits_of(domain))])
        for term, bits, expected in zip(TERMS, found, plain(values), strict=True):
            signs = [value_of(literal, nodes) for literal in bits]
            got: Value = signs[0]
            if isinstance(term, z3.ArithRef):
                got = sum(1 << place for place, sign in enumerate(signs[:-1]) if sign) - (signs[-1] << len(signs) - 1)
            assert got == expected, f"{term} where {dict(zip('xyzpco', values, strict=True))}"
        states += 1
    assert states == 15 * 3 * 1 * 2 * 3 * 3


@pytest.mark.parametrize("domain", [one.variable.domain for one in (x, y, z, p, colour)] + [Domain(Kind.INTEGER, low=5, high=7)])
def test_a_code_spells_one_value_or_none(domain: Domain) -> None:
    members = list(domain.members())
    assert [value_of_code(domain, code_of(domain, value)) for value in members] == members
    spelled = [value_of_code(domain, code) for code in range(1 << digits_of(domain))]
    assert sorted(map(str, filter(lambda value: value is not None, spelled))) == sorted(map(str, members))
    graph = Graph(digits_of(domain), 0)
    within = Blaster(graph, {}).within(domain, graph.inputs)
    for code, value in enumerate(spelled):
        nodes = graph.values([], [bool(code >> place & 1) for place in range(digits_of(domain))])
        assert value_of(within, nodes) == (value is not None)


def test_a_term_may_be_deep() -> None:
    """Nothing here recurses: Python's own limit is a thousand calls."""
    term: z3.BoolRef = p
    for number in range(3000):
        term = z3.If(x == number % 5, z3.Not(term), term)
    graph = Graph(1 + digits_of(x.variable.domain), 0)
    names = {"p": graph.inputs[:1], "x": as_value(x.variable.domain, graph.inputs[1:])}
    literal = Blaster(graph, names).truth(term)
    assert value_of(literal, graph.values([], [True, False, False, False, False, False])) is True


# --- systems -------------------------------------------------------------------------------------------------------------


def plain_circuit(system: System) -> Circuit:
    """The circuit of a system alone."""
    return circuit_of(replace(encode_system(system).transitions, bad=z3.BoolVal(True)))


def moment(circuit: Circuit, first: dict[str, Value], inputs: list[dict[str, Value]]) -> tuple[bool, dict[str, Value]]:
    """Whether the circuit is valid after a state was set and steps were made under `inputs`, and its state."""
    nothing = {one.name: one.domain.members()[0] for one in circuit.form.inputs}
    stimuli = [circuit.stimuli(one, first) for one in (nothing, *inputs, nothing)]
    frames = circuit.frames(stimuli)
    return len(frames) == len(inputs) + 1, frames[-1] if frames else {}


def steps_of(system: System) -> Iterator[tuple[Taken | None, dict[str, Value]]]:
    """Every action with every value of its parameters, and idling; each with the inputs that stand for it."""
    digits = action_inputs(system)
    base: dict[str, Value] = {}
    for action in system.actions:
        base |= {parameter_input(action.name, one.variable).name: one.variable.domain.members()[0] for one in action.parameters}
    for number in range(len(system.actions) + 1):
        spelled: dict[str, Value] = {digit.name: bool(number >> place & 1) for place, digit in enumerate(digits)}
        if number == len(system.actions):
            yield None, base | spelled
            continue
        action = system.actions[number]
        for chosen in product(*(one.variable.domain.members() for one in action.parameters)):
            pairs = tuple((one.variable.name, value) for one, value in zip(action.parameters, chosen, strict=True))
            carried = {
                parameter_input(action.name, one.variable).name: value
                for one, value in zip(action.parameters, chosen, strict=True)
            }
            yield Taken(action.name, pairs), base | spelled | carried


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@given(systems())
def test_the_circuit_steps_like_the_plain_python_reader(system: System) -> None:
    """From every state, every action with every parameter: what is possible leads to the same state, nothing else is valid."""
    reader = Reader(system)
    circuit = plain_circuit(system)
    everything = replace(circuit.form, init=z3.BoolVal(True))
    anywhere = circuit_of(everything)
    names = [variable.name for variable in system.variables]
    for values in product(*(variable.domain.members() for variable in system.variables)):
        here = dict(zip(names, values, strict=True))
        assert moment(circuit, here, [])[0] == reader.is_initial(values)
        events = dict(reader.events(values)) or {None: values}
        for action, inputs in steps_of(system):
            valid, after = moment(anywhere, here, [inputs])
            assert valid == (action in events), f"{action} in {here}"
            if valid:
                assert tuple(after[name] for name in names) == events[action]


def test_a_code_without_a_value_is_no_state_and_no_input() -> None:
    """Three colours take two digits, and the fourth code stands for nothing: neither a first state nor a parameter has it."""
    wish = choice("wish", ["red", "green", "blue"], sort="colour")
    system = System("paint", [colour], z3.BoolVal(True), [Action("paint", z3.BoolVal(True), {colour: wish}, parameters=(wish,))])
    circuit = plain_circuit(system)
    valid = circuit.graph.latches[0]
    names = [f"{kind}{one.name}" for one, kind, _ in circuit.inputs()]
    assert len(names) == 5, "the action, two digits of the parameter, two of a first state"

    def is_valid_after(*moments: str) -> bool:
        stimuli = [[sign == "1" for sign in signs] for signs in moments]
        return value_of(valid, list(circuit.graph.run([*stimuli, [False] * 5]))[-1])

    assert is_valid_after("00001")
    assert not is_valid_after("00011")
    assert is_valid_after("00001", "00100")
    assert not is_valid_after("00001", "01100"), "the parameter spells nothing"
    assert not is_valid_after("00001", "10000"), "to idle is not possible where something else is"


# --- files ---------------------------------------------------------------------------------------------------------------


def problem() -> Problem:
    """A liveness claim about something with all kinds of variables."""
    level, lamp = integer("level", -1, 3), choice("lamp", ["red", "green", "blue"])
    actions = [
        Action("up", level < 3, {level: level + 1}, Fairness.WEAK),
        Action("down", level == 3, {level: -1, lamp: z3.If(lamp == lamp.red, lamp.blue, lamp.green)}, Fairness.STRONG),
    ]
    system = System("lift", [level, lamp], z3.And(level == -1, lamp == lamp.red), actions)
    return Problem(system, leads_to(level == 0, taken("down")))


def of_lines(text: str) -> tuple[list[int], list[tuple[int, int]], list[int], list[tuple[int, int, int]]]:
    """Inputs, latches, bad states and gates of a file in AIGER's format of lines, read by the book."""
    header, *lines = text.splitlines()
    word, last, inputs, latches, outputs, gates, bad = header.split()
    assert (word, outputs) == ("aag", "0")
    rows = [[int(number) for number in line.split()] for line in lines[: int(inputs) + int(latches) + int(bad) + int(gates)]]
    heads = rows[: int(inputs)]
    middle = rows[int(inputs) : int(inputs) + int(latches)]
    ends = rows[int(inputs) + int(latches) :]
    assert int(last) == int(inputs) + int(latches) + int(gates)
    return (
        [row[0] for row in heads],
        [(row[0], row[1]) for row in middle],
        [row[0] for row in ends[: int(bad)]],
        [(row[0], row[1], row[2]) for row in ends[int(bad) :]],
    )


def of_bytes(data: bytes) -> tuple[list[int], list[tuple[int, int]], list[int], list[tuple[int, int, int]]]:
    """The same of a file in the binary format."""
    header, rest = data.split(b"\n", 1)
    word, _, inputs, latches, _, gates, bad = header.decode().split()
    assert word == "aig"
    numbers = []
    for _ in range(int(latches) + int(bad)):
        number, rest = rest.split(b"\n", 1)
        numbers.append(int(number))
    place, found = 0, []

    def delta() -> int:
        nonlocal place
        total, shift = 0, 0
        while True:
            byte = rest[place]
            place += 1
            total |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return total

    for number in range(int(gates)):
        gate = 2 * (1 + int(inputs) + int(latches) + number)
        larger = gate - delta()
        found.append((gate, larger, larger - delta()))
    first = 2 * (1 + int(inputs))
    heads = [2 * number for number in range(1, 1 + int(inputs))]
    return heads, [(first + 2 * n, numbers[n]) for n in range(int(latches))], numbers[int(latches) :], found


def test_both_formats_say_the_same_and_say_the_circuit() -> None:
    circuit = to_aiger(problem())
    inputs, latches, bad, gates = of_lines(circuit.ascii(["a remark"]))
    assert of_bytes(circuit.binary(["a remark"])) == (inputs, latches, bad, gates)
    assert tuple(inputs) == circuit.graph.inputs
    assert latches == list(zip(circuit.graph.latches, circuit.graph.following, strict=True))
    assert bad == [circuit.bad]
    assert [(larger, smaller) for _, larger, smaller in gates] == circuit.graph.gates
    assert all(gate > larger >= smaller for gate, larger, smaller in gates), "the format demands that order"


def test_every_input_and_latch_has_a_name_of_its_own_and_an_explanation() -> None:
    circuit = to_aiger(problem())
    text = circuit.ascii(["a remark"])
    symbols = re.findall(r"^([il]\d+) (\w+)$", text, re.MULTILINE)
    assert len(symbols) == len(circuit.graph.inputs) + len(circuit.graph.latches)
    assert len({name for _, name in symbols}) == len(symbols)
    comment = text[text.index("\nc\n") :]
    assert "a remark" in comment
    for place, name in symbols:
        assert f"\n{place} {name}: " in comment
    assert "digit 1 of 'lamp' (0: red, 1: green, 2: blue)" in comment
    assert "digit 2 of 'level' (-1..3, in two's complement)" in comment
    assert circuit.binary(["a remark"]).decode("latin-1").endswith(comment)


def test_what_has_no_bounds_has_no_circuit() -> None:
    number = integer("number", 0)
    grows = System("grows", [number], number == 0, [Action("grow", number % 2 < 2, {number: number + 1})])
    with pytest.raises(NotApplicable, match="give bounds to number"):
        to_aiger(Problem(grows, eventually(number == 3)))


def test_counters_that_only_count_are_no_hindrance() -> None:
    """As in the other exports, their differences stand for them; here that is between 0 and 1, which nobody has said."""
    sent, got, busy = integer("sent", 0), integer("got", 0), boolean("busy")
    actions = [Action("send", z3.Not(busy), {sent: sent + 1, busy: True}), Action("receive", busy, {got: got + 1, busy: False})]
    network = System("network", [sent, got, busy], z3.And(sent == 0, got == 0, z3.Not(busy)), actions)
    with pytest.raises(NotApplicable, match="got -sent"):
        to_aiger(Problem(network, always(sent <= got + 1)))
    assert to_aiger(Problem(network, leads_to(busy, z3.Not(busy)))).graph.gates


def test_a_safety_claim_needs_no_rounds() -> None:
    with pytest.raises(NotApplicable, match="no round of fairness"):
        to_aiger(Problem(problem().system, always(integer("level", -1, 3) <= 3)), rounds=2)


# --- the command ---------------------------------------------------------------------------------------------------------


def run(*arguments: str) -> tuple[int, bytes, str]:
    """The exit code, standard output and standard error of the command."""
    result = CliRunner().invoke(main, ["export", str(SCENARIO), "--to", "aiger", *arguments])
    return result.exit_code, result.stdout_bytes, result.stderr


def test_one_check_goes_to_standard_output_as_lines() -> None:
    code, output, said = run("--claim", "queued-mail-is-delivered")
    assert (code, said) == (0, "")
    assert output.startswith(b"aag ")
    assert b"the end of a fair loop" in output
    assert b"The number of the action taken: 0: " in output


def test_the_suffix_of_a_file_says_which_format_it_has(tmp_path: Path) -> None:
    for name, word in (("claim.aag", b"aag "), ("claim.aig", b"aig ")):
        assert run("--claim", "queued-mail-is-delivered", "-o", str(tmp_path / name))[0] == 0
        assert (tmp_path / name).read_bytes().startswith(word)
    text, data = (tmp_path / "claim.aag").read_text(), (tmp_path / "claim.aig").read_bytes()
    assert of_lines(text) == of_bytes(data)


def test_rounds_are_another_circuit_and_say_so(tmp_path: Path) -> None:
    assert run("--claim", "queued-mail-is-delivered", "--rounds", "2", "-o", str(tmp_path / "k.aag"))[0] == 0
    text = (tmp_path / "k.aag").read_text()
    assert "the end of round 2 of fairness" in text
    assert "round_1" in text


def test_a_folder_gets_binary_files_and_what_is_unbounded_is_named(tmp_path: Path) -> None:
    code, _, said = run("-o", str(tmp_path / "out"))
    assert code == 1
    assert "no-mail-is-lost-none: a circuit has finitely many states; give bounds to" in said
    files = sorted((tmp_path / "out").iterdir())
    assert len(files) == 6
    assert all(file.suffix == ".aig" and file.read_bytes().startswith(b"aig ") for file in files)


def test_rounds_are_for_circuits_only() -> None:
    result = CliRunner().invoke(
        main, ["export", str(SCENARIO), "--to", "smv", "--rounds", "2", "--claim", "queued-mail-is-delivered"]
    )
    assert result.exit_code == 2
    assert "--rounds needs --to aiger" in result.stderr
