"""The pytest plug-in: the fixture `prove`, scenario files as tests, and each theorem's verdict with its evidence in the reports.

Verdicts travel from the tests to the reporters as plain data on the test reports, which pytest-xdist carries between processes.
Nothing here imports a solver before a test needs a verdict.
"""

import math
from argparse import ArgumentTypeError
from collections.abc import Generator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dialproof.core.errors import DialproofError, InputError, InternalError
from dialproof.testing import summary
from dialproof.testing.failure import UnexpectedVerdictError, readable, said_of
from dialproof.testing.records import Record, merged
from dialproof.testing.scenario_files import (
    RUNNER,
    ScenarioFile,
    ScenarioItem,
    ScenarioRunner,
    is_asked_for,
    is_meant,
    is_scenario,
    repeated,
    settings_of,
)
from dialproof.testing.session import CURRENT, ProofSession
from dialproof.testing.settings import Settings

if TYPE_CHECKING:
    from dialproof.testing.prover import Prover

_SESSION = pytest.StashKey[ProofSession]()
_MARKER = (
    "dialproof(timeout=SECONDS, engines=[...], second_opinion=False): how checks are run in this test: the time limit, the "
    "engines, and whether cvc5 audits proofs as well"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the options and the ini key for scenario files."""
    group = parser.getgroup("dialproof", "proofs (dialproof)")
    group.addoption(
        "--proof-timeout", type=_seconds, default=300.0, metavar="SECONDS",
        help="The time limit in seconds for one check, under each of its causes; then it is undecided. Default: 300.",
    )  # fmt: skip
    group.addoption("--proof-second-opinion", action="store_true", help="Have cvc5 audit every proof as well.")
    group.addoption(
        "--proof-report", type=Path, metavar="FILE",
        help="Write each theorem with its verdict and evidence to a file: .html, .md, .pdf, .json or .jsonl.",
    )  # fmt: skip
    parser.addini(
        "dialproof_scenarios", type="args", default=["*.toml"],
        help="Patterns for the names of scenario files; an empty list for none. Default: *.toml",
    )  # fmt: skip


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, check the options, and prepare what the tests share."""
    config.addinivalue_line("markers", _MARKER)
    second_opinion = bool(config.option.proof_second_opinion)
    if second_opinion and find_spec("cvc5") is None:
        raise pytest.UsageError("--proof-second-opinion needs cvc5: pip install 'dialproof[audit]'")
    if config.option.proof_report is not None and not hasattr(config, "workerinput"):
        from dialproof.testing.document import check_target

        try:
            check_target(config.option.proof_report)
        except InputError as error:
            raise pytest.UsageError(str(error)) from error
    settings = Settings(config.option.proof_timeout, second_opinion=second_opinion)
    session = ProofSession(settings)
    config.stash[_SESSION] = session
    config.stash[RUNNER] = ScenarioRunner(session)
    if hasattr(config, "workerinput"):  # a worker of pytest-xdist
        from dialproof.testing.controller import interrupt_without_controller

        interrupt_without_controller()
    else:  # the process that reports; such a worker sends it what it finds
        config.pluginmanager.register(_Listener(config.option.proof_report), "dialproof-listener")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Get the width of the terminal, if there is one, so that counterexamples fit into it."""
    if session.config.pluginmanager.has_plugin("terminalreporter"):
        session.config.stash[_SESSION].fit(session.config.get_terminal_writer().fullwidth)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End every worker, in whatever way the run has ended."""
    if _SESSION in config.stash:
        config.stash[RUNNER].close()
        config.stash[_SESSION].close()


@pytest.fixture(scope="session")
def prove(pytestconfig: pytest.Config) -> "Prover":
    """What finds a verdict: call it with a system and a claim, with a planned check, or with the path of a scenario."""
    from dialproof.testing.prover import Prover

    return Prover(pytestconfig.stash[_SESSION])


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Scenario files are test files."""
    named = parent.session.isinitpath(file_path)
    patterns = parent.config.getini("dialproof_scenarios")
    asked = is_asked_for(file_path, parent.session)
    if is_scenario(file_path, patterns, named=named, asked=asked) and is_meant(file_path, parent.session):
        collector: pytest.Collector = ScenarioFile.from_parent(parent, path=file_path)
        return collector
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """A scenario that several paths lead to is tested once."""
    left_out = repeated(items, session)
    items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """While tests run, the assertions find what they share."""
    token = CURRENT.set(session.config.stash[_SESSION])
    try:
        return (yield)
    finally:
        CURRENT.reset(token)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """A test begins: what it asks for is noted for it."""
    session = item.config.stash[_SESSION]
    session.begin()
    try:
        return (yield)
    finally:
        session.begin()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """From here on the test's own settings count; a marker that says what cannot be is an error of the test."""
    session = item.config.stash[_SESSION]
    try:
        session.settings = settings_of(item, session)
    except InputError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the verdicts on the report, and show a failed theorem by its counterexample."""
    data = _noted(item) if call.when != "setup" else []
    report = yield
    vars(report)["proofs"] = data
    if call.excinfo is not None:
        error = call.excinfo.value
        if item.config.option.fulltrace:
            pass
        elif isinstance(error, UnexpectedVerdictError):
            report.longrepr = readable(call.excinfo, error, item.config.option.tbstyle)
        elif isinstance(error, DialproofError) and isinstance(item, ScenarioItem):
            report.longrepr = said_of(error)
        if isinstance(error, DialproofError):
            vars(report).update(proof_problem=_first_line(str(error)), proof_error=isinstance(error, InternalError))
    return report


def _noted(item: pytest.Item) -> list[dict[str, object]]:
    """The verdicts that the test has used since this was last asked, as plain data; they become properties of the test, too."""
    session = item.config.stash[_SESSION]
    if not session.cited:
        return []
    from dialproof.testing.theorems import record

    records = [record(cited, item.nodeid, item.config.rootpath) for cited in session.cited]
    session.cited = []
    known = sum(name.partition(".")[0] == "verdict" for name, _ in item.user_properties)
    for number, one in enumerate(records, known + 1):
        item.user_properties += one.properties(number)
    return [one.as_data() for one in records]


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """A bug of ours is an error: it says nothing about the theorem."""
    if getattr(report, "proof_error", False) and report.when == "call":
        return "error", "E", "ERROR"
    return None


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Say of a scenario that cannot be used that it was one."""
    report = yield
    if isinstance(collector, ScenarioFile) and report.failed:
        vars(report)["proof_problem"] = _first_line(str(report.longrepr))
    return report


class _Listener:
    """Hears of the verdicts, from whichever process, and tells of them at the end."""

    def __init__(self, target: Path | None) -> None:
        self._target = target
        self._records: list[Record] = []
        self._errors: list[tuple[str, str]] = []
        self._said = ""
        self._failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in the verdicts of a test."""
        self._records += [Record.of_data(data) for data in getattr(report, "proofs", ())]
        self._hear_of_problem(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Take in what is wrong with a scenario."""
        self._hear_of_problem(report)

    def _hear_of_problem(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        problem = getattr(report, "proof_problem", "")
        if problem:
            self._errors.append((report.nodeid, problem))

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the report."""
        if self._target is None:
            return
        from dialproof.testing.document import Document, write

        interrupted = exitstatus == pytest.ExitCode.INTERRUPTED
        document = Document(tuple(merged(self._records)), tuple(self._errors), interrupted, datetime.now(UTC))
        try:
            write(document, self._target)
        except InputError as error:
            self._said, self._failed = str(error), True
            session.exitstatus = pytest.ExitCode.INTERNAL_ERROR
        else:
            self._said = f"proof report: {self._target}"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
        """Write the summary of the proofs, and the place of the report."""
        interrupted = exitstatus == pytest.ExitCode.INTERRUPTED
        summary.write(terminalreporter, merged(self._records), interrupted=interrupted)
        if self._said:
            terminalreporter.write_line(self._said, red=self._failed)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
