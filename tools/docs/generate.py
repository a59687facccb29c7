"""`python -m tools.docs.generate`: write anew what README, the pages, pictures and notebooks show; `--check` only compares.

Times are left out ("… s"): they differ from run to run.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

import click

from tools.docs import drawn, model_page, notebooks, rules_page
from tools.docs.pages import Block, blocks, comparable, with_texts, without_times
from tools.docs.recording import RECORDINGS, picture, recorded, text_of
from tools.docs.running import PROVE, ROOT, Shell, python_outputs

README = ROOT / "README.md"


def pages() -> list[Path]:
    """README and every page of the book."""
    return [README, *sorted((ROOT / "docs").glob("*.md"))]


def regenerated(page: Path, prove: Callable[[], str]) -> str:
    """The text of `page` with its generated blocks made anew; `prove` gives what `make prove` prints.

    Raises RuntimeError for a command or a Python block that fails.
    """
    text = page.read_text(encoding="utf-8")
    found = blocks(text)
    outputs = python_outputs([block.text for block in found if _is_run(block)])
    texts: dict[Block, str] = {}
    with tempfile.TemporaryDirectory() as place, tempfile.TemporaryDirectory() as tools:
        shell, folder = Shell(Path(tools)), ROOT if page == README else Path(place)
        printed = -1
        for block in found:
            printed += _is_run(block)
            match block.kind, *block.words:
                case "file", name:
                    _inside(folder, name).write_text(block.text, encoding="utf-8")
                case "append", name:
                    with _inside(folder, name).open("a", encoding="utf-8") as file:
                        file.write(f"\n{block.text}")
                case "generated", "console":
                    shown = [f"$ {command}\n{without_times(shell.run(command, folder))}" for command in block.commands]
                    texts[block] = "".join(shown)
                case "generated", "prove", *scenarios:
                    texts[block] = f"$ make prove\n{excerpt(prove(), scenarios)}"
                case "generated", "file", name:
                    texts[block] = (ROOT / name).read_text(encoding="utf-8")
                case "generated", "model", part:
                    texts[block] = model_page.block(part)
                case "generated", "python":
                    texts[block] = outputs[printed]
                case "" | "project", *_:
                    pass
                case _:
                    raise RuntimeError(f"{page.name}: no marker {block.marker!r}; tools/docs/pages.py lists them")
    return with_texts(text, texts)


def _is_run(block: Block) -> bool:
    """True if it is Python that the page runs, and not a file of a project."""
    return block.language == "python" and block.kind != "project"


def excerpt(printed: str, scenarios: list[str]) -> str:
    """What `make prove` prints, cut down to its heading, the named scenarios, and its last lines; all of it without names.

    A line in brackets says how many scenarios were left out.
    """
    if not scenarios:
        return printed
    heading, *parts, notes = printed.split("\n\n")
    kept = [part for part in parts if Path(part.partition("\n")[0]).stem in scenarios]
    if len(kept) != len(scenarios):
        raise RuntimeError(f"not all of {', '.join(scenarios)} are in what `make prove` prints")
    rest = [f"[{len(parts) - len(kept)} more scenarios]"] if len(parts) > len(kept) else []
    return "\n\n".join([heading, *kept, *rest, notes])


def _inside(folder: Path, name: str) -> Path:
    if folder == ROOT:
        raise RuntimeError("README saves no files: it is run in the project itself")
    return folder / Path(name).name


@click.command()
@click.option("--check", "only_compare", is_flag=True, help="Write nothing; exit code 1 if something is stale.")
def main(only_compare: bool) -> None:
    """Write the output that README, the pages, the pictures of terminals and the notebooks show anew."""
    known: list[str] = []

    def prove() -> str:
        if not known:
            with tempfile.TemporaryDirectory() as tools:
                known.append(without_times(Shell(Path(tools)).run(PROVE, ROOT)))
        return known[0]

    stale = []
    if rules_page.PAGE.read_text(encoding="utf-8") != rules_page.page():
        stale.append(rules_page.PAGE)
        if not only_compare:
            rules_page.PAGE.write_text(rules_page.page(), encoding="utf-8")
    for page in pages():
        text, written = regenerated(page, prove), page.read_text(encoding="utf-8")
        if comparable(text) != comparable(written) or (text != written and not only_compare):
            stale.append(page)
            if not only_compare:
                page.write_text(text, encoding="utf-8")
    for recording in RECORDINGS:
        shown = picture(recording, recorded(recording))
        before = recording.path.read_text(encoding="utf-8") if recording.path.exists() else ""
        if not before or comparable(text_of(shown)) != comparable(text_of(before)) or (shown != before and not only_compare):
            stale.append(recording.path)
            if not only_compare:
                recording.path.write_text(shown, encoding="utf-8")
    for name, draw in drawn.drawn().items():
        png = drawn.png(draw())
        if drawn.is_stale(name, png):
            stale.append(drawn.path_of(name))
            if not only_compare:
                drawn.path_of(name).write_bytes(png)
    for notebook in notebooks.all_notebooks():
        ran, stored = notebooks.executed(notebook), notebooks.read(notebook)
        differs = notebooks.comparable_outputs(ran) != notebooks.comparable_outputs(stored)
        if differs or (ran != stored and not only_compare):
            stale.append(notebook)
            if not only_compare:
                notebooks.write(notebook, ran)
    for page in stale:
        click.echo(f"{page.relative_to(ROOT)}: {'stale' if only_compare else 'written anew'}")
    if only_compare and stale:
        raise click.exceptions.Exit(1)


if __name__ == "__main__":
    main(prog_name="python -m tools.docs.generate")
