"""Commands that a project contributes: listed without its code, imported when they are called, never a traceback."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dialproof.cli.main import main
from tests.gatehouse import CONFIGURATION, OPENS, ROOT, scenario

BELLS = '''
import click

from dialproof import InputError
from dialproof.cli.guard import GuardedCommand
from dialproof.cli.output import say


@click.command(cls=GuardedCommand)
@click.argument("scenario", type=click.Path())
def ring(scenario):
    """Ring the bell."""
    if scenario == "zero":
        1 / 0
    if scenario == "mute":
        raise InputError("the bell is mute")
    say(f"ringing for {scenario}")


@click.command
def plain():
    """A command that nobody guards."""
'''

RING = '[tool.dialproof.commands.ring]\nhelp = "Ring the bell."\ncommand = "properties.bells:ring"\n'


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, list(arguments), prog_name="dialproof")
    assert "Traceback" not in result.output
    return result


def commands() -> list[str]:
    """The commands that the help lists."""
    *_, listed = run("--help").stdout.partition("Commands:\n")
    return [line.split()[0] for line in listed.splitlines()]


@pytest.fixture
def bells(project: Path) -> Path:
    """The small project with a command of its own; the current folder is in it."""
    (project / "pyproject.toml").write_text(CONFIGURATION + RING)
    (project / "properties" / "bells.py").write_text(BELLS)
    return project


def test_a_command_is_listed_without_the_projects_code(bells: Path) -> None:
    (bells / "properties" / "bells.py").write_text("1 / 0\n")
    assert commands()[-1] == "ring"
    assert "ring    Ring the bell." in run("--help").stdout
    assert "route" not in commands()


@pytest.mark.usefixtures("bells")
def test_a_command_runs_when_it_is_called() -> None:
    result = run("ring", "dinner")
    assert (result.exit_code, result.stdout) == (0, "ringing for dinner\n")
    assert "Ring the bell." in run("ring", "--help").stdout


@pytest.mark.usefixtures("bells")
def test_what_a_command_raises_is_a_message_and_an_exit_code() -> None:
    result = run("ring", "mute")
    assert (result.exit_code, result.stderr) == (2, "the bell is mute\n")
    result = run("ring", "zero")
    assert result.exit_code == 4
    assert "internal error: ZeroDivisionError: division by zero" in result.stderr
    assert "--debug" not in result.stderr, "it has no such option"


def test_a_command_is_that_of_the_project_of_the_file_that_it_is_about(bells: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = scenario(str(bells / "one.toml"), OPENS)
    monkeypatch.chdir(bells.parent)
    assert "ring" not in commands()
    assert run("ring", file).stdout == f"ringing for {file}\n"
    result = run("route", file, "a.example")
    assert result.exit_code == 2
    assert (
        f"`dialproof route` is a command of the verification project that dialproof carries; the project in {bells}"
        in result.stderr
    )


@pytest.mark.usefixtures("project")
def test_a_project_without_the_command_says_so_in_one_message() -> None:
    result = run("route", "my.toml", "a.example")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "there is no [tool.dialproof.commands.route] in its pyproject.toml" in result.stderr


def test_its_commands_are_listed_in_the_reference_project_and_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (ROOT / "docs", tmp_path):
        monkeypatch.chdir(folder)
        assert commands()[-5:] == ["route", "import", "conform", "bound", "simulate"]


def test_a_model_of_another_tool_has_no_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("model.smv").write_text("MODULE main\n")
    result = run("route", "model.smv", "a.example")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "a model of another tool has no command 'route'" in result.stderr


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("properties.bells:rign", "there is no object 'rign' in"),
        ("properties.belles:ring", "there is no module 'properties.belles' in"),
        ("properties.bells:plain", "that is a Command; it must be a dialproof.cli.guard.GuardedCommand"),
        ("properties.bells:BELLS", "there is no object 'BELLS' in"),
        ("bells", 'it must name the command, as "module:attribute"'),
    ],
)
def test_a_command_that_cannot_be_had(bells: Path, command: str, said: str) -> None:
    (bells / "pyproject.toml").write_text(CONFIGURATION + RING.replace("properties.bells:ring", command))
    result = run("ring", "dinner")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f'pyproject.toml:6:11: `tool.dialproof.commands.ring.command` is "{command}"' in result.stderr
    assert said in result.stderr
    assert commands()[-1] == "ring", "the help is there even so"


def test_the_help_is_there_in_a_broken_project(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.dialproof\n")
    assert commands()[-1] == "mutate"
    assert "broken TOML" in run("ring", "dinner").stderr


@pytest.mark.usefixtures("bells")
def test_a_name_that_is_nearly_a_command_of_the_project_is_suggested() -> None:
    result = run("rign")
    assert result.exit_code == 2
    assert "No such command 'rign'. Did you mean 'ring'?" in result.stderr
