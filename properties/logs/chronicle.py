"""What happened when, in a log of any length: counts in spans of time, which get longer as the log does."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

SPANS = 512
"""Into how many spans of time a log is divided at most."""

_SHORTEST = timedelta(seconds=1)


@dataclass(frozen=True)
class Course:
    """What happened from `begin` on, in spans of the length `span`.

    `happened` says of each action, as the model calls it, how often it was seen in which span; `came` and `left` say of each
    class of mail how many messages came in and left, by span.
    """

    begin: datetime
    span: timedelta
    happened: Mapping[str, Mapping[int, int]]
    came: Mapping[str, Mapping[int, int]]
    left: Mapping[str, Mapping[int, int]]

    def waiting(self, route: str) -> list[tuple[int, int]]:
        """How many messages of a class waited at the end of each span in which that changed, of those whose coming was seen."""
        came, left = self.came.get(route, {}), self.left.get(route, {})
        number, known = 0, []
        for span in sorted({*came, *left}):
            number += came.get(span, 0) - left.get(span, 0)
            known.append((span, number))
        return known


class Chronicle:
    """Counts what happens, in at most `SPANS` spans of time."""

    def __init__(self) -> None:
        self._begin: datetime | None = None
        self._span = _SHORTEST
        self._counts: dict[str, Counter[tuple[str, int]]] = {"happened": Counter(), "came": Counter(), "left": Counter()}

    def happened(self, action: str, at: datetime) -> None:
        """An action was seen."""
        self._count("happened", action, at)

    def came(self, route: str, at: datetime) -> None:
        """A message of a class came in."""
        self._count("came", route, at)

    def left(self, route: str, at: datetime) -> None:
        """A message of a class left of which is known when it came."""
        self._count("left", route, at)

    def course(self) -> Course | None:
        """What was counted; None if nothing was."""
        if self._begin is None:
            return None
        parts: dict[str, dict[str, dict[int, int]]] = {}
        for kind, counts in self._counts.items():
            for (what, span), number in counts.items():
                parts.setdefault(kind, {}).setdefault(what, {})[span] = number
        return Course(self._begin, self._span, parts.get("happened", {}), parts.get("came", {}), parts.get("left", {}))

    def _count(self, kind: str, what: str, at: datetime) -> None:
        at = at.replace(tzinfo=None)  # what the clock on the wall showed
        if self._begin is None:
            self._begin = at
        place = max(0, (at - self._begin) // self._span)
        while place >= SPANS:
            self._span *= 2
            place //= 2
            for known, counts in self._counts.items():
                halved: Counter[tuple[str, int]] = Counter()
                for (name, span), number in counts.items():
                    halved[name, span // 2] += number
                self._counts[known] = halved
        self._counts[kind][what, place] += 1
