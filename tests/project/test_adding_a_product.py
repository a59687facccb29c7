"""The page that adds a product and a fault: every step is done as it says, in a copy of the project."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.gatehouse import real
from tools.docs.pages import blocks

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "adding-a-product.md"

_CONSOLE = re.compile(r"^```console\n(?P<lines>.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, with the files of the page in it."""
    folder = tmp_path_factory.mktemp("telex")
    for room in ("model", "properties"):
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__", "scenarios"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    files = [block for block in blocks(PAGE.read_text(encoding="utf-8")) if block.kind == "project"]
    assert len(files) == 5
    for block in files:
        path = folder / block.words[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
    (folder / "model/products/telex/__init__.py").write_text("")
    return folder


def completed(folder: Path, *arguments: str) -> str:
    process = real(*arguments, cwd=folder)
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    return out


def test_every_command_of_the_page_comes_out_as_it_shows(project: Path) -> None:
    """Each `$` line is run; the lines below it are the verdicts that its checks come to."""
    ran = 0
    for block in _CONSOLE.finditer(PAGE.read_text(encoding="utf-8")):
        for step in block["lines"].split("$ ")[1:]:
            command, *shown = step.strip().splitlines()
            program, *arguments = command.split()
            assert program == "dialproof"
            if arguments[0] != "check":
                completed(project, *arguments)
                continue
            lines = [json.loads(line) for line in completed(project, *arguments, "--json").splitlines()]
            assert [f"{line['verdict']:9} {line['claim']}" for line in lines] == shown
            ran += len(lines)
    assert ran == 5


def test_the_report_of_the_new_product_is_whole(project: Path) -> None:
    """Pictures, claims and what is left out come from the parts: nothing of the report knows the product."""
    completed(project, "report", "engaged.toml", "-o", "review.html")
    page = (project / "review.html").read_text(encoding="utf-8")
    for said in ("london is engaged (occ)", "telex line", "Whenever a telex waits"):
        assert said in page, said
