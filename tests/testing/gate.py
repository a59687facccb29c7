"""A small project for the tests of the pytest plug-in: a gate that opens when somebody waits, and files that ask about it."""

from pathlib import Path

import hypothesis
import pytest
import z3

from dialproof import Action, Fairness, System, integer
from dialproof.ltl import always
from dialproof.testing import prover
from dialproof.testing.records import Record

LOADED = (z3, hypothesis, prover)
"""What a test run inside of this one loads, it forgets again: slow for some, impossible for a solver. So these come before."""

CONFIGURATION = """
[tool.dialproof]
project = "gate:PROJECT"

[tool.pytest]
strict = true
filterwarnings = ["error"]
"""

GATE = '''
"""A gate that opens when somebody waits; and the checks of it that a file asks for."""

from dataclasses import replace

import z3

from dialproof import Action, Claim, Fairness, System, choice, integer
from dialproof.core.messages import either
from dialproof.project import toml_source
from dialproof import OneSystem, PlannedCheck, VerificationProject
from dialproof.ltl import always, eventually

gate = choice("gate", ["shut", "open"], says="the gate")
waiting = integer("waiting", 0, 1, says="people waiting")
number = integer("number", 0, 1000002)


def gatehouse(fairness=Fairness.WEAK, name="gatehouse"):
    return System(name, [gate, waiting], z3.And(gate == gate.shut, waiting == 0), [
        Action("arrive", waiting == 0, {waiting: 1}, says="Somebody arrives."),
        Action("ring", waiting == 1, {}, says="The bell rings."),
        Action("open", z3.And(waiting == 1, gate == gate.shut), {gate: gate.open}, fairness, says="The gate opens."),
        Action("leave", gate == gate.open, {gate: gate.shut, waiting: 0}, Fairness.WEAK, says="The visitor leaves."),
    ])


GOOD, BAD, BROKEN = gatehouse(), gatehouse(Fairness.NONE), gatehouse(Fairness.NONE, "broken")
OPENS = Claim("gate-opens", always(z3.Implies(waiting > 0, eventually(gate == gate.open))), "Whoever waits gets in.",
              premise=waiting > 0)
STAYS_SHUT = Claim("gate-stays-shut", always(gate == gate.shut), "The gate is never opened.")
EMPTY = Claim("queue-is-short", always(waiting < 2), "Nobody stands behind the second.", premise=waiting > 1)
HARD = System("hard", [number], number != 0, [
    Action("square", z3.BoolVal(True), {number: (number * number + 1) % 1000003}, Fairness.WEAK),
])
NEVER_ZERO = Claim("never-zero", always(number != 0), "The number is never zero.")
BEYOND = System("beyond", [number], number == 1000000, [Action("step", z3.BoolVal(True), {number: number + 1})])
KINDS = {
    "opens": (GOOD, OPENS), "fails-to-open": (BAD, OPENS), "stays-shut": (GOOD, STAYS_SHUT), "empty": (GOOD, EMPTY),
    "hard": (HARD, NEVER_ZERO), "beyond": (BEYOND, NEVER_ZERO), "broken": (BROKEN, OPENS),
}


def plan(path):
    source = toml_source.read(path)
    planned = []
    for at, check in enumerate(source.data.get("check", [])):
        if check.get("kind") not in KINDS:
            said = f"`check[{at}].kind` is wrong; allowed: {either(KINDS)}"
            raise source.error([(source.key_place(("check", at)), said)])
        system, claim = KINDS[check["kind"]]
        causes = check.get("causes", ["none"])
        variants = tuple(OneSystem(cause, BAD if cause == "jammed" else system, claim) for cause in causes)
        line = source.key_place(("check", at)).line
        planned.append(PlannedCheck(str(path), line, claim.name, check.get("expect"), variants))
    return planned


class Gate(VerificationProject):
    def checks(self, path):
        return plan(path)


PROJECT = Gate()
'''

IMPORTS = """
import hypothesis
import pytest
import z3
from dialproof import Holds, Unknown, Violated
from dialproof.ltl import always, eventually
from dialproof.testing import UnexpectedVerdictError, assert_holds, assert_unknown, assert_violated
from gate import BAD, BEYOND, BROKEN, EMPTY, GOOD, HARD, NEVER_ZERO, OPENS, STAYS_SHUT, gate, waiting
"""

TWO_THEOREMS = """
def test_the_gate_opens(prove):
    assert_holds(prove(GOOD, OPENS))

def test_the_gate_is_opened_at_times():
    assert_violated(GOOD, STAYS_SHUT)
"""

BUG = """
from dialproof.portfolio import portfolio
from dialproof.core.errors import ReplayError

replay = portfolio.replay

def refuse(problem, run):
    if problem.system.name == "broken":
        raise ReplayError("the formula holds on the lasso")
    replay(problem, run)

def pytest_configure():
    portfolio.replay = refuse

def pytest_unconfigure():
    portfolio.replay = replay
"""


def theorems_file(project: pytest.Pytester, *tests: str, name: str = "test_gate") -> None:
    """Write a file with these tests."""
    (project.path / f"{name}.py").write_text("\n".join([IMPORTS, *tests]))


def scenario(project: pytest.Pytester, name: str, *checks: str, head: str = "format = 1") -> Path:
    """Write a scenario with these checks (each the lines of a table)."""
    path = project.path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([head, *(f"[[check]]\n{check}" for check in checks)]) + "\n")
    return path


def out(result: pytest.RunResult) -> str:
    return result.stdout.str()


def counter() -> tuple[System, z3.BoolRef]:
    n = integer("n", 0, 3)
    step = Action("step", z3.BoolVal(True), {n: z3.If(n < 3, n + 1, 0)}, Fairness.WEAK)  # the bound
    return System("counter", [n], n == 0, [step]), always(n < 4)


def record(
    verdict: str = "violated",
    standing: str = "different",
    *,
    claim: str = "c",
    test: str = "t",
    causes: tuple[str, ...] = (),
) -> Record:
    return Record(
        tests=(test,), subject="<b>office</b>", line=0, question="",
        claim=claim, says="Says <script>alert(1)</script> | `x`", source="",
        causes=causes, verdict=verdict, expected="holds", standing=standing, vacuous=False, engine="bmc",  # type: ignore[arg-type]
        method="lasso", evidence="lasso of 1+1 steps", checked_by=("replay in plain Python",), seconds=1.25,
        rests_on=("weak fairness of <i>dial</i>",), remark="", run=("  1. <img src=x>", "```", "  2. \u202eback"),
    )  # fmt: skip
