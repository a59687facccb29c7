"""A small verification project that has nothing to do with mail, for tests of the command line; and ways to run the command."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from pathlib import Path

from click.testing import CliRunner, Result

from dialproof.cli.main import main
from tests.processes import start

ROOT = Path(__file__).parent.parent

CONFIGURATION = """
[tool.dialproof]
project = "properties.checks:PROJECT"
"""

CHECKS = '''
"""A gate that opens when somebody waits: planned from files that say which of its checks to make."""

from dataclasses import replace

import z3

from dialproof import Action, Claim, Fairness, System, choice, integer
from dialproof.core.messages import either
from dialproof.project import toml_source
from dialproof import Drawn, ManySystems, OneSystem, PlannedCheck, VerificationProject
from dialproof.core.errors import InternalError
from dialproof.ltl import always, eventually

KINDS = ("opens", "stays-shut", "empty-premise", "split", "hard", "outside", "never-outside", "our-bug", "unexpected", "many",
         "many-broken")

gate = choice("gate", ["shut", "open"], says="the gate")
waiting = integer("waiting", 0, 1, says="people waiting")
number = integer("number", 0, 1000002)


def system(fairness):
    return System("gate", [gate, waiting], z3.And(gate == gate.shut, waiting == 0), [
        Action("arrive", waiting == 0, {waiting: 1}, says="Somebody arrives."),
        Action("ring", waiting == 1, {}, says="The bell rings."),
        Action("open", z3.And(waiting == 1, gate == gate.shut), {gate: gate.open}, fairness, says="The gate opens."),
        Action("leave", gate == gate.open, {gate: gate.shut, waiting: 0}, Fairness.WEAK, says="The visitor leaves."),
    ])


def variants(check):
    fair, unfair = system(Fairness.WEAK), system(Fairness.NONE)
    opens = Claim("gate-opens", always(z3.Implies(waiting > 0, eventually(gate == gate.open))), "Whoever waits gets in.",
                  premise=waiting > 0)
    square = Action("square", z3.BoolVal(True), {number: (number * number + 1) % 1000003}, Fairness.WEAK)
    beyond = Action("step", z3.BoolVal(True), {number: number + 1})
    if check["kind"].startswith("many"):
        one, broken = OneSystem("none", fair, opens), OneSystem("none", unfair, opens)
        sizes = [[one], [one, broken]] if check["kind"] == "many-broken" else [[one]]
        return [ManySystems("none", None, lambda size: sizes[size] if size < len(sizes) else [],
                            lambda _: "the one with a lazy porter", "gatehouse", one, "every gatehouse")]
    match check["kind"]:
        case "opens":
            return [OneSystem(name, fair if name == "none" else unfair, opens) for name in check.get("causes", ["none"])]
        case "stays-shut":
            return [OneSystem("none", fair, Claim("gate-stays-shut", always(gate == gate.shut), "The gate is never opened."))]
        case "empty-premise":
            return [OneSystem("none", fair, replace(opens, formula=always(waiting < 2), premise=waiting > 1))]
        case "hard":
            hard = System("hard", [number], number != 0, [square])  # no square is -1 modulo this prime
            return [OneSystem("none", hard, Claim("never-zero", always(number != 0), "The number is never zero."))]
        case "outside":
            outside = System("outside", [number], number == 1000000, [beyond])
            return [OneSystem("none", outside, Claim("small", always(number < 9), "The number stays small."))]
        case "never-outside":
            odd = Action("leap", number % 2 == 1, {number: number + 1000003})
            even = Action("step", z3.BoolVal(True), {number: z3.If(number < 1000000, number + 2, 0)})
            inside = System("inside", [number], number == 0, [even, odd])
            return [OneSystem("none", inside, Claim("in-range", always(number >= 0), "The number is never negative."))]
        case "our-bug":
            raise InternalError("the answer contradicts itself")
        case "unexpected":
            raise ZeroDivisionError("one by nothing")


def plan(path):
    source = toml_source.read(path)
    checks = source.data.get("check", [])
    problems = []
    for at, check in enumerate(checks):
        if check.get("kind") not in KINDS:
            said = f"`check[{at}].kind` is wrong; allowed: {either(KINDS)}"
            problems.append((source.key_place(("check", at)), said))
    if problems:
        raise source.error(problems)
    planned = []
    for at, check in enumerate(checks):
        found = tuple(variants(check))
        line = source.key_place(("check", at)).line
        planned.append(PlannedCheck(str(path), line, found[0].claim.name, check.get("expect"), found, ("hours are left out",)))
    return planned


class Gatehouse(VerificationProject):
    def checks(self, path):
        return plan(path)

    def pictures(self, path):
        from matplotlib.figure import Figure

        return [Drawn("plan", Figure())]


PROJECT = Gatehouse()
'''

SPECIAL = """
from properties.checks import Gatehouse


class Special(Gatehouse):
    def {method}:
        return {value}


PROJECT = Special()
"""

OPENS = 'kind = "opens"'
SHUT = 'kind = "stays-shut"'
HARD = 'kind = "hard"'


def specialize(project: Path, method: str, value: str) -> None:
    """Give the project in a folder one method more, such as `schema(self)`, that returns `value`, an expression."""
    (project / "pyproject.toml").write_text('[tool.dialproof]\nproject = "properties.special:PROJECT"\n')
    (project / "properties" / "special.py").write_text(SPECIAL.format(method=method, value=value))


def scenario(name: str, *checks: str, title: str = "The gate") -> str:
    """Write a scenario with these checks (each the lines of a table) and return its name."""
    tables = "".join(f"\n[[check]]\n{check}\n" for check in checks)
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(f'title = "{title}"\n{tables}')
    return name


def run(*arguments: str) -> Result:
    """The command in this process. Whatever happens, no traceback reaches the reader."""
    result = CliRunner().invoke(main, ["check", *arguments], prog_name="dialproof")
    assert "Traceback" not in result.output
    return result


def real(*arguments: str, **options: object) -> subprocess.Popen[str]:
    """The command in a process of its own, which ends with the test at the latest."""
    return start([sys.executable, "-P", "-m", "dialproof.cli.main", *arguments], **{"env": environment(), **options})


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "FORCE_COLOR", "NO_COLOR")}
    return kept | {"PYTHONPATH": str(ROOT)}


def on_a_terminal(*arguments: str, columns: int = 80, **more: str) -> str:
    """What the command writes to a terminal of this width, with its colours."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = real(*arguments, stdout=follower, env=environment() | {"TERM": "xterm-256color"} | more)
    os.close(follower)
    shown = b""
    with suppress(OSError):  # the other side is closed: Linux says so with an error
        while part := os.read(leader, 65536):
            shown += part
    process.communicate(timeout=60)
    os.close(leader)
    return shown.decode().replace("\r\n", "\n")


def plain(shown: str) -> str:
    """What is seen of it, without colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", shown)
