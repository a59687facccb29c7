"""The table of verdicts: a heading per scenario, a line per check, and a summary line at the end.

It reads the same on a terminal and in a pipe: columns by spaces, a mark in front of what needs attention, and colour only
as an extra. If the columns do not fit, their contents follow on the line below the claim.
"""

import re
from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dialproof.cli.colours import STANDINGS
from dialproof.core.plan import PlannedCheck, Scenario
from dialproof.core.visible import in_one_line
from dialproof.evidence.findings import sentences
from dialproof.evidence.outcome import CheckedVerdict, word
from dialproof.review.expectation import Standing, found_by, is_vacuous, remark, standing_of
from dialproof.views.text import wrapped

_MARKS = {Standing.AS_EXPECTED: "", Standing.DIFFERENT: "!", Standing.UNDECIDED: "?"}
_HEADINGS = ("", "claim", "verdict", "expected", "engine", "time")
_ENGINE = _HEADINGS.index("engine")
_VACUOUS = "holds vacuously"
_SEVERAL = re.compile(r"[a-z-]+(\+[a-z-]+)+")
_GAP = 2
_DECIDED_SLOWLY = 10.0  # seconds; from there on, hundredths say nothing
_NO_BREAK = "\N{NO-BREAK SPACE}"
_READABLE = 100  # characters; prose in longer lines is hard to follow, however wide the terminal is


class Layout:
    """The widths of the table in characters, the same for all scenarios of one invocation.

    `width` is that of prose; `columns` are the widths of the table's columns, None if they do not fit. If evidence
    `may_be_cached`, the engine's column has room to say so.
    """

    def __init__(self, planned: Sequence[PlannedCheck], width: int, *, may_be_cached: bool = False) -> None:
        claims = [Text(in_one_line(item.claim)).cell_len for item in planned]
        wanted = [1, max(5, *claims), len(_VACUOUS), 8, len("k-liveness"), 7]
        left = width - sum(wanted) - _GAP * (len(wanted) - 1)
        if may_be_cached:  # as wide as there is room for; what does not fit stands in two lines
            more = len(", cached")
            wanted[_ENGINE], left = wanted[_ENGINE] + max(1, min(more, left)), left - 1
        self.columns = tuple(wanted) if left >= 0 else None
        self.width = min(width, _READABLE)


def print_headings(console: Console, layout: Layout) -> None:
    """Print the names of the columns; nothing if there are no columns."""
    if layout.columns:
        console.print(_in_columns(layout.columns, [Text(name) for name in _HEADINGS], "dim"))


def print_scenario(console: Console, layout: Layout, scenario: Scenario, results: Sequence[CheckedVerdict]) -> None:
    """Print a scenario's heading and a line for each of its checks, with remarks below the line that they are about."""
    console.print()
    console.print(Text(in_one_line(scenario.label), style="bold"), soft_wrap=True)
    for line in wrapped(scenario.title, layout.width, 0) if scenario.title else ():
        console.print(Text(line))
    under = ""
    for checked in results:
        causes = scenario.under(checked.planned)
        if causes != under:
            for line in wrapped(f"{causes}:", layout.width, 5, first=1):
                console.print(Text(line))
            under = causes
        cells = _cells(checked)
        console.print(_in_columns(layout.columns, cells) if layout.columns else _one_below_another(layout.width, cells))
        if said := remark(checked):
            for line in wrapped(said, layout.width, 5):
                console.print(Text(line, style="yellow"))
    found = [finding for checked in results for finding in checked.findings]
    for said in sentences(found, {variant.name for checked in results for variant in checked.planned.variants}):
        for line in wrapped(said, layout.width, 5, first=3):
            console.print(Text(line, style="yellow"))


def _in_columns(widths: Sequence[int], cells: Sequence[Text], style: str = "") -> Table:
    table = Table.grid(padding=(0, _GAP, 0, 0))
    for name, width in zip(_HEADINGS, widths, strict=True):
        table.add_column(width=width, justify="right" if name == "time" else "left", overflow="fold")
    table.add_row(*cells, style=style)
    return table


def _one_below_another(width: int, cells: Sequence[Text]) -> Text:
    mark, claim, verdict, expected, engine, time = cells
    lines = wrapped(claim.plain, width, 5, first=3)
    whole = time.plain.replace(" ", _NO_BREAK)  # a number stays with its unit
    lines += [line.replace(_NO_BREAK, " ") for line in wrapped(f"{verdict}, expected {expected}; {engine}, {whole}", width, 5)]
    text = Text("\n".join([f"{mark.plain or ' '}{lines[0][1:]}", *lines[1:]]))
    text.stylize(mark.style, 0, 1)
    text.highlight_words([verdict.plain], verdict.style)
    return text


def print_summary(console: Console, results: Sequence[CheckedVerdict], seconds: float) -> None:
    """Print the notes of all checks, each once, and the summary line."""
    console.print()
    width = min(console.width, _READABLE)
    notes = Counter(note for checked in results for note in dict.fromkeys(checked.planned.notes))
    for note, times in notes.items():
        only = f" ({times} of {len(results)} checks)" if times < len(results) else ""
        for line in wrapped(f"Note: {note}{only}", width, 6, first=0):
            console.print(Text(line))
    console.print(Text(f"{standings(results)}; {duration(seconds)}", style="bold"))


def standings(results: Sequence[CheckedVerdict]) -> str:
    """The number of checks by outcome: "3 checks: 2 as expected, 1 undecided (?)"."""
    counts = Counter(standing_of(checked) for checked in results)
    parts = [f"{counts[Standing.AS_EXPECTED]} as expected"]
    if counts[Standing.DIFFERENT]:
        parts.append(f"{counts[Standing.DIFFERENT]} not as expected (!)")
    if counts[Standing.UNDECIDED]:
        parts.append(f"{counts[Standing.UNDECIDED]} undecided (?)")
    checks = f"{len(results)} check{'' if len(results) == 1 else 's'}"
    return f"{checks}: {', '.join(parts)}"


def duration(seconds: float) -> str:
    """A duration (given in seconds) for people: 0.31 s, 12.3 s."""
    return f"{seconds:.2f} s" if seconds < _DECIDED_SLOWLY else f"{seconds:.1f} s"


def _cells(checked: CheckedVerdict) -> tuple[Text, ...]:
    standing = standing_of(checked)
    found = word(checked.verdict)
    vacuous = found == "holds" and is_vacuous(checked)
    expected = checked.planned.expected or "(holds)"
    return (
        Text(_MARKS[standing], style=STANDINGS[standing]),
        Text(in_one_line(checked.planned.claim)),
        Text(_VACUOUS if vacuous else found, style=STANDINGS[standing]),
        Text(in_one_line(expected)),
        Text(_SEVERAL.sub("several", found_by(checked)) or "-"),
        Text(duration(checked.seconds)),
    )
