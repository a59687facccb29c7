"""A run as a list of places: the start, then the state after each step and its changes, in the reader's words.

Steps count from 1, as in the text of a run; place 0 is the start. In a lasso the last step leads back to the start of
the loop, so that the walk goes on with the loop's first step.
"""

from dataclasses import dataclass

from dialproof.core.run import Lasso, Run, State
from dialproof.core.run_clock import clock_of
from dialproof.core.variables import Value
from dialproof.core.wording import Wording
from dialproof.views.text import told_at_start


@dataclass(frozen=True)
class Change:
    """A variable's new value: its `name`, its name for the reader, the value as a word, and the change as one line."""

    name: str
    label: str
    value: str
    says: str


@dataclass(frozen=True)
class Place:
    """The run after step `number` (0: at the start): the sentence of the step, and its changes.

    At the start `changes` lists the variables with their values; `more` summarizes the variables that are not listed. `time` is
    what the clock shows; "" if the system counts no time.
    """

    number: int
    says: str
    changes: tuple[Change, ...]
    more: str = ""
    time: str = ""


def places(run: Run, wording: Wording) -> tuple[Place, ...]:
    """The start, then each step of `run`: stem and loop, each once."""
    first = run.steps[0].state
    told, more = told_at_start(run, wording)
    start = tuple(_change(name, value, wording, wording.value(value, name)) for name, value in first.items() if name in told)
    clock = clock_of(run, wording)
    made = [Place(0, "At the start", start, more, clock.says(0) if clock else "")]
    for position, (taken, state) in enumerate(run.steps):
        after = _after(run, position)
        if after is None and taken is None:
            break  # lost in this state, whatever is done in it
        changed = state.changes_to(after) if after is not None else ()
        changes = (
            _change(name, new, wording, f"{wording.value(old, name)} → {wording.value(new, name)}") for name, old, new in changed
        )
        time = clock.says(position + 1) if clock else ""
        made.append(Place(position + 1, wording.action(taken), tuple(changes), time=time))
    return tuple(made)


def start_again(run: Run) -> int | None:
    """The number of the loop's first step; None for a finite run."""
    return len(run.stem) + 1 if isinstance(run, Lasso) else None


def _after(run: Run, position: int) -> State | None:
    """The state that the step at `position` leads to; None at the end of a finite run."""
    if position + 1 < len(run.steps):
        return run.steps[position + 1].state
    return run.loop[0].state if isinstance(run, Lasso) else None


def _change(name: str, value: Value, wording: Wording, said: str) -> Change:
    label = wording.variable(name)
    return Change(name, label, wording.value(value, name), f"{label}: {said}")
