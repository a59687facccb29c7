"""The report: it says what the review holds, each thing once; what scenarios say is text in it, whatever it looks like."""

import hashlib
import re
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
import z3
from click.testing import CliRunner
from markdown_it import MarkdownIt

import model
from dialproof import Action, System, VerificationProject, boolean, integer
from dialproof.cli.main import main
from dialproof.core.claims import Claim, OneSystem
from dialproof.core.errors import InputError
from dialproof.core.run import Lasso
from dialproof.core.verdict import Holds, Unknown, Vacuity, Violated, of_something
from dialproof.evidence.certificates import digest
from dialproof.evidence.outcome import CheckedVerdict
from dialproof.report import coverage, html, markdown, pdf, prepare, write, writing
from dialproof.report.build import document_of
from dialproof.report.coverage import Coverage, visit
from dialproof.report.document import Document, Ref
from dialproof.report.plain import plain
from dialproof.review.expectation import exit_code
from dialproof.review.session import Review
from model.left_out import left_out
from model.products import products
from tests.hostile import HOSTILE_LINK, HOSTILE_TITLE

ROOT = Path(__file__).resolve().parents[2]
MADE = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
VOID = {"meta", "input", "br", "hr", "img", "link", "path", "use", "rect"}

PARTS = products()["exchange-ims"].parts


@pytest.fixture(autouse=True)
def _same_project(small_review: Review) -> None:
    """Another test of this process may have brought a project of its own."""
    small_review.project.activate()


@pytest.fixture(scope="session")
def document(small_review: Review) -> Document:
    return document_of(small_review, made=MADE)


@pytest.fixture(scope="session")
def page(document: Document) -> "Page":
    return Page.of(html.render(document).decode())


@pytest.fixture(scope="session")
def text(document: Document) -> str:
    return markdown.render(document).decode()


@dataclass(eq=False)
class Element:
    """An element of a page: its name, its attributes, the elements around it from the outermost on, and its text."""

    name: str
    attributes: dict[str, str]
    around: tuple["Element", ...] = field(repr=False)  # a tree of them has no end of words
    text: str = ""


@dataclass(eq=False)
class Page:
    """A page as a browser would read it."""

    source: str
    elements: list[Element] = field(default_factory=list, repr=False)

    @classmethod
    def of(cls, source: str) -> "Page":
        page = cls(source)
        reader = _PageReader(page)
        reader.feed(source)
        reader.close()
        assert not reader.open_, "an element that is not closed"
        return page

    def named(self, *names: str) -> list[Element]:
        return [element for element in self.elements if element.name in names]

    def by_id(self) -> dict[str, Element]:
        return {element.attributes["id"]: element for element in self.elements if "id" in element.attributes}


class _PageReader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page, self.open_ = page, list[Element]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self.open_))
        self.page.elements.append(element)
        if tag not in VOID:
            self.open_.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append(Element(tag, {name: value or "" for name, value in attrs}, tuple(self.open_)))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open_.pop().name == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        for element in self.open_:
            element.text += data


# --- what it says ----------------------------------------------------------------------------------------------------


def test_every_check_is_in_the_table_with_its_verdict_and_evidence(document: Document, small_review: Review) -> None:
    assert len(document.checks) == len(small_review.results)
    for check, checked in zip(document.checks, small_review.results, strict=True):
        assert check.claim.text == checked.planned.claim
        expected = {Holds: "holds", Violated: "violated", Unknown: "unknown"}[type(checked.verdict)]
        assert check.verdict == expected
        assert {piece.verdict for piece in check.evidence} == {expected}
        assert all(piece.ref is not None for piece in check.evidence)


def test_what_nobody_expected_stands_first(document: Document, page: Page) -> None:
    (check,) = document.attention
    assert (check.claim.text, check.verdict, check.standing) == ("queued-mail-is-dialled", "violated", "not as expected")
    assert "1 check did not come out as expected: queued-mail-is-dialled in S1 (violated)." in document.summary
    assert "Look at these first" in [element.text for element in page.named("h3")]
    first = document.counterexamples[0]
    assert check.id in [ref.target for ref in first.shows]


