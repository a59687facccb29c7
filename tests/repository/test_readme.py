"""README: what it shows is what the commands print, and whoever has read nothing else gets from a scenario to a report.

The whole of `make prove` is not run again here (the theorems make every check anyway): the stored output is compared with what
the scenarios expect, line by line as the command line prints it, and two scenarios of it are run.
"""

import re
from functools import partial
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from PIL import Image
from rich.console import Console
from rich.text import Text

from dialproof.cli.table import Layout, print_scenario
from dialproof.core.certificates import InductiveInvariant
from dialproof.core.plan import PlannedCheck
from dialproof.core.run import FiniteRun, State, Step
from dialproof.core.verdict import Holds, Vacuity, Verdict, Violated
from dialproof.portfolio.check import CheckedVerdict
from dialproof.project.scenarios import load, scenario_files
from properties.checks import plan
from tools.docs.generate import README, excerpt, regenerated
from tools.docs.pages import blocks, comparable, without_engine, without_times
from tools.docs.recording import COLUMNS, RECORDINGS, Recording, picture, recorded, text_of
from tools.docs.running import PROVE, ROOT, Shell
from tools.docs.screenshots import REPORT, SIZE, browser, taken

ALL_OF_IT = ROOT / "docs" / "prove.md"
WIDTH = 80
FOUND = re.compile(r"\n   (?:never|not decided whether ever) enabled.*(?:\n     .*)*")
STALE = "stale; run: python -m tools.docs.generate"


@pytest.fixture(scope="module")
def stored() -> str:
    """What the book says that `make prove` prints."""
    (block,) = [block for block in blocks(ALL_OF_IT.read_text(encoding="utf-8")) if block.marker == "generated: prove"]
    return block.text.removeprefix("$ make prove\n")


@pytest.mark.parametrize("page", [README, ALL_OF_IT], ids=lambda page: page.stem)
def test_everything_that_is_generated_is_fresh(page: Path, stored: str) -> None:
    assert comparable(regenerated(page, lambda: stored)) == comparable(page.read_text(encoding="utf-8")), STALE


def test_make_prove_runs_what_the_output_is_generated_with() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    scenarios = re.search(r"^SCENARIOS \?= (.*)$", makefile, re.MULTILINE)
    assert scenarios is not None
    assert f"dialproof check {scenarios[1]}" == PROVE
    assert re.search(r"^prove:.*\n\t@\$\(BIN\)/dialproof check \$\(SCENARIOS\)", makefile, re.MULTILINE)


def test_the_first_block_has_the_two_commands() -> None:
    first, *_ = blocks(README.read_text(encoding="utf-8"))
    assert [command.partition(" #")[0].strip() for command in first.commands] == ["make prove", "make test"]


