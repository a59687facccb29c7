"""`--proof-report`: the theorems of a test run as HTML, Markdown, PDF and JSON."""

import json
import re
import sys
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dialproof.core.errors import InputError
from dialproof.testing import document
from dialproof.testing.document import Document, check_target
from dialproof.testing.records import Record, merged
from tests.testing.gate import TWO_THEOREMS, out, record, theorems_file

pytest_plugins = ["pytester"]


# --- the report ------------------------------------------------------------------------------------------------------


def test_a_record_survives_the_way_from_process_to_process() -> None:
    assert Record.of_data(json.loads(json.dumps(record().as_data()))) == record()


def test_verdicts_that_several_tests_use_are_told_once() -> None:
    together = merged([record("holds", "as expected", test="a"), record("holds", "not asserted", test="b"), record(claim="d")])
    assert [(one.claim, one.tests, one.standing) for one in together] == [
        ("c", ("a", "b"), "as expected"),
        ("d", ("t",), "different"),
    ]


def test_systems_of_one_name_are_told_apart(project: pytest.Pytester) -> None:
    """Two rooms are called gatehouse: the verdicts about them are two, although they look alike."""
    theorems_file(
        project,
        "from gate import gatehouse\nfrom dialproof import Fairness\nfrom dataclasses import replace",
        "def test_one():\n    assert_violated(GOOD, STAYS_SHUT)",
        "def test_same():\n    assert_violated(gatehouse(), replace(STAYS_SHUT, says='The same.'))",
        "def test_other():\n    assert_violated(gatehouse(Fairness.STRONG), STAYS_SHUT)",
    )
    assert "2 verdicts (2 are violated): 2 as expected" in out(project.runpytest())


class Page(HTMLParser):
    """What of a page loads something or runs, and the ids and links in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [tag] if tag in {"script", "img", "link", "iframe", "b", "i"} else []
        for name, value in attrs:
            self.loads += [f"{name}={value}"] if name == "src" or name.startswith("on") else []
            self.ids += [str(value)] if name == "id" else []
            self.links += [str(value)] if name == "href" else []


def written(tmp_path: Path, suffix: str, *records: Record, **others: object) -> str:
    path = tmp_path / f"report{suffix}"
    values = {"errors": (), "interrupted": False, "made": datetime(2026, 1, 2, tzinfo=UTC), **others}
    document.write(Document(theorems=records, **values), path)  # type: ignore[arg-type]
    assert [file.name for file in tmp_path.iterdir()] == [path.name], "nothing half-written is left"
    return path.read_text(encoding="utf-8")


def test_the_page_loads_nothing_and_shows_text_as_text(tmp_path: Path) -> None:
    text = written(tmp_path, ".html", record(), record("holds", "as expected", claim="<script>x</script>"))
    page = Page(text)
    assert page.loads == []
    assert "&lt;script&gt;alert(1)" in text
    assert "\u202e" not in text, "no letter turns the text around it"
    assert "default-src 'none'" in text
    assert len(set(page.ids)) == len(page.ids)
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    for shown in ("lasso of 1+1 steps", "weak fairness of", "1.25 s", "2 verdicts", "not as expected"):
        assert shown in text


def test_markdown_shows_text_as_text(tmp_path: Path) -> None:
    text = written(tmp_path, ".md", record())
    assert "<script>" not in re.sub(r"^````text.*?^````$", "", text, flags=re.DOTALL | re.MULTILINE).replace("\\<", "")
    assert "````text\n  1. <img src=x>\n```\n" in text, "the fence is longer than any in the run"
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {8}, rows


def test_an_empty_report_says_that_it_is_empty(tmp_path: Path) -> None:
    for suffix in (".html", ".md"):
        folder = tmp_path / suffix[1:]
        folder.mkdir()
        text = written(folder, suffix, errors=(("a.toml::x", "internal error: <odd>"),), interrupted=True)
        assert "No test has asked for a verdict" in text
        assert "interrupted" in text
        assert "internal error" in text
        assert not re.search(r"(?<!\\)<odd", text)


def test_causes_are_told_where_they_tell_checks_apart(tmp_path: Path) -> None:
    alone = written(tmp_path, ".html", record(causes=("rust",)))
    assert "rust" not in alone
    (tmp_path / "report.html").unlink()
    both = written(tmp_path, ".html", record(causes=("rust",)), record(causes=("dust", "<i>mud</i>")))
    assert "under rust" in both
    assert "under each of 2 causes: dust, &lt;i&gt;mud" in both


def test_json_is_what_was_found(tmp_path: Path) -> None:
    content = json.loads(written(tmp_path, ".json", record(), interrupted=True))
    assert content["theorems"] == [record().as_data()]
    assert content["interrupted"] is True
    assert "dialproof" in content["tools"]
    (tmp_path / "report.json").unlink()
    assert [json.loads(line) for line in written(tmp_path, ".jsonl", record()).splitlines()] == [record().as_data()]


def test_a_pdf_is_made_where_that_is_possible(tmp_path: Path) -> None:
    pytest.importorskip("weasyprint", reason="WeasyPrint, or the system library Pango, is not installed", exc_type=ImportError)
    document.write(Document((record(),), (), False, datetime.now(UTC)), tmp_path / "r.pdf")
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")


def test_the_report_of_a_run_names_every_theorem_and_its_tests(project: pytest.Pytester) -> None:
    theorems_file(project, TWO_THEOREMS, "def test_fails():\n    assert_holds(BAD, OPENS)")
    result = project.runpytest("--proof-report=r.html")
    assert "proof report: r.html" in out(result)
    text = (project.path / "r.html").read_text(encoding="utf-8")
    for shown in ("gate-opens", "gate-stays-shut", "Whoever waits gets in.", "The bell rings.", "test_gate.py::test_fails"):
        assert shown in text


@pytest.mark.parametrize(
    ("target", "said"),
    [("r.doc", "must end in one of .html"), ("none", "must end in"), ("folder.html", "is a folder"), ("no/r.html", "mkdir -p")],
)
def test_a_report_that_cannot_be_written_is_refused_before_the_tests_run(
    project: pytest.Pytester, target: str, said: str
) -> None:
    (project.path / "folder.html").mkdir()
    theorems_file(project, TWO_THEOREMS)
    result = project.runpytest(f"--proof-report={target}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert said in result.stderr.str()
    assert "passed" not in out(result)


def test_a_report_that_cannot_be_written_after_all_is_no_success(project: pytest.Pytester) -> None:
    theorems_file(project, "def test_spoils(prove):\n    assert_holds(prove(GOOD, OPENS))\n    import os\n    os.mkdir('r.md')")
    result = project.runpytest("--proof-report=r.md")
    assert result.ret == pytest.ExitCode.INTERNAL_ERROR
    assert "--proof-report=r.md: cannot be written" in out(result)


def test_without_weasyprint_a_pdf_is_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(InputError, match=r"pip install 'dialproof\[pdf\]'"):
        check_target(tmp_path / "r.pdf")
