"""ARCHITECTURE.md: what it names exists, and it names every room and every part of the model; no file is too long."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")

LONGEST_MODULE, LONGEST_TEST_FILE = 400, 600  # lines

TAKES_APART = {"startswith", "endswith", "removeprefix", "removesuffix", "partition", "rpartition", "split", "rsplit"}

SPELLS = {
    "dialproof/core/certificates.py": "one thing is called without the s of several",
    "dialproof/core/names.py": "refuses names",
    "dialproof/core/text/showing.py": "writes an operator in words",
    "dialproof/core/variables.py": "makes the names of values, and reads them again",
    "dialproof/evidence/certificates/finding.py": "the name of a file",
}
"""The modules that take a name apart, and why they may."""

BESIDE = {"compose.py": "model/products/exchange_ims"}
"""Files that stand beside one that was named just before."""


def named() -> set[str]:
    """Each path in code marks: a file, or a folder with a slash behind it."""
    quoted = (word for piece in re.findall(r"`([^`\n]+)`", TEXT) for word in piece.split())
    return {word for word in quoted if re.fullmatch(r"[A-Za-z0-9_./-]+(/|\.py|\.md|\.toml|\.csv)", word)}


def test_every_path_exists() -> None:
    places = [ROOT, ROOT / "dialproof", ROOT / "model", ROOT / "model" / "parts", *(ROOT / one for one in BESIDE.values())]
    places += [room for room in (ROOT / "dialproof").iterdir() if room.is_dir()]
    missing = {path for path in named() if not any((place / path).exists() for place in places)}
    assert missing == set()


def test_every_room_and_every_part_of_the_model_is_named() -> None:
    rooms = {f"{path.parent.name}/" for path in (ROOT / "dialproof").glob("*/__init__.py")}
    parts = {path.name for path in (ROOT / "model").glob("*.py")} - {"__init__.py", "line_picture.py", "left_out.py"}
    assert (rooms | parts) - named() == set()


def taken_apart(source: str) -> list[str]:
    """Where a name is asked how it begins or ends, or is split: `x.name.startswith(...)`, `name.partition(...)` and the like."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    methods = [(call, call.func) for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in TAKES_APART]
    return [ast.unparse(call) for call, method in methods if _is_name(method.value)]


def _is_name(node: ast.expr) -> bool:
    match node:
        case ast.Call(ast.Attribute(attr="name")) | ast.Attribute(attr="name") | ast.Name("name"):
            return True
    return False


def test_a_name_that_is_taken_apart_is_noticed() -> None:
    assert taken_apart("a = [v for v in form.variables if v.name.startswith(PAST)]") == ["v.name.startswith(PAST)"]
    assert taken_apart("term.decl().name().removeprefix(x) + name.split('(')[0]") != []
    assert taken_apart("text.startswith('#') or names.get(x).partition(':')") == []


def test_nobody_reads_from_a_name_what_something_is() -> None:
    """A variable of the encoding says what it is there for, an action what happens; names are for people and for solvers."""
    rooms = [ROOT / "dialproof" / room for room in ("core", "semantics", "encode", "engines", "evidence", "portfolio")]
    files = [path for folder in (*rooms, ROOT / "properties") for path in folder.rglob("*.py")]
    found = {path.relative_to(ROOT).as_posix() for path in files if taken_apart(path.read_text(encoding="utf-8"))}
    assert found == set(SPELLS)


@pytest.mark.parametrize(
    ("folders", "most"),
    [(("dialproof", "model", "properties", "proofs", "benchmarks", "tools"), LONGEST_MODULE), (("tests",), LONGEST_TEST_FILE)],
    ids=["modules", "test files"],
)
def test_no_file_is_too_long(folders: tuple[str, ...], most: int) -> None:
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {path: length for path, length in lengths.items() if length > most} == {}, "split it by subject"
