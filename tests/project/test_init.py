"""`dialproof init`: what it writes works at once, and nothing that is there is ever touched."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dialproof.cli.main import main
from dialproof.core.files import create_whole
from dialproof.project.skeleton import contents, lay_out
from model.faults import catalogue as faults
from model.products.exchange_ims.scenario import load, parse
from properties.catalogue import catalogue as claims
from properties.project import PROJECT
from tests.gatehouse import ROOT, environment, real, specialize


def init(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["init", *arguments])


def refused(*arguments: str) -> str:
    """What the command says when it refuses; nothing is written to standard output."""
    result = init(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one. No project is above it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def completed(folder: Path, *arguments: str) -> str:
    """What a command prints in `folder`, run as a user does. Fails unless it ends with exit code 0."""
    process = real(*arguments, cwd=folder)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, out + err
    return out


# --- a scenario ------------------------------------------------------------------------------------------------------


def test_a_scenario_of_ones_own_is_there_and_comes_out_as_it_expects(empty: Path) -> None:
    assert completed(empty, "init", "my.toml").splitlines()[-1] == "Next: dialproof check my.toml"
    lines = [json.loads(line) for line in completed(empty, "check", "my.toml", "--json").splitlines()]
    assert [(line["verdict"], line["expected"], line["vacuous"]) for line in lines] == [("holds", "holds", False)] * 4


def test_the_scenario_names_itself_in_the_commands_to_type(empty: Path) -> None:
    init("it's mine.toml")
    text = (empty / "it's mine.toml").read_text(encoding="utf-8")
    assert "#     dialproof check 'it'\"'\"'s mine.toml'\n" in text
    assert "FILE_NAME" not in text


@pytest.mark.usefixtures("empty")
def test_what_is_commented_out_is_right_too() -> None:
    text = re.sub(r"^# (\[\[?\w+\]\]?$|\w+ = )", r"\1", PROJECT.template(Path("my.toml"), None), flags=re.MULTILINE)
    scenario = parse(text, "my.toml", claims=claims(), faults=faults())
    assert [entry.domain for entry in scenario.email_domains] == ["partner.example"]
    assert scenario.connector.queue_capacity == 2
    assert scenario.environment.calls_eventually_end
    assert scenario.links["isp"].modem == "com1"


def test_the_entry_that_the_comment_speaks_of_shows_the_fault_of_the_article(empty: Path) -> None:
    init("my.toml")
    file = empty / "my.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    first = lines.index("# [[email_domain]]")
    end = first + lines[first:].index("")
    said = re.search(r"Take the (\w+) `#`", "\n".join(lines))
    assert said is not None
    assert said[1] == {5: "five", 6: "six", 7: "seven"}[end - first], "as many lines as it says"
    lines[first:end] = [line.removeprefix("# ") for line in lines[first:end]]
    file.write_text("\n".join(lines), encoding="utf-8")
    process = real("check", "my.toml", "--json", cwd=empty)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 1, err
    found = {line["claim"]: line["verdict"] for line in map(json.loads, out.splitlines())}
    assert found["queued-mail-is-dialled"] == "violated"


def test_a_file_that_is_there_stays_as_it_is(empty: Path) -> None:
    (empty / "my.toml").write_text("mine")
    assert "there is such a file already, and it stays as it is" in refused("my.toml")
    assert (empty / "my.toml").read_text() == "mine"
    assert [path.name for path in empty.iterdir()] == ["my.toml"]


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "my",
            "the name of a scenario file ends in .toml, such as my.toml; for a project of your own: dialproof init my --project",
        ),
        ("nowhere/my.toml", "there is no folder nowhere; make it first"),
        ("a\nb.toml", "the name contains control characters"),
        (".", "ends in .toml"),
    ],
)
def test_a_name_that_will_not_do_is_refused(name: str, said: str) -> None:
    assert said in refused(name)


def test_the_scenario_belongs_to_the_project_around_it(project: Path) -> None:
    specialize(project, "template(self, path, product)", "f'title = \"{path.stem} of {product}\"\\n'")
    assert init("gate.toml").exit_code == 0
    assert load_title(project / "gate.toml") == "gate of None"
    assert init("door.toml", "--product", "oak").exit_code == 0
    assert load_title(project / "door.toml") == "door of oak"


def load_title(file: Path) -> object:
    return tomllib.loads(file.read_text(encoding="utf-8"))["title"]


@pytest.mark.usefixtures("project")
def test_a_project_without_a_template_is_told_how_to_have_one() -> None:
    said = refused("gate.toml")
    assert "properties.checks:PROJECT" in said
    assert "has no `template(path, product)`: give its class this method, which returns the text of a new scenario file" in said


def test_a_template_that_is_no_text_is_refused(project: Path) -> None:
    specialize(project, "template(self, path, product)", "7")
    assert "returned 7; it must return the text of a scenario file" in refused("gate.toml")
    assert not (project / "gate.toml").exists()


def test_two_who_write_one_file_at_once_never_mix(empty: Path) -> None:
    create_whole(empty / "a", "first")
    with pytest.raises(Exception, match="there is such a file already"):
        create_whole(empty / "a", "second")
    assert [path.read_text() for path in empty.iterdir()] == ["first"]


# --- a project -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as the command lays it out."""
    folder = tmp_path_factory.mktemp("new")
    assert completed(folder, "init", "gate house", "--project").endswith("Next: cd 'gate house' && dialproof check scenarios\n")
    return folder / "gate house"