def test_the_summary_counts_what_came_out(document: Document) -> None:
    tally = document.tally
    assert tally.holds + tally.violated + tally.unknown == tally.checks == len(document.checks)
    assert tally.as_expected + tally.different + tally.undecided == tally.checks
    assert f"{tally.checks} checks of {len(document.claims)} claims were run" in document.summary
    assert f"In {tally.holds} checks the claim holds" in document.summary


def test_a_run_that_several_checks_share_is_shown_once(document: Document, small_review: Review) -> None:
    found = [v.lasso for checked in small_review.results for _, v in checked.by_cause if isinstance(v, Violated)]
    assert len(found) > len(set(found)) == len(document.counterexamples)
    assert any(len(run.shows) > 1 for run in document.counterexamples)


def test_a_run_is_told_step_by_step_and_its_loop_is_marked(document: Document, small_review: Review) -> None:
    lengths = {
        (len(v.lasso.stem), len(v.lasso.loop))
        for checked in small_review.results
        for _, v in checked.by_cause
        if isinstance(v, Violated) and isinstance(v.lasso, Lasso)
    }
    told = {
        (sum(step.part == "stem" for step in run.steps), sum(step.part == "loop" for step in run.steps))
        for run in document.counterexamples
        if run.loop
    }
    assert told == lengths
    for run in document.counterexamples:
        assert [step.number for step in run.steps] == list(range(len(run.steps)))
        assert run.steps[0].changes, "the start says what is so at the start"
        assert not run.loop or run.steps[run.loop].part == "loop"


def test_proofs_carry_the_hash_by_which_their_certificate_is_known(document: Document, small_review: Review) -> None:
    known = {digest(v.certificate) for checked in small_review.results for _, v in checked.by_cause if isinstance(v, Holds)}
    assert {proof.digest for proof in document.proofs} == known
    assert all(proof.checked_by for proof in document.proofs)


def test_scenario_files_carry_the_hash_of_their_content(document: Document, small_review: Review) -> None:
    for part, scenario in zip(document.scenarios, small_review.scenarios, strict=True):
        assert part.digest == hashlib.sha256(scenario.path.read_bytes()).hexdigest()


def test_commands_make_everything_again(document: Document, small_review: Review) -> None:
    lines = [command.line for command in document.commands]
    folder = small_review.scenarios[0].path.parent
    assert f"dialproof check {folder} --no-cache --second-opinion --certificates certificates" in lines
    assert "dialproof audit certificates" in lines


def test_what_was_not_asked_is_said(document: Document) -> None:
    assert any("was not checked for S1" in line for line in document.not_asked)
    assert document.notes == ("untimed: a delay of any length is among the runs that are checked",)


def test_what_the_model_leaves_out_is_what_its_modules_say(document: Document) -> None:
    assert document.left_out == tuple(plain(line) for line in left_out(PARTS))
    said = {path.stem for path in Path(*model.__path__).rglob("*.py") if "\nLeft out: " in path.read_text(encoding="utf-8")}
    assert said == {part.__name__.rpartition(".")[2] for product in products().values() for part in product.parts}
    assert len(left_out(PARTS)) == len(PARTS)


def test_an_undecided_check_says_why_and_is_never_taken_for_one_that_holds(small_review: Review) -> None:
    first, *others = small_review.results
    unknown = CheckedVerdict(first.planned, tuple((name, Unknown("no answer within 1 s", 7)) for name, _ in first.by_cause))
    document = document_of(replace(small_review, results=(unknown, *others)), made=MADE)
    check = document.checks[0]
    assert (check.verdict, check.standing, check.scope) == ("unknown", "undecided", "runs of up to 7 steps")
    assert [piece.ref for piece in check.evidence] == [None]
    assert f"1 check is undecided: {check.claim.text} in S1 (unknown)." in document.summary
    page = Page.of(html.render(document).decode())
    assert "undecided: no answer within 1 s" in page.by_id()[check.id].text
    assert "is unknown: undecided: no answer within 1 s" in page.by_id()["left-out"].text
    assert "no answer within 1 s" in markdown.render(document).decode()


