"""A record: what is told of one verdict, as plain data.

Verdicts hold terms of the solver; what a test run tells of them (in the terminal, in JUnit XML, in a report, from one process of
pytest-xdist to another) are records, which hold none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, Self

Standing = Literal["as expected", "different", "undecided", "not asserted"]
"""How a verdict compares with the one that the test states; "not asserted" if it states none."""

_TELLING_FIRST: tuple[Standing, ...] = ("different", "undecided", "as expected", "not asserted")


@dataclass(frozen=True)
class Record:
    """One verdict.

    `tests` are the ids of the tests that use it. `subject` is the scenario file or the name of the system that it is about,
    `line` the line of the check in the file (0 for a system; there `question` tells those of one name apart), `claim` the
    claim's name, `says` its sentence, `source` where it is from, `causes` the causes that it was made under.
    `verdict` is "holds", "violated" or "unknown", `expected` the same or nothing; `vacuous` is None if that is not known.
    `method` is the proof rule or the kind of run, `evidence` the same with the length of the run, `checked_by` who audited or
    replayed it; nothing for what is unknown.
    `seconds` is how long it took; `rests_on` has a line for each fairness and assumption; `remark` says what else must be said
    (why it is unknown, or vacuous); `run` are the lines of the counterexample; `notes` say what the check leaves out or is about,
    `findings` which actions never happen. `remedy` is the value of the `Remedy` that may decide what is undecided; nothing for
    what is decided.
    """

    tests: tuple[str, ...]
    subject: str
    line: int
    question: str
    claim: str
    says: str
    source: str
    causes: tuple[str, ...]
    verdict: str
    expected: str
    standing: Standing
    vacuous: bool | None
    engine: str
    method: str
    evidence: str
    checked_by: tuple[str, ...]
    seconds: float
    rests_on: tuple[str, ...]
    remark: str
    run: tuple[str, ...]
    notes: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    remedy: str = ""

    def as_data(self) -> dict[str, Any]:
        """The record as a dictionary of lists, text, numbers and truth values: what JSON and pytest-xdist take."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> Self:
        """The record that `as_data` has made into `data`."""
        values: dict[str, Any] = dict(data)
        for field in fields(cls):
            if isinstance(values[field.name], list):
                values[field.name] = tuple(values[field.name])
        return cls(**values)

    def properties(self, number: int) -> list[tuple[str, str]]:
        """The properties of the test that has this as its verdict number `number`; from the second on, with the number behind."""
        suffix = f".{number}" if number > 1 else ""
        pairs = {
            "claim": self.claim,
            "scenario" if self.line else "system": self.subject,
            "causes": ", ".join(self.causes),
            "verdict": self.verdict,
            "expected": self.expected,
            "vacuous": {True: "yes", False: "no", None: "undecided"}[self.vacuous],
            "method": self.method,
            "evidence": self.evidence,
            "checked_by": ", ".join(self.checked_by),
            "engine": self.engine,
            "seconds": f"{self.seconds:.3f}",
            "reason": self.remark,
        }
        return [(f"{name}{suffix}", value) for name, value in pairs.items() if value]


def merged(records: Iterable[Record]) -> list[Record]:
    """Each verdict once, with all tests that use it and the most telling of what they say of it.

    Sorted by subject, line and claim, those under the same causes together: the same order, whichever process was first.
    """
    groups: dict[str, dict[tuple[str, ...], dict[tuple[object, ...], Record]]] = {}
    for record in sorted(records, key=lambda record: (record.subject, record.line, record.claim, record.verdict)):
        known = groups.setdefault(record.subject, {}).setdefault(record.causes, {})
        key = (record.line, record.question, record.claim, record.verdict, record.evidence, record.remark)
        known[key] = _together(known[key], record) if key in known else record
    return [record for subject in groups.values() for known in subject.values() for record in known.values()]


def _together(first: Record, second: Record) -> Record:
    telling = min(first, second, key=lambda record: _TELLING_FIRST.index(record.standing))
    # The same question asked again is not answered again: its time counts once.
    seconds = max(first.seconds, second.seconds)
    return replace(telling, tests=tuple(dict.fromkeys((*first.tests, *second.tests))), seconds=seconds)