def test_the_project_has_what_its_readme_says(laid_out: Path) -> None:
    text = (laid_out / "README.md").read_text(encoding="utf-8")
    assert text.startswith("# gate house\n")
    for named in re.findall(r"^([\w./]+)  ", text, re.MULTILINE):
        assert (laid_out / named).exists(), named
    assert not [path for path in laid_out.rglob("*") if path.suffix in (".txt", ".part")]


def test_every_check_of_the_project_comes_out_as_expected(laid_out: Path) -> None:
    lines = [json.loads(line) for line in completed(laid_out, "check", "scenarios", "--json").splitlines()]
    assert {(line["verdict"] == line["expected"], line["vacuous"]) for line in lines} == {(True, False)}
    assert {line["verdict"] for line in lines} == {"holds", "violated"}, "both a proof and a counterexample to look at"


def test_its_theorems_its_scenarios_and_its_tests_pass(laid_out: Path) -> None:
    # Where dialproof is installed pytest finds the plug-in by itself; from a mere checkout it has to be named.
    installed = any(point.name == "dialproof" for point in entry_points(group="pytest11"))
    plugin = [] if installed else ["-p", "dialproof.testing.plugin"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugin],
        cwd=laid_out, env=environment(), capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "12 passed" in ran.stdout, "five theorems, five checks of scenarios, two tests of the model"


def test_it_offers_a_schema_and_a_template_of_its_own(laid_out: Path) -> None:
    assert "capacity" in json.loads(completed(laid_out, "schema", "scenario"))["properties"]
    completed(laid_out, "init", "another.toml")
    assert '"verdict": "holds"' in completed(laid_out, "check", "another.toml", "--json")
    (laid_out / "another.toml").unlink()


def test_a_mistake_in_one_of_its_scenarios_is_reported_with_its_place(laid_out: Path) -> None:
    (laid_out / "wrong.toml").write_text('format = 1\ncapacity = 0\n\n[[check]]\nclaim = "packets-are-lost"\n')
    process = real("check", "wrong.toml", cwd=laid_out)
    out, err = process.communicate(timeout=60)
    (laid_out / "wrong.toml").unlink()
    assert (process.returncode, out) == (2, "")
    assert "wrong.toml:2:12: `capacity` is 0" in err
    assert 'wrong.toml:5:9: `check[0].claim` is "packets-are-lost": there is no claim of this name' in err


def test_its_code_is_as_clean_as_ours(laid_out: Path) -> None:
    if importlib.util.find_spec("ruff") is None:
        pytest.skip("ruff is not installed: install the extra `dev`")
    ours = ["--config", str(ROOT / "pyproject.toml")]
    # Its tests are no package and need no docstrings; which imports are whose, only its own configuration could say.
    for tool in (["check", "--extend-ignore", "INP001,D1,I001"], ["format", "--check"]):
        ran = subprocess.run(
            [sys.executable, "-m", "ruff", *tool, *ours, "."], cwd=laid_out, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_an_empty_folder_is_filled(empty: Path) -> None:
    (empty / "new").mkdir()
    assert init("new", "--project").exit_code == 0
    assert (empty / "new" / "scenarios" / "always-busy.toml").is_file()
    assert [path.name for path in empty.iterdir()] == ["new"]


@pytest.mark.usefixtures("empty")
def test_the_current_folder_is_filled_where_it_is_empty() -> None:
    assert init(".", "--project").exit_code == 0
    assert Path("pyproject.toml").is_file()


def test_what_is_there_stays_as_it_is(empty: Path) -> None:
    (empty / "full").mkdir()
    (empty / "full" / "mine").write_text("mine")
    (empty / "file").write_text("mine")
    for name in ("full", "file"):
        assert "there is something already, and it stays as it is; name a new folder" in refused(name, "--project")
    assert sorted(str(path.relative_to(empty)) for path in empty.rglob("*")) == ["file", "full", "full/mine"]


def test_a_project_appears_whole_or_not_at_all(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(Exception, match="No space left on device"):
        lay_out(Path("new"))
    assert list(empty.iterdir()) == []


@pytest.mark.usefixtures("empty")
def test_a_project_in_a_folder_that_is_not_there_is_refused() -> None:
    assert "there is no folder nowhere; make it first" in refused("nowhere/new", "--project")


def test_every_file_of_a_project_is_carried() -> None:
    folder = ROOT / "dialproof" / "project" / "skeleton" / "files"
    there = {path.relative_to(folder).as_posix().removesuffix(".txt") for path in folder.rglob("*") if path.is_file()}
    assert set(contents("x")) == there
    assert "model/line.py" in there


def test_the_reference_project_loads_what_it_writes(empty: Path) -> None:
    init("my.toml")
    scenario = load("my.toml", claims=claims(), faults=faults())
    assert scenario.title == "My office: everything over the dial-up line"
    assert os.listdir(empty) == ["my.toml"]  # noqa: PTH208  # the name alone
