"""What commands write: on closed and on full streams; and text of an input that a terminal must show and not obey."""

import ast
import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from dialproof.cli.output import CLOSED
from dialproof.core.errors import FormulaError, InputError, Place, ScenarioError
from dialproof.core.visible import in_one_line, visible
from tests.gatehouse import OPENS, ROOT, SHUT, environment, on_a_terminal, plain, run, scenario
from tests.hostile import write_scenarios

UNSEEN = "\x1b[31m\x07\x9b31m\x7f\u202a\u202e\u2066\u2069\u200e\u200f\u061c\u2028\ufeff"
"""What a terminal would obey, or would not show."""


def ended(command: str) -> tuple[int, str, str]:
    """How a shell command line ends in which `dialproof` is the command, and what it writes: (exit code, stdout, stderr)."""
    line = command.replace("dialproof", f"{sys.executable} -P -m dialproof.cli.main", 1)
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, env=environment(), timeout=120)
    return done.returncode, done.stdout, done.stderr


# --- streams that cannot be used ---------------------------------------------------------------------------------------

ANSWERING = (
    "--help",
    "check --help",
    "check one.toml",
    "check one.toml --json",
    "report one.toml -o report.md",
    "export one.toml --to smv --claim gate-opens",
    "mutate one.toml --first --jobs 1",
    "schema check",
    "audit --without-second-opinion evidence",
)
"""Commands with an answer to give. (`route` and `init`, which write in the same way, need what the small project lacks.)"""


@pytest.mark.parametrize("command", ["--version", "check one.toml", "report one.toml -o report.md", "chekc"])
@pytest.mark.usefixtures("project")
def test_without_a_standard_output_nothing_is_begun(command: str) -> None:
    scenario("one.toml", OPENS)
    assert ended(f"dialproof {command} >&-") == (2, "", f"{CLOSED}\n")
    assert ended(f"dialproof {command} <&- >&- 2>&-") == (2, "", "")
    assert not Path("report.md").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.usefixtures("project")
def test_an_answer_that_cannot_be_written_is_an_error() -> None:
    assert run(scenario("one.toml", OPENS), "--certificates", "evidence").exit_code == 0
    for command in ANSWERING:
        said = "standard output cannot be written: No space left on device\n"
        assert ended(f"dialproof {command} >/dev/full") == (2, "", said), command


@pytest.mark.parametrize("stderr", ["2>&-", "<&- 2>&-", "2>/dev/full"])
@pytest.mark.parametrize(("command", "code"), [("check one.toml", 1), ("check none.toml", 2), ("chekc", 2)])
@pytest.mark.usefixtures("project")
def test_what_cannot_be_said_on_standard_error_changes_nothing_else(command: str, code: int, stderr: str) -> None:
    scenario("one.toml", OPENS, SHUT)
    code_without, said, _ = ended(f"dialproof {command} {stderr}")
    assert code_without == code
    assert bool(said) == (code < 2)
    assert "isatty" not in said


@pytest.mark.usefixtures("project")
def test_what_is_opened_does_not_take_the_number_of_a_closed_stream() -> None:
    """A file that became number 1 or 2 would be written to by whoever believes that this is a terminal."""
    code = (
        "import os, sys; from dialproof.cli.output import occupy_closed_streams; lost = occupy_closed_streams(); "
        "print('to nobody', file=sys.stderr); os._exit(os.open('new', os.O_CREAT | os.O_WRONLY) * 10 + lost)"
    )
    for closed, lost in (("<&- >&- 2>&-", 1), ("2>&-", 0), ("<&- 2>&-", 0), (">&-", 1)):
        line = f'{sys.executable} -P -c "{code}" {closed}'
        number, known = divmod(subprocess.run(["sh", "-c", line], env=environment(), check=False).returncode, 10)
        assert number > 2
        assert known == lost
        assert not Path("new").read_text()


# --- text that a terminal must not obey --------------------------------------------------------------------------------


def is_harmless(text: str) -> bool:
    """Whether everything in `text` can be seen, but for line breaks and the colours that we print ourselves."""
    return all(unicodedata.category(letter)[0] != "C" for letter in re.sub(r"\x1b\[[0-9;]*m|\n", "", text))


def test_what_cannot_be_seen_is_an_escape() -> None:
    assert is_harmless(visible(UNSEEN))
    assert visible("a\x1b[31mb\u202e\nc\td") == "a\\x1b[31mb\\u202e\nc\td"
    assert in_one_line("a\nb\x00") == r"a\nb\x00"
    for text in ("plain", "naïve, 漢字, \N{NO-BREAK SPACE}, e\u0301", "क्\u200dष", ""):
        assert visible(text) == in_one_line(text) == text


def test_errors_are_harmless() -> None:
    errors = [
        InputError(UNSEEN),
        FormulaError(f"x {UNSEEN} y", 2, 5, UNSEEN),
        ScenarioError(((Place(f"{UNSEEN}.toml", 1), UNSEEN), (None, UNSEEN)), UNSEEN),
    ]
    for error in errors:
        assert is_harmless(str(error))


HOSTILE = "".join(f"\\u{ord(letter):04x}" for letter in UNSEEN)


