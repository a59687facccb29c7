"""The notebooks: their code runs, what they show is what is stored, and nothing large and no place of a machine is stored."""

import re
from pathlib import Path

import pytest
from nbformat import NotebookNode, v4, validate

from tools.docs import notebooks
from tools.docs.notebooks import comparable_outputs
from tools.docs.pages import blocks

LARGEST_OUTPUT = 60_000
LARGEST_NOTEBOOK = 100_000
DEPENDS_ON_THE_MACHINE = re.compile(r"/home/|/root/|/tmp/|/work/|0x[0-9a-f]{6,}|[0-9]\.[0-9]+ s\b")

each_notebook = pytest.mark.parametrize("path", notebooks.all_notebooks(), ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def kernel() -> None:
    """Skips the test, and says so, where no kernel can be started: some machines forbid what it takes."""
    if reason := notebooks.why_no_kernel():
        pytest.skip(f"no notebook is executed, because no kernel can be started here: {reason}")


@each_notebook
@pytest.mark.usefixtures("kernel")
def test_a_notebook_shows_what_its_code_gives(path: Path) -> None:
    stored, ran = comparable_outputs(notebooks.read(path)), comparable_outputs(notebooks.executed(path))
    for number, (before, now) in enumerate(zip(stored, ran, strict=True), 1):
        assert now == before, f"cell {number} of {path.name} is stale; run: python -m tools.docs.generate"


@each_notebook
def test_what_is_stored_is_small_and_names_no_place_and_no_time(path: Path) -> None:
    assert path.stat().st_size < LARGEST_NOTEBOOK
    for output in outputs(notebooks.read(path)):
        for text in (output.get("text", ""), *output.get("data", {}).values()):
            assert len(text) < LARGEST_OUTPUT
            assert str(notebooks.ROOT) not in text
            assert not DEPENDS_ON_THE_MACHINE.search(text), DEPENDS_ON_THE_MACHINE.search(text)
        assert not re.search("<(script|style|iframe|img)", output.get("data", {}).get("text/html", "")), "a code host strips it"


@each_notebook
def test_it_can_be_read_without_being_run(path: Path) -> None:
    notebook = notebooks.read(path)
    validate(notebook)
    assert notebook.cells[0].source.startswith("# "), "it begins with what it is about"
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1)), "all of it was run, in order"
    for output in outputs(notebook):
        assert output.output_type in {"stream", "display_data", "execute_result"}, "no cell fails"
        assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {}), "nothing answers for a widget there"


@each_notebook
def test_a_notebook_has_no_logic_that_the_library_should_have(path: Path) -> None:
    for cell in notebooks.read(path).cells:
        if cell.cell_type == "code":
            assert not re.search(r"^\s*(class|def|while|lambda)\b", cell.source, re.MULTILINE)
            assert max((len(line) for line in cell.source.splitlines()), default=0) <= 125


@each_notebook
def test_its_links_lead_somewhere(path: Path) -> None:
    for cell in notebooks.read(path).cells:
        for target in re.findall(r"\]\(([^)]+)\)", cell.source) if cell.cell_type == "markdown" else []:
            assert (path.parent / target).exists(), target


def test_the_page_about_them_names_each_one() -> None:
    page = (notebooks.ROOT / "docs" / "notebooks.md").read_text(encoding="utf-8")
    assert notebooks.all_notebooks()
    for path in notebooks.all_notebooks():
        assert f"(../notebooks/{path.name})" in page
    assert all(block.language for block in blocks(page))


def outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def one_cell(mime: str, shown: str, *tags: str) -> NotebookNode:
    """A notebook with one cell that shows something."""
    cell = v4.new_code_cell("x", outputs=[v4.new_output("execute_result", {mime: shown})], metadata={"tags": list(tags)})
    return v4.new_notebook(cells=[cell])


@pytest.mark.parametrize(
    ("mime", "one", "other"),
    [
        ("text/html", "<p>violated</p>", "<p>holds</p>"),
        ("text/html", "<table><tr><td>a</td></tr></table>", "<table><tr><td>a</td></tr><tr><td>b</td></tr></table>"),
        ("text/plain", "violated", "holds"),
        ("image/svg+xml", '<svg><g id="state-0"/></svg>', '<svg><g id="state-0"/><g id="state-1"/></svg>'),
    ],
)
def test_a_difference_that_matters_is_seen(mime: str, one: str, other: str) -> None:
    assert comparable_outputs(one_cell(mime, one)) != comparable_outputs(one_cell(mime, other))


@pytest.mark.parametrize(
    ("mime", "one", "other"),
    [
        ("text/html", "<table><tr><th>proved by</th><td>a</td></tr></table>", "<tr><th>proved by</th><td>b</td></tr>"),
        ("text/html", "<p>the   same</p>", "<div><p>the same</p></div>"),
        ("text/plain", "it took; 0.12 s", "it took; 3.45 s"),
        ("image/svg+xml", '<svg><g id="patch_1"/><g id="loop"/></svg>', '<svg><g id="loop"/><g id="patch_7"/></svg>'),
    ],
)
def test_a_difference_between_machines_is_not(mime: str, one: str, other: str) -> None:
    assert comparable_outputs(one_cell(mime, one)) == comparable_outputs(one_cell(mime, other))


def test_of_a_cell_that_varies_only_the_kind_of_its_outputs_counts() -> None:
    assert comparable_outputs(one_cell("text/plain", "a", "varies")) == comparable_outputs(one_cell("text/plain", "b", "varies"))
    assert comparable_outputs(one_cell("text/plain", "a", "varies")) != comparable_outputs(one_cell("text/html", "a", "varies"))
