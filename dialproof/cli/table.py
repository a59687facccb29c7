"""The table of verdicts: a heading per scenario, a line per check, and one line at the end that adds it all up.

It reads the same on a terminal and in a pipe: columns by spaces, a mark in front of what needs attention, and colour only
as an extra.
"""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dialproof.checking import CheckedVerdict, word
from dialproof.claims import PlannedCheck
from dialproof.review.judgement import Standing, engines_of, is_vacuous, remark, standing_of
from dialproof.review.scenarios import Scenario
from dialproof.views.text import wrapped

_MARKS = {Standing.AS_EXPECTED: "", Standing.DIFFERENT: "!", Standing.UNDECIDED: "?"}
_COLOURS = {"holds": "green", "violated": "red", "unknown": "yellow"}
_HEADINGS = ("", "claim", "verdict", "expected", "engine", "time")
_VACUOUS = "holds vacuously"
_GAP = 2
_DECIDED_SLOWLY = 10.0  # seconds; from there on, hundredths say nothing


class Layout:
    """The widths of the columns, the same for all scenarios of one invocation."""

    def __init__(self, planned: Sequence[PlannedCheck], width: int) -> None:
        claims = [Text(item.claim).cell_len for item in planned]
        wanted = (1, max(5, *claims), len(_VACUOUS), 8, 9, 7)
        # Where there is too little room, the text wraps inside its column.
        self.columns = wanted if sum(wanted) + _GAP * (len(wanted) - 1) <= width else (1, *(None,) * 5)
        self.width = width

    def table(self) -> Table:
        """An empty table with these columns."""
        table = Table.grid(padding=(0, _GAP, 0, 0))
        for name, width in zip(_HEADINGS, self.columns, strict=True):
            table.add_column(width=width, justify="right" if name == "time" else "left", overflow="fold")
        return table


def print_headings(console: Console, layout: Layout) -> None:
    """The names of the columns, once above everything."""
    table = layout.table()
    table.add_row(*_HEADINGS, style="dim")
    console.print(table)


def print_scenario(console: Console, layout: Layout, scenario: Scenario, results: Sequence[CheckedVerdict]) -> None:
    """A scenario's heading and a line for each of its checks; below a line, what has to be said of it."""
    console.print()
    console.print(Text(str(scenario.path), style="bold"), soft_wrap=True)
    for line in wrapped(scenario.title, layout.width, 0) if scenario.title else ():
        console.print(Text(line))
    table = layout.table()
    under = ""
    for checked in results:
        causes = scenario.under(checked.planned)
        if causes != under:
            console.print(table)
            for line in wrapped(f"{causes}:", layout.width, 5, first=1):
                console.print(Text(line))
            table, under = layout.table(), causes
        table.add_row(*_cells(checked))
        if said := remark(checked):
            console.print(table)
            for line in wrapped(said, layout.width, 5):
                console.print(Text(line, style="yellow"))
            table = layout.table()
    console.print(table)


def print_summary(console: Console, results: Sequence[CheckedVerdict], seconds: float) -> None:
    """The notes of all checks, each once, and the line that adds up."""
    console.print()
    notes = Counter(note for checked in results for note in dict.fromkeys(checked.planned.notes))
    for note, times in notes.items():
        only = f" ({times} of {len(results)} checks)" if times < len(results) else ""
        for line in wrapped(f"Note: {note}{only}", console.width, 6, first=0):
            console.print(Text(line))
    counts = Counter(standing_of(checked) for checked in results)
    parts = [f"{counts[Standing.AS_EXPECTED]} as expected"]
    if counts[Standing.DIFFERENT]:
        parts.append(f"{counts[Standing.DIFFERENT]} not as expected (!)")
    if counts[Standing.UNDECIDED]:
        parts.append(f"{counts[Standing.UNDECIDED]} undecided (?)")
    checks = f"{len(results)} check{'' if len(results) == 1 else 's'}"
    console.print(Text(f"{checks}: {', '.join(parts)}; {duration(seconds)}", style="bold"))


def duration(seconds: float) -> str:
    """A time for people: 0.31 s, 12.3 s."""
    return f"{seconds:.2f} s" if seconds < _DECIDED_SLOWLY else f"{seconds:.1f} s"


def _cells(checked: CheckedVerdict) -> tuple[Text, ...]:
    standing = standing_of(checked)
    found = word(checked.verdict)
    vacuous = found == "holds" and is_vacuous(checked)
    engines = engines_of(checked)
    expected = checked.planned.expected or "(holds)"
    return (
        Text(_MARKS[standing], style="bold"),
        Text(checked.planned.claim),
        Text(_VACUOUS if vacuous else found, style="yellow" if vacuous else _COLOURS[found]),
        Text(expected),
        Text("several" if "+" in engines else engines or "-"),
        Text(duration(checked.seconds)),
    )