def test_what_holds_vacuously_is_no_verdict_to_rely_on(small_review: Review) -> None:
    place, checked = next((n, one) for n, one in enumerate(small_review.results) if isinstance(one.verdict, Holds))
    empty = Vacuity(None, False)
    causes = tuple((name, of_something(verdict, empty)) for name, verdict in checked.by_cause if isinstance(verdict, Holds))
    results = list(small_review.results)
    results[place] = CheckedVerdict(checked.planned, causes)
    check = document_of(replace(small_review, results=tuple(results)), made=MADE).checks[place]
    assert (check.verdict, check.standing, check.substance) == (
        "holds vacuously", "not as expected", "no: its premise never happens",
    )  # fmt: skip
    assert "says nothing" in check.remark


def test_causes_that_disagree_are_shown_each_with_its_evidence(small_review: Review) -> None:
    several = next(one for one in small_review.results if len(one.by_cause) > 1 and isinstance(one.verdict, Violated))
    holding = next(v for one in small_review.results for _, v in one.by_cause if isinstance(v, Holds))
    (first, _), *rest = several.by_cause
    split = CheckedVerdict(several.planned, ((first, holding), *rest))
    results = tuple(split if one is several else one for one in small_review.results)
    document = document_of(replace(small_review, results=results), made=MADE)
    check = document.checks[results.index(split)]
    assert check.verdict == "unknown"
    assert {piece.verdict for piece in check.evidence} == {"holds", "violated"}
    assert all(piece.causes for piece in check.evidence)
    assert "depends on the cause" in check.remark


def test_a_single_scenario_is_called_by_its_file_and_needs_no_matrix(small_review: Review) -> None:
    scenario = small_review.scenarios[0]
    alone = replace(small_review, scenarios=(scenario,), results=small_review.of_scenario(scenario))
    document = document_of(alone, made=MADE)
    assert document.scenarios[0].label == scenario.path.name
    page = Page.of(html.render(document).decode())
    assert not [table for table in page.named("table") if "matrix" in table.attributes.get("class", "")]
    assert Counter(element.text for element in page.named("caption"))["What came out, with what each verdict covers and rests on"]


# --- which part of the model is alive --------------------------------------------------------------------------------


def test_a_visit_counts_the_states_and_finds_what_never_happens() -> None:
    door, waiting = boolean("door"), integer("waiting", 0, 2)
    system = System("house", [door, waiting], z3.And(z3.Not(door), waiting == 0), [
        Action("arrive", waiting < 2, {waiting: waiting + 1}),
        Action("jump", waiting > 2, {door: True}),
    ])  # fmt: skip
    seen = visit(system, {("c", "two wait"): waiting == 2, ("c", "the door is open"): door})
    assert seen == Coverage(3, True, frozenset({"arrive"}), frozenset({("c", "two wait")}))


def test_a_visit_that_has_to_stop_decides_nothing_about_what_it_has_not_seen() -> None:
    number = integer("number", 0)
    system = System("counter", [number], number == 0, [Action("count", z3.BoolVal(True), {number: number + 1})])
    seen = visit(system, {("c", "two"): number == 2, ("c", "many"): number == 1000}, effort=10)
    assert not seen.is_complete
    assert seen.met == {("c", "two")}
    late = System("late", [number], number == 0, [*system.actions, Action("rest", number > 20, {})])
    assert visit(late, {}, effort=10).actions == {"count", "rest"}, "a walk goes further than a visit that gives up"
    nowhere = System("nowhere", [number], number > 3, [Action("count", z3.BoolVal(True), {number: number + 1})])
    assert visit(nowhere, {}) == Coverage()


