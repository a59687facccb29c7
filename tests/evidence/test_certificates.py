"""Certificates as files: what is written, that it is the same each time, and that nothing else is ever overwritten."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import z3
from hypothesis import given
from hypothesis import strategies as st

from dialproof import Action, Claim, System, boolean, check
from dialproof.core.certificates import (
    Case,
    Certificate,
    Conjunction,
    Exhaustive,
    InductiveInvariant,
    KInduction,
    KLiveness,
    LivenessToSafety,
    WellFoundedResponse,
)
from dialproof.core.claims import ManySystems, OneSystem, Summary
from dialproof.core.errors import CertificateError, InputError
from dialproof.core.obligation import Obligation
from dialproof.core.plan import PlannedCheck, Scenario
from dialproof.core.verdict import Holds, Unknown
from dialproof.evidence.audit import IN_PYTHON
from dialproof.evidence.certificates import digest, read, write
from dialproof.evidence.certificates.auditing import Auditor
from dialproof.evidence.certificates.contents import contents
from dialproof.evidence.certificates.plain import from_plain, to_plain
from dialproof.evidence.outcome import CheckedVerdict
from dialproof.evidence.solvers import solvers_for
from dialproof.ltl import always
from dialproof.portfolio.check import run_planned
from dialproof.portfolio.portfolio import Portfolio
from dialproof.project.scenarios import load_one
from properties.checks import plan

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "model" / "scenarios" / "q230051"

names = st.lists(st.text(max_size=5), max_size=3).map(tuple)
texts, numbers, kept = st.text(max_size=20), st.integers(0, 99), st.none() | names
cases = st.recursive(
    st.builds(Case, texts, names, texts),
    lambda inner: st.builds(Case, texts, names, texts, st.lists(inner, max_size=2).map(tuple)),
    max_leaves=3,
)
leaves = st.one_of(
    st.builds(InductiveInvariant, texts, kept),
    st.builds(KInduction, numbers),
    st.builds(LivenessToSafety, texts, names, names, kept),
    st.builds(KLiveness, texts, numbers, names, kept),
    st.builds(WellFoundedResponse, texts, names, st.lists(cases, max_size=2).map(tuple)),
    st.builds(Exhaustive, numbers, names),
)
certificates = st.recursive(
    st.builds(lambda proof, ranges: replace(proof, ranges=ranges), leaves, st.none() | leaves),
    lambda inner: st.builds(Conjunction, st.lists(inner, max_size=3).map(tuple), names),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def base() -> tuple[Scenario, dict[str, CheckedVerdict]]:
    """The fixed base scenario with two verdicts that hold: one that needs fairness, and one that does not."""
    scenario = load_one(SCENARIOS / "base-fixed.toml", plan)
    planned = [check for check in scenario.checks if check.claim in {"queued-mail-is-dialled", "no-dial-without-demand"}]
    with Portfolio(1) as portfolio:
        return scenario, {checked.planned.claim: checked for checked in run_planned(portfolio, planned)}


@given(certificates)
def test_a_certificate_comes_back_from_its_plain_data(certificate: Certificate) -> None:
    assert from_plain(json.loads(json.dumps(to_plain(certificate)))) == certificate


@given(certificates, certificates)
def test_the_hash_tells_two_certificates_apart(one: Certificate, other: Certificate) -> None:
    assert (digest(one) == digest(other)) == (one == other)


def test_the_hash_does_not_depend_on_what_has_its_default_value() -> None:
    """So that a field for another method leaves every hash as it is."""
    assert to_plain(KInduction(depth=2)) == {"method": "k-induction", "depth": 2}


@pytest.mark.parametrize(
    "content",
    [
        [],
        {},
        {"method": 1},
        {"method": "k-induction", "depth": True},
        {"method": "exhaustive", "states": 0},
        {"method": "k-induction", "depth": 1.5},
        {"method": "conjunction", "parts": [{}]},
        {"method": "invariant", "invariant": "true", "kept": "abc"},
        {"method": "invariant", "invariant": "true", "kept": None},
        {"method": "invariant", "invariant": "true", "trusted": True},
        {"method": "exhaustive", "fairness": [1]},
    ],
)
def test_what_is_no_plain_certificate_is_refused(content: object) -> None:
    with pytest.raises(CertificateError, match="certificate"):
        from_plain(content)


def test_a_certificate_ties_its_obligations_to_scenario_claim_fairness_and_versions(
    base: tuple[Scenario, dict[str, CheckedVerdict]], tmp_path: Path
) -> None:
    scenario, checked = base
    [path] = write(tmp_path, scenario, checked["queued-mail-is-dialled"])
    assert path == tmp_path / "base-fixed-queued-mail-is-dialled.cert"
    files = read(path)
    said = files.manifest
    assert (files.claim, files.cause) == ("queued-mail-is-dialled", "none")
    assert files.scenario == scenario.path.read_bytes()
    assert said["scenario"]["title"] == scenario.title
    assert said["rests_on"]["weak"] == list(checked["queued-mail-is-dialled"].verdict.basis.weak)
    assert set(said["rests_on"]["weak"]) < set(said["in_force"]["weak"])
    assert said["made"]["checked_by"] == list(checked["queued-mail-is-dialled"].verdict.checked_by)
    assert said["made"]["with"].keys() == {"dialproof", "python", "z3", "cvc5"}
    assert "always" in said["claim"]["formula"]


def test_each_obligation_file_says_what_it_establishes_and_is_unsatisfiable_by_itself(
    base: tuple[Scenario, dict[str, CheckedVerdict]], tmp_path: Path
) -> None:
    """As `z3 FILE` would find."""
    scenario, checked = base
    for claim in checked:
        [path] = write(tmp_path, scenario, checked[claim])
        listed = read(path).manifest["obligations"]
        assert {one["file"] for one in listed} == {f"obligations/{file.name}" for file in (path / "obligations").iterdir()}
        for one in listed:
            text = (path / one["file"]).read_text()
            assert text.splitlines()[0].endswith("Must be unsat.")
            assert one["establishes"] in text.splitlines()[0]
            assert text.count("(check-sat)") == 1
            solver = z3.Solver(ctx=z3.Context())
            solver.from_string(text)
            assert str(solver.check()) == "unsat"


def test_the_same_verdict_gives_the_same_bytes(base: tuple[Scenario, dict[str, CheckedVerdict]], tmp_path: Path) -> None:
    scenario, checked = base
    [one] = write(tmp_path / "one", scenario, checked["queued-mail-is-dialled"])
    [other] = write(tmp_path / "other", scenario, checked["queued-mail-is-dialled"])
    assert _bytes_in(one) == _bytes_in(other)


def test_the_text_does_not_depend_on_what_the_process_has_met_before(tmp_path: Path) -> None:
    """z3 may sort terms by when it first met them: in another process each certificate would then be rejected."""
    text = (SCENARIOS / "base-fixed.toml").read_text().replace("[links.office]", '[links.other]\nkind = "ras"\n[links.office]')
    for name, link in (("one", "isp"), ("two", "other"), ("three", "isp"), ("four", "other"), ("five", "other")):
        text += f'[[email_domain]]\ndomain = "{name}.example"\ndeliver = "host"\nhost = "relay.example"\nlink = "{link}"\n'
    scenario = tmp_path / "six-routes.toml"
    scenario.write_text(text)
    program = (
        "import sys; import z3; from pathlib import Path; from properties.checks import plan; "
        "from dialproof.evidence.certificates.contents import contents; "
        "from dialproof.project.scenarios import load_one; from dialproof.core.certificates import Exhaustive\n"
        "met = [z3.simplify(z3.Int(f'waiting {name}') > 0) for name in sys.argv[2:]]\n"
        "scenario = load_one(Path(sys.argv[1]), plan)\n"
        "for planned in scenario.checks:\n"
        "    for variant in planned.variants:\n"
        "        print(contents(scenario, 's', 'h', variant, Exhaustive(states=1)).manifest)\n"
    )
    said = []
    for order in ((), ("four", "two", "five", "one", "three"), ("five", "four", "two", "three", "one")):
        met = [f"{name}.example" for name in order]
        command = [sys.executable, "-c", program, str(scenario), *met]
        said.append(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    assert said[0].count("dialproof certificate") > 3
    assert said[0] == said[1] == said[2]


def test_a_certificate_of_the_same_scenario_is_replaced_and_one_of_another_scenario_is_not(
    base: tuple[Scenario, dict[str, CheckedVerdict]], tmp_path: Path
) -> None:
    scenario, checked = base
    namesake = tmp_path / "elsewhere" / "base-fixed.toml"
    namesake.parent.mkdir()
    namesake.write_bytes(scenario.path.read_bytes() + b"# another file\n")
    folder = tmp_path / "certificates"
    for _ in range(2):
        [first] = write(folder, scenario, checked["no-dial-without-demand"])
        [second] = write(folder, replace(scenario, path=namesake), checked["no-dial-without-demand"])
    assert [first.name, second.name] == ["base-fixed-no-dial-without-demand.cert", "base-fixed-no-dial-without-demand-2.cert"]
    assert sorted(path.name for path in folder.iterdir()) == sorted([first.name, second.name])


@pytest.mark.parametrize("what", ["file", "folder", "certificate with a note", "link"])
def test_what_is_no_certificate_of_ours_is_never_overwritten(
    base: tuple[Scenario, dict[str, CheckedVerdict]], tmp_path: Path, what: str
) -> None:
    scenario, checked = base
    path = tmp_path / "base-fixed-no-dial-without-demand.cert"
    if what == "file":
        path.write_text("mine")
    elif what == "folder":
        path.mkdir()
        (path / "diary.txt").write_text("mine")
    elif what == "link":
        (tmp_path / "elsewhere").mkdir()
        path.symlink_to(tmp_path / "elsewhere")
    else:
        write(tmp_path, scenario, checked["no-dial-without-demand"])
        (path / "note.txt").write_text("mine")
    before = _bytes_in(tmp_path)
    with pytest.raises(InputError, match="is in the way"):
        write(tmp_path, scenario, checked["no-dial-without-demand"])
    assert _bytes_in(tmp_path) == before


def test_a_certificate_is_never_half_written(
    base: tuple[Scenario, dict[str, CheckedVerdict]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full after a few files; what was there before is still there, and nothing else."""
    scenario, checked = base
    [path] = write(tmp_path, scenario, checked["no-dial-without-demand"])
    before = _bytes_in(tmp_path)
    left = iter(range(3))
    real = Path.write_bytes

    def write_bytes(self: Path, data: bytes) -> int:
        if next(left, None) is None:
            raise OSError(28, "No space left on device")
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    with pytest.raises(InputError, match="No space left"):
        write(tmp_path, scenario, checked["no-dial-without-demand"])
    assert _bytes_in(tmp_path) == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_certificate_that_cannot_be_put_into_its_place_leaves_the_old_one_there(
    base: tuple[Scenario, dict[str, CheckedVerdict]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario, checked = base
    [path] = write(tmp_path, scenario, checked["no-dial-without-demand"])
    before = _bytes_in(tmp_path)
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError(5, "Input/output error")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(InputError, match="Input/output error"):
        write(tmp_path, scenario, checked["no-dial-without-demand"])
    assert _bytes_in(tmp_path) == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_check_under_several_causes_has_a_certificate_for_each_under_which_it_holds(tmp_path: Path) -> None:
    scenario = load_one(SCENARIOS / "base-shipped.toml", plan)
    planned = next(check for check in scenario.checks if check.claim == "no-dial-without-demand")
    proof = Holds(KInduction(depth=1))
    causes = [variant.name for variant in planned.variants]
    assert len(causes) > 2
    by_cause = tuple((cause, Unknown("for the test") if cause == causes[1] else proof) for cause in causes)
    paths = write(tmp_path, scenario, CheckedVerdict(planned, by_cause))
    assert [path.name for path in paths] == [
        f"base-shipped-no-dial-without-demand-{cause}.cert" for cause in causes if cause != causes[1]
    ]


def test_parts_that_share_a_script_share_its_file(base: tuple[Scenario, dict[str, CheckedVerdict]]) -> None:
    """Two conjuncts about the same local form: their obligations are listed for each, and stand in one file."""
    scenario, checked = base
    variant = checked["no-dial-without-demand"].planned.variants[0]
    twice = replace(variant, claim=replace(variant.claim, formula=z3.And(variant.claim.formula, variant.claim.formula)))
    part = KInduction(depth=1)
    made = contents(scenario, "s", "h", twice, Conjunction(parts=(part, part)))
    listed = made.manifest["obligations"]
    parts = [one for one in listed if one["name"].startswith("part ")]
    assert {one["name"].split(":")[0] for one in parts} == {"part 0", "part 1"}
    assert len({one["file"] for one in parts}) == len(parts) / 2


def _bytes_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def standing_for_all(folder: Path, simulation: Obligation) -> tuple[Scenario, CheckedVerdict]:
    """A lamp that is never lit, proved by visiting its states, with `simulation` as the reason why it stands for every size."""
    lit = boolean("lit")
    lamp = System("lamp", [lit], z3.Not(lit), [Action("look", z3.BoolVal(True), {})])
    dark = Claim("dark", always(z3.Not(lit)), says="It is never lit.", source="a test")
    sample = OneSystem("none", lamp, dark)
    many = ManySystems(
        "none", Summary(lamp, dark, (simulation,)), lambda _: (), repr, "row of lamps", sample, "any number of lamps"
    )
    planned = PlannedCheck("lamps.toml", 1, "dark", "holds", (many,))
    path = folder / "lamps.toml"
    path.write_text("a row of lamps\n")
    verdict = check(lamp, dark.formula, engines=["explicit"])
    assert isinstance(verdict, Holds)
    assert isinstance(verdict.certificate, Exhaustive)
    return Scenario(path, "lamps", (planned,)), CheckedVerdict(planned, (("none", verdict),))


@pytest.mark.parametrize("stands", [True, False])
def test_a_search_of_all_states_says_nothing_of_every_size_unless_its_summary_stands_for_them(
    tmp_path: Path, stands: bool
) -> None:
    script = "(set-logic ALL)\n(assert {})\n(check-sat)\n".format("false" if stands else "true")
    scenario, checked = standing_for_all(tmp_path, Obligation("a step", "each step of a row is a step of the lamp", script))
    [path] = write(tmp_path / "certificates", scenario, checked)
    auditor = Auditor(lambda _: scenario, solvers_for(second_opinion=False))
    if stands:
        accepted = auditor.audit(path)
        assert accepted.scripts == 1
        assert accepted.checked_by[-1] == IN_PYTHON
    else:
        with pytest.raises(CertificateError, match="a step"):
            auditor.audit(path)
