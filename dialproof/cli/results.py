"""Results on standard output as they become known, always in the order of the checks: as text, or as JSON Lines."""

import os
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

from dialproof.cli.colours import coloured
from dialproof.cli.details import advice, counterexamples, proofs, reasons
from dialproof.cli.json_output import json_line
from dialproof.cli.next_step import BROKEN, INTERRUPTED, Asked, next_step
from dialproof.cli.output import write
from dialproof.cli.progress import ProgressLine
from dialproof.cli.signals import Terminated, ending_once
from dialproof.cli.table import Layout, print_headings, print_scenario, print_summary
from dialproof.core.errors import InternalError
from dialproof.core.plan import PlannedCheck, Scenario
from dialproof.core.remedy import Remedy
from dialproof.core.verdict import Unknown
from dialproof.core.visible import in_one_line
from dialproof.portfolio.check import CheckedVerdict, run_planned
from dialproof.portfolio.portfolio import Portfolio
from dialproof.review.expectation import Standing, standing_of

_PIPE_WIDTH = 80


class Report(ABC):
    """Hears of results in any order, and writes a scenario as soon as it and all before it are complete."""

    def __init__(self, scenarios: Sequence[Scenario]) -> None:
        self._begun_at = time.monotonic()
        self._waiting = list(scenarios)
        self._known: dict[PlannedCheck, CheckedVerdict] = {}

    def hear(self, planned: PlannedCheck, checked: CheckedVerdict) -> None:
        """Take in a result. Raises InputError or BrokenPipeError if standard output cannot be written."""
        self._known[planned] = checked
        while self._waiting and all(item in self._known for item in self._waiting[0].checks):
            scenario = self._waiting.pop(0)
            self._write(scenario, [self._known[item] for item in scenario.checks])

    def abandon(self, reason: str, remedy: Remedy) -> None:
        """Take every check that is not decided yet as unknown, for this reason and with this remedy."""
        for planned in [item for scenario in self._waiting for item in scenario.checks if item not in self._known]:
            given_up = Unknown(reason, remedy=remedy)
            self.hear(planned, CheckedVerdict(planned, tuple((variant.name, given_up) for variant in planned.variants)))

    @property
    def seconds(self) -> float:
        """For how long the checks have been under way."""
        return time.monotonic() - self._begun_at

    @property
    def results(self) -> list[CheckedVerdict]:
        """Everything heard so far."""
        return list(self._known.values())

    @abstractmethod
    def _write(self, scenario: Scenario, results: Sequence[CheckedVerdict]) -> None:
        """Write a complete scenario."""

    @abstractmethod
    def finish(self) -> None:
        """Write what comes after all scenarios."""


class JsonReport(Report):
    """JSON Lines, one object per check. Each function of `kept` gives the files to which the evidence of a check was written."""

    def __init__(self, scenarios: Sequence[Scenario], kept: Sequence[Mapping[PlannedCheck, Sequence[Path]]] = ()) -> None:
        super().__init__(scenarios)
        self._kept = kept

    def _write(self, scenario: Scenario, results: Sequence[CheckedVerdict]) -> None:
        lines = [json_line(scenario, checked, self._paths(checked.planned)) for checked in results]
        write("".join(f"{line}\n" for line in lines))

    def _paths(self, planned: PlannedCheck) -> list[Path]:
        return [path for written in self._kept for path in written.get(planned, ())]

    def finish(self) -> None:
        """Nothing comes after the lines."""


