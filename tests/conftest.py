"""Options of the test suite."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the agreement test run longer than it does in CI."""
    parser.addoption("--agreement-cases", default="2000", help="random systems and formulas that the engines must agree on")
    parser.addoption("--agreement-seed", default="0", help="a number: other random systems and formulas")


SPREAD = ("test_agreement.py", "test_cli.py")
"""The files whose tests are worth spreading over processes; those of another file stay together, with what they share."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process, where several share the work (pytest-xdist)."""
    for item in items:
        if item.path.parent.name == "tests" and item.path.name not in SPREAD:
            item.add_marker(pytest.mark.xdist_group(item.path.name))