def test_what_no_model_can_do_is_named(document: Document) -> None:
    by_name = {action.name: action for action in document.actions}
    assert by_name["pass_time"].possible.startswith("possible in all")
    # As shipped, with an entry over the LAN from the start: nothing ever dials; without one, and fixed, the line is dialled.
    assert by_name[f"dial({HOSTILE_LINK})"].possible == "never possible, in none of 3 models"
    assert by_name["dial(isp)"].possible == "possible"


def test_what_was_proved_never_to_happen_needs_no_visit() -> None:
    number = integer("number", 0)
    impossible = Action("leap", number < 0, {number: number})
    system = System("counter", [number], number == 0, [Action("count", z3.BoolVal(True), {number: number + 1}), impossible])
    variant = OneSystem("none", system, Claim("counts", number >= 0, "It counts."))
    for never, said in ((frozenset[str](), "not decided in S1"), (frozenset({"leap"}), "never possible")):
        model_ = coverage.Model(Ref("S1", "scenario-1"), "", [variant], never)
        assert [action.possible for action in coverage.actions([model_], {})] == ["possible", said]


# --- HTML ------------------------------------------------------------------------------------------------------------


def test_the_same_review_gives_the_same_bytes(document: Document, small_review: Review) -> None:
    again = document_of(small_review, made=MADE)
    assert again == document
    assert html.render(again) == html.render(document)
    assert markdown.render(again) == markdown.render(document)


def test_titles_and_names_are_text_whatever_they_look_like(page: Page) -> None:
    assert plain(HOSTILE_TITLE) in [element.text for element in page.named("bdi")]
    assert HOSTILE_LINK in page.by_id()["substance"].text
    assert len(page.named("script")) == 1
    assert not page.named("img", "iframe", "object", "embed", "form", "base", "link", "b", "marquee")
    assert not [name for element in page.elements for name in element.attributes if name.startswith("on")]


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200f", "\x07"], ids=ascii)
def test_no_mark_turns_the_text_around(sign: str, page: Page, text: str) -> None:
    assert sign in HOSTILE_TITLE
    assert sign not in page.source
    assert sign not in text


