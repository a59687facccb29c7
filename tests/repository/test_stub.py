"""The types that we claim for z3 are z3's: each name, base class, method, attribute and parameter of the stub exists.

A stub that promises more than the installed z3 has would let mypy approve code that fails at run time.
"""

import ast
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import z3

STUB = Path(__file__).resolve().parents[2] / "typings" / "z3" / "__init__.pyi"

# Python iterates a z3 vector through __getitem__ and IndexError; mypy has to be told so by a method that z3 does not have.
TOLD_TO_MYPY = {("AstVector", "__iter__"): "__getitem__"}

Function = ast.FunctionDef


def top_level() -> list[ast.stmt]:
    return [
        statement
        for statement in ast.parse(STUB.read_text(encoding="utf-8")).body
        if not isinstance(statement, ast.Import | ast.ImportFrom)
    ]


def functions(body: list[ast.stmt]) -> Iterator[Function]:
    return (statement for statement in body if isinstance(statement, Function))


def classes() -> list[ast.ClassDef]:
    return [statement for statement in top_level() if isinstance(statement, ast.ClassDef)]


def constants() -> list[str]:
    """The stub's public variables: results such as `sat` and the numbers of the operators."""
    return [
        statement.target.id
        for statement in top_level()
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.target.id[0] != "_"
    ]


def each_callable() -> list[object]:
    found: list[object] = [
        pytest.param(z3, function, id=f"{function.name}:{function.lineno}") for function in functions(top_level())
    ]
    for description in classes():
        found += [
            pytest.param(
                getattr(z3, description.name, None), function, id=f"{description.name}.{function.name}:{function.lineno}"
            )
            for function in functions(description.body)
        ]
    return found


@pytest.fixture(scope="module")
def attributes_set() -> dict[str, set[str]]:
    """For each class of z3's own source, the names that its methods set on `self`."""
    source = Path(inspect.getsourcefile(z3.Solver) or "").read_text(encoding="utf-8")
    return {
        described.name: {
            node.attr
            for node in ast.walk(described)
            if isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
            and node.value.id == "self"
        }
        for described in ast.parse(source).body
        if isinstance(described, ast.ClassDef)
    }


def test_the_stub_is_read() -> None:
    assert {"sat", "Z3_OP_AND"} <= set(constants())
    assert {"ExprRef", "Solver"} <= {description.name for description in classes()}


@pytest.mark.parametrize("name", constants())
def test_constant_exists(name: str) -> None:
    assert hasattr(z3, name)


def test_the_numbers_are_z3s() -> None:
    for statement in top_level():
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.value, ast.Constant):
            assert isinstance(statement.target, ast.Name)
            assert getattr(z3, statement.target.id) == statement.value.value


@pytest.mark.parametrize("description", classes(), ids=lambda description: description.name)
def test_class_has_the_bases_and_attributes(description: ast.ClassDef, attributes_set: dict[str, set[str]]) -> None:
    ancestry = {ancestor.__name__ for ancestor in getattr(z3, description.name).__mro__}
    bases = {base.id for base in description.bases if isinstance(base, ast.Name)}
    assert bases <= ancestry
    is_set = {name for ancestor in ancestry for name in attributes_set.get(ancestor, ())}
    stated = {
        statement.target.id
        for statement in description.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    }
    assert stated <= is_set


@pytest.mark.parametrize(("owner", "function"), each_callable())
def test_callable_exists_with_these_parameters(owner: object, function: Function) -> None:
    name = TOLD_TO_MYPY.get((getattr(owner, "__name__", ""), function.name), function.name)
    found = getattr(owner, name, None)
    assert callable(found), f"the installed z3 has no {function.name}"
    if name != function.name or name.startswith("__"):
        return  # operators are called by position, and some are Python's own, without a signature
    assert_accepts(found, function)


def assert_accepts(found: Callable[..., object], function: Function) -> None:
    """`found` can be called in each way that the stub's `function` allows."""
    actual = inspect.signature(found).parameters
    kinds = {parameter.kind for parameter in actual.values()}
    stated = [argument.arg for argument in function.args.args]
    takes_any = inspect.Parameter.VAR_POSITIONAL in kinds
    assert takes_any or stated == list(actual)[: len(stated)], f"z3 calls the parameters {list(actual)}"
    if function.args.vararg:
        assert takes_any, "z3 takes no further positional arguments"
    if function.args.kwarg:
        assert inspect.Parameter.VAR_KEYWORD in kinds, "z3 takes no further named arguments"
    optional = len(function.args.defaults)
    required = [
        parameter.name
        for parameter in actual.values()
        if parameter.default is parameter.empty
        and parameter.kind not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    ]
    assert set(required) <= set(stated[: len(stated) - optional]), f"z3 requires {required}"
