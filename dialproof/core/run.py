"""Runs: what a system did, step by step, as plain values that any reader can check without a solver.

A *position* of a run is a state together with the action that is taken in it. A run is infinite; a lasso writes one down
as a stem and a loop that repeats for ever (the action of the loop's last step leads back to the loop's first state).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import NamedTuple

from dialproof.core.display import LONGEST, Displayed, counted, one_line
from dialproof.core.variables import Value


class State(Mapping[str, Value]):
    """One state: a frozen mapping from variable names to Python values."""

    __slots__ = ("_index", "values_tuple")

    def __init__(self, names: Mapping[str, int], values: tuple[Value, ...]) -> None:
        """`names` gives each variable's place in `values`; it is shared by all states of a run and never changed."""
        self._index = names
        self.values_tuple = values

    @classmethod
    def of(cls, values: Mapping[str, Value]) -> "State":
        """The state with these values."""
        return cls({name: place for place, name in enumerate(values)}, tuple(values.values()))

    def __getitem__(self, name: str) -> Value:
        return self.values_tuple[self._index[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def __len__(self) -> int:
        return len(self.values_tuple)

    def __hash__(self) -> int:
        return hash(self.values_tuple)

    def __repr__(self) -> str:
        text = "State(" + ", ".join(f"{name}={value!r}" for name, value in self.items()) + ")"
        return text if len(text) <= LONGEST else one_line("State", text[len("State(") :])

    def __reduce__(self) -> tuple[object, ...]:
        return (State.of, (dict(self),))

    def changes_to(self, later: "State") -> tuple[tuple[str, Value, Value], ...]:
        """What differs in `later`: (variable, value here, value there), in the order of the variables."""
        return tuple((name, self[name], later[name]) for name in self if self[name] != later[name])


@dataclass(frozen=True)
class Taken:
    """An action as it was taken: its name and the values of its parameters, in their order."""

    name: str
    parameters: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        if not self.parameters:
            return self.name
        return f"{self.name}({', '.join(f'{name}={value}' for name, value in self.parameters)})"


class Step(NamedTuple):
    """One position of a run: the action taken in `state` (None: no action was possible, the system idles), and the state."""

    action: Taken | None
    state: State


@dataclass(frozen=True)
class Lasso(Displayed):
    """An infinite run: `stem`, then `loop` for ever. The last step of the loop leads back to the loop's first state."""

    stem: tuple[Step, ...]
    loop: tuple[Step, ...]

    def __post_init__(self) -> None:
        if not self.loop:
            raise ValueError("a lasso needs a loop of at least one step")

    @property
    def steps(self) -> tuple[Step, ...]:
        """Stem and loop, each once."""
        return self.stem + self.loop

    def __len__(self) -> int:
        return len(self.stem) + len(self.loop)

    def __repr__(self) -> str:
        return one_line("Lasso", counted(len(self.stem), "step"), f"{counted(len(self.loop), 'step')} again and again")

    def __str__(self) -> str:
        return _table(self.steps, len(self.stem))


@dataclass(frozen=True)
class FiniteRun(Displayed):
    """The beginning of a run, after which nothing that follows can mend the claim.

    The action of the last step is None where the claim is already lost in that state, whatever is done in it (or where
    nothing can be done in it).
    """

    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError("a finite run needs at least one step")

    def __len__(self) -> int:
        return len(self.steps)

    def __repr__(self) -> str:
        return one_line("FiniteRun", counted(len(self.steps), "step"))

    def __str__(self) -> str:
        return _table(self.steps, None)


Run = Lasso | FiniteRun
"""What shows a violation."""

_WIDTH = 100


def _table(steps: tuple[Step, ...], loop_start: int | None) -> str:
    lines = []
    before: State | None = None
    for number, (action, state) in enumerate(steps):
        if number == loop_start:
            lines.append("   -- from here on, for ever:")
        shown = tuple(state.items()) if before is None else tuple((name, new) for name, _, new in before.changes_to(state))
        said = ", ".join(f"{name}={value}" for name, value in shown) or "(as before)"
        lines += wrap(f"{number:>3} {said}", _WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
        if action is not None or loop_start is not None:  # in the last state of a finite run all is lost already
            lines.append(f"    . {'(idles)' if action is None else action}")
        before = state
    return "\n".join(lines)
