"""The section "proofs" at the end of a test run: each verdict with what shows it, and an honest total."""

import textwrap
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby, zip_longest

import pytest

from dialproof.core.remedy import Remedy
from dialproof.core.visible import in_one_line, visible
from dialproof.testing.records import Record, Standing

_COLOURS = {"holds": "green", "violated": "red", "unknown": "yellow"}
_MARKS = {"as expected": " ", "different": "!", "undecided": "?", "not asserted": " "}
_GAP = 2
_LEAST_EVIDENCE = 24  # columns; with less, the evidence stands below
_LEAST_CLAIM = 10  # columns; however narrow the terminal is
_MORE_TIME = "To give what is undecided more time: --proof-timeout SECONDS, or the marker dialproof(timeout=SECONDS)."
_SLOW = 10.0  # seconds; from there on, hundredths say nothing


def write(terminal: pytest.TerminalReporter, distinct: Sequence[Record], *, interrupted: bool) -> None:
    """Write the section, as wide as the terminal; with -q, the total alone. `distinct` are records as `merged` gives them."""
    if not distinct:
        return
    if terminal.config.get_verbosity() < 0:
        terminal.ensure_newline()
        terminal.write_line(f"proofs: {total(distinct)}")
        return
    width = terminal.config.get_terminal_writer().fullwidth
    terminal.write_sep("=", "proofs" + (": reached before the interrupt" if interrupted else ""))
    columns = _Columns(distinct, width)
    columns.head(terminal)
    told = causes_told(distinct)
    for subject, group in groupby(distinct, key=lambda record: record.subject):
        terminal.write_line(in_one_line(subject))
        for causes, same in groupby(group, key=told):
            heading = in_one_line(f"{causes}:") if causes else ""
            for line in textwrap.wrap(heading, width, initial_indent=" ", subsequent_indent=" " * 5):
                terminal.write_line(line)
            for record in same:
                columns.write(terminal, record)
        for said in dict.fromkeys(said for record in distinct if record.subject == subject for said in record.findings):
            for line in textwrap.wrap(said, width, initial_indent=" " * 3, subsequent_indent=" " * 5):
                terminal.write_line(line, yellow=True)
    for note in notes_of(distinct):
        for line in textwrap.wrap(f"Note: {note}", width, subsequent_indent=" " * 6):
            terminal.write_line(line)
    for line in textwrap.wrap(total(distinct), width):
        terminal.write_line(line, bold=True)
    if any(record.remedy == Remedy.TIME.value for record in distinct):
        for line in textwrap.wrap(_MORE_TIME, width):
            terminal.write_line(line)


def causes_told(distinct: Sequence[Record]) -> Callable[[Record], str]:
    """The words for the causes of a check; "" if all checks of its subject have the same single cause."""
    kinds: dict[str, set[tuple[str, ...]]] = {}
    for record in distinct:
        kinds.setdefault(record.subject, set()).add(record.causes)

    def told(record: Record) -> str:
        if len(record.causes) > 1:
            return f"under each of {len(record.causes)} causes: {', '.join(record.causes)}"
        return f"under {record.causes[0]}" if record.causes and len(kinds[record.subject]) > 1 else ""

    return told


def notes_of(distinct: Sequence[Record]) -> list[str]:
    """What the checks note about themselves, each once, with how many of them it is about."""
    counts = Counter(note for record in distinct for note in dict.fromkeys(record.notes))
    checks = len(distinct)
    return [note if times == checks else f"{note} ({times} of {checks} verdicts)" for note, times in counts.items()]


