"""Certificates that must be rejected, each for the right reason; and the good ones that they were made from."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from dialproof.cli.main import main
from tests.rejected.corruptions import CORRUPTIONS

pytest.importorskip("cvc5", reason="the auditor asks cvc5 too, which is not installed here")

ROOT = Path(__file__).resolve().parents[2]
ACCEPTED = ROOT / "tests" / "rejected" / "accepted"
HERE = "DIALPROOF_TESTS_AUDIT_HERE"
"""Set by `python -m tools.mutants_of_the_checker`."""

AGAIN = "if the form of obligations has changed on purpose, make the good certificates again: python -m tests.rejected.make"


@pytest.fixture(scope="module")
def rejected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the corrupted certificates, made in a process of its own: of an auditor that is not broken on purpose."""
    folder = tmp_path_factory.mktemp("certificates") / "rejected"
    command = [sys.executable, "-m", "tests.rejected.forging", str(folder)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return folder


@pytest.fixture(scope="module")
def answers(rejected: Path) -> dict[str, dict[str, object]]:
    """What `dialproof audit` says of each certificate in the folder, by its name.

    In a process of its own: it imports their project, whose modules would be in the way of other tests. Where the auditor is
    broken on purpose it is broken in this process only.
    """
    command = ["audit", "--json", str(rejected)]
    if HERE in os.environ:
        result = CliRunner().invoke(main, command)
        code, said, complaint = result.exit_code, result.stdout, result.stderr
    else:
        ran = subprocess.run(
            [sys.executable, "-m", "dialproof.cli.main", *command], cwd=ROOT, capture_output=True, text=True, check=False
        )
        code, said, complaint = ran.returncode, ran.stdout, ran.stderr
    assert code == 1, complaint
    lines = [json.loads(line) for line in said.splitlines()]
    return {Path(line["certificate"]).stem: line for line in lines}


@pytest.mark.parametrize("corruption", CORRUPTIONS, ids=lambda corruption: corruption.name)
def test_a_corrupted_certificate_is_rejected_for_the_right_reason(
    answers: dict[str, dict[str, object]], corruption: object
) -> None:
    name, reason = corruption.name, corruption.reason  # type: ignore[attr-defined]
    assert answers[name]["accepted"] is False
    assert re.search(reason, str(answers[name]["reason"])), f"{answers[name]['reason']}; {AGAIN}"


def test_the_certificates_that_the_corrupted_ones_were_made_from_are_accepted(answers: dict[str, dict[str, object]]) -> None:
    """Else a corruption could be rejected for what is wrong with all of them."""
    good = {path.stem for path in ACCEPTED.iterdir()}
    assert len(good) == 6
    for name in good:
        assert answers[name]["accepted"] is True, f"{name}: {answers[name]['reason']}; {AGAIN}"


def test_each_corruption_has_a_name_of_its_own(answers: dict[str, dict[str, object]]) -> None:
    assert len({corruption.name for corruption in CORRUPTIONS}) == len(CORRUPTIONS) == len(answers) - 6


def test_each_corrupted_certificate_differs_from_the_one_that_it_was_made_from(rejected: Path) -> None:
    """A corruption that changes nothing would be accepted, and rightly."""
    for corruption in CORRUPTIONS:
        assert _content(rejected / f"{corruption.name}.cert") != _content(ACCEPTED / corruption.good), corruption.name


def _content(folder: Path) -> dict[str, bytes | str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_symlink() or path.is_file()]
    return {
        path.relative_to(folder).as_posix(): str(path.readlink()) if path.is_symlink() else path.read_bytes() for path in files
    }
