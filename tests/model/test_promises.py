"""The name that an author gave to a fairness condition is shown wherever the fairness is."""

import json
import pickle
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dialproof import Action, Fairness, System, Violated, boolean, check
from dialproof.cli.main import main
from dialproof.core.certificates import KLiveness
from dialproof.core.verdict import Basis, Promise
from dialproof.evidence.assumptions_used import basis_of, used_by
from dialproof.evidence.outcome import CheckedVerdict
from dialproof.ltl import eventually
from dialproof.notebook.display import mimebundle
from dialproof.testing.theorems import question, told

SCENARIO = """
format = 1
[connector]
product = "exchange-ims"
build = "5.5.2591.0"
[links.isp]
kind = "ras"
[default]
deliver = "host"
host = "smtp.isp.example"
link = "isp"
[dialling]
fairness = "strong"
[environment]
call_eventually_succeeds = true
delivery_eventually_succeeds = true
calls_eventually_end = true
[[check]]
claim = "queued-mail-is-delivered"
expect = "holds"
"""
ROOT = Path(__file__).resolve().parents[2]

lamp = boolean("lamp")
LAMP = System("lamp", [lamp], lamp == False, [Action("light", lamp == False, {lamp: True}), Action("wait", lamp == False, {})])  # noqa: E712  # a term


def test_a_name_is_kept_with_the_fairness() -> None:
    fair = LAMP.fair(Fairness.STRONG, "light", because="somebody_comes")
    assert basis_of(fair).promised == (("light", "somebody_comes"),)
    assert basis_of(pickle.loads(pickle.dumps(fair))).promised == (("light", "somebody_comes"),)  # made here
    assert basis_of(fair.fair(Fairness.NONE, "light")).promised == ()
    assert basis_of(fair.fair(Fairness.WEAK, "light")).fairness() == (Promise("weak", ("light",)),)


def test_a_proof_names_what_it_uses() -> None:
    basis = Basis(("a",), ("b", "c"), (), (("b", "first"), ("c", "second")))
    used = used_by(KLiveness("true", 1, fairness=("b",)), basis)
    assert [str(promise) for promise in used.fairness()] == ["strong fairness of b (first)"]


def test_actions_under_one_name_are_one_promise() -> None:
    basis = Basis(("a", "d"), ("b", "c"), (), (("b", "first"), ("c", "first"), ("d", "second")))
    assert [str(promise) for promise in basis.fairness()] == [
        "weak fairness of a",
        "weak fairness of d (second)",
        "strong fairness of b, c (first)",
    ]


def test_the_verdict_of_check_says_it_in_a_notebook_and_under_pytest() -> None:
    fair = LAMP.fair(Fairness.STRONG, "light", because="somebody_comes")
    verdict = check(fair, eventually(lamp))
    assert "strong fairness of light (somebody_comes)" in mimebundle(verdict)["text/plain"]
    assert "strong (somebody_comes)" in mimebundle(fair)["text/html"]
    checked = CheckedVerdict(question(fair, eventually(lamp)), (("", verdict),))
    assert "strong fairness of light (somebody_comes)" in "\n".join(told(checked, 100))


def test_a_violation_says_it_too() -> None:
    verdict = check(LAMP.fair(Fairness.WEAK, "wait", because="patience"), eventually(lamp))
    assert isinstance(verdict, Violated)
    assert "weak fairness of wait (patience)" in mimebundle(verdict)["text/plain"]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """What the command line says of the scenario: as text, as JSON, and what stands in a report."""
    folder = tmp_path_factory.mktemp("promised")
    path, report = folder / "one.toml", folder / "report.md"
    path.write_text(SCENARIO)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        asked = {
            "text": ["check", str(path)],
            "json": ["check", str(path), "--json"],
            "report": ["report", str(path), "-o", str(report)],
        }
        found = {what: CliRunner().invoke(main, arguments) for what, arguments in asked.items()}
    assert {what: one.exit_code for what, one in found.items()} == dict.fromkeys(asked, 0), found["report"].output
    found["report"].stdout_bytes = report.read_bytes()
    return found


def test_the_command_line_names_the_keys_of_the_scenario(answers: dict[str, Result]) -> None:
    text = " ".join(answers["text"].stdout.split())
    assert "strong fairness of answer(isp) (call_eventually_succeeds)" in text
    assert "(delivery_eventually_succeeds)" in text


def test_json_has_the_names_beside_what_it_had(answers: dict[str, Result]) -> None:
    said = json.loads(answers["json"].stdout)
    assert "strong fairness of answer(isp)" in said["assumptions"]
    assert {"name": "call_eventually_succeeds", "fairness": "strong", "actions": ["answer(isp)"]} in said["promises"]


def test_a_report_shows_no_proof_as_free_of_assumptions_that_needs_one(answers: dict[str, Result]) -> None:
    text = answers["report"].stdout_bytes.decode()
    assert "answer(isp) (call\\_eventually\\_succeeds)" in text or "answer(isp) (call_eventually_succeeds)" in text
    row = next(line for line in text.splitlines() if line.startswith("| Basis 1"))
    assert row.split(" | ")[3] != "none"
