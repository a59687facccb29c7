"""The book: every block of code in it is run or checked, what is marked as generated is fresh, and links lead somewhere."""

import json
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import click
import pytest

from benchmarks.__main__ import main as benchmarks_main
from benchmarks.formulas import main as formulas_main
from benchmarks.peers import main as peers_main
from benchmarks.phases import main as phases_main
from dialproof.cli.main import main as dialproof_main
from tools.docs.generate import main as generate_main
from tools.docs.generate import pages, regenerated
from tools.docs.pages import Block, blocks, comparable
from tools.docs.running import ROOT, Shell
from tools.docs.screenshots import main as screenshots_main

PAGES = [page for page in pages() if page.name not in ("README.md", "prove.md")]
"""README, and the page that holds what it shows in part, have tests of their own."""

LANGUAGES = {"console", "json", "python", "text", "toml"}
MODULES: dict[str, click.Command] = {
    "benchmarks": benchmarks_main,
    "benchmarks.formulas": formulas_main,
    "benchmarks.peers": peers_main,
    "benchmarks.phases": phases_main,
    "tools.docs.generate": generate_main,
    "tools.docs.screenshots": screenshots_main,
}
ALL_BLOCKS = [(page, block) for page in pages() for block in blocks(page.read_text(encoding="utf-8"))]


def of(language: str) -> pytest.MarkDecorator:
    """Run a test for each block in `language`."""
    chosen = [(page, block) for page, block in ALL_BLOCKS if block.language == language]
    names = [f"{page.stem}-{number}" for number, (page, _) in enumerate(chosen)]
    return pytest.mark.parametrize(("page", "block"), chosen, ids=names)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_generated_is_fresh_and_python_runs(page: Path) -> None:
    def prove() -> str:
        raise AssertionError("only README and docs/prove.md show what `make prove` prints")

    fresh, shown = regenerated(page, prove), page.read_text(encoding="utf-8")
    assert comparable(fresh) == comparable(shown), "run: python -m tools.docs.generate"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_what_is_said_of_the_last_line_of_an_output_is_what_it_says(page: Path) -> None:
    """Here: "The last one is violated" stood below an output whose last line was "holds"."""
    said = re.findall(r"([^\n]*)\n```\n+The last (?:one|claim) (is violated|holds)", page.read_text(encoding="utf-8"))
    for line, verdict in said:
        assert line.split()[0] == verdict.removeprefix("is "), f"{page.name}: {line}"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_every_block_is_of_a_kind_that_is_checked(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    found = blocks(text)
    assert {block.language for block in found} <= LANGUAGES
    assert text.count("\n```") == 2 * len(found), "a block that is not closed, or that is indented"
    assert text.count("<!-- ") == sum(bool(block.marker) for block in found), "a marker without a block behind it"


@of("toml")
def test_toml_is_toml_and_scenarios_come_out_as_expected(page: Path, block: Block, tmp_path: Path) -> None:
    content = tomllib.loads(block.text)
    if block.kind or not {"format", "check"} <= content.keys():
        return  # run where the page is generated anew, or a part of a scenario
    (tmp_path / "tools").mkdir()
    (tmp_path / "scenario.toml").write_text(block.text, encoding="utf-8")
    printed = Shell(tmp_path / "tools").run("dialproof check scenario.toml; echo exit code $?", tmp_path)
    assert printed.endswith("exit code 0\n"), f"{page.name}:\n{printed}"


@of("json")
def test_json_is_json(page: Path, block: Block) -> None:
    for line in block.text.splitlines():
        assert isinstance(json.loads(line), dict), page.name


@of("console")
def test_commands_exist_with_these_options(page: Path, block: Block) -> None:
    assert block.commands, f"{page.name}: a console block without a command"
    for command in block.commands:
        subprocess.run(["sh", "-n", "-c", command], check=True)
        words = shlex.split(command, comments=True)
        words = words[: next((place for place, word in enumerate(words) if word in {">", "|", ";"}), len(words))]
        match words:
            case ["make", *targets]:
                for target in targets:
                    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE), command
            case ["dialproof", name, *arguments]:
                _, subcommand, arguments = dialproof_main.resolve_command(click.Context(dialproof_main), [name, *arguments])
                assert subcommand is not None, command
                accept(subcommand, arguments)
            case ["dialproof", option]:
                accept(dialproof_main, [option])
            case ["python", "-m", module, *arguments]:
                accept(MODULES[module], arguments)
            case [".", ".venv/bin/activate"]:
                pass
            case _:
                assert block.marker == "generated: console", f"{page.name}: who checks `{command}`?"


def accept(command: click.Command, arguments: list[str]) -> None:
    """Fail unless `command` takes these arguments."""
    command.make_context("test", arguments)


@pytest.mark.parametrize("page", sorted({*pages(), *ROOT.glob("*.md")}), ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    anchors = {
        re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in re.findall(r"^#+ .*$", text, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)]+)\)", text):
        place, _, anchor = target.partition("#")
        if place.startswith("https:"):
            continue
        assert (page.parent / place).exists(), f"{page.name}: {target}"
        assert place or anchor in anchors, f"{page.name}: {target}"
