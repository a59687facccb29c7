"""Fixtures of the tests of the pytest plug-in."""

from collections.abc import Iterator

import pytest

from dialproof.testing.session import CURRENT
from tests.testing.gate import CONFIGURATION, GATE


@pytest.fixture(autouse=True)
def apart() -> Iterator[None]:
    """These tests are no theorems: what they ask for is not noted in the session that runs them."""
    token = CURRENT.set(None)
    yield
    CURRENT.reset(token)


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A verification project of its own; the current folder is in it."""
    for name in ("COLUMNS", "CI", "PYTEST_XDIST_WORKER"):
        monkeypatch.delenv(name, raising=False)
    (pytester.path / "pyproject.toml").write_text(CONFIGURATION)
    (pytester.path / "gate.py").write_text(GATE)
    return pytester
