"""The auditor, refusal by refusal: each certificate is wrong in one respect, and is refused for that.

Together with the rejected certificates they notice every change to the auditor that makes a difference
(`python -m tools.mutants_of_the_checker`).
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import z3

from dialproof.core.actions import Action, Fairness
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
from dialproof.core.claims import Claim, OneSystem
from dialproof.core.errors import AuditError, CertificateError, InputError
from dialproof.core.obligation import Obligation
from dialproof.core.plan import Scenario
from dialproof.core.system import System
from dialproof.core.variables import boolean, integer
from dialproof.encode.problem import Problem
from dialproof.evidence.audit import audit, obligations
from dialproof.evidence.certificates.auditing import DEEPEST, Auditor
from dialproof.evidence.certificates.contents import contents
from dialproof.evidence.certificates.folder import read
from dialproof.evidence.certificates.plain import sha256, to_plain
from dialproof.evidence.solvers import discharge, solvers_for
from dialproof.ltl import always, eventually
from dialproof.project.opening import open_scenario
from tests.audits import is_accepted
from tests.evidence.accepted import ACCEPTED, LAMP, OPENED, forged

TRUE = z3.BoolVal(True)
X = integer("x", 0, 9)


def climbing(top: int, start: int = 0, *actions: Action) -> System:
    """A number that goes up by one to `top`, and stays there; numbers beyond are never reached."""
    x = X
    up = Action("up", x < top, {x: x + 1}, Fairness.WEAK)
    return System("climbing", [x], x == start, [up, Action("skip", z3.And(x > top, x < 9), {x: x + 1}), *actions])


SERVED = WellFoundedResponse("true", fairness=("up",), cases=(Case("(< x 3)", ("(- 3 x)",), "up"),))
"""That it goes up to 3."""


# --- the obligations of each method --------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", range(1, 8))
def test_k_induction_looks_k_steps_back_and_as_far_from_the_start(depth: int) -> None:
    """From 6 it takes 3 steps to a 9, from the start 4 steps to a 4: that is how far each half has to look."""
    assert is_accepted(Problem(climbing(5), always(X != 9)), KInduction(depth=depth)) is (depth >= 4)
    assert not is_accepted(Problem(climbing(5), always(X != 4)), KInduction(depth=depth))
    assert not is_accepted(Problem(climbing(5, 4), always(X != 4)), KInduction(depth=depth))
    assert is_accepted(Problem(climbing(9), always(X >= 0)), KInduction(depth=depth))


def test_k_induction_starts_within_the_ranges() -> None:
    """What no state can be is no reason against it."""
    loop = System("within", [X], X == 0, [Action("on", X < 9, {X: X + 1}), Action("back", X == 9, {X: 0})])
    assert audit(Problem(loop, always(X <= 9)), KInduction(depth=1)) == (f"z3 {z3.get_version_string()}",)


def test_the_step_of_k_induction_takes_k_good_states_in_a_row() -> None:
    """A step that leaves out what the states before were would find a bad state behind another bad one."""
    stays = System("stays", [X], X == 0, [Action("stay", TRUE, {})])
    assert is_accepted(Problem(stays, always(X == 0)), KInduction(depth=1))
    assert is_accepted(Problem(stays, always(X == 0)), KInduction(depth=2))


@pytest.mark.parametrize("depth", [0, -1])
def test_no_k_is_no_proof(depth: int) -> None:
    with pytest.raises(AuditError, match="k-induction needs k of at least 1"):
        audit(Problem(climbing(3), always(X < 5)), KInduction(depth=depth))
    with pytest.raises(AuditError, match="k-liveness needs k of at least 1"):
        audit(Problem(climbing(3), eventually(X == 3)), KLiveness(invariant="true", depth=depth))


@pytest.mark.parametrize(
    ("invariant", "why"),
    [
        ("(<= x 3)", ""),
        ("(< x 9)", "'sat' to the obligation 'consecution'"),
        ("(= x 1)", "'sat' to the obligation 'initiation'"),
        ("true", "'sat' to the obligation 'safety'"),
        ("(<= x 3) true", "must be one SMT-LIB term"),
        ("(<= y 3)", "cannot be read"),
        ("(<= |dialproof.action 0| 3)", "cannot be read"),
        ("(forall ((y Int)) (<= x 3))", "something that is no state variable"),
    ],
)
def test_an_invariant_holds_at_first_is_kept_and_excludes_what_is_bad(invariant: str, why: str) -> None:
    problem, certificate = Problem(climbing(3), always(X < 5)), InductiveInvariant(invariant=invariant)
    if not why:
        audit(problem, certificate)
    else:
        with pytest.raises(AuditError, match=why):
            audit(problem, certificate)


def test_a_liveness_claim_has_no_safety_proof_and_a_safety_claim_needs_none_that_is_live() -> None:
    with pytest.raises(AuditError, match="is for a safety claim"):
        audit(Problem(climbing(3), eventually(X == 3)), InductiveInvariant(invariant="(<= x 3)"))
    with pytest.raises(AuditError, match="is for a safety claim"):
        audit(Problem(climbing(3), eventually(X == 3)), KInduction(depth=1))


def test_liveness_to_safety_and_an_exhaustive_search_need_bounds() -> None:
    free = integer("free")
    system = System("free", [free], free == 0, [Action("up", TRUE, {free: free + 1}, Fairness.WEAK)])
    problem = Problem(system, eventually(free == 3))
    with pytest.raises(AuditError, match="a liveness-to-safety certificate cannot establish this claim"):
        audit(problem, LivenessToSafety(invariant="true", compared=("free",)))
    with pytest.raises(AuditError, match="an exhaustive certificate cannot establish this claim"):
        audit(problem, Exhaustive(states=1))


def test_an_exhaustive_search_counts_all_states_and_finds_each_fair_run() -> None:
    problem = Problem(climbing(3), eventually(X == 3))
    states = next(count for count in range(1, 20) if is_accepted(problem, Exhaustive(states=count, fairness=("up",))))
    assert audit(problem, Exhaustive(states=states, fairness=("up",))) == ("fixpoint in plain Python",)
    with pytest.raises(AuditError, match=f"speaks of {states + 1} states; there are {states}"):
        audit(problem, Exhaustive(states=states + 1, fairness=("up",)))
    with pytest.raises(AuditError, match="there is a fair run"):
        audit(Problem(climbing(3), always(X < 3)), Exhaustive(states=_states_of(always(X < 3)), fairness=("up",)))


def _states_of(claim: z3.BoolRef) -> int:
    """How many states the search for a run against `claim` meets; the auditor says it itself."""
    with pytest.raises(AuditError) as caught:
        audit(Problem(climbing(3), claim), Exhaustive(states=0, fairness=("up",)))
    return int(str(caught.value).rsplit(" ", 1)[1])


def test_the_parts_of_a_conjunction_are_those_of_the_claim_and_list_their_fairness() -> None:
    low, high = InductiveInvariant(invariant="(<= x 3)"), KInduction(depth=1)
    both = Problem(climbing(3), z3.And(always(X < 5), always(X >= 0)))
    audit(both, Conjunction(parts=(low, high)))
    names = [one.name for one in obligations(both, Conjunction(parts=(low, high)))]
    assert [name for name in names if name.startswith("part")] == [
        "part 0: initiation",
        "part 0: consecution",
        "part 0: safety",
        "part 1: base 0",
        "part 1: step",
    ]
    for parts in ((low,), (low, high, high), ()):
        with pytest.raises(AuditError, match=f"has 2 conjuncts, the certificate {len(parts)} parts"):
            audit(both, Conjunction(parts=parts))
    with pytest.raises(AuditError, match="has 1 conjuncts, the certificate 1 parts"):
        audit(Problem(climbing(3), always(X < 5)), Conjunction(parts=(low,)))
    bounded, reached = always(X < 5), eventually(X >= 3)
    for claim, parts in ((z3.And(bounded, reached), (low, SERVED)), (z3.And(reached, bounded), (SERVED, low))):
        with pytest.raises(AuditError, match="fairness that the certificate does not list"):
            audit(Problem(climbing(3), claim), Conjunction(parts=parts))
        audit(Problem(climbing(3), claim), Conjunction(parts=parts, fairness=("up",)))


def test_a_search_is_no_part_of_a_conjunction() -> None:
    """No script states it, so that nobody who reads the obligations would know of it."""
    claim = always(X < 5)
    states = _states_of(claim)
    audit(Problem(climbing(3), claim), Exhaustive(states))
    with pytest.raises(AuditError, match="no script states an exhaustive search"):
        audit(Problem(climbing(3), z3.And(claim, claim)), Conjunction((Exhaustive(states), Exhaustive(states))))


def test_the_parts_of_a_local_proof_share_nothing_but_what_is_the_same() -> None:
    """Two conjuncts about one local form: the proof of the first is no proof of the second, nor its depth or invariant."""
    y = boolean("y")
    system = System("two", [X, y], X == 0, [Action("up", X < 3, {X: X + 1}), Action("turn", TRUE, {y: z3.Not(y)})])
    claim = always(X < 5)
    problem = Problem(system, z3.And(claim, claim))
    kept = InductiveInvariant(invariant="(<= |dialproof.kept 0| 3)", kept=("x",))
    good = Conjunction(parts=(kept, kept))
    audit(problem, good)
    invariant = kept.invariant
    wrongs: list[Certificate] = [
        InductiveInvariant("true", kept=("x",)),
        InductiveInvariant(invariant, kept=("y",)),
        KLiveness(invariant, 1, kept=("x",)),
        LivenessToSafety(invariant, kept=("x",)),
    ]
    for wrong in wrongs:
        for parts in ((kept, wrong), (wrong, kept)):
            assert not is_accepted(problem, Conjunction(parts=parts))


def test_a_local_form_compares_what_it_keeps() -> None:
    y = boolean("y")
    system = System("two", [X, y], X == 0, [Action("up", X < 3, {X: X + 1}, Fairness.WEAK)])
    problem = Problem(system, eventually(X == 3))
    whole = LivenessToSafety(invariant="true", kept=("x",), compared=("y",), fairness=("up",))
    with pytest.raises(AuditError, match="compares variables that it does not keep"):
        audit(problem, whole)
    with pytest.raises(AuditError, match="about no local form of the system"):
        audit(problem, replace(whole, kept=("z",), compared=()))
    with pytest.raises(AuditError, match=r"'sat'|cannot be read"):  # not refused, but no proof
        audit(problem, replace(whole, kept=None, compared=("y",)))


def test_a_response_proof_is_about_a_response() -> None:
    climbs = Problem(System("climbs", [X], X == 0, [Action("up", X < 3, {X: X + 1}, Fairness.WEAK)]), eventually(X >= 3))
    assert is_accepted(climbs, SERVED)
    with pytest.raises(AuditError, match="a response certificate cannot establish this claim"):
        audit(climbs.asking(eventually(always(X == 3))), SERVED)


def test_an_action_that_leaves_a_range_is_an_obligation_that_nobody_discharges() -> None:
    leaves_it = climbing(3, 0, Action("leap", X == 7, {X: X + 5}))
    with pytest.raises(AuditError, match="lead no variable out of its range"):
        audit(Problem(leaves_it, always(X < 5)), InductiveInvariant(invariant="(<= x 3)"))


# --- the solvers ---------------------------------------------------------------------------------------------------


def test_conditions_of_nothing_are_written_so_that_every_solver_reads_them() -> None:
    pytest.importorskip("cvc5", reason="the second opinion is cvc5's, which is not installed here")
    still = System("still", [X], z3.And(X == 0, z3.And([])), [Action("never", z3.Or([]), {X: X + 1})])
    proof = InductiveInvariant(invariant="(= x 0)")
    assert len(audit(Problem(still, always(X == 0)), proof, second_opinion=True)) == 2


def test_a_variable_may_be_called_as_something_of_another_theory() -> None:
    pytest.importorskip("cvc5", reason="the second opinion is cvc5's, which is not installed here")
    store = integer("store", 0, 9)
    filled = System("filled", [store], store == 0, [Action("fill", store < 3, {store: store + 1})])
    assert len(audit(Problem(filled, always(store < 5)), InductiveInvariant("(<= store 3)"), second_opinion=True)) == 2
    with pytest.raises(AuditError, match="'sat' to the obligation 'safety'"):
        audit(Problem(filled, always(store < 5)), InductiveInvariant("true"), second_opinion=True)


def test_who_has_checked_is_said() -> None:
    problem, certificate = Problem(climbing(3), always(X < 5)), InductiveInvariant(invariant="(<= x 3)")
    assert audit(problem, certificate) == (f"z3 {z3.get_version_string()}",)
    pytest.importorskip("cvc5")
    assert [name.split(" ")[0] for name in audit(problem, certificate, second_opinion=True)] == ["z3", "cvc5"]


class Recorded:
    """Stands in for z3's solver: it remembers how it was set up, and answers as it is told."""

    settings: dict[str, object]
    answer, reason = z3.unsat, ""

    def __init__(self, **_: object) -> None:
        Recorded.settings = {}

    def set(self, name: str, value: object) -> None:
        Recorded.settings[name] = value

    def from_string(self, _script: str) -> None: ...

    def check(self) -> z3.CheckSatResult:
        return self.answer

    def reason_unknown(self) -> str:
        return self.reason