def test_the_table_is_what_the_scenarios_expect(stored: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    files, _ = scenario_files([Path(PROVE.rpartition(" ")[2])])
    scenarios, _ = load(files, plan)
    planned = [check for scenario in scenarios for check in scenario.checks]
    page = StringIO()
    console = Console(file=page, width=WIDTH, markup=False, emoji=False, highlight=False)
    for scenario in scenarios:
        print_scenario(console, Layout(planned, WIDTH), scenario, [as_expected(check) for check in scenario.checks])
    # What was found besides the verdicts is not expected by a scenario; that it is right is tested by running some of them.
    heading, *parts, notes = FOUND.sub("", stored).split("\n\n")
    assert without_engines("\n\n".join(parts)) == without_engines(page.getvalue()), STALE
    assert heading.split() == ["claim", "verdict", "expected", "engine", "time"]
    assert f"{len(planned)} checks: {len(planned)} as expected; … s" in notes, STALE


@pytest.mark.parametrize("name", ["dns-added-fixed", "lan-from-start-shipped"])
def test_the_table_is_what_is_printed(stored: str, name: str, tmp_path: Path) -> None:
    printed = without_times(Shell(tmp_path).run(f"dialproof check model/scenarios/q230051/{name}.toml", ROOT))
    (part,) = [part for part in stored.split("\n\n") if Path(part.partition("\n")[0]).stem == name]
    assert without_engines(part) in [without_engines(other) for other in printed.split("\n\n")], STALE


def as_expected(check: PlannedCheck) -> CheckedVerdict:
    """`check` as if it had come out as its scenario expects, under each cause."""
    some_run = FiniteRun((Step(None, State.of({"waiting": 1})),))
    verdict: Verdict = Holds(InductiveInvariant("true"), vacuity=Vacuity(True))
    if check.expected == "violated":
        verdict = Violated(some_run, vacuity=Vacuity(True))
    return CheckedVerdict(check, tuple((variant.name, verdict) for variant in check.variants))


def without_engines(table: str) -> list[str]:
    """The lines of a table without the columns for engine and time."""
    return [without_engine(line) for line in without_times(table).strip().splitlines()]


def test_an_excerpt_names_scenarios_that_exist(stored: str) -> None:
    with pytest.raises(RuntimeError, match="not all of"):
        excerpt(stored, ["no-such-scenario"])


# --- three commands --------------------------------------------------------------------------------------------------


def test_readme_leads_from_a_scenario_of_ones_own_to_a_report_in_three_commands(tmp_path: Path) -> None:
    (commands,) = [block.commands for block in blocks(README.read_text(encoding="utf-8")) if len(block.commands) == 3]
    assert [command.split()[:2] for command in commands] == [["dialproof", name] for name in ("init", "check", "report")]
    tools, folder = tmp_path / "tools", tmp_path / "mine"
    tools.mkdir()
    folder.mkdir()
    for command in commands:
        printed = Shell(tools).run(f"{command}; echo exit code $?", folder)
        assert printed.endswith("exit code 0\n"), printed
    assert sorted(path.name for path in folder.iterdir()) == ["my.toml", "review.html"]
    report = (folder / "review.html").read_text(encoding="utf-8")
    assert "My office: everything over the dial-up line" in report
    assert all(claim in report for claim in ("queued-mail-is-dialled", "queued-mail-is-delivered", "no-mail-is-lost"))


def test_what_readme_says_of_the_entry_and_of_the_service_pack_is_true(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    run = partial(Shell(tmp_path / "tools").run, folder=tmp_path)
    run("dialproof init my.toml")
    file = tmp_path / "my.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    first = lines.index("# [[email_domain]]")
    lines[first : first + 5] = [line.removeprefix("# ") for line in lines[first : first + 5]]
    file.write_text("\n".join(lines), encoding="utf-8")
    assert "!  queued-mail-is-dialled    violated" in run("dialproof check my.toml")
    build = re.search(r"`build` to `([\d.]+)`", README.read_text(encoding="utf-8"))
    assert build is not None
    file.write_text(file.read_text(encoding="utf-8").replace("5.5.2448.0", build[1]), encoding="utf-8")
    assert "4 checks: 4 as expected" in run("dialproof check my.toml")


# --- pictures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.name)
def test_a_picture_of_a_terminal_shows_what_the_commands_print(recording: Recording) -> None:
    stored = recording.path.read_text(encoding="utf-8")
    assert comparable(text_of(picture(recording, recorded(recording)))) == comparable(text_of(stored)), STALE


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.name)
def test_a_picture_of_a_terminal_stands_by_itself(recording: Recording) -> None:
    stored = recording.path.read_text(encoding="utf-8")
    assert f"({recording.path.relative_to(ROOT).as_posix()})" in README.read_text(encoding="utf-8")
    assert re.findall(r"https?://[^\"]*", stored) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<script|href|@import|url\(", stored)
    assert recording.says in stored
    assert max(map(len, text_of(stored).splitlines())) <= COLUMNS


def test_colours_in_a_picture_are_those_of_the_terminal() -> None:
    lines = [Text.assemble("as ", ("expected", "green"), (" & <not>", "bold red"))]
    svg = picture(RECORDINGS[0], lines)
    assert text_of(svg) == "as expected & <not>"
    assert 'style="fill: #7ee787">expected</tspan>' in svg
    assert 'class="b" style="fill: #ff7b72"> &amp; &lt;not&gt;</tspan>' in svg


def test_the_picture_of_the_report_is_small_and_in_readme() -> None:
    assert f"({REPORT.relative_to(ROOT).as_posix()})" in README.read_text(encoding="utf-8")
    assert REPORT.stat().st_size < 150_000
    with Image.open(REPORT) as stored:
        assert stored.size == SIZE
        assert len(stored.convert("RGB").getcolors(1_000_000)) > 20, "an empty page"


def test_the_picture_of_the_report_can_be_taken_anew() -> None:
    chromium = browser()
    if chromium is None:
        pytest.skip("no Chromium is installed, so that no picture of the report can be taken")
    with Image.open(BytesIO(taken(chromium))) as fresh:
        assert fresh.size == SIZE
        assert len(fresh.convert("RGB").getcolors(1_000_000)) > 20, "an empty page"