def total(distinct: Sequence[Record]) -> str:
    """How many verdicts there are, and how many of them are what the tests state."""
    verdicts = Counter(record.verdict for record in distinct)
    standings = Counter(record.standing for record in distinct)
    kinds = [
        ("holds", "hold", "holds"),
        ("violated", "are violated", "is violated"),
        ("unknown", "are undecided", "is undecided"),
    ]
    found = ", ".join(f"{verdicts[key]} {one if verdicts[key] == 1 else many}" for key, many, one in kinds if verdicts[key])
    said: dict[Standing, str] = {
        "as expected": "as expected",
        "different": "not as expected (!)",
        "undecided": "undecided (?)",
        "not asserted": "without an assertion",
    }
    compared = ", ".join(f"{standings[key]} {words}" for key, words in said.items() if standings[key])
    count = f"{len(distinct)} verdict{'' if len(distinct) == 1 else 's'}"
    return f"{count} ({found}): {compared}"


def duration(seconds: float) -> str:
    """A time for people: 0.31 s, 12.3 s."""
    return f"{seconds:.2f} s" if seconds < _SLOW else f"{seconds:.1f} s"


def verdict_of(record: Record) -> str:
    """The verdict in a word or two."""
    return "holds vacuously" if record.verdict == "holds" and record.vacuous else record.verdict


def standing_of(record: Record) -> str:
    """How the verdict compares with what the tests state, in words."""
    said = {"different": "not as expected", "not asserted": "nothing asserted"}
    return said.get(record.standing, record.standing)


def _evidence_of(record: Record) -> str:
    who = ["replayed" if "replay" in name else name for name in record.checked_by]
    return ", ".join([record.evidence, *who] if record.evidence else [])


class _Columns:
    """The widths of the columns: a mark, the claim, the verdict, the evidence, the time."""

    def __init__(self, records: Sequence[Record], width: int) -> None:
        self._time = max(len(duration(record.seconds)) for record in records)
        self._verdict = max(7, *(len(verdict_of(record)) for record in records))
        self._claim = max(5, *(len(in_one_line(record.claim)) for record in records))
        self._width = width
        self._evidence = width - 3 - self._claim - self._verdict - self._time - 3 * _GAP
        # On a narrow terminal the evidence gets lines of its own, and a long claim wraps inside its column.
        self._beside = self._evidence >= _LEAST_EVIDENCE
        if not self._beside:
            self._claim = min(self._claim, max(_LEAST_CLAIM, width - 3 - self._verdict - self._time - 2 * _GAP))

    def head(self, terminal: pytest.TerminalReporter) -> None:
        """The line of the headings."""
        gap = " " * _GAP
        evidence = f"{gap}{'evidence, checked by':<{self._evidence}}" if self._beside else ""
        line = f"   {'claim':<{self._claim}}{gap}{'verdict':<{self._verdict}}{evidence}{gap}{'time':>{self._time}}"
        terminal.write_line(line)

    def write(self, terminal: pytest.TerminalReporter, record: Record) -> None:
        """The lines of one verdict, and below them what must be said besides."""
        gap, evidence, attention = " " * _GAP, _evidence_of(record), record.standing == "different"
        claims = textwrap.wrap(in_one_line(record.claim), self._claim) or [""]
        beside = textwrap.wrap(evidence, self._evidence, break_on_hyphens=False) if self._beside else []
        for number, (claim, shown) in enumerate(zip_longest(claims, beside, fillvalue="")):
            first = number == 0
            terminal.write(f"{_MARKS[record.standing] if first else ' '}  {claim:<{self._claim}}{gap}", bold=attention)
            terminal.write(f"{verdict_of(record) if first else '':<{self._verdict}}", **self._colour(record))
            terminal.write(f"{gap}{shown:<{self._evidence}}" if self._beside else "")
            terminal.write(f"{gap}{duration(record.seconds):>{self._time}}\n" if first else "\n")
        for text in ("" if self._beside else evidence, record.remark):
            for line in textwrap.wrap(visible(text), self._width, initial_indent=" " * 5, subsequent_indent=" " * 5):
                terminal.write_line(line, yellow=text == record.remark)

    @staticmethod
    def _colour(record: Record) -> dict[str, bool]:
        """None for an expected violation, which is not a cause for alarm."""
        is_expected = record.verdict == "violated" and record.standing == "as expected"
        return {} if is_expected else {_COLOURS[record.verdict]: True}
