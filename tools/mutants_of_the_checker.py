"""The checker's own mutants: `python -m tools.mutants_of_the_checker`.

What re-checks an answer is the last line of defence, so it is broken here on purpose, at one place at a time: the auditor of
certificates, and the replay with its evaluator of formulas on lassos. For each place the tests of that module run in a process of
their own, and one of them has to fail. What survives is listed, and has to be explained in `tools/checker_mutants.csv`: the exit
code is 1 where a mutant survives without a reason, or a reason is for one that does not survive.

The files are never touched: a process that tests a mutant compiles the changed syntax tree in the module's place. Changes inside
of the text of an error are left out, since no verdict depends on them; so are annotations and decorators.
"""

import argparse
import ast
import copy
import csv
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

import hypothesis  # noqa: F401  # loaded once, and not again in each process ...
import networkx  # noqa: F401  # ... and so are these
import pytest
import z3  # noqa: F401

ROOT = Path(__file__).resolve().parents[1]
EXPLAINED = Path(__file__).with_name("checker_mutants.csv")
COLUMNS = ("module", "where", "line", "change", "reason")
SECONDS = 30
"""How much of a processor's time the tests of one mutant get: what loops for ever is noticed too."""

PATIENCE = 10 * SECONDS
"""How long they may take by the clock: so is what waits for ever, as for the other end of a pipe."""

_COMMAND = (
    "test_a_solver_that_gives_up_discharges_nothing",
    "test_a_script_that_a_solver_cannot_read_is_not_discharged",
    "test_one_solver_that_disagrees_is_enough_to_reject",
    "test_equal_scripts_are_discharged_once",
    "test_a_second_opinion_that_is_not_installed_is_an_error_and_not_a_pass",
)
_AUDIT = (
    "tests/evidence/test_certificate_folder.py",
    "tests/evidence/test_plain.py",
    "tests/evidence/test_checker_audit.py",
    "tests/evidence/test_rejected.py",
    *(f"tests/cli/test_audit_command.py::{name}" for name in _COMMAND),
)
_LOGIC = (
    "test_a_formula_on_a_lasso",
    "test_a_limit_on_a_clock_that_goes_round",
    "test_a_clock_without_bounds_that_falls_lets_no_time_pass",
    "test_what_is_lost_on_a_finite_run",
)
_REPLAY = (
    "tests/semantics/test_evaluate.py",
    "tests/evidence/test_checker_replay.py",
    *(f"tests/core/test_logic.py::{name}" for name in _LOGIC),
)
TESTS = {
    "dialproof.evidence.audit": _AUDIT,
    "dialproof.evidence.solvers": _AUDIT,
    "dialproof.evidence.certificates.auditing": _AUDIT,
    "dialproof.evidence.certificates.contents": _AUDIT,
    "dialproof.evidence.certificates.folder": _AUDIT,
    "dialproof.evidence.certificates.plain": _AUDIT,
    "dialproof.semantics.evaluate": _REPLAY,
    "dialproof.evidence.replay": _REPLAY,
}
"""The modules that are broken, and the tests that are to notice, the quickest first."""

_OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_CALLED = {"all": "any", "any": "all", "min": "max", "max": "min"}
_LEFT_OUT = (ast.Raise, ast.Expr, ast.AugAssign, ast.Continue, ast.Assert)
"""Statements that are dropped; without an assignment a name would be missing, which every test notices."""


@dataclass(frozen=True)
class Mutant:
    """One change at one place: the module, the function there, the text of the line, and what becomes of which part."""

    module: str
    where: str
    line: str
    change: str
    tree: ast.Module

    @property
    def key(self) -> tuple[str, ...]:
        """What it is called in the table."""
        return (self.module, self.where, self.line, self.change)


def mutants_of(module: str, source: str) -> list[Mutant]:
    """Every mutant of the module; those of one line that would be called the same are numbered."""
    tree = ast.parse(source)
    lines = source.splitlines()
    found: list[Mutant] = []
    met: Counter[tuple[str, ...]] = Counter()
    for place, (node, where) in enumerate(_nodes(tree)):
        for number in range(len(_changes(node))):
            copied = copy.deepcopy(tree)
            target = next(other for at, (other, _) in enumerate(_nodes(copied)) if at == place)
            change, become = _changes(target)[number]
            become()
            line = lines[_line(node) - 1].strip()
            called = (module, where, line, change)
            met[called] += 1
            change += f" (#{met[called]})" if met[called] > 1 else ""
            found.append(Mutant(module, where, line, change, ast.fix_missing_locations(copied)))
    return found


