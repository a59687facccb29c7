"""Recordings: what commands show on a terminal, run for real in a pseudo-terminal, as pictures that need no font from elsewhere.

Times are left out ("… s"), as on the pages: they differ from run to run. Progress on standard error is not in the picture.
"""

import fcntl
import os
import pty
import re
import struct
import tempfile
import termios
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as Xml
from xml.sax.saxutils import escape

from rich.ansi import AnsiDecoder
from rich.console import Console
from rich.style import Style
from rich.text import Text

from tools.docs.running import ROOT, Shell

IMAGES = ROOT / "docs" / "images"
COLUMNS = 80

_TIME = re.compile(r"(; )?\d+\.\d+ s(?=(?:\x1b\[[0-9;]*m)*$)", re.MULTILINE)
_SIZE, _LINE, _WIDE, _EDGE, _BAR = 14, 19, 8.4, 16, 30  # pixels: letters, lines, a letter's width, the margin, the title bar
_INK, _PAPER, _RIM = "#e6edf3", "#0d1117", "#30363d"
_COLOURS = {1: "#ff7b72", 2: "#7ee787", 3: "#e3b341", 4: "#79c0ff", 5: "#d2a8ff", 6: "#76e3ea"}
"""The terminal's colours, by their numbers; each has a contrast of more than 7 to 1 on the paper."""


@dataclass(frozen=True)
class Recording:
    """A picture: its name, what it shows (for those who cannot see it), and the commands, run one after the other.

    They run in the project's own folder, or (`elsewhere`) in an empty one.
    """

    name: str
    says: str
    commands: tuple[str, ...]
    elsewhere: bool = False

    @property
    def path(self) -> Path:
        """The picture's file."""
        return IMAGES / f"{self.name}.svg"


RECORDINGS = (
    Recording(
        "check",
        "dialproof check on a terminal: a claim is violated, and the run that shows it, step by step",
        ("dialproof check docs/examples/partner.toml",),
    ),
    Recording(
        "three-commands",
        "Three commands on a terminal: a scenario of one's own, its checks, and the report",
        ("dialproof init my.toml", "dialproof check my.toml", "dialproof report my.toml -o review.html"),
        elsewhere=True,
    ),
)


def recorded(recording: Recording) -> list[Text]:
    """The lines that are on the screen in the end, with their styles. Raises RuntimeError for a command that fails."""
    lines: list[Text] = []
    with tempfile.TemporaryDirectory() as place, tempfile.TemporaryDirectory() as tools:
        shell = Shell(Path(tools))
        for command in recording.commands:
            shown = _on_a_terminal(shell, command, Path(place) if recording.elsewhere else ROOT)
            lines += [Text(), Text.assemble(("$ ", "bold green"), (command, "bold"))]
            lines += AnsiDecoder().decode(_TIME.sub(_without_it, shown).rstrip("\n"))
    return lines[1:]


def _without_it(time: re.Match[str]) -> str:
    return "; … s" if time[1] == "; " else f"{'…':>{len(time[0]) - 2}} s"


def _on_a_terminal(shell: Shell, command: str, folder: Path) -> str:
    """What `command` writes to a terminal of `COLUMNS` columns, with its colours; standard error goes elsewhere."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
    with shell.started(command, folder, follower, TERM="xterm-256color", COLUMNS=str(COLUMNS)) as process:
        os.close(follower)
        shown = b""
        with suppress(OSError):  # the other side is closed: Linux says so with an error
            while part := os.read(leader, 65536):
                shown += part
    os.close(leader)
    if process.returncode not in {0, 1}:  # 1: a check came out differently from what was expected, which may be the point
        raise RuntimeError(f"`{command}` ended with exit code {process.returncode}:\n{shown.decode()}")
    return shown.decode().replace("\r\n", "\n")


def picture(recording: Recording, lines: Sequence[Text]) -> str:
    """The lines as a picture, SVG: each line is one element, so that its text can be read, searched for and compared."""
    width = round(2 * _EDGE + COLUMNS * _WIDE)
    height = _BAR + 2 * _EDGE + _LINE * len(lines)
    buttons = "".join(f'<circle cx="{_EDGE + 4 + 18 * number}" cy="{_BAR / 2:g}" r="5"/>' for number in range(3))
    rows = [
        f'<text x="{_EDGE}" y="{_BAR + _EDGE + _LINE * number + _SIZE}">{"".join(_spans(line))}</text>'
        for number, line in enumerate(lines)
    ]
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    font = f"font-family: ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; font-size: {_SIZE}px; white-space: pre"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title">',
        f'<title id="title">{escape(recording.says)}</title>',
        f"<style>text {{ {font}; fill: {_INK} }} .b {{ font-weight: bold }} .d {{ opacity: 0.75 }}</style>",
        f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8" fill="{_PAPER}" stroke="{_RIM}"/>',
        f'<g fill="{_RIM}">{buttons}</g>',
        *rows,
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def text_of(svg: str) -> str:
    """The text that a picture shows, line by line."""
    root = Xml.fromstring(svg)  # noqa: S314  # our own
    return "\n".join("".join(row.itertext()) for row in root.iter("{http://www.w3.org/2000/svg}text"))


def _spans(line: Text) -> Iterator[str]:
    """The parts of a line, each with its style and at its place, whatever font is there."""
    at = 0
    for text, style, _ in line.render(Console(width=COLUMNS)) if line.plain else ():
        place = f'x="{_EDGE + at * _WIDE:g}" textLength="{len(text) * _WIDE:g}"'
        yield f"<tspan {place}{_attributes(style or Style.null())}>{escape(text)}</tspan>"
        at += len(text)


def _attributes(style: Style) -> str:
    classes = " ".join(name for name, is_set in (("b", style.bold), ("d", style.dim)) if is_set)
    found = f' class="{classes}"' if classes else ""
    number = style.color.number if style.color is not None else None
    return found + (f' style="fill: {_COLOURS[number]}"' if number in _COLOURS else "")
