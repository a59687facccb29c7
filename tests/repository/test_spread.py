"""How the tests are spread over processes (`conftest.py`): that the rule is in force, whatever the versions of its tools."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[2]

WHERE = """
import os
import time

import pytest


@pytest.mark.parametrize("number", range(6))
def test_where(number):
    time.sleep(0.1)  # so that no process has done everything before the other one asks
    with open(os.environ["WHERE"], "a") as file:
        file.write(f"{__file__} {os.environ['PYTEST_XDIST_WORKER']}\\n")
"""


def test_the_theorems_stay_in_one_process_and_so_do_the_tests_of_a_file(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("xdist", reason="pytest-xdist is not installed")
    said = pytester.path / "said.txt"
    monkeypatch.setenv("WHERE", str(said))
    pytester.makeconftest((ROOT / "conftest.py").read_text())
    for folder, names in (("proofs", ("test_a", "test_b")), ("tests", ("test_c", "test_d", "test_docs"))):
        for name in names:
            path = pytester.path / folder / f"{name}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(WHERE)
    result = pytester.runpytest_subprocess("-n", "2", "-p", "no:dialproof", "--import-mode=importlib")
    result.assert_outcomes(passed=30)
    workers: dict[str, set[str]] = {}
    for line in said.read_text().splitlines():
        path, worker = line.split()
        workers.setdefault(Path(path).parent.name if "proofs" in path else Path(path).name, set()).add(worker)
    assert [len(workers[name]) for name in ("proofs", "test_c.py", "test_d.py")] == [1, 1, 1]
    assert len(workers["test_docs.py"]) == 2, "its tests share nothing, and spread"