def unbroken(module: str) -> Mutant:
    """The module as it is: with it all tests pass, or what they say of the others is worth nothing."""
    return Mutant(module, "", "", "nothing", ast.parse(_path(module).read_text(encoding="utf-8")))


def _nodes(tree: ast.AST, where: str = "") -> Iterator[tuple[ast.AST, str]]:
    """The nodes that may be changed, each with the names of the functions and classes that it stands in."""
    for field, value in ast.iter_fields(tree):
        if field in {"annotation", "returns", "decorator_list"}:
            continue
        for node in value if isinstance(value, list) else [value]:
            if not isinstance(node, ast.AST) or _is_text(node):
                continue
            named = isinstance(node, ast.FunctionDef | ast.ClassDef)
            inside = f"{where}.{node.name}".lstrip(".") if named else where  # type: ignore[attr-defined]
            yield node, inside
            if not isinstance(node, ast.Raise):
                yield from _nodes(node, inside)


def _line(node: ast.AST) -> int:
    """The number of the line that `node` begins on; a `case` and a `for` inside brackets begin with their pattern or target."""
    match node:
        case ast.comprehension():
            return node.target.lineno
        case ast.match_case():
            return node.pattern.lineno
    return int(node.lineno)  # type: ignore[attr-defined]


def _is_text(node: ast.AST) -> bool:
    """Whether `node` is a docstring, or one of the sentences that stand below a constant."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


Change = tuple[str, Callable[[], None]]


def _changes(node: ast.AST) -> list[Change]:
    """What can be changed at `node`: in words, and as something to do to it."""
    match node:
        case ast.Compare():
            return [
                (f"{_sign(old)} becomes {_sign(new())}", lambda place=place, new=new: node.ops.__setitem__(place, new()))  # type: ignore[misc]
                for place, old in enumerate(node.ops)
                for new in _COMPARED[type(old)]
            ]
        case ast.BoolOp():
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            swapped = "and becomes or" if isinstance(node.op, ast.And) else "or becomes and"
            return [(swapped, lambda: setattr(node, "op", other))]
        case ast.UnaryOp(op=ast.Not()):
            return [("without its not", lambda: _replace(node, ast.Call(_name("bool"), [node.operand], [])))]
        case ast.UnaryOp(op=ast.USub()):
            return [("without its minus", lambda: setattr(node, "op", ast.UAdd()))]
        case ast.BinOp() if type(node.op) in _COMPUTED:
            new = _COMPUTED[type(node.op)]()
            return [(f"{type(node.op).__name__} becomes {type(new).__name__}", lambda: setattr(node, "op", new))]
        case ast.Constant(value=bool() as value):
            return [(f"{value} becomes {not value}", lambda: setattr(node, "value", not value))]
        case ast.Constant(value=int() as value):
            other_value = {0: 1, 1: 0}.get(value, value + 1)
            return [(f"{value} becomes {other_value}", lambda: setattr(node, "value", other_value))]
        case ast.Call(func=ast.Name(id=called)) if called in _CALLED:
            return [(f"{called} becomes {_CALLED[called]}", lambda: setattr(node, "func", _name(_CALLED[called])))]
        case ast.If() | ast.IfExp() if not isinstance(node.test, ast.Compare) and not _is_negation(node.test):
            return [("the other branch", lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), node.test)))]
        case ast.comprehension() if node.ifs:
            return [("without its condition", lambda: setattr(node, "ifs", []))]
        case ast.match_case():
            return [("a case that never matches", lambda: setattr(node, "guard", ast.Constant(value=False)))]
        case ast.Return(value=value) if value is not None and not (isinstance(value, ast.Constant) and value.value is None):
            return [("returns None", lambda: setattr(node, "value", ast.Constant(value=None)))]
        case _ if isinstance(node, _LEFT_OUT):
            return [("left out", lambda: _replace(node, ast.Pass()))]
    return []


def _is_negation(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _sign(operator: ast.cmpop) -> str:
    return ast.unparse(ast.Compare(_name("a"), [operator], [_name("b")]))[2:-2]


def _replace(node: ast.AST, by: ast.AST) -> None:
    """Make `node` what `by` is, in its place."""
    place = {name: value for name, value in vars(node).items() if name.endswith(("lineno", "col_offset"))}
    node.__class__ = by.__class__
    vars(node).clear()
    vars(node).update(vars(by) | place)


# --- one mutant, in a process of its own ---------------------------------------------------------------------------------------


class _Broken(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):
    """Imports the changed syntax tree in the place of a module, and everything else as ever."""

    def __init__(self, mutant: Mutant) -> None:
        super().__init__(mutant.module, str(_path(mutant.module)))
        self._mutant = mutant

    def find_spec(self, name: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        """The module that is broken."""
        return importlib.util.spec_from_loader(name, self) if name == self._mutant.module else None

    def get_code(self, _: str) -> CodeType:
        """The code of the changed tree."""
        return compile(self._mutant.tree, self.path, "exec")


def _path(module: str) -> Path:
    return ROOT.joinpath(*module.split(".")).with_suffix(".py")


def surviving(mutants: Iterable[Mutant], processes: int) -> Iterator[Mutant]:
    """The mutants with which every test passes, in any order; so many `processes` at a time."""
    running: dict[int, Mutant] = {}
    waiting = iter(mutants)
    while True:
        while len(running) < processes and (mutant := next(waiting, None)):
            running[_start(mutant)] = mutant
        if not running:
            return
        process, status = os.wait()
        mutant = running.pop(process)
        if os.waitstatus_to_exitcode(status) == 0:
            yield mutant


def _start(mutant: Mutant) -> int:
    """Begin the tests of `mutant`; the number of their process, a copy of this one, which has loaded no part of dialproof."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.setsid()  # a session of its own gets its own share of a busy machine
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        signal.alarm(PATIENCE)
        os.environ["DIALPROOF_TESTS_AUDIT_HERE"] = "yes"  # what is broken is broken in this process only
        with Path(os.devnull).open("w") as nothing:
            os.dup2(nothing.fileno(), 1)
            os.dup2(nothing.fileno(), 2)
        sys.meta_path.insert(0, _Broken(mutant))
        importlib.import_module(mutant.module)  # now: later pytest's own importer would come first
        code = int(pytest.main([*_OPTIONS, *TESTS[mutant.module]]))
    finally:
        os._exit(code)


