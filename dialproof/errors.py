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


class DialproofError(Exception):
    """The root of everything that dialproof raises on purpose."""


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
        shown = text.split("\n")[len(before) - 1].replace("\t", " ")
        column = len(before[-1])
        length = max(1, min(end - start, len(shown) - column))
        super().__init__(
            f"formula, line {len(before)}, character {column + 1}: {reason}\n    {shown}\n    {' ' * column}{'^' * length}"
        )

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
        return f"{self.file}:{self.line}:{self.column}"


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
        shown = lines[place.line - 1].replace("\t", " ")
        length = max(1, min(place.length, len(shown) - place.column + 1))
        margin = f"{place.line:>5} | "
        return f"{text}\n{margin}{shown}\n{' ' * (len(margin) - 2)}| {' ' * (place.column - 1)}{'^' * length}"


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
