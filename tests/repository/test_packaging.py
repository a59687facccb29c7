"""What is installed: `dialproof` alone under a name of its own, with the reference project inside it as data."""

import importlib
import importlib.util
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import dialproof
from dialproof.project.declaration import read_declaration

ROOT = Path(__file__).resolve().parents[2]
CARRIED = ("model", "properties")

# Runs the command line, then says which `model` it worked with.
RUN_AND_TELL = """
import sys
from dialproof.cli.main import main
try:
    main()
finally:
    print("model from", getattr(sys.modules.get("model"), "__file__", "nowhere"), file=sys.stderr)
"""


def tool_table(path: Path) -> dict[str, object]:
    with path.open("rb") as file:
        table: dict[str, object] = tomllib.load(file)["tool"]["dialproof"]
    return table


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built here without a network."""
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed, so no wheel can be built: install the extra `test`")
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_installs_one_name(contents: set[str]) -> None:
    tops = {name.partition("/")[0] for name in contents}
    (metadata,) = tops - {"dialproof"}
    assert metadata.startswith("dialproof-")
    assert metadata.endswith(".dist-info")
    assert f"{metadata}/licenses/LICENSE" in contents


def test_the_wheel_carries_the_reference_project(contents: set[str]) -> None:
    wanted = {
        f"dialproof/reference/{path.relative_to(ROOT).as_posix()}"
        for folder in CARRIED
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert "dialproof/reference/properties/checks.py" in wanted
    carried = {name for name in contents if name.startswith("dialproof/reference/")}
    assert carried == wanted | {"dialproof/reference/pyproject.toml"}


def test_the_wheel_carries_what_pages_are_made_of(contents: set[str]) -> None:
    templates = {path.relative_to(ROOT).as_posix() for path in (ROOT / "dialproof").glob("*/templates/*") if path.is_file()}
    assert {"dialproof/report/templates/report.html", "dialproof/report/templates/stepper.js"} <= templates <= contents


def test_the_wheel_carries_no_leftovers(contents: set[str]) -> None:
    assert not [name for name in contents if "__pycache__" in name or name.endswith(".pyc")]


def test_the_wheel_leads_from_nothing_to_a_report_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    installed, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    told = []
    for arguments in (
        ["init", "my.toml"],
        ["check", "my.toml"],
        ["report", "my.toml", "-o", "review.html"],
        ["schema", "scenario"],
        ["init", "mine", "--project"],
        ["check", "mine/scenarios/always-busy.toml"],
    ):
        result = subprocess.run(
            [sys.executable, "-c", RUN_AND_TELL, *arguments],
            cwd=elsewhere,
            env=os.environ | {"PYTHONPATH": str(installed)},
            check=False,
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        told.append(result.stderr)
    assert f"model from {installed / 'dialproof' / 'reference' / 'model'}" in told[1]
    assert "My office" in (elsewhere / "review.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", dialproof.__all__)
def test_what_is_exported_can_be_imported(name: str) -> None:
    assert getattr(dialproof, name) is not None


def test_nothing_is_exported_twice() -> None:
    assert len(set(dialproof.__all__)) == len(dialproof.__all__)


def test_checkout_and_wheel_are_the_same_verification_project() -> None:
    assert tool_table(ROOT / "pyproject.toml") == tool_table(ROOT / "dialproof" / "reference" / "pyproject.toml")


def test_the_project_and_its_commands_are_where_the_table_says() -> None:
    read_declaration(ROOT)
    for place in ("properties.project:PROJECT", "properties.route_command:route"):
        assert place in str(tool_table(ROOT / "pyproject.toml"))
        module, _, name = place.partition(":")
        assert hasattr(importlib.import_module(module), name)


def test_the_citation_names_this_version() -> None:
    assert f"\nversion: {dialproof.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