# --- the command ---------------------------------------------------------------------------------------------------------------


def main() -> int:
    """Try every mutant; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutants_of_the_checker", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"which modules to break (default: {', '.join(TESTS)})")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="default: the processors")
    arguments = parser.parse_args()
    modules = arguments.modules or list(TESTS)
    if unknown := [module for module in modules if module not in TESTS]:
        parser.error(f"no module {unknown[0]!r} to break; known: {', '.join(TESTS)}")
    os.chdir(ROOT)
    explained = {key: reason for key, reason in _explained().items() if key[0] in modules}
    unexplained, stale = 0, dict(explained)
    for module in modules:
        mutants = mutants_of(module, _path(module).read_text(encoding="utf-8"))
        if not list(surviving([unbroken(module)], 1)):
            raise SystemExit(f"{module}: its tests fail although nothing is broken: python -m pytest {' '.join(TESTS[module])}")
        survived = known = 0
        for mutant in surviving(mutants, arguments.processes):
            survived += 1
            stale.pop(mutant.key, None)
            if mutant.key in explained:
                known += 1
                continue
            unexplained += 1
            _say(f"SURVIVES {mutant.where}: {mutant.line}   [{mutant.change}]")
        _say(f"{module}: {len(mutants)} mutants, {len(mutants) - survived} noticed, {known} explained")
    for key in stale:
        _say(f"STALE {' | '.join(key)}: it does not survive, or is no mutant any more; delete its row in {EXPLAINED.name}")
    return 1 if unexplained or stale else 0


def _explained() -> dict[tuple[str, ...], str]:
    """The reason for each survivor in the table."""
    with EXPLAINED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    for number, row in enumerate(rows, start=2):
        if missing := [column for column in COLUMNS if not row.get(column)]:
            raise SystemExit(f"{EXPLAINED}:{number}: `{missing[0]}` is missing; each row needs {', '.join(COLUMNS)}")
    return {tuple(row[column] for column in COLUMNS[:-1]): row["reason"] for row in rows}


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  # a command prints


if __name__ == "__main__":
    sys.exit(main())
