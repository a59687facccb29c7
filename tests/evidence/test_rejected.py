"""Certificates that must be rejected, each for the right reason; and the good ones that they were made from."""

import csv
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
REJECTED = Path("tests/rejected")
HERE = "DIALPROOF_TESTS_AUDIT_HERE"
"""Set by `python -m tools.mutants_of_the_checker`."""

AGAIN = "if the form of obligations has changed on purpose, make the certificates again: python -m tests.rejected.make"


@pytest.fixture(scope="module")
def answers() -> dict[str, dict[str, object]]:
    """What `dialproof audit` says of each certificate in the folder, by its name.

    In a process of its own: it imports their project, whose modules would be in the way of other tests. Where the auditor is
    broken on purpose it is broken in this process only.
    """
    command = ["audit", "--json", str(REJECTED)]
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
    good = {path.stem for path in (ROOT / REJECTED / "accepted").iterdir()}
    assert len(good) == 6
    for name in good:
        assert answers[name]["accepted"] is True, f"{name}: {answers[name]['reason']}; {AGAIN}"


def test_the_folder_the_corruptions_and_the_table_of_reasons_are_about_the_same_certificates(
    answers: dict[str, dict[str, object]],
) -> None:
    made = {corruption.name: (corruption.of, corruption.done, corruption.reason) for corruption in CORRUPTIONS}
    rows = csv.DictReader((ROOT / REJECTED / "reasons.csv").read_text().splitlines())
    assert {row["certificate"]: (row["of"], row["what was done"], row["reason"]) for row in rows} == made
    assert {path.stem for path in (ROOT / REJECTED).glob("*.cert")} == made.keys()
    assert len(answers) == len(made) + 6


def test_each_corrupted_certificate_differs_from_the_one_that_it_was_made_from() -> None:
    """A corruption that changes nothing would be accepted, and rightly."""
    for corruption in CORRUPTIONS:
        good = ROOT / REJECTED / "accepted" / f"gate-{corruption.of}-none.cert"
        assert _content(ROOT / REJECTED / f"{corruption.name}.cert") != _content(good), corruption.name


def _content(folder: Path) -> dict[str, bytes | str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_symlink() or path.is_file()]
    return {
        path.relative_to(folder).as_posix(): str(path.readlink()) if path.is_symlink() else path.read_bytes() for path in files
    }
