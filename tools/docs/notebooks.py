"""The notebooks: executed by Jupyter's own client, each by a fresh kernel, and compared with the outputs that are stored.

What is stored is what a reader sees on a code host: text, HTML and pictures. Widgets are left out, since their ids differ
each time and nothing answers for them there; they bring HTML along that stands in their place.
"""

import os
import re
import tempfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode

from tools.docs.pages import comparable

ROOT = Path(__file__).resolve().parents[2]

_KEPT = ("text/plain", "text/html", "image/svg+xml")
_SECONDS_FOR_A_CELL = 300
_OWN_ID = re.compile(r'id="([a-z]+(?:-[\w .@-]+)?)"')
_DRAWN_BY_LIBRARY = re.compile(r"(?:figure|axes|patch|text|line2d|p[0-9a-f]{6,}|m[0-9a-f]{6,})\b.*")
_DEPENDS_ON_THE_MACHINE = {
    "checked by", "how it proves", "k", "method", "parts", "proved by", "rests on", "rests on fairness of", "states"
}  # fmt: skip
"""Which of several proofs was found first, and what it happens to use."""


def all_notebooks() -> list[Path]:
    """Every notebook of the project."""
    return sorted((ROOT / "notebooks").glob("*.ipynb"))


def read(path: Path) -> NotebookNode:
    """The notebook in the file at `path`."""
    return nbformat.read(path, as_version=4)


def write(path: Path, notebook: NotebookNode) -> None:
    """Write the notebook as Jupyter does."""
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def executed(path: Path) -> NotebookNode:
    """The notebook at `path` with the outputs of a fresh run, in the notebook's folder.

    Raises nbclient's CellExecutionError for a cell that fails, RuntimeError or OSError where no kernel can be started.
    """
    return _run(read(path), path.parent)


def why_no_kernel() -> str:
    """Why no kernel can be started here; "" if one can. A machine may forbid what a kernel talks through."""
    try:
        _run(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("pass")]), ROOT)
    except (OSError, RuntimeError) as problem:
        return f"{type(problem).__name__}: {problem}"
    return ""


def _run(notebook: NotebookNode, folder: Path) -> NotebookNode:
    with tempfile.TemporaryDirectory(prefix="dialproof-") as place:
        # Files instead of ports: nobody else can connect, and a machine without a network has them too.
        manager = KernelManager(
            transport="ipc",
            ip=f"{place}/kernel",
            connection_file=f"{place}/kernel.json",
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),  # this interpreter's, whatever else is installed
        )
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=_SECONDS_FOR_A_CELL,
            record_timing=False,
            store_widget_state=False,
            coalesce_streams=True,
            resources={"metadata": {"path": str(folder)}},
        )
        own = {"PYTHONPATH": str(ROOT), "IPYTHONDIR": place, "JUPYTER_CONFIG_DIR": place, "MPLCONFIGDIR": place}
        client.execute(cleanup_kc=True, env={**os.environ, **own})
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            if "data" in output:
                output.data = NotebookNode({kind: output.data[kind] for kind in _KEPT if kind in output.data})
    notebook.metadata.get("language_info", {}).pop("version", None)
    return notebook


# -- what is compared -------------------------------------------------------------------------------------------------------


def comparable_outputs(notebook: NotebookNode) -> list[list[object]]:
    """What each cell shows, as far as it must not differ from run to run: text, the words of HTML, the parts of a picture.

    A cell with the tag "varies" shows what depends on the machine throughout: of it only the kinds of its outputs count.
    """
    return [
        [
            _kind(output) if "varies" in cell.metadata.get("tags", []) else _comparable(output)
            for output in cell.get("outputs", [])
        ]
        for cell in notebook.cells
    ]


def _kind(output: NotebookNode) -> object:
    return output.output_type, sorted(output.get("data", {}))


def _comparable(output: NotebookNode) -> object:
    data: dict[str, Any] = output.get("data", {})
    if "image/svg+xml" in data:
        found = _OWN_ID.findall(data["image/svg+xml"])
        return "picture", sorted(name for name in found if not _DRAWN_BY_LIBRARY.fullmatch(name))
    if "text/html" in data:
        return "html", comparable("\n".join(_lines(data["text/html"])))
    return output.output_type, comparable(output.get("text", data.get("text/plain", output.get("evalue", ""))))


def _lines(html: str) -> Iterator[str]:
    """The text of HTML, a line for each row, item and paragraph; without the rows that depend on the machine."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    for cells in reader.lines:
        if cells and cells[0] not in _DEPENDS_ON_THE_MACHINE:
            yield "  ".join(cells)


class _Reader(HTMLParser):
    """Collects the text of HTML: `lines` of cells."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[list[str]] = [[]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # HTMLParser's own
        if tag in {"p", "tr", "li", "table", "section", "div", "caption"}:
            self.lines.append([])

    def handle_data(self, data: str) -> None:
        if text := " ".join(data.split()):
            self.lines[-1].append(text)
