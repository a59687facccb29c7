"""A run as text that is read from top to bottom: numbered steps, what each one changes, and the loop clearly marked.

It needs no terminal and no colour, and every line fits the given width.
"""

import textwrap
from collections import Counter
from collections.abc import Iterator

from dialproof.core.run import FiniteRun, Lasso, State
from dialproof.core.run_clock import clock_of
from dialproof.core.visible import visible
from dialproof.core.wording import Wording

_FEW_VARIABLES = 12


def run_lines(run: Lasso | FiniteRun, wording: Wording, width: int = 80) -> list[str]:
    """The lines of the text: the state at the start, then each step and what it changes, then how the run goes on for ever.

    If the system counts time, each step begins with the time after it.
    """
    lines = wrapped(f"At the start: {start_of(run, wording)}.", width, 2)
    steps, times = run.steps, times_of(run, wording)
    stem = len(run.stem) if isinstance(run, Lasso) else len(steps)
    margin = len(str(len(steps))) + 4  # two spaces, the number, a dot and a space
    inner = margin + len(times[0])
    for position, (taken, state) in enumerate(steps):
        if position == stem:
            lines += ["", f"  {loop_begins(run, wording)}"]
        after = steps[position + 1].state if position + 1 < len(steps) else steps[stem].state if isinstance(run, Lasso) else None
        if after is None and taken is None:
            break
        number = f"{position + 1}.".rjust(margin - 1)
        lines += wrapped(f"{number} {times[position + 1]}{wording.action(taken)}", width, inner, first=0)
        for change in wording.changed(state, after) if after is not None else ():
            lines += wrapped(change, width, inner + 4, first=inner + 2)
    return [*lines, "", *wrapped(ending_of(run, wording), width, 2)]


def times_of(run: Lasso | FiniteRun, wording: Wording) -> list[str]:
    """What stands before the start and each step of a run: the time after it, all equally long; "" without a clock."""
    clock = clock_of(run, wording)
    if clock is None:
        return [""] * (len(run.steps) + 1)
    shown = [clock.says(step) for step in range(len(clock.at))]
    width = max(map(len, shown)) + 2
    return [f"{time:<{width}}" for time in shown]


def loop_begins(run: Lasso | FiniteRun, wording: Wording) -> str:
    """What stands above the first step of a loop: that it goes on for ever, and how often it repeats if time is counted."""
    clock = clock_of(run, wording)
    return f"From here on, for ever{f' ({clock.repeats})' if clock is not None else ''}:"


def ending_of(run: Lasso | FiniteRun, wording: Wording) -> str:
    """How the run continues after its last step, in a sentence."""
    if not isinstance(run, Lasso):
        return "Lost here: nothing that follows can mend it."
    clock = clock_of(run, wording)
    every = "" if clock is None else f", every {clock.round}" if clock.round else "; no time passes in between"
    return f"... and so on: again from step {len(run.stem) + 1}{every}."


def start_of(run: Lasso | FiniteRun, wording: Wording) -> str:
    """The first state in one sentence; if there are many variables, those that `told_at_start` names and a count of the rest."""
    first = run.steps[0].state
    told, rest = told_at_start(run, wording)
    lines = [line for name, line in zip(first, wording.changed(None, first), strict=True) if name in told]
    return "; ".join([*lines, f"({rest})"] if rest else lines) or "the only state"


def told_at_start(run: Lasso | FiniteRun, wording: Wording) -> tuple[frozenset[str], str]:
    """The variables to name at the start of a run, and a phrase about the rest ("" if all are named).

    If there are many, the named ones are those that change later or stand out. A value stands out if most other variables of
    its kind have a different one, such as the one full queue among forty empty ones.
    """
    first = run.steps[0].state
    if len(first) <= _FEW_VARIABLES:
        return frozenset(first), ""
    changing = {name for step in run.steps for name, _, _ in first.changes_to(step.state)}
    told = frozenset({name for name in first if name in changing} | set(_standing_out(first)))
    rest = len(first) - len(told)
    if not rest:
        return told, ""
    values = sorted({wording.value(first[name], name) for name in first if name not in told})
    return told, f"{rest} more that never {'changes' if rest == 1 else 'change'}: {', '.join(values)}"


def _standing_out(state: State) -> Iterator[str]:
    for kind in (bool, int, str):
        alike = {name: value for name, value in state.items() if type(value) is kind}
        if len(alike) > 1:
            (common, _), *_ = Counter(alike.values()).most_common(1)
            yield from (name for name, value in alike.items() if value != common)


def wrapped(text: str, width: int, indent: int, first: int | None = None) -> list[str]:
    """`text` in lines of at most `width` characters, indented by `indent`; the first line by `first`, if given.

    Invisible characters are shown as escapes, because names and titles come from the scenario's author.
    """
    lead = indent if first is None else first
    # However narrow the terminal is, a word per line can still be read.
    room = max(width, indent + 20)
    return textwrap.wrap(visible(text), room, initial_indent=" " * lead, subsequent_indent=" " * indent, break_on_hyphens=False)
