"""How pytest-xdist spreads the tests over processes: tests that share what took long to make stay in one process.

The rule goes by file, and not by the mark `xdist_group`: pytest-xdist 3.8 overlooks that mark with pytest 9.2.
"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import Scheduling

SPREAD = frozenset(
    {
        "test_agreement.py",
        "test_assertions.py",
        "test_bad_input.py",
        "test_cli.py",
        "test_docs.py",
        "test_local.py",
        "test_notebooks.py",
        "test_plugin.py",
        "test_proof_report.py",
        "test_scenario_items.py",
        "test_summary.py",
        "test_terminal.py",
        "test_tla_systems.py",
    }
)
"""The files whose tests share nothing and take long: each test goes to the next process that is free."""


def group_of(nodeid: str) -> str:
    """The name of the tests that stay in one process with the test `nodeid`: all theorems, or its file, or itself alone."""
    path = nodeid.split("::", maxsplit=1)[0]
    folder, _, name = path.rpartition("/")
    if folder == "proofs":
        return folder
    return nodeid if name in SPREAD else path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> "Scheduling | None":
    """Group the tests as `group_of` says, unless another way was asked for by `--dist`."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return ByGroup(config, log) if config.getvalue("dist") in {"load", "loadgroup"} else None
