"""The docket of a portfolio: which cases there are, and which questions wait for each. Equal questions are one case."""

from collections.abc import Callable

from dialproof.core.verdict import Verdict
from dialproof.portfolio.case import Case
from dialproof.portfolio.jobs import Job, Questions, identity

Make = Callable[[int, Job], Case]
"""Makes a case of its number and its job."""


class Docket:
    """The cases of one set of questions.

    A case may be asked for by another one instead (`Case.asked_for`): about the ranges of its system.
    """

    def __init__(self) -> None:
        self.cases: list[Case] = []
        self._open: list[Case] = []
        self._by_identity: dict[object, Case] = {}
        self._waiting: dict[int, list[int]] = {}  # the numbers of the questions without an answer, by the number of their case
        self._first: dict[int, int] = {}

    def take_in(self, questions: Questions, make: Make, ahead: int) -> None:
        """Take in what was asked, so that about `ahead` questions are open, and what was dropped meanwhile.

        Cases about ranges do not count: they may stay open for a moment after all that asked for them are settled.
        """
        asked = sum(case.asked_for is None for case in self.open)
        for number, job in questions.newly_asked(ahead - asked):
            name = identity(job)
            if name not in self._by_identity:
                self._by_identity[name] = self._added(make, job)
            case = self._by_identity[name].number
            self._waiting.setdefault(case, []).append(number)
            self._first.setdefault(case, number)
        for number in questions.newly_dropped():
            for waiting in self._waiting.values():
                if number in waiting:
                    waiting.remove(number)

    def add_for(self, case: Case, make: Make, job: Job) -> None:
        """Add a case that `case` asks for, about the ranges of its system."""
        self._added(make, job).asked_for = case.number

    def _added(self, make: Make, job: Job) -> Case:
        case = make(len(self.cases), job)
        self.cases.append(case)
        self._open.append(case)
        return case

    @property
    def open(self) -> list[Case]:
        """The cases that are not settled, in order. Whatever is done again and again looks at no others: there may be many."""
        if any(case.settled is not None for case in self._open):
            self._open = [case for case in self._open if case.settled is None]
        return self._open

    @property
    def is_done(self) -> bool:
        """True if every question that was taken in is answered."""
        return all(case.asked_for is not None for case in self.open)

    def asked_by(self, number: int) -> int:
        """The number of the first question that the case of that number is about, or is asked for because of."""
        asked_for = self.cases[number].asked_for
        return self._first[number if asked_for is None else asked_for]

    def to_look_at(self) -> list[Case]:
        """The cases that were begun, or have nothing to begin, in order, but those that others ask for first."""
        touched = [case for case in self.open if case.begun is not None or not case.pending]
        return sorted(touched, key=lambda case: case.asked_for is None)

    def about_ranges_of(self, case: Case) -> Case | None:
        """The case under way about the ranges of the system of `case`; None if there is none."""
        return next((one for one in self.open if one.job.ranges_of == case.data.system), None)

    def abandoned(self) -> list[Case]:
        """The cases under way for which nothing waits any more; whoever asks the same again gets a new case."""
        asked = [case for case in self.open if case.asked_for is None]
        found = [case for case in asked if not self._waiting[case.number]]
        of_ranges = [case for case in self.open if case.asked_for is not None]
        if found:
            self._by_identity = {name: case for name, case in self._by_identity.items() if case not in found}
        if found or of_ranges:
            asking = {case.data.system for case in asked if case not in found}
            found += [case for case in of_ranges if case.job.ranges_of not in asking]
        return found

    def answered(self) -> list[tuple[int, Verdict]]:
        """The questions that are answered and were not before, each with its verdict."""
        found = []
        for case in [self.cases[number] for number in sorted(self._waiting)]:
            if case.settled is not None:
                found += [(number, case.settled) for number in self._waiting.pop(case.number)]
        return found
