"""Random runs of a system, in plain Python: the same steps as the interpreter's, of which one is drawn each time.

What is possible in a state depends on the variables that guards read, and on no other: so it is worked out once for all states
that agree on these. Where a step leads to is remembered too, because a long run comes to most states again.
"""

import random
from bisect import bisect
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate

from dialproof.core import terms
from dialproof.core.run import Taken
from dialproof.core.variables import Value
from dialproof.semantics.interpreter import Reader, Values

_REMEMBERED = 200_000
"""How many states, and how many steps, are remembered; then it begins anew."""

_FEW, _TRIES = 64, 8
"""How many combinations of parameters are listed at once; if there are more, so many are drawn before they are listed."""


@dataclass(frozen=True, eq=False)
class _Possible:
    """The actions that can be taken, the sums of their weights, and the values of their parameters as far as they are listed."""

    names: list[str]
    weights: list[float]
    ways: dict[str, list[tuple[Value, ...]]] = field(default_factory=dict)


class RandomRun:
    """Draws one step after the other: which action is taken by `weights` (a name that is missing is never taken), how evenly."""

    def __init__(self, reader: Reader, weights: Mapping[str, float], chance: random.Random) -> None:
        """`chance` decides: the same one gives the same run."""
        self._reader, self._weights, self._chance = reader, weights, chance
        guards = [action.guard for action in reader.system.actions]
        read = {part.decl().name() for part in terms.subterms(guards) if part.num_args() == 0}
        self._read = [place for name, place in reader.names.items() if name in read]
        self._is_small = {one.name: one.choices is not None and one.choices <= _FEW for one in reader.system.actions}
        self._alike: dict[Values, _Possible] = {}
        self._possible: dict[Values, _Possible] = {}
        self._leads: dict[tuple[str, Values, tuple[Value, ...]], tuple[Taken, Values]] = {}

    def step(self, here: Values) -> tuple[Taken, Values] | None:
        """A step from a legal state: what is taken, and where it leads to; None if nothing is possible."""
        possible = self._possible.get(here) or self._look(here)
        if not possible.names:
            return None
        draw = self._chance.random
        name = possible.names[bisect(possible.weights, draw() * possible.weights[-1], hi=len(possible.names) - 1)]
        ways = possible.ways.get(name)
        chosen = self._drawn(possible, name, here) if ways is None else ways[int(draw() * len(ways))]
        lead = self._leads.get((name, here, chosen))
        if lead is None:
            if len(self._leads) >= _REMEMBERED:
                self._leads.clear()
            lead = self._leads[name, here, chosen] = self._reader.lead(name, here, chosen)
        return lead

    def _look(self, here: Values) -> _Possible:
        """What is possible here, as in any state that looks the same to every guard."""
        if len(self._possible) >= _REMEMBERED:
            self._possible.clear()
            self._alike.clear()
        seen = tuple(here[place] for place in self._read)
        if seen not in self._alike:
            names = [name for name in self._reader.possible(here) if name in self._weights]
            self._alike[seen] = _Possible(names, list(accumulate(self._weights[name] for name in names)))
        self._possible[here] = self._alike[seen]
        return self._alike[seen]

    def _drawn(self, possible: _Possible, name: str, here: Values) -> tuple[Value, ...]:
        """Values of the action's parameters, of which none is listed yet: each that is allowed is as likely as any other."""
        for _ in range(0 if self._is_small[name] else _TRIES):
            chosen = self._reader.sample(name, here, self._chance)
            if chosen is not None:
                return chosen
        ways = possible.ways[name] = self._reader.choices(name, here)
        return self._chance.choice(ways)