@pytest.mark.usefixtures("project")
def test_a_title_and_a_path_are_shown_and_not_obeyed() -> None:
    name = f"all/{UNSEEN}\nall as expected.toml"
    scenario(name, OPENS, SHUT, title=f"{HOSTILE}\\n\\n  gate-opens  holds")
    scenario(f"bad/{UNSEEN}.toml", 'kind = "none"')
    Path("bad", "broken\u202e.toml").write_text(f"title = {UNSEEN}")
    shown = [
        on_a_terminal("check", name),
        on_a_terminal("check", name, columns=50),
        run("all", "--json").stdout,
        *(part for path in (name, "bad", "nowhere\x1b[31m") for part in ended_in_parts("check", path)),
        *ended_in_parts("report", "-o", "re\u202eport\x1b.md", "all"),
        *ended_in_parts("check", "all", "--junit", "no\x1b\u202e/folder.xml"),
        *ended_in_parts("check", "all", "--certificates", "ev\x1bid\u202eence"),
        *ended_in_parts("audit", "--without-second-opinion", "ev\x1bid\u202eence"),
        *ended_in_parts("mutate", "--first", "--jobs", "1", name),
        *ended_in_parts("mutate", "\x1b\u202e.toml"),
        *ended_in_parts("export", name, "--to", "\x1b\u202e"),
        *ended_in_parts("\x1b\u202e"),
    ]
    for text in shown:
        assert is_harmless(text), repr(text)
    assert r"\x1b[31m" in plain(shown[0])
    assert not re.search(r"^ +gate-opens +holds$", plain(shown[0]), re.MULTILINE), "no title looks like a verdict"


def ended_in_parts(*arguments: str) -> list[str]:
    """What the command writes: on standard output, and on standard error."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "dialproof.cli.main", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
        timeout=120,
    )
    assert "Traceback" not in done.stderr
    return [done.stdout, done.stderr]


def test_the_names_of_a_scenario_reach_no_terminal_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_scenarios(tmp_path)
    path = tmp_path / "a-hostile.toml"
    text = path.read_text(encoding="utf-8")
    Path("names.toml").write_text(text.replace("<b>isp</b>", HOSTILE).replace("partner.ex", f"{HOSTILE}.ex"), encoding="utf-8")
    Path("table.csv").write_text(f"domain,deliver,host,link\n{UNSEEN},host,{UNSEEN},{UNSEEN}\n", encoding="utf-8")
    entries = text.index("[[email_domain]]"), text.index("[environment]")
    table = f'email_domains_file = "table.csv"\n{text[: entries[0]]}{text[entries[1] :]}'
    Path("table.toml").write_text(table, encoding="utf-8")
    shown = [
        *ended_in_parts("check", "names.toml"),
        *ended_in_parts("check", "table.toml"),
        on_a_terminal("check", "a-hostile.toml"),
        *ended_in_parts("route", "a-hostile.toml", "someone@partner.example", "other.example", "--findings"),
        *ended_in_parts("route", "a-hostile.toml", f"{UNSEEN}@x.example"),
        *ended_in_parts("check", "a-hostile.toml", "--certificates", "evidence", "--junit", "junit.xml"),
    ]
    manifests = list(Path("evidence").glob("*.cert/manifest.json"))
    assert manifests
    for manifest in manifests:  # rejected, with a text of whoever has changed it
        content = json.loads(manifest.read_text(encoding="utf-8"))
        content["claim"]["name"] = content["kind"] = UNSEEN
        manifest.write_text(json.dumps(content), encoding="utf-8")
    shown += ended_in_parts("audit", "--without-second-opinion", "evidence")
    for text in shown:
        assert is_harmless(text), repr(text)
    for element in Xml.fromstring(Path("junit.xml").read_text(encoding="utf-8")).iter():  # noqa: S314  # it is our own
        assert is_harmless("".join([element.text or "", *element.attrib.values()]))


@pytest.mark.usefixtures("project")
def test_pytest_shows_them_and_does_not_obey_either(project: Path) -> None:
    scenario("one.toml", OPENS, SHUT, title=HOSTILE)
    checks = project / "properties" / "checks.py"
    text = checks.read_text().replace("gate-stays-shut", f"stays {HOSTILE} shut").replace("The gate opens.", f"Opens {HOSTILE}")
    checks.write_text(text)
    Path("broken.toml").write_text(f"format = 1\ntitle = {UNSEEN}\n[[check]]\n")
    options = ("-p", "no:cacheprovider", "--color=no", "--continue-on-collection-errors")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "one.toml", "broken.toml"],
        capture_output=True,
        text=True,
        check=False,
        env=environment() | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(project)])},
    )
    ours = done.stdout
    assert "is violated" in ours
    assert is_harmless(ours), repr(ours)


# --- what is printed needs nothing that is not installed ---------------------------------------------------------------


def test_no_message_and_no_template_names_a_page_that_an_installed_wheel_lacks() -> None:
    found = []
    for folder in ("dialproof", "model", "properties"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".toml", ".txt", ".html", ".md", ".json"} and "docs/" in path.read_text(encoding="utf-8"):
                found.append(str(path))
            if path.suffix == ".py":
                tree = ast.parse(path.read_text(encoding="utf-8"))
                spoken = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # for whoever reads the code
                texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in spoken]
                found += [f"{path}:{one.lineno}" for one in texts if re.search(r"(?<!/)docs/", str(one.value))]
    assert [place for place in found if "/reference/" not in place] == []
