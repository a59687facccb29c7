"""The command line, on a small project that has nothing to do with mail: what it prints, its exit codes, its error messages."""

import ast
import importlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from dialproof.cli.main import main
from dialproof.cli.table import duration
from dialproof.project.project import project_of
from dialproof.project.roots import OWN_COMMANDS
from tests.gatehouse import HARD, OPENS, ROOT, SHUT, environment, real, run, scenario
from tests.processes import children, descendants, is_alive, until

KEYS = [
    "scenario",
    "claim",
    "verdict",
    "expected",
    "engine",
    "seconds",
    "vacuous",
    "assumptions",
    "evidence",
    "trace",
    "reason",
    "findings",
    "notes",
]


# --- exit codes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("checks", "code"),
    [
        ([OPENS], 0),
        ([OPENS + '\nexpect = "holds"', SHUT + '\nexpect = "violated"'], 0),
        ([SHUT], 1),
        ([OPENS + '\nexpect = "violated"'], 1),
        ([OPENS, SHUT], 1),
        ([OPENS + '\ncauses = ["stuck", "none"]'], 3),
        ([OPENS + '\ncauses = ["stuck", "none"]', SHUT], 1),
        (['kind = "empty-premise"'], 1),
        (['kind = "outside"'], 2),
        (['kind = "never-outside"'], 0),
        (['kind = "our-bug"'], 4),
        (['kind = "unexpected"'], 4),
    ],
)
@pytest.mark.usefixtures("project")
def test_exit_code(checks: list[str], code: int) -> None:
    assert run(scenario("one.toml", *checks)).exit_code == code


@pytest.mark.usefixtures("project")
def test_what_no_engine_decides_in_time_is_undecided() -> None:
    result = run(scenario("one.toml", HARD), "--timeout", "1.5")
    assert result.exit_code == 3
    assert "?  never-zero  unknown" in result.stdout
    assert "no answer within 1.5 s" in result.stdout
    assert "--timeout SECONDS" in result.stdout


@pytest.mark.usefixtures("project")
def test_a_bug_of_ours_asks_to_be_reported() -> None:
    result = run(scenario("one.toml", 'kind = "unexpected"'))
    assert "internal error: ZeroDivisionError: one by nothing" in result.stderr
    assert "report it" in result.stderr
    assert not result.stdout


@pytest.mark.usefixtures("project")
def test_the_traceback_is_there_for_whoever_asks() -> None:
    result = CliRunner().invoke(main, ["check", "--debug", scenario("one.toml", 'kind = "our-bug"')])
    assert result.exit_code == 4
    assert "Traceback" in result.stderr


@pytest.mark.usefixtures("project")
def test_what_was_decided_before_a_bug_of_ours_is_still_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from dialproof.core.errors import ReplayError
    from dialproof.portfolio import portfolio

    def refuse(*_: object) -> None:
        raise ReplayError("this is no run")

    monkeypatch.setattr(portfolio, "replay", refuse)
    result = run(scenario("one.toml", SHUT), "--json")
    assert result.exit_code == 4
    assert "this is no run" in result.stderr
    assert json.loads(result.stdout)["reason"] == "ended by an internal error"


# --- what is printed -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("project")
def test_the_table_of_a_folder() -> None:
    scenario("all/b.toml", OPENS, title="A gate that opens")
    scenario("all/a.toml", OPENS + '\nexpect = "violated"', SHUT + '\nexpect = "violated"')
    scenario("all/deep/c.toml", OPENS)
    scenario("all/.hidden/d.toml", SHUT)
    Path("all/pyproject.toml").write_text("")
    result = run("all", "all/b.toml")
    assert result.exit_code == 1
    text = re.sub(r"\d+\.\d\d s", "0.10 s", result.stdout)
    text = re.sub(r"(bmc|induction|spacer) +", "engine     ", text).replace("engine     time", "engine         time")
    assert text == (
        "   claim            verdict          expected  engine         time\n"
        "\n"
        "all/a.toml\n"
        "The gate\n"
        "!  gate-opens       holds            violated  engine     0.10 s\n"
        "   gate-stays-shut  violated         violated  engine     0.10 s\n"
        "\n"
        "all/b.toml\n"
        "A gate that opens\n"
        "   gate-opens       holds            (holds)   engine     0.10 s\n"
        "\n"
        "all/deep/c.toml\n"
        "The gate\n"
        "   gate-opens       holds            (holds)   engine     0.10 s\n"
        "\n"
        "Note: hours are left out\n"
        "4 checks: 3 as expected, 1 not as expected (!); 0.10 s\n"
        "Next: dialproof report all/a.toml -o review.html\n"
    )
    assert not result.stderr