def test_nothing_can_be_fetched_and_only_our_own_script_can_run(page: Page) -> None:
    (policy,) = [e.attributes["content"] for e in page.named("meta") if e.attributes.get("http-equiv")]
    for name, element in (("style", page.named("style")[0]), ("script", page.named("script")[0])):
        seen = b64encode(hashlib.sha256(element.text.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{seen}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert not [element for element in page.elements if "style" in element.attributes or "src" in element.attributes]
    assert all(element.attributes["href"].startswith("#") for element in page.elements if "href" in element.attributes)
    assert not re.search(r"url\((?!#)|@import", page.named("style")[0].text)


def test_links_and_references_lead_to_something_on_the_page(page: Page) -> None:
    ids = Counter(element.attributes["id"] for element in page.elements if "id" in element.attributes)
    assert not [name for name, times in ids.items() if times > 1]
    for element in page.elements:
        if "href" in element.attributes:
            assert element.attributes["href"][1:] in ids
        for key in ("aria-labelledby", "aria-describedby"):
            for name in element.attributes.get(key, "").split():
                assert name in ids
    for found in re.findall(r"url\(#([^)]+)\)", page.source):
        assert found in ids


def test_every_figure_has_a_text_alternative(page: Page, document: Document) -> None:
    images = [element for element in page.elements if element.attributes.get("role") == "img"]
    assert len(images) == len(document.pictures) == len(page.named("figure")) > 0
    ids = page.by_id()
    for image in images:
        assert image.attributes["aria-label"]
        words = ids[image.attributes["aria-describedby"]].text
        assert len(words.split()) > 5, f"the words of {image.attributes['aria-label']}: {words!r}"
    for drawing in page.named("svg"):
        assert drawing.attributes["aria-hidden"] == "true"


def test_headings_are_in_order(page: Page) -> None:
    levels = [int(element.name[1]) for element in page.named("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tables_say_what_they_are_and_what_a_cell_belongs_to(page: Page) -> None:
    for table in page.named("table"):
        inside = [element for element in page.elements if table in element.around]
        assert [element.name for element in inside if element.name == "caption"] == ["caption"]
        assert all(element.attributes["scope"] in {"col", "row"} for element in inside if element.name == "th")
        cells = Counter(id(element.around[-1]) for element in inside if element.name in {"td", "th"})
        assert len(set(cells.values())) == 1, "rows of different lengths"
        region = table.around[-1]
        assert region.attributes.get("tabindex") == "0", "what scrolls can be reached with the keyboard"


def test_drawings_share_the_outlines_of_their_letters(page: Page) -> None:
    outlines = [element.attributes["d"] for element in page.named("path") if element.around[-1].name == "defs"]
    assert len(outlines) == len(set(outlines)) > 20


# --- Markdown --------------------------------------------------------------------------------------------------------


def test_the_markdown_is_read_as_it_is_meant(text: str, document: Document) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inline = [child for token in tokens for child in token.children or []]
    assert not [token for token in [*tokens, *inline] if token.type in {"html_block", "html_inline", "image", "link_open"}]
    headings = [tokens[place + 1] for place, token in enumerate(tokens) if token.type == "heading_open"]
    told = ["".join(child.content for child in token.children or []) for token in headings]
    assert told[0] == document.title
    assert f"S1: {plain(HOSTILE_TITLE)}" in told
    rows = Counter(token.map[0] for token in tokens if token.type == "tr_open" and token.map)
    assert len(rows) > len(document.checks)


def test_the_markdown_says_what_the_page_says(text: str, document: Document) -> None:
    read = "".join(
        child.content for token in MarkdownIt("commonmark").enable("table").parse(text) for child in token.children or []
    )
    assert document.summary in read
    for run in document.counterexamples:
        assert run.ending in read
    for proof in document.proofs:
        assert proof.digest in read
    assert len(document.checks) < read.count("violated") + read.count("holds")


@pytest.mark.parametrize(
    "given",
    ["# a", "1. b", "- c", "a | b", "`x`", "*x*", "_x_", "<b>", "[a](b)", "![a](b)", "&lt;", "~~x~~", "\\", "a_b_c", "=="],
)
def test_signs_of_markdown_in_a_text_are_text(given: str) -> None:
    (_, inline, _) = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown.escaped(given))
    assert "".join(child.content for child in inline.children or []) == given


@pytest.mark.parametrize("given", ["a`b", "`", "``", "plain", "a|b"])
def test_code_holds_whatever_it_is_given(given: str) -> None:
    cell = MarkdownIt("commonmark").enable("table").parse(f"| a |\n|---|\n| {markdown.code(given)} |\n")
    assert given in [child.content for token in cell for child in token.children or [] if child.type == "code_inline"]
    (fence,) = MarkdownIt("commonmark").parse(markdown.fenced(f"x\n{given}\n```"))
    assert fence.content == f"x\n{given}\n```\n"


# --- PDF -------------------------------------------------------------------------------------------------------------


def test_the_pdf_is_one_and_nothing_is_fetched_for_it(document: Document) -> None:
    try:
        pdf.require()
    except InputError as missing:
        pytest.skip(f"no PDF can be made here: {missing}")
    content = pdf.render(document)
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")


@pytest.mark.parametrize(("error", "said"), [(ImportError("no module"), "not installed"), (OSError("no libpango"), "no Pango")])
def test_a_pdf_without_its_library_says_what_to_install(
    error: Exception, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "weasyprint":
                raise error

    monkeypatch.delitem(__import__("sys").modules, "weasyprint", raising=False)
    monkeypatch.setattr("sys.meta_path", [Broken(), *__import__("sys").meta_path])
    with pytest.raises(InputError, match=said) as refused:
        prepare(tmp_path / "review.pdf")
    assert "pip install 'dialproof[pdf]'" in str(refused.value)
    assert "libpango-1.0-0" in str(refused.value)


# --- the file --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["review.html", "REVIEW.HTML", "review.md"])
def test_the_suffix_says_what_is_written(name: str, small_review: Review, tmp_path: Path) -> None:
    written = write(small_review, tmp_path / name, made=MADE)
    assert written == tmp_path / name
    assert written.read_text(encoding="utf-8").startswith("<!DOCTYPE html>" if "htm" in name.lower() else "# ")
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert written.stat().st_mode & 0o044 or not (0o666 & ~_umask()) & 0o044, "a report is there to be read by others"


def _umask() -> int:
    import os

    now = os.umask(0)
    os.umask(now)
    return now


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("review.docx", '".html", ".pdf" or ".md"'),
        ("review", "has no suffix"),
        ("there/is/none/review.html", "there is no folder"),
        ("folder.html", "this is a folder"),
        ("file/review.html", "there is no folder"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused(name: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=said):
        prepare(tmp_path / name)


def test_a_link_is_followed_and_what_it_leads_to_is_replaced(small_review: Review, tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "link.html").symlink_to(tmp_path / "here" / "review.html")
    assert write(small_review, tmp_path / "link.html", made=MADE) == tmp_path / "here" / "review.html"
    assert (tmp_path / "link.html").is_symlink()


def test_a_report_that_fails_half_way_leaves_the_old_one(
    small_review: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "review.html"
    old.write_text("the old one")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(InputError, match="No space left on device"):
        write(small_review, old, made=MADE)
    assert [path.name for path in tmp_path.iterdir()] == ["review.html"]
    assert old.read_text() == "the old one"


def test_a_review_writes_its_own_report(small_review: Review, tmp_path: Path) -> None:
    assert small_review.report(tmp_path / "review.md").read_text(encoding="utf-8").startswith("# ")


# --- the project's part ----------------------------------------------------------------------------------------------


def test_a_project_need_not_say_what_it_leaves_out(small_review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    for method in ("left_out", "pictures"):
        monkeypatch.setattr(f"properties.project.DialOnDemand.{method}", getattr(VerificationProject, method))
    document = document_of(small_review, made=MADE)
    assert document.left_out == ()
    assert not [picture for scenario in document.scenarios for picture in scenario.pictures]
    assert "The project does not say" in Page.of(html.render(document).decode()).by_id()["left-out"].text
    assert "The project does not say" in markdown.render(document).decode()


# --- the command -----------------------------------------------------------------------------------------------------


def test_the_command_writes_the_report_and_ends_like_check(hostile_folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "review.html"
    result = CliRunner().invoke(main, ["report", str(hostile_folder), "-o", str(target)])
    assert result.exit_code == 1, result.output
    assert f"The report is in {target}." in result.stdout
    assert "1 not as expected (!)" in result.stdout
    assert "Next: " in result.stdout
    assert target.read_text(encoding="utf-8").rstrip().endswith("</html>")


@pytest.mark.parametrize("name", ["review.doc", "nowhere/review.html"])
def test_a_place_that_cannot_be_written_is_refused_before_anything_is_checked(
    name: str, hostile_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("checks were made")

    monkeypatch.setattr("dialproof.portfolio.check.run_planned", never)
    result = CliRunner().invoke(main, ["report", str(hostile_folder), "-o", str(tmp_path / name)])
    assert result.exit_code == 2
    assert str(tmp_path / name) in result.stderr
    assert not list(tmp_path.iterdir())


def test_the_exit_code_of_a_review_is_that_of_its_checks(small_review: Review) -> None:
    assert exit_code(small_review.results) == 1


def test_formats_are_the_modules_that_write_them() -> None:
    assert set(writing.SUFFIXES) == {".html", ".md", ".pdf"}
    assert all(hasattr(module, "render") for module in (html, markdown, pdf))
