"""The errors that dialproof raises, as one tree.

DialproofError
├── InputError               what somebody gave us cannot be used; the message says where and what to do
│   ├── ModelError           a system, action or formula that has no meaning
│   │   ├── FormulaError     a formula as text; points at the characters
│   │   └── OutOfRangeError  a run of the system leads a variable out of its range
│   ├── ScenarioError        a scenario file; carries file, line and column
│   └── CertificateError     a certificate as files that is not believed, with the reason
├── NotApplicable            an engine that cannot treat this problem, with the reason (it ends as `Unknown`)
└── InternalError            our bug, never the user's
    ├── ReplayError          a counterexample that is no run of the system, or does not violate the claim
    ├── AuditError           a certificate whose obligations are not all discharged
    └── ContradictionError   two engines disagree on one problem
"""

from dataclasses import dataclass

from dialproof.core.visible import in_one_line, visible

_WIDEST = 100
"""How many characters of a line are shown around the place that a message is about."""


class DialproofError(Exception):
    """The root of everything that dialproof raises on purpose. What cannot be seen in its text is written as escapes."""

    def __str__(self) -> str:
        return visible(super().__str__())


class InputError(DialproofError):
    """What was given cannot be used: a broken file, a wrong option, a model without meaning. Exit code 2."""


class ModelError(InputError):
    """A system, an action or a formula that has no meaning; the message names the part and the way out."""


class OutOfRangeError(ModelError):
    """A reachable step leads a variable out of its range; the message names the step."""


class FormulaError(ModelError):
    """A formula as text that cannot be read.

    `text` is the formula; the characters from `start` to before `end` (counted from 0) are what `reason` is about.
    """

    def __init__(self, text: str, start: int, end: int, reason: str) -> None:
        self.text, self.start, self.end, self.reason = text, start, end, reason
        before = text[:start].split("\n")
        column = len(before[-1])
        shown, caret = _pointed_at(text.split("\n")[len(before) - 1], column, end - start)
        super().__init__(f"formula, line {len(before)}, character {column + 1}: {reason}\n    {shown}\n    {caret}")

    def __reduce__(self) -> tuple[object, ...]:
        return FormulaError, (self.text, self.start, self.end, self.reason)


@dataclass(frozen=True)
class Place:
    """A position in a text file: `line` and `column` count from 1; `length` is in characters."""

    file: str
    line: int
    column: int = 1
    length: int = 1

    def __str__(self) -> str:
        return f"{in_one_line(self.file)}:{self.line}:{self.column}"


class ScenarioError(InputError):
    """A scenario file that cannot be used.

    `problems` lists every finding as (place or None, message); `source` is the text of the file, for the caret.
    """

    def __init__(self, problems: tuple[tuple[Place | None, str], ...], source: str = "") -> None:
        self.problems = problems
        self.source = source
        super().__init__("\n".join(self._render(place, message) for place, message in problems))

    def _render(self, place: Place | None, message: str) -> str:
        if place is None:
            return message
        lines = self.source.splitlines()
        text = f"{place}: {message}"
        if not 1 <= place.line <= len(lines):
            return text
        shown, caret = _pointed_at(lines[place.line - 1], place.column - 1, place.length)
        margin = f"{place.line:>5} | "
        return f"{text}\n{margin}{shown}\n{' ' * (len(margin) - 2)}| {caret}"


def _pointed_at(line: str, start: int, length: int) -> tuple[str, str]:
    """`line` as it is shown, and a line of carets for below it, under the `length` characters from `start` (counted from 0).

    Of a long line only what surrounds that place is shown, with an ellipsis where something is missing.
    """
    # A tab or a character that cannot be seen would shift the carets.
    shown = "".join(char if char.isprintable() else " " for char in line)
    first = 0
    if len(shown) > _WIDEST:
        first = max(0, min(start - _WIDEST // 2, len(shown) - _WIDEST))
        last = min(len(shown), first + _WIDEST)
        shown = f"{'…' * (first > 0)}{shown[first:last]}{'…' * (last < len(line))}"
        first -= first > 0  # the ellipsis takes the place of a character
    column = start - first
    return shown, f"{' ' * column}{'^' * max(1, min(length, len(shown) - column))}"


class CertificateError(InputError):
    """A certificate as files that is not believed: altered, incomplete, of another scenario, or no proof. Says why."""


class NotApplicable(DialproofError):  # noqa: N818  # it is no failure: the portfolio turns it into an Unknown
    """An engine cannot treat this problem; the message is the reason that the verdict will carry."""


class InternalError(DialproofError):
    """A bug in dialproof. Exit code 4: please report it with the scenario."""


class ReplayError(InternalError):
    """A counterexample that the plain-Python reader refuses: no answer is given on its strength."""


class AuditError(InternalError):
    """A certificate that does not establish its claim: no answer is given on its strength."""


class ContradictionError(InternalError):
    """Two engines gave contradictory audited answers on one problem."""