@pytest.mark.usefixtures("project")
def test_a_finite_counterexample_in_words() -> None:
    text = run(scenario("one.toml", SHUT)).stdout
    assert (
        "gate-stays-shut is violated\n"
        "  The claim: The gate is never opened.\n"
        "\n"
        "  At the start: the gate: shut; people waiting: 0.\n"
        "  1. Somebody arrives.   people waiting: 0 → 1\n"
        "  2. The gate opens.     the gate: shut → open\n"
        "  Lost here: nothing that follows can mend it.\n"
        "\n"
        "  This rests on weak fairness of open, leave.\n"
        "  Can each step happen? "
    ) in text
    assert 'write expect = "violated" (line 3 of the scenario).' in " ".join(text.split())


@pytest.mark.usefixtures("project")
def test_a_lasso_in_words_under_several_causes() -> None:
    result = run(scenario("one.toml", OPENS + '\ncauses = ["stuck", "locked"]\nexpect = "violated"', OPENS))
    assert result.exit_code == 0
    assert " under each of 2 causes: stuck, locked:\n   gate-opens  violated         violated" in result.stdout
    assert " under none:\n   gate-opens  holds" in result.stdout
    assert "gate-opens is violated (under each of 2 causes), as expected\n" in result.stdout
    assert "The run under stuck, the first of the causes:" in " ".join(result.stdout.split())
    assert "From here on, for ever:" in result.stdout
    assert "... and so on: again from step" in result.stdout
    assert re.search(r"gate-opens \(under none\): proved by .*, checked by z3", result.stdout)


@pytest.mark.usefixtures("project")
def test_causes_that_disagree() -> None:
    result = run(scenario("one.toml", OPENS + '\ncauses = ["stuck", "none"]'))
    assert "?  gate-opens  unknown" in result.stdout
    assert "depends on the cause: violated under stuck, holds under none" in result.stdout
    assert "Check one cause at a time" in result.stdout


@pytest.mark.usefixtures("project")
def test_what_holds_vacuously_says_so() -> None:
    result = run(scenario("one.toml", 'kind = "empty-premise"'))
    assert "!  gate-opens  holds vacuously" in result.stdout
    assert "so it says nothing" in result.stdout


@pytest.mark.usefixtures("project")
def test_json_lines() -> None:
    scenario("all/a.toml", SHUT, OPENS + '\nexpect = "holds"')
    scenario("all/b.toml", OPENS + '\ncauses = ["stuck", "locked"]', OPENS + '\ncauses = ["stuck", "none"]')
    result = run("all", "--json")
    assert result.exit_code == 1
    shut, opens, causes, split = map(json.loads, result.stdout.splitlines())
    assert list(opens) == KEYS
    assert list(shut) == [*KEYS, "depth"]
    assert list(split) == [*KEYS, "causes"]
    assert list(causes) == [*KEYS, "causes", "depth"]
    assert (shut["scenario"], shut["claim"], shut["verdict"]) == ("all/a.toml", "gate-stays-shut", "violated")
    assert shut["trace"]["loop"] == []
    assert shut["trace"]["stem"][0] == {"action": "arrive", "state": {"gate": "shut", "waiting": 0}}
    assert shut["trace"]["stem"][-1] == {"action": None, "state": {"gate": "open", "waiting": 1}}
    assert shut["evidence"]["kind"] == "run"
    assert (opens["expected"], opens["vacuous"], opens["trace"], opens["reason"]) == ("holds", False, None, None)
    # what a proof happens to use may be more than it needs, never more than there is
    assert {"weak fairness of open"} <= set(opens["assumptions"]) <= {"weak fairness of open", "weak fairness of leave"}
    assert opens["evidence"]["kind"] == "certificate"
    assert opens["evidence"]["path"] is None
    assert opens["evidence"]["checked_by"]
    assert causes["causes"] == {"stuck": "violated", "locked": "violated"}
    assert causes["evidence"]["kind"] == "lasso"
    assert causes["trace"]["loop"]
    assert (split["verdict"], split["evidence"], split["trace"]) == ("unknown", None, None)
    assert "depends on the cause" in split["reason"]