@pytest.mark.parametrize(("seconds", "milliseconds"), [(None, None), (0.0, 1), (0.0001, 1), (0.25, 250), (20.0, 20000)])
def test_the_time_limit_is_in_seconds_and_at_least_a_thousandth(seconds: float | None, milliseconds: int | None) -> None:
    """Of a limit that is rounded to none z3 takes that there is none."""
    [(_, solver)] = solvers_for(second_opinion=False, seconds=seconds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(z3, "Solver", Recorded)
        assert solver("(check-sat)") == "unsat"
    assert Recorded.settings == ({} if milliseconds is None else {"timeout": milliseconds})


@pytest.mark.parametrize("of_one_system", [True, False])
def test_no_script_is_read_with_what_another_one_has_declared_or_said(of_one_system: bool) -> None:
    """Local forms give one place to variables of different sorts, so that even scripts about one system differ in a name."""
    [(_, solver)] = solvers_for(second_opinion=False, of_one_system=of_one_system)
    signs = "(declare-datatypes ((|S{a:b}| 0)) (((|S:a|) (|S:b|))))(declare-fun x () |S{a:b}|)"
    scripts = {
        "(declare-fun x () Bool)(assert (and x (not x)))(check-sat)": "unsat",
        "(declare-fun x () Int)(assert (= x 1))(check-sat)": "sat",
        f"{signs}(assert (not (= x |S:a|)))(check-sat)": "sat",
        f"{signs}(assert (not (or (= x |S:a|) (= x |S:b|))))(check-sat)": "unsat",
        "(declare-fun x () Bool)(assert x)(check-sat)": "sat",
        "(declare-fun x () Int)(assert (and (< x 1) (> x 0)))(check-sat)": "unsat",
    }
    for _ in range(2):
        assert {script: solver(script) for script in scripts} == scripts


def test_an_interrupt_that_z3_hides_in_its_answer_is_one() -> None:
    [(_, solver)] = solvers_for(second_opinion=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(z3, "Solver", Recorded)
        patch.setattr(Recorded, "reason", "interrupted from keyboard")
        assert solver("(check-sat)") == "unsat", "an answer that is one"
        patch.setattr(Recorded, "answer", z3.unknown)
        with pytest.raises(KeyboardInterrupt):
            solver("(check-sat)")
        patch.setattr(Recorded, "reason", "timeout")
        assert solver("(check-sat)") == "unknown"


def test_what_is_known_already_is_not_asked_again_and_what_is_new_is() -> None:
    asked: list[str] = []

    def solver(script: str) -> str:
        asked.append(script)
        return "unsat"

    known = {"old"}
    discharge(
        [Obligation("a", "it", "old"), Obligation("b", "it", "new"), Obligation("c", "it", "newer")], [("s", solver)], known
    )
    assert asked == ["new", "newer"]
    assert known == {"old", "new", "newer"}


# --- certificates on disk ------------------------------------------------------------------------------------------


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checker's own gate is the project."""
    monkeypatch.chdir(ACCEPTED.parent)


def auditor(load: Callable[[Path], Scenario] = open_scenario) -> Auditor:
    return Auditor(load, solvers_for(second_opinion=False))


@pytest.mark.usefixtures("opened")
def test_what_was_found_in_order_says_how_much_was_checked_and_by_whom() -> None:
    one = auditor().audit(ACCEPTED / OPENED)
    assert one.files.claim == "gate-is-opened"
    assert one.scripts == len(list((ACCEPTED / OPENED / "obligations").iterdir()))
    assert one.checked_by == (f"z3 {z3.get_version_string()}",)
    searched = auditor().audit(ACCEPTED / LAMP)
    assert (searched.scripts, searched.checked_by) == (0, ("fixpoint in plain Python",))


@pytest.mark.usefixtures("opened")
def test_the_scenario_that_is_named_must_be_the_same_to_the_byte(tmp_path: Path) -> None:
    same = ACCEPTED.parent / "gate.toml"
    assert auditor().audit(ACCEPTED / OPENED, same).files.cause == "none"
    other = tmp_path / "other.toml"
    other.write_bytes(same.read_bytes() + b"\n")
    with pytest.raises(CertificateError, match=f"belongs to another scenario: {other}"):
        auditor().audit(ACCEPTED / OPENED, other)
    with pytest.raises(InputError, match=r"missing.toml: No such file"):
        auditor().audit(ACCEPTED / OPENED, tmp_path / "missing.toml")


@pytest.mark.usefixtures("opened")
def test_equal_scenarios_are_read_once_and_the_named_one_is_the_one_that_is_read() -> None:
    read_: list[Path] = []

    def load(path: Path) -> Scenario:
        read_.append(path)
        return open_scenario(path)

    several = auditor(load)
    several.audit(ACCEPTED / OPENED)
    several.audit(ACCEPTED / LAMP)
    assert read_ == [ACCEPTED / OPENED / "scenario.toml"]
    same = ACCEPTED.parent / "gate.toml"
    several.audit(ACCEPTED / OPENED, same)
    assert read_[1:] == [same]


def reading_a_table(path: Path) -> Scenario:
    """As if the scenario were read from a table beside it too."""
    scenario = open_scenario(path)
    return replace(scenario, checks=tuple(replace(check, reads=("table.csv",)) for check in scenario.checks))


@pytest.mark.usefixtures("opened")
def test_what_the_scenario_is_read_from_must_be_the_same_to_the_byte(tmp_path: Path) -> None:
    said = [{"file": "table.csv", "sha256": sha256(b"rows")}]
    folder = forged(tmp_path, lambda manifest: manifest["scenario"].update(reads=said), OPENED)  # type: ignore[attr-defined]
    (folder / "table.csv").write_bytes(b"rows")
    original = tmp_path / "gate.toml"
    original.write_bytes((folder / "scenario.toml").read_bytes())
    (tmp_path / "table.csv").write_bytes(b"rows")
    for given in (None, original):
        assert auditor(reading_a_table).audit(folder, given).scripts > 0
    (tmp_path / "table.csv").write_bytes(b"other rows")
    assert auditor(reading_a_table).audit(folder).scripts > 0, "the copy is still the one that was checked"
    with pytest.raises(
        CertificateError, match=r"it belongs to another scenario: table\.csv, from which it is read, is not the file"
    ):
        auditor(reading_a_table).audit(folder, original)
    with pytest.raises(CertificateError, match=r"was read from table\.csv besides; now it is from no other file"):
        auditor().audit(folder)
    (folder / "table.csv").write_bytes(b"other rows")
    for given in (None, original):
        with pytest.raises(CertificateError, match=r"the copy of table\.csv was altered"):
            auditor(reading_a_table).audit(folder, given)
    (folder / "table.csv").unlink()
    with pytest.raises(InputError, match=r"table\.csv: No such file"):
        auditor(reading_a_table).audit(folder)


@pytest.mark.usefixtures("opened")
def test_a_proof_may_count_to_the_deepest_number_and_no_further(tmp_path: Path) -> None:
    shallow, deep = KLiveness("true", depth=DEEPEST), KInduction(depth=DEEPEST + 1)
    proofs: list[tuple[Certificate, str]] = [
        (shallow, "of the manifest: "),
        (deep, "counts to more than 1000"),
        (KLiveness("true", DEEPEST + 1), "counts to more than 1000"),
        (Conjunction(parts=(shallow, deep)), "counts to more than 1000"),
        (Exhaustive(ranges=deep), "counts to more than 1000"),
    ]
    for number, (proof, why) in enumerate(proofs):
        stated = {"certificate": to_plain(proof), "digest": _digest(proof)}
        path = forged(tmp_path / str(number), lambda manifest, stated=stated: manifest.update(stated))  # type: ignore[misc]
        with pytest.raises(CertificateError, match=why):
            auditor().audit(path)


def _digest(proof: Certificate) -> str:
    return sha256(json.dumps(to_plain(proof), sort_keys=True, separators=(",", ":")).encode())


@pytest.mark.usefixtures("opened")
def test_a_claim_that_is_checked_under_other_causes_is_said_to_be(tmp_path: Path) -> None:
    path = forged(tmp_path, lambda manifest: manifest.update(cause="rust"), OPENED)
    with pytest.raises(CertificateError, match="under the cause 'rust'; it is checked there under none, sleepy-porter"):
        auditor().audit(path)
    path = forged(tmp_path / "2", lambda manifest: manifest["claim"].update(name="moon-is-full"), OPENED)  # type: ignore[attr-defined]
    with pytest.raises(CertificateError, match="it is not checked there at all"):
        auditor().audit(path)


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("claim", ["gate-is-opened", "gate-is-opened-and-shut", "lock-never-jams"])
def test_the_obligations_that_differ_are_named(claim: str, tmp_path: Path) -> None:
    """All of a few; of many the first five, and how many more there are."""
    name = f"gate-{claim}-none.cert"
    names = [str(one["name"]) for one in read(ACCEPTED / name).manifest["obligations"]]

    def shown(listed: list[str]) -> str:
        return ", ".join(listed if len(listed) <= 6 else [*listed[:5], f"{len(listed) - 5} more"])

    path = forged(tmp_path, lambda manifest: manifest["obligations"].reverse(), name)  # type: ignore[attr-defined]
    with pytest.raises(CertificateError) as caught:
        auditor().audit(path)
    assert str(caught.value) == f"the manifest lists the obligations {shown(names[::-1])}; this proof has {shown(names)}"
    path = forged(tmp_path / "7", lambda manifest: manifest.update(obligations=(manifest["obligations"] * 3)[:7]), name)  # type: ignore[operator]
    with pytest.raises(CertificateError) as caught:
        auditor().audit(path)
    assert str(caught.value).startswith(f"the manifest lists the obligations {shown((names * 3)[:7])}; this proof has")
    path = forged(tmp_path / "none", lambda manifest: manifest.update(obligations=[]), name)
    shutil.rmtree(path / "obligations")
    with pytest.raises(CertificateError, match="lists the obligations none; this proof"):
        auditor().audit(path)
    path = forged(tmp_path / "2", lambda manifest: manifest["obligations"][-1].update(establishes="more"), name)  # type: ignore[index]
    with pytest.raises(CertificateError, match=r"see `obligations.establishes`"):
        auditor().audit(path)


def test_the_scripts_of_many_obligations_are_numbered_in_their_order() -> None:
    """So that sorted names are in the order of the proof, also where there are more than 99."""
    scenario = open_scenario(ACCEPTED.parent / "gate.toml")
    x = boolean("x")
    system = System("stays", [x], x, [Action("stay", TRUE, {})])
    variant = OneSystem("none", system, Claim("stays", always(x), "It stays."))
    for depth, digits in ((2, "01"), (99, "001")):
        made = contents(scenario, "s", "h", variant, KInduction(depth=depth))
        names = [name for name, _ in made.scripts]
        assert names == sorted(names)
        assert names[0] == f"obligations/{digits}-base-0.smt2"
        assert [one["file"] for one in made.manifest["obligations"]] == names
        assert [script for _, script in made.scripts] == [one.script for one in made.stated]
    assert contents(scenario, "s", "h", variant, Exhaustive(states=1)).scripts == ()