class TextReport(Report):
    """The table, then counterexamples: for one scenario all of them, for several only the unexpected ones.

    For several, a violation that settings explain is shown by these settings alone: the file by itself shows the run.

    The last line says what to do next, as a command.
    """

    def __init__(self, scenarios: Sequence[Scenario], asked: Asked) -> None:
        super().__init__(scenarios)
        self._asked = asked
        self._scenarios = scenarios
        self._console = console = _console()
        self._single = len(scenarios) == 1
        planned = [item for scenario in scenarios for item in scenario.checks]
        self._layout = Layout(planned, console.width, may_be_cached=asked.may_be_cached)
        self._begun = False
        self._details: list[list[str]] = []

    def _write(self, scenario: Scenario, results: Sequence[CheckedVerdict]) -> None:
        width = self._layout.width
        with self._page() as console:
            if not self._begun:
                print_headings(console, self._layout)
                self._begun = True
            print_scenario(console, self._layout, scenario, results)
        if self._single:
            self._details += counterexamples(scenario, results, width)
            self._details += [proofs(scenario, results, width), advice(scenario, results, width)]
        else:
            surprising = [checked for checked in results if standing_of(checked) is Standing.DIFFERENT]
            explained = [checked for checked in surprising if checked.planned.suspects]
            shown = [[f"{one.planned.claim} is violated", *reasons(one, width)] for one in explained if reasons(one, width)]
            shown += counterexamples(scenario, [one for one in surprising if one not in explained], width)
            self._details += [[f"{scenario.label}: {heading}", *lines] for heading, *lines in shown]

    def preface(self, lines: Sequence[str]) -> None:
        """Write `lines` before everything else."""
        with self._page() as console:
            for line in ["", *lines, ""]:
                console.print(coloured(line), soft_wrap=True)

    def finish(self) -> None:
        """The details, then the summary and what to do next."""
        with self._page() as console:
            for heading, *lines in filter(None, self._details):
                console.print()
                console.print(Text(in_one_line(heading), style="bold"))
                for line in lines:
                    console.print(coloured(line))
            print_summary(console, self.results, self.seconds)
            if command := next_step(self._asked, self._scenarios, self.results):
                console.print(coloured(f"Next: {command}"), soft_wrap=True)  # to be copied: never broken into two lines

    @contextmanager
    def _page(self) -> Iterator[Console]:
        """What is printed within it is written at once, without spaces at the ends of lines."""
        page = StringIO()
        self._console.file = page
        yield self._console
        text = "\n".join(line.rstrip() for line in page.getvalue().split("\n"))
        write(text if sys.stdout.encoding.lower().startswith("utf") else text.replace("→", "->"))


def carry_out(
    portfolio: Portfolio,
    scenarios: Sequence[Scenario],
    report: Report,
    keep: Callable[[PlannedCheck, CheckedVerdict], None] = lambda _check, _checked: None,
) -> None:
    """Run, keep and report all checks; when this ends, in whatever way, every worker has ended.

    If it is interrupted, or a bug in dialproof ends it, what is known is reported before the exception propagates.
    """
    planned = [item for scenario in scenarios for item in scenario.checks]
    try:
        with ending_once(), ProgressLine(len(planned)) as progress, portfolio:

            def heard(item: PlannedCheck, checked: CheckedVerdict) -> None:
                keep(item, checked)
                with progress.paused():
                    report.hear(item, checked)
                progress.advance()

            run_planned(portfolio, planned, on_progress=progress.event, on_verdict=heard)
    except (KeyboardInterrupt, Terminated):
        report.abandon(INTERRUPTED, Remedy.ANEW)
        report.finish()
        raise
    except InternalError:
        report.abandon(BROKEN, Remedy.REPORTING)
        report.finish()
        raise
    report.finish()


def _console() -> Console:
    """A console like standard output that prints what it is given: no markup, no emoji; 80 columns in a pipe."""
    is_terminal = sys.stdout.isatty()
    # In a pipe rich would take the width of a terminal elsewhere; the same command must print the same everywhere.
    width = None if is_terminal or os.environ.get("COLUMNS", "").isdigit() else _PIPE_WIDTH
    # It prints into a page, not to standard output itself: what goes wrong there is for `write` to say.
    return Console(file=StringIO(), force_terminal=is_terminal or None, width=width, markup=False, emoji=False, highlight=False)