@pytest.mark.usefixtures("project")
def test_pictures() -> None:
    scenario("all/a.toml", SHUT, SHUT)
    scenario("all/deep/a.toml", SHUT)
    result = run("all", "--figures", "out/pictures")
    assert result.exit_code == 1
    shut = ["a-gate-stays-shut", "a-gate-stays-shut-2", "a-gate-stays-shut-3"]
    graphs = [f"{name}.{kind}" for name in shut for kind in ("graphml", "dot", "mmd")]
    graphs += [name.replace("shut", "shut-states", 1) for name in graphs]
    names = [*shut, *(name.replace("shut", f"shut-{what}") for name in shut for what in ("sequence", "timeline", "states"))]
    found = sorted(path.name for path in Path("out/pictures").iterdir())
    assert found == sorted([*graphs, *(f"{name}.{kind}" for name in [*names, "a-plan", "a-plan-2"] for kind in ("svg", "png"))])
    assert f"{len(found)} files with pictures and graphs in out/pictures" in result.stderr


# --- the project -----------------------------------------------------------------------------------------------------


def test_the_project_is_found_above_the_scenario(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario("deep/down/one.toml", OPENS)
    monkeypatch.chdir(tmp_path)
    assert run(str(project / "deep" / "down" / "one.toml")).exit_code == 0


def test_the_project_is_found_above_the_current_folder(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario("../elsewhere/one.toml", OPENS)
    (project / "below").mkdir()
    monkeypatch.chdir(project / "below")
    assert run(str(tmp_path / "elsewhere" / "one.toml")).exit_code == 0


def test_without_a_project_the_reference_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert project_of([Path("one.toml")]).root == ROOT


def test_a_model_from_elsewhere_is_not_used(project: Path) -> None:
    before = importlib.import_module("properties")
    assert run(scenario("one.toml", OPENS)).exit_code == 0
    assert sys.modules["properties"] is not before
    assert sys.modules["properties.checks"].__file__ == str(project / "properties" / "checks.py")


# --- in a process of its own -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("project")
def test_in_a_pipe_the_output_is_plain_and_there_is_no_progress() -> None:
    process = real("check", scenario("one.toml", SHUT))
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (1, "")
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) <= 80
    assert not [line for line in out.splitlines() if line != line.rstrip()]


@pytest.mark.usefixtures("project")
def test_on_a_terminal_there_is_progress_on_standard_error() -> None:
    leader, follower = pty.openpty()
    process = real("check", scenario("one.toml", OPENS), stderr=follower, env=environment() | {"TERM": "xterm"})
    out, _ = process.communicate(timeout=60)
    os.close(follower)
    shown = os.read(leader, 65536).decode()
    os.close(leader)
    assert process.returncode == 0
    assert "0/1" in shown
    assert "\x1b" not in out


@pytest.mark.usefixtures("project")
def test_a_terminal_that_knows_few_letters() -> None:
    process = real("check", scenario("one.toml", SHUT, title="Größe"), env=environment() | {"PYTHONIOENCODING": "ascii"})
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (1, "")
    assert "people waiting: 0 -> 1" in out


@pytest.mark.usefixtures("project")
def test_a_reader_that_goes_away() -> None:
    process = real("check", scenario("one.toml", OPENS))
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.usefixtures("project")
def test_a_full_disk() -> None:
    with Path("/dev/full").open("w") as full:
        process = real("check", scenario("one.toml", OPENS), stdout=full)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert err == "standard output cannot be written: No space left on device\n"


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("number", "times", "code"), [(signal.SIGINT, 1, 130), (signal.SIGINT, 5, 130), (signal.SIGTERM, 1, 143)]
)
def test_an_interrupted_run_leaves_no_worker_and_says_what_is_known(number: signal.Signals, times: int, code: int) -> None:
    names = [scenario("a.toml", SHUT + '\nexpect = "violated"'), scenario("b.toml", HARD), scenario("c.toml", HARD)]
    process = real("check", *names, "--jobs", "2", "--json")
    assert process.stdout is not None
    first = process.stdout.readline()
    assert until(lambda: len(children(process.pid)) == 2)
    workers = descendants(process.pid)
    for _ in range(times):
        process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == code
    assert until(lambda: not any(map(is_alive, workers)), 5)
    assert json.loads(first)["verdict"] == "violated"
    rest = [json.loads(line) for line in out.splitlines()]
    assert [(line["scenario"], line["verdict"], line["reason"]) for line in rest] == [
        ("b.toml", "unknown", "interrupted"),
        ("c.toml", "unknown", "interrupted"),
    ]
    assert "Traceback" not in err
    assert "interrupted" in err or "SIGTERM" in err


