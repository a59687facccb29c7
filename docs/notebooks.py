"""Notebooks without Jupyter: their code cells are executed in order, and what they show becomes their outputs.

A cell shows what it prints and the value of its last line, as a notebook does: a value that knows how to be a picture
(`_repr_svg_`) as that, everything else as its repr.
"""

import ast
import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docs.pages import comparable

ROOT = Path(__file__).resolve().parents[1]
Notebook = dict[str, Any]


def all_notebooks() -> list[Path]:
    """Every notebook of the project."""
    return sorted((ROOT / "notebooks").glob("*.ipynb"))


def read(path: Path) -> Notebook:
    """The notebook in the file at `path`."""
    content: Notebook = json.loads(path.read_text(encoding="utf-8"))
    return content


def write(path: Path, notebook: Notebook) -> None:
    """Write the notebook as Jupyter writes it, but with a fixed order of keys."""
    path.write_text(json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def executed(path: Path) -> Notebook:
    """The notebook at `path` with the outputs of a fresh run, in a process of its own, in the notebook's folder.

    Raises RuntimeError for a cell that fails.
    """
    ran = subprocess.run(  # noqa: S603  # our own notebooks
        [sys.executable, "-W", "error", "-m", "docs.notebooks", path.name],
        cwd=path.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if ran.returncode:
        raise RuntimeError(f"{path.name} fails:\n{ran.stderr}")
    content: Notebook = json.loads(ran.stdout)
    return content


def texts(notebook: Notebook) -> list[list[list[str]]]:
    """What the cells show as text, as far as it must not differ from run to run. Pictures only count as such."""
    found = []
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            shown = "<svg>" if "image/svg+xml" in data else _joined(output.get("text", data.get("text/plain", "")))
            found.append(comparable(shown))
    return found


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _run(notebook: Notebook) -> Notebook:
    names: dict[str, object] = {"__name__": "__main__"}
    count = 0
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            count += 1
            cell["execution_count"] = count
            cell["outputs"] = list(_outputs(_joined(cell["source"]), names, count))
    return notebook


def _outputs(source: str, names: dict[str, object], count: int) -> Iterator[dict[str, object]]:
    """Execute one cell; what it prints, then the value of its last line."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    value: object = None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, f"<cell {count}>", "exec"), names)  # noqa: S102  # that is what a notebook is for
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), f"<cell {count}>", "eval"), names)  # noqa: S307  # likewise
    if printed.getvalue():
        yield {"name": "stdout", "output_type": "stream", "text": printed.getvalue().splitlines(keepends=True)}
    if value is not None:
        data: dict[str, object] = {"text/plain": repr(value).splitlines(keepends=True)}
        if hasattr(value, "_repr_svg_"):
            data["image/svg+xml"] = value._repr_svg_().splitlines(keepends=True)  # what Jupyter calls
        yield {"data": data, "execution_count": count, "metadata": {}, "output_type": "execute_result"}


if __name__ == "__main__":
    json.dump(_run(read(Path(sys.argv[1]))), sys.stdout)
