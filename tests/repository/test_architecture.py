"""ARCHITECTURE.md: what it names exists, and it names every room and every part of the model; no file is too long."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")

LONGEST_MODULE, LONGEST_TEST_FILE = 400, 600  # lines

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


@pytest.mark.parametrize(
    ("folders", "most"),
    [(("dialproof", "model", "properties", "proofs", "benchmarks", "tools"), LONGEST_MODULE), (("tests",), LONGEST_TEST_FILE)],
    ids=["modules", "test files"],
)
def test_no_file_is_too_long(folders: tuple[str, ...], most: int) -> None:
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {path: length for path, length in lengths.items() if length > most} == {}, "split it by subject"
