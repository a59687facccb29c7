"""Options of the test suite, and the project that tests of the command line share."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from dialproof.review.session import Review
from tests.amounts import some
from tests.gatehouse import CHECKS, CONFIGURATION
from tests.hostile import write_scenarios
from tests.processes import end_all

# A machine that is busy is no failure. What else a profile says (Hypothesis has one for CI) stays.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the agreement test run longer than it does in CI."""
    parser.addoption("--every-scenario", action="store_true", help="drive every scenario through every way in, not only some")
    parser.addoption("--agreement-cases", default="240", help="random systems and formulas that the engines must agree on")
    parser.addoption("--timed-cases", default="2000", help="random timed systems and claims that the engines must agree on")
    parser.addoption("--agreement-seed", default="0", help="a number: other random systems and formulas")
    parser.addoption("--spin-cases", default=str(some(40)), help="random systems and formulas that SPIN must agree on")
    parser.addoption("--spin-seed", default="0", help="a number: other random systems and formulas for SPIN")
    parser.addoption("--abc-cases", default=str(some(60)), help="random systems and formulas that ABC must agree on")
    parser.addoption("--abc-seed", default="0", help="a number: other random systems and formulas for ABC")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of the random cases that a test asks for some are tried, or all (`tests.amounts`)."""
    for item in items:
        test = getattr(item, "obj", None)
        asked = getattr(test, "_hypothesis_internal_use_settings", None)
        if isinstance(asked, settings):
            test._hypothesis_internal_use_settings = settings(asked, max_examples=some(asked.max_examples))  # noqa: SLF001


@pytest.fixture(scope="session", autouse=True)
def _no_cache() -> Iterator[None]:
    """No test finds what another one, or whoever runs the tests, has left in a cache; processes that a test starts neither."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIALPROOF_CACHE", "")
        yield


@pytest.fixture(autouse=True)
def _ends_what_it_starts() -> Iterator[None]:
    """No process that a test has started is left to the tests after it, also where the test fails."""
    yield
    end_all()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A verification project of its own; the current folder is in it."""
    folder = tmp_path / "gatehouse"
    (folder / "properties").mkdir(parents=True)
    (folder / "pyproject.toml").write_text(CONFIGURATION)
    (folder / "properties" / "__init__.py").write_text("")
    (folder / "properties" / "checks.py").write_text(CHECKS)
    monkeypatch.chdir(folder)
    with imports_as_before():  # the command imports a project for good: its process ends with it, this one does not
        yield folder


@pytest.fixture(scope="module", autouse=True)
def _imports_as_before() -> Iterator[None]:
    """A file whose tests import a project leaves none of it to those of the next."""
    with imports_as_before():
        yield


@contextmanager
def imports_as_before() -> Iterator[None]:
    """What is imported of projects within it, and where, is forgotten afterwards."""
    path, finders = list(sys.path), list(sys.meta_path)
    modules = {name: module for name, module in sys.modules.items() if is_of_a_project(name)}
    try:
        yield
    finally:
        sys.path[:], sys.meta_path[:] = path, finders
        for name in [name for name in sys.modules if is_of_a_project(name)]:
            del sys.modules[name]
        sys.modules.update(modules)


def is_of_a_project(module: str) -> bool:
    return module.partition(".")[0] in ("model", "properties", "gate")


@pytest.fixture(scope="session")
def hostile_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two scenarios: one whose names are meant to break what shows them, with a violation that nobody expects; and a tame one."""
    return write_scenarios(tmp_path_factory.mktemp("scenarios"))


@pytest.fixture(scope="session")
def small_review(hostile_folder: Path) -> Review:
    """Those two scenarios, checked once."""
    return Review.of(hostile_folder)
