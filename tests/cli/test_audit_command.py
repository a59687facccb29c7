"""`dialproof audit`: certificates that were just written are accepted, tampered ones are not, and no engine takes part."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
import z3

from dialproof.core.actions import Action
from dialproof.core.certificates import InductiveInvariant
from dialproof.core.errors import AuditError, InputError
from dialproof.core.obligation import Obligation
from dialproof.core.system import System
from dialproof.core.terms import is_one_term
from dialproof.core.variables import integer
from dialproof.encode.problem import Problem
from dialproof.evidence.audit import obligations
from dialproof.evidence.solvers import discharge, solvers_for
from dialproof.ltl import always

ROOT = Path(__file__).resolve().parents[2]
SCENARIO = "model/scenarios/q230051/base-fixed.toml"
DIALLED = "base-fixed-queued-mail-is-dialled.cert"

pytest.importorskip("cvc5", reason="the auditor asks cvc5 too, which is not installed here")


def dialproof(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command, in a process of its own, at the root of the checkout."""
    command = [sys.executable, "-m", "dialproof.cli.main", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, **environment})


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, object]]]:
    """The certificates of a scenario, and what `dialproof check --json` said when it wrote them."""
    folder = tmp_path_factory.mktemp("evidence") / "certificates"
    ran = dialproof("check", SCENARIO, "--json", "--certificates", folder)
    assert ran.returncode == 0, ran.stderr
    assert "5 certificates in" in ran.stderr
    return folder, [json.loads(line) for line in ran.stdout.splitlines()]


def test_check_says_where_each_certificate_is(evidence: tuple[Path, list[dict[str, object]]]) -> None:
    folder, lines = evidence
    for line in lines:
        said = line["evidence"]
        assert isinstance(said, dict)
        if line["verdict"] == "holds":
            assert Path(str(said["path"])) == folder / f"base-fixed-{line['claim']}.cert"
            assert Path(str(said["path"])).is_dir()
        else:
            assert said["path"] is None


def test_what_was_just_written_is_accepted(evidence: tuple[Path, list[dict[str, object]]]) -> None:
    folder, lines = evidence
    ran = dialproof("audit", folder)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count("  accepted  ") == sum(line["verdict"] == "holds" for line in lines) == 5
    assert "5 certificates: 5 accepted" in ran.stdout
    assert "Rests on weak fairness of dial(isp)" in ran.stdout
    assert "Rests on no fairness and no assumption." in ran.stdout
    assert "cvc5" in ran.stdout


def test_each_line_of_json_says_what_is_established_and_by_whom_it_was_checked(
    evidence: tuple[Path, list[dict[str, object]]],
) -> None:
    folder, _ = evidence
    ran = dialproof("audit", "--json", folder / DIALLED)
    [said] = [json.loads(line) for line in ran.stdout.splitlines()]
    assert said["accepted"] is True
    assert said["scenario"] == SCENARIO
    assert said["claim"] == "queued-mail-is-dialled"
    assert "dial(isp)" in said["rests_on"]["weak"]
    assert [name.split()[0] for name in said["checked_by"]] == ["z3", "cvc5"]
    assert said["obligations"] > 2


def test_a_tampered_certificate_is_rejected_and_the_others_are_still_accepted(
    evidence: tuple[Path, list[dict[str, object]]], tmp_path: Path
) -> None:
    folder, _ = evidence
    for source in folder.rglob("*"):
        target = tmp_path / source.relative_to(folder)
        target.mkdir(parents=True) if source.is_dir() else target.write_bytes(source.read_bytes())
    script = next((tmp_path / DIALLED / "obligations").glob("*consecution*"))
    script.write_text(script.read_text().replace("(check-sat)", "(assert false)\n(check-sat)"))
    ran = dialproof("audit", tmp_path)
    assert ran.returncode == 1
    assert f"! rejected  {tmp_path / DIALLED}" in ran.stdout
    assert "was altered" in ran.stdout
    assert "5 certificates: 4 accepted, 1 rejected (!)" in ran.stdout


def test_the_scenario_may_be_named_and_must_be_the_one_that_was_checked(
    evidence: tuple[Path, list[dict[str, object]]],
) -> None:
    folder, _ = evidence
    assert dialproof("audit", folder / DIALLED, "--scenario", SCENARIO).returncode == 0
    ran = dialproof("audit", folder / DIALLED, "--scenario", "model/scenarios/q230051/base-shipped.toml")
    assert ran.returncode == 1
    assert "it belongs to another scenario" in ran.stdout
    assert dialproof("audit", folder / DIALLED, "--scenario", "nowhere.toml").returncode == 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("nowhere", "there is no such folder"),
        ("model", "there is no certificate in it"),
        (SCENARIO, "a certificate is a folder"),
    ],
)
def test_without_a_certificate_there_is_nothing_to_accept(given: str, said: str) -> None:
    ran = dialproof("audit", given)
    assert ran.returncode == 2
    assert said in ran.stderr
    assert ran.stdout == ""


