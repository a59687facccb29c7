"""A Markdown page as its blocks of code, and what the comment before a block says about it.

A comment on the line before a block (or before the empty line before it) is its *marker*:

    <!-- file: NAME -->               the reader saves the block as NAME; so do we, in the page's own folder
    <!-- append: NAME -->             ... adds it at the end of NAME
    <!-- project: PATH -->            the reader saves it as PATH in a copy of this project; a test does, and nothing here
    <!-- generated: console -->       its commands (`$ ...`) are run, and what they print is written behind them
    <!-- generated: prove -->         the same for `make prove`, whose output is the same wherever it is shown
    <!-- generated: prove A B -->     ... cut down to the scenarios A and B
    <!-- generated: file PATH -->     the text of a file of this project
    <!-- generated: model PART -->    a part of the model of Q230051, as `tools/docs/model_page.py` prints it
    <!-- generated: python -->        what the page's last Python block prints
"""

import re
from dataclasses import dataclass

_BLOCK = re.compile(
    r"^(?:<!-- (?P<marker>[^\n]*?) -->\n+)?^```(?P<language>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)

_RESTS_ON = re.compile(r"\A  [^.]*?\brests?\s+on\s|^What holds$|proved\s+by ", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: its marker ("" without one), its language, its text, and where the text stands in the page."""

    marker: str
    language: str
    text: str
    start: int
    end: int

    @property
    def kind(self) -> str:
        """What kind of marker it has: "file", "append", "project", "generated" or ""."""
        return self.marker.partition(":")[0]

    @property
    def words(self) -> tuple[str, ...]:
        """What the marker says behind its kind."""
        return tuple(self.marker.partition(":")[2].split())

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands of a console block; a line that ends in a backslash goes on in the next one."""
        joined = re.sub(r"\\\n\s*", "", self.text)
        return tuple(line.removeprefix("$ ") for line in joined.splitlines() if line.startswith("$ "))


def blocks(page: str) -> list[Block]:
    """Every fenced block of a page, in order."""
    return [
        Block(found["marker"] or "", found["language"], found["text"], found.start("text"), found.end("text"))
        for found in _BLOCK.finditer(page)
    ]


def with_texts(page: str, texts: dict[Block, str]) -> str:
    """The page with other texts in some of its blocks."""
    for block in sorted(texts, key=lambda block: block.start, reverse=True):
        page = page[: block.start] + texts[block] + page[block.end :]
    return page


def without_times(text: str) -> str:
    """`text` with every time at the end of a line as "… s": how long something took differs from run to run."""
    text = re.sub(r"; \d+\.\d+ s$", "; … s", text, flags=re.MULTILINE)
    text = re.sub(r"^=+( .* in )\d+\.\d+s =+$", lambda found: f"{found[1]}… s ".center(80, "="), text, flags=re.MULTILINE)
    text = re.sub(r" in \d+\.\d+s$", " in … s", text, flags=re.MULTILINE)
    return re.sub(r"( +\d+\.\d+) s$", lambda found: "…".rjust(len(found[1])) + " s", text, flags=re.MULTILINE)


def comparable(page: str) -> list[list[str]]:
    """A page as what must not differ when it is generated anew.

    Four things do not count: times; which engine was first; the order of two steps of a counterexample that could as well be
    swapped; and which fairness a proof happened to use. They may depend on the machine or on the version of the solver. So the
    lines of a paragraph are compared without the numbers of the steps and in sorted order, and a paragraph that says on what a
    verdict rests, or how it was proved, is not.
    """
    paragraphs = [paragraph for paragraph in without_times(page).split("\n\n") if not _RESTS_ON.search(paragraph)]
    return [
        sorted(re.sub(r"^ +\d+\. ", "  ", without_engine(line)) for line in paragraph.splitlines()) for paragraph in paragraphs
    ]


def without_engine(line: str) -> str:
    """A line of a table without the columns for engine (or proof rule) and time."""
    return re.sub(r"  (?:\S+|\S+(?: \S+)*, z3 [\d.]+) +… s$", "", line).rstrip()
