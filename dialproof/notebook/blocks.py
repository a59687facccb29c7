"""The display of an object as a list of blocks, which becomes plain text or HTML.

The HTML also works on a code host that shows a notebook without running it: headings, lists and tables with their roles, and
neither script nor style sheet. The surrounding page sets the colours, light or dark. Everything from outside (names, titles,
paths) is treated as text; invisible characters are written as escapes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape

from dialproof.core.run import Run
from dialproof.core.run_clock import clock_of
from dialproof.core.wording import Wording
from dialproof.report.plain import plain
from dialproof.views.places import Place, places, start_again
from dialproof.views.text import ending_of, loop_begins, run_lines, wrapped

WIDTH = 80
_ENDS_A_LINE = {"div", "section", "p", "ol", "ul", "li", "table", "caption", "thead", "tbody", "tr"}  # for whoever reads a diff
_LEFT = "text-align: left; vertical-align: top"  # a notebook's own style sheet puts what a table holds to the right


class Html(str):
    """A string that is HTML already; every other string is text and is escaped."""

    __slots__ = ()


class Code(str):
    """A string of program code, shown in a fixed-width font."""

    __slots__ = ()


def tag(name: str, *content: str | Html, **attributes: str) -> Html:
    """The element `name` with `content`; in the name of an attribute `_` stands for `-`, and `class_` for `class`."""
    said = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(plain(value))}"' for key, value in attributes.items())
    inner = "".join(_html(part) for part in content)
    end = "\n" if name in _ENDS_A_LINE else ""
    return Html(f"<{name}{said}>{inner}</{name}>{end}")


def _html(part: str) -> str:
    if isinstance(part, Html):
        return part
    text = escape(plain(part))
    return f"<code>{text}</code>" if isinstance(part, Code) else text


@dataclass(frozen=True)
class Heading:
    """The first line: the object, and its outcome."""

    text: str


@dataclass(frozen=True)
class Prose:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Names, each with one line of text or several."""

    pairs: tuple[tuple[str, str | tuple[str, ...]], ...]


@dataclass(frozen=True)
class Grid:
    """A table under a caption; the first cell of each row names the row."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, eq=False)
class Steps:
    """A run, step by step."""

    run: Run
    wording: Wording


Block = Heading | Prose | Facts | Grid | Steps
"""A part of what an object shows."""


# -- plain text -----------------------------------------------------------------------------------------------------------


def as_text(blocks: Iterable[Block], width: int = WIDTH) -> str:
    """The blocks as lines of at most `width` characters, as far as words and table cells allow."""
    return "\n\n".join("\n".join(lines) for block in blocks if (lines := _lines(block, width)))


def _lines(block: Block, width: int) -> list[str]:
    match block:
        case Heading(text) | Prose(text):
            return wrapped(plain(text), width, 0)
        case Facts(pairs):
            return [line for name, said in pairs for line in _fact(name, said, width)]
        case Grid(caption, headings, rows):
            return [*wrapped(plain(caption), width, 0), *_grid(headings, rows, width)]
        case Steps(run, wording):
            return run_lines(run, _plain_words(wording), width)


def _plain_words(wording: Wording) -> Wording:
    """The same words, without what cannot be seen."""
    actions, variables = ({name: plain(says) for name, says in words.items()} for words in (wording.actions, wording.variables))
    return replace(wording, actions=actions, variables=variables)


def _fact(name: str, said: str | tuple[str, ...], width: int) -> list[str]:
    if isinstance(said, str):
        return wrapped(f"{name}: {plain(said)}", width, 4, first=2)
    lines = [line for one in said for line in wrapped(f"- {plain(one)}", width, 6, first=4)]
    return [*wrapped(f"{name}:", width, 4, first=2), *lines]


def _grid(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Columns side by side; if they do not fit, each row as a list of its cells."""
    table = [tuple(map(plain, row)) for row in (headings, *rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    if sum(widths) + 2 * len(widths) <= width:
        return [f"  {'  '.join(map(str.ljust, row, widths))}".rstrip() for row in table]
    lines: list[str] = []
    for row in table[1:]:
        lines += wrapped(row[0], width, 4, first=2)
        for heading, cell in zip(table[0][1:], row[1:], strict=True):
            lines += wrapped(f"{heading}: {cell}", width, 8, first=6) if cell else []
    return lines


# -- HTML -----------------------------------------------------------------------------------------------------------------


def as_html(blocks: Iterable[Block]) -> Html:
    """The blocks as one element."""
    return tag("div", *map(html_of, blocks), class_="dialproof")


def html_of(block: Block) -> Html:
    """One block as an element."""
    match block:
        case Heading(text):
            return tag("p", tag("strong", text))
        case Prose(text):
            return tag("p", text)
        case Facts(pairs):
            rows = [tag("tr", _cell("th", name, scope="row"), _cell("td", *_several(said))) for name, said in pairs]
            return tag("table", tag("tbody", *rows)) if rows else Html("")
        case Grid(caption, headings, rows):
            head = tag("tr", *(_cell("th", heading, scope="col") for heading in headings))
            lines = [
                tag("tr", _cell("th", first, scope="row"), *(_cell("td", cell) for cell in others)) for first, *others in rows
            ]
            title = tag("caption", caption, style="text-align: left")
            return tag("table", title, tag("thead", head), tag("tbody", *lines))
        case Steps(run, wording):
            return _steps(run, wording)


def _cell(name: str, *content: str, **attributes: str) -> Html:
    return tag(name, *content, **attributes, style=_LEFT)


def _several(said: str | tuple[str, ...]) -> Iterable[str]:
    if isinstance(said, str):
        return [said]
    return [part for one in said for part in (Html("<br/>"), one)][1:]


def _steps(run: Run, wording: Wording) -> Html:
    """A run as lists, in the markup that the stepper enhances (dialproof/report/templates/stepper.js says what it needs)."""
    start, *steps = places(run, wording)
    loop, clock = start_again(run), clock_of(run, wording)
    stem = [step for step in steps if loop is None or step.number < loop]
    again = steps[len(stem) :]
    parts = [tag("div", tag("strong", "At the start", data_action=""), _changes(start), data_step="0", **_time(start))]
    parts += [_list(stem)] if stem else []
    if again:
        parts += [tag("p", tag("strong", loop_begins(run, wording))), _list(again)]
    parts += [tag("p", ending_of(run, wording).replace("...", "…"))]
    marks = {"data_loop": str(loop)} if loop is not None else {}
    marks |= {"data_round": clock.round} if clock is not None and clock.round else {}
    return tag(
        "section",
        tag("div", *parts, class_="dialproof-steps"),
        class_="dialproof-run",
        aria_label="The run, step by step",
        **marks,
    )


def _list(steps: Sequence[Place]) -> Html:
    """Steps with their numbers, which they keep when others are hidden."""
    items = [
        tag("li", *_when(step), _changes(step), value=str(step.number), data_step=str(step.number), **_time(step))
        for step in steps
    ]
    return tag("ol", *items, start=str(steps[0].number))


def _when(step: Place) -> list[Html]:
    """The sentence of a step, and before it the time, if it is counted."""
    time = [tag("time", step.time), Html(" ")] if step.time else []
    return [*time, tag("span", step.says, data_action="")]


def _time(place: Place) -> dict[str, str]:
    """What a place says of the time, for the script."""
    return {"data_time": place.time} if place.time else {}


def _changes(place: Place) -> Html:
    items = [tag("li", one.says, data_variable=one.name, data_label=one.label, data_value=one.value) for one in place.changes]
    items += [tag("li", place.more)] if place.more else []
    return tag("ul", *items) if items else Html("")