def test_no_engine_takes_part_in_an_audit(evidence: tuple[Path, list[dict[str, object]]], tmp_path: Path) -> None:
    """Neither if certificates are accepted nor if one is rejected: not even a module of theirs is imported."""
    folder, _ = evidence
    longer = shutil.copytree(folder / DIALLED, tmp_path / DIALLED)
    (longer / "obligations" / "99-lemma.smt2").write_text("(check-sat)\n")
    program = (
        "import sys\n"
        "from dialproof.cli.main import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit as end:\n    print('exit', end.code)\n"
        "print('engines', [name for name in sys.modules if name.startswith(('dialproof.engines', 'dialproof.portfolio'))])\n"
    )
    for given, code in ((folder / DIALLED, 0), (longer, 1), ("nowhere", 2)):
        ran = subprocess.run(
            [sys.executable, "-c", program, "audit", str(given)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert ran.stdout.splitlines()[-2:] == [f"exit {code}", "engines []"], ran.stderr


def test_without_cvc5_the_auditor_says_what_to_install_and_can_be_told_to_do_without(
    evidence: tuple[Path, list[dict[str, object]]], tmp_path: Path
) -> None:
    folder, _ = evidence
    (tmp_path / "cvc5.py").write_text("raise ImportError('not here')\n")
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    ran = dialproof("audit", folder / DIALLED, PYTHONPATH=path)
    assert ran.returncode == 2
    assert "pip install cvc5" in ran.stderr
    ran = dialproof("audit", folder / DIALLED, "--without-second-opinion", PYTHONPATH=path)
    assert ran.returncode == 0
    assert "cvc5" not in ran.stdout


def test_the_certificates_of_a_folder_that_cannot_be_made_are_refused_before_anything_is_checked(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = dialproof("check", SCENARIO, "--certificates", tmp_path / "file" / "below")
    assert ran.returncode == 2
    assert "certificates cannot be put there" in ran.stderr
    assert ran.stdout == ""


# The discharging itself ------------------------------------------------------------------------------------------------------


def test_a_solver_that_gives_up_discharges_nothing() -> None:
    """Three cubes: nobody decides that in a moment, and undecided is no."""
    x, y, n = z3.Ints("x y n")
    hard = [x > 2, y > 2, n > 2, x * x * x + y * y * y == n * n * n * 33]
    script = "(set-logic ALL)(declare-fun x () Int)(declare-fun y () Int)(declare-fun n () Int)"
    script += "".join(f"(assert {term.sexpr()})" for term in hard) + "(check-sat)"
    for solver in solvers_for(second_opinion=True, seconds=0.05):
        with pytest.raises(AuditError, match="answers 'unknown"):
            discharge([Obligation("hard", "a hard thing", script)], [solver], set())


def test_a_script_that_a_solver_cannot_read_is_not_discharged() -> None:
    z3_alone, cvc5_too = solvers_for(second_opinion=True)
    script = "(set-logic ALL)(declare-fun p () Bool)(assert ((_ at-most 0) p))(assert p)(check-sat)"
    discharge([Obligation("at most none", "z3's own words", script)], [z3_alone], set())
    with pytest.raises(AuditError, match=r"cvc5 .* answers .error: Unknown"):
        discharge([Obligation("at most none", "z3's own words", script)], [cvc5_too], set())


@pytest.mark.parametrize("name", ["store", "select", "sin", "RNE", "plain"])
def test_a_name_that_another_theory_has_keeps_nobody_from_an_opinion(name: str) -> None:
    """cvc5 knows more functions than obligations use; a second opinion is one all the same, and says no as well as yes."""
    store = integer(name, 0, 3)
    system = System("post", [store], store == 0, [Action("fill", store < 2, {store: store + 1})])
    for most, proved in ((2, True), (1, False)):
        stated = obligations(Problem(system, always(store <= most)), InductiveInvariant(invariant=f"(<= |{name}| {most})"))
        for solver in solvers_for(second_opinion=True):
            with nullcontext() if proved else pytest.raises(AuditError, match="answers 'sat' to the obligation 'consecution'"):
                discharge(stated, [solver], set())


def test_one_solver_that_disagrees_is_enough_to_reject() -> None:
    obligation = Obligation("step", "every step is good", "(check-sat)")
    agrees, disagrees = ("one", lambda _script: "unsat"), ("other", lambda _script: "sat")
    discharge([obligation], [agrees], set())
    for solvers in ([agrees, disagrees], [disagrees, agrees]):
        with pytest.raises(AuditError, match="other answers 'sat' to the obligation 'step': every step is good"):
            discharge([obligation], solvers, set())


def test_equal_scripts_are_discharged_once() -> None:
    asked = []

    def solver(script: str) -> str:
        asked.append(script)
        return "unsat"

    known: set[str] = set()
    for name in ("part 0: step", "part 1: step"):
        discharge([Obligation(name, "every step is good", "the script")], [("counting", solver)], known)
    assert asked == ["the script"]


def test_a_second_opinion_that_is_not_installed_is_an_error_and_not_a_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cvc5", None)
    with pytest.raises(InputError, match="pip install cvc5"):
        solvers_for(second_opinion=True)


@pytest.mark.parametrize("text", ["true", " (and a b) ", "(or |a ) b| c)", "(let ((a true)) a)"])
def test_a_term_is_one_term(text: str) -> None:
    assert is_one_term(text)


@pytest.mark.parametrize("text", ["", "  ", "a b", "(a", "(a))(", "true) (reset) (assert false", "(a)(b)", "a ; b", '"a"', "|a"])
def test_what_is_more_or_less_than_one_term_is_none(text: str) -> None:
    assert not is_one_term(text)
