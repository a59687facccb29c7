"""Opens one scenario, without anything that checks it: what an auditor needs, who must not even import an engine."""

from pathlib import Path

from dialproof.core.plan import Scenario
from dialproof.project.project import project_of
from dialproof.project.scenarios import load_one


def open_scenario(path: Path) -> Scenario:
    """The scenario at `path` as its project plans it; the project is active from then on. Raises InputError."""
    project = project_of([path])
    project.activate()
    return load_one(path, project.checks)
