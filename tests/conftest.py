"""Options of the test suite."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the agreement test run longer than it does in CI."""
    parser.addoption("--agreement-cases", default="2000", help="random systems and formulas that the engines must agree on")
