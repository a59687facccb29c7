"""A run in two columns, actions on the left and changes on the right, so that it fits on a screen.

If that saves little, or there is no room for two columns, it is the text of `dialproof.views.text`.
"""

from collections.abc import Sequence
from itertools import zip_longest
from textwrap import wrap

from dialproof.core.run import FiniteRun, Lasso, State, Taken
from dialproof.core.visible import visible
from dialproof.core.wording import Wording
from dialproof.views.text import ending_of, loop_begins, run_lines, start_of, times_of, wrapped

_TWO_COLUMNS = 64  # characters; from this width on there is room for both
_WORTH_IT = 3  # lines saved; text in one column is easier to read
_GAP = 3
_SHARES = (0.4, 0.46, 0.52, 0.58)
"""How much of the room the left column may get; what takes the fewest lines is chosen."""

Row = tuple[str, tuple[str, ...]]
"""What happens, and what it changes."""


def run_columns(run: Lasso | FiniteRun, wording: Wording, width: int = 80) -> list[str]:
    """The lines: the state at the start, each step with what it changes, and how the run goes on for ever."""
    below = run_lines(run, wording, width)
    beside = _beside(run, wording, width) if width >= _TWO_COLUMNS else below
    return beside if len(beside) <= len(below) - _WORTH_IT else below


def _beside(run: Lasso | FiniteRun, wording: Wording, width: int) -> list[str]:
    rows = [(wording.action(taken), wording.changed(before, after)) for taken, before, after in _moves(run)]
    times = times_of(run, wording)
    margin = len(str(len(rows))) + 4 + len(times[0])  # two spaces, the number, a dot, a space and the time
    left = _left_column(rows, width - margin - _GAP)
    lines = wrapped(f"At the start: {start_of(run, wording)}.", width, 2)
    for number, row in enumerate(rows, 1):
        if isinstance(run, Lasso) and number == len(run.stem) + 1:
            lines += ["", f"  {loop_begins(run, wording)}"]
        cells = _cells(row, left, width - margin - _GAP - left)
        marks = [f"{f'{number}. '.rjust(margin - len(times[0]))}{times[number]}", *([" " * margin] * len(cells))]
        lines += [f"{mark}{one:<{left + _GAP}}{other}".rstrip() for mark, (one, other) in zip(marks, cells, strict=False)]
    return [*lines, *wrapped(ending_of(run, wording), width, 2)]


def _moves(run: Lasso | FiniteRun) -> list[tuple[Taken | None, State, State]]:
    """Each step with the state that it is taken in and the one that it leads to."""
    steps = run.steps
    back = run.loop[0].state if isinstance(run, Lasso) else steps[-1].state
    following = [*(step.state for step in steps[1:]), back]
    moves = [(step.action, step.state, after) for step, after in zip(steps, following, strict=True)]
    return moves if isinstance(run, Lasso) or steps[-1].action is not None else moves[:-1]


def _left_column(rows: Sequence[Row], room: int) -> int:
    """The width of the left column with which the rows take the fewest lines."""
    longest = max((len(visible(said)) for said, _ in rows), default=0)
    widths = [min(longest, round(room * share)) for share in _SHARES]
    return min(widths, key=lambda left: sum(len(_cells(row, left, room - left)) for row in set(rows)))


def _cells(row: Row, left: int, right: int) -> list[tuple[str, str]]:
    """The lines of a row, each with its part of both columns."""
    said, changes = visible(row[0]), map(visible, row[1])
    # An arrow stays between its two values: where a space does not break, nor does the line.
    whole = [change.replace(" → ", "\N{NO-BREAK SPACE}→\N{NO-BREAK SPACE}") for change in changes]
    others = [
        line.replace("\N{NO-BREAK SPACE}→\N{NO-BREAK SPACE}", " → ")
        for change in whole
        for line in wrap(change, right, subsequent_indent="  ", break_on_hyphens=False)
    ]
    return list(zip_longest(wrap(said, left, break_on_hyphens=False), others, fillvalue=""))