# --- help ------------------------------------------------------------------------------------------------------------


def test_help_and_version() -> None:
    runner = CliRunner()
    assert "check" in runner.invoke(main, ["--help"]).stdout
    assert runner.invoke(main, ["--version"]).stdout == "dialproof, version 0.1.0\n"
    said = runner.invoke(main, ["check", "--help"]).stdout
    assert "dialproof check model/scenarios/q230051" in said
    assert "130  interrupted" in said
    for explained in (said, runner.invoke(main, ["--help"]).stdout):
        assert "runs the Python code of" in explained
        assert "whose pyproject.toml has a table [tool.dialproof]" in " ".join(explained.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chekc", "x.toml"], "No such command 'chekc'. Did you mean 'check'?"),
        (["Report"], "No such command 'Report'. (Did you mean one of: 'export', 'import', 'report'?)"),
        (["xyzzy"], "No such command 'xyzzy'."),
        (["check", "--timout", "3", "x.toml"], "No such option '--timout'. Did you mean '--timeout'?"),
    ],
)
def test_a_name_that_is_nearly_right(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert result.stderr.endswith(f"Error: {said}\n")


@pytest.mark.parametrize("options", [[], ["-P"], ["-I"]])
def test_as_a_module_of_python_nothing_in_the_current_folder_is_executed(options: list[str], tmp_path: Path) -> None:
    for name in ("click", "z3", "json", "random", "queue", "typing", "copy", "shlex", "difflib", "inspect", "unicodedata"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'executed')!r}, 'a').write({name!r})")
    kept = environment()
    if not options:
        kept["PYTHONPATH"] = str(ROOT)
    command = [sys.executable, *options, "-m", "dialproof", "schema", "check"]
    done = subprocess.run(command, cwd=tmp_path, env=kept, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "executed").exists()


def test_what_a_command_does_fits_on_its_line() -> None:
    *_, listed = CliRunner().invoke(main, ["--help"], terminal_width=80).stdout.partition("Commands:\n")
    assert [line.split()[0] for line in listed.splitlines()] == [*OWN_COMMANDS, "route", "import", "conform", "bound", "simulate"]
    assert "..." not in listed


def test_the_list_of_commands_imports_none_of_them() -> None:
    program = "import sys\nfrom dialproof.cli.main import main\nmain(['--help'], standalone_mode=False)\n"
    program += (
        "print(sorted(name for name in sys.modules if name.startswith(('dialproof.cli.commands', 'dialproof.engines', 'z3'))))"
    )
    done = subprocess.run([sys.executable, "-c", program], env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    for name, text in OWN_COMMANDS.items():
        command = main.get_command(click.Context(main), name)
        assert command is not None
        assert command.short_help == text
        assert f"  {name:9} {text}\n" in done.stdout


def test_each_command_is_a_module_and_each_module_a_command() -> None:
    modules = {path.stem for path in (ROOT / "dialproof" / "cli" / "commands").glob("*.py")} - {"__init__"}
    assert set(OWN_COMMANDS) == modules
    for name in OWN_COMMANDS:
        command = main.get_command(click.Context(main), name)
        assert command is not None
        assert command.name == name


def test_times_for_people() -> None:
    assert [duration(seconds) for seconds in (0.314, 12.34, 123.4)] == ["0.31 s", "12.3 s", "123.4 s"]


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], *([name, "--help"] for name in (*OWN_COMMANDS, "route"))])
def test_help_waits_for_no_large_library(arguments: list[str]) -> None:
    assert imported_by(arguments, "z3", "matplotlib", "networkx", "pydantic", "rich", "jinja2", "lark") == []


@pytest.mark.usefixtures("project")
def test_a_check_imports_nothing_that_only_pictures_need() -> None:
    arguments = ["check", scenario("one.toml", OPENS)]
    assert imported_by(arguments, "z3", "matplotlib", "networkx", "jinja2", "lark", "IPython") == ["z3"]


def imported_by(arguments: list[str], *modules: str) -> object:
    """Which of `modules` the command has imported when it ends."""
    lines = [
        "import sys",
        "from dialproof.cli.main import main",
        f"main({arguments}, standalone_mode=False)",
        f"print([name for name in {modules} if name in sys.modules])",
    ]
    command = [sys.executable, "-c", "\n".join(lines)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environment())
    return ast.literal_eval(ran.stdout.splitlines()[-1])
