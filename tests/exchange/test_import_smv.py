"""SMV files are read as NuSMV reads them: textbook models with known verdicts, each rule of the language, and what is refused."""

from collections.abc import Callable
from pathlib import Path

import pytest
import z3
from click.testing import CliRunner
from hypothesis import HealthCheck, given, seed, settings

from dialproof import System
from dialproof.cli.main import main
from dialproof.core.errors import NotApplicable
from dialproof.core.plan import PlannedCheck
from dialproof.core.verdict import Holds, Unknown, Violated
from dialproof.encode.problem import Problem
from dialproof.engines import explicit
from dialproof.engines.candidates import Found, Proved
from dialproof.exchange.smv.grammar import SmvText
from dialproof.exchange.smv.reading import checks_in, smv_checks
from dialproof.exchange.smv.writing import to_smv
from dialproof.portfolio.check import check
from tests.strategies import problems

MODELS = Path(__file__).parent / "smv"
KNOWN = {
    "alternating-bit": {
        "acknowledged-is-delivered": "holds",
        "nothing-older": "holds",
        "delivery-never-ends": "holds",
        "arrives-at-once": "violated",
    },
    "counter": {
        "carries-again-and-again": "holds",
        "counts-modulo-8": "holds",
        "within-seven": "holds",
        "within-six": "violated",
        "after-six": "holds",
        "not-at-first": "holds",
        "none-since": "holds",
        "always-a-before": "violated",
        "weakly-before": "holds",
    },
    "ferryman": {"no-way": "violated", "no-quick-way": "holds"},
    "lift": {
        "still-while-open": "holds",
        "top-is-served": "violated",
        "served-in-the-end": "holds",
        "always-used": "violated",
        "press-calls": "holds",
    },
    "peterson": {"exclusion": "holds", "progress": "holds", "overtaken-once": "holds", "nobody-waits": "violated"},
    "philosophers": {
        "one-at-a-time": "holds",
        "never-stuck": "violated",
        "never-stuck-for-ever": "holds",
        "everybody-eats": "violated",
        "somebody-eats": "holds",
    },
    "semaphore": {"exclusion": "holds", "no-starvation": "violated", "release": "holds", "entered": "holds"},
}
"""What is known of each model; the model's own comments say why."""


def problem_of(planned: PlannedCheck) -> Problem:
    (variant,) = planned.variants
    return Problem(variant.system, variant.claim.formula)


def decided(problem: Problem) -> str:
    """What the explicit search says; every model here is small enough for it."""
    match explicit.decide(problem):
        case Found():
            return "violated"
        case Proved():
            return "holds"
    raise AssertionError("too large for the explicit search")


@pytest.fixture
def verdicts(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """What comes of each specification of a model that is given as text."""

    def of(text: str) -> dict[str, str]:
        file = tmp_path / "model.smv"
        file.write_text(text)
        return {planned.claim: decided(problem_of(planned)) for planned in smv_checks(file)}

    return of


@pytest.mark.parametrize("name", KNOWN)
def test_textbook_models_have_the_verdicts_that_are_known(name: str) -> None:
    """What is read is what the model's author meant: each specification comes out as the literature has it."""
    assert {one.claim: decided(problem_of(one)) for one in smv_checks(MODELS / f"{name}.smv")} == KNOWN[name]


def test_every_model_file_is_tested() -> None:
    assert {path.stem for path in MODELS.glob("*.smv")} == set(KNOWN)


def test_the_portfolio_decides_models_of_others_too() -> None:
    """With an audited proof and a replayed run, like everything else."""
    told = {one.claim: one.variants[0] for one in smv_checks(MODELS / "ferryman.smv")}
    way = check(told["no-way"].system, told["no-way"].claim)
    assert isinstance(way, Violated)
    crossings = [step.state["crossings"] for step in way.lasso.steps]
    assert 7 in crossings, "the way takes seven crossings"
    assert isinstance(check(told["no-quick-way"].system, told["no-quick-way"].claim), Holds)


def test_what_is_exported_to_smv_is_read_back_with_the_same_verdict() -> None:
    """Random systems and formulas, through the language and back."""
    told: list[str] = []

    @seed(7)
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(problems())
    def same(case: tuple[System, z3.BoolRef]) -> None:
        problem = Problem(*case)
        try:
            text = to_smv(problem)
        except NotApplicable as reason:
            assert "clock" in str(reason)  # noqa: PT017  # the only thing that SMV cannot say
            return
        (planned,) = checks_in(SmvText("model.smv", text))
        told.append(decided(problem))
        assert decided(problem_of(planned)) == told[-1], text

    same()
    assert set(told) == {"holds", "violated"}


# --- the language, rule by rule ----------------------------------------------------------------------------------------

MEANINGS = [
    (
        "division and remainder round towards zero, as in C",
        (
            "MODULE main VAR n : -7..7; INVARSPEC n = -7 -> n / 2 = -3 & n mod 2 = -1 & n / -2 = 3\n"
            "INVARSPEC n = 7 -> n / -2 = -3 & n mod -2 = 1"
        ),
        ["holds", "holds"],
    ),
    (
        "comparisons bind closer than connectives, and those as in the manual",
        (
            "MODULE main VAR p : boolean; q : boolean; r : boolean; n : 0..3;\n"
            "INVARSPEC (p | q & r) = (p | (q & r))\nINVARSPEC (p -> q -> r) <-> (p -> (q -> r))\n"
            "INVARSPEC (!p = q) <-> ((!p) = q)\nINVARSPEC (n + 1 * 2 = n + 2)\nINVARSPEC (p xor q | r) <-> ((p xor q) | r)\n"
            "INVARSPEC (p <-> q -> r) <-> ((p <-> q) -> r)\nINVARSPEC (p ? q : r) <-> ((p & q) | (!p & r))\n"
            "INVARSPEC n in {1, 2} union 3 <-> n > 0"
        ),
        ["holds"] * 8,
    ),
    (
        "temporal operators bind closer than connectives",
        (
            "MODULE main VAR p : boolean; q : boolean;\n"
            "LTLSPEC (G p -> q) <-> ((G p) -> q)\nLTLSPEC (p U q & p) <-> ((p U q) & p)\nLTLSPEC (!X p) <-> !(X p)\n"
            "LTLSPEC G (X p = q) <-> G (X (p = q))"
        ),
        ["holds"] * 4,
    ),
    (
        "what is not assigned may take any value",
        "MODULE main VAR p : boolean; INVARSPEC p\nLTLSPEC G (p -> X p)\nLTLSPEC F p",
        ["violated", "violated", "violated"],
    ),
    (
        "a set is chosen from anew each time",
        (
            "MODULE main VAR n : 0..3; ASSIGN init(n) := {0, 1}; next(n) := n = 3 ? 3 : {n, n + 1};\n"
            "INVARSPEC n < 3\nLTLSPEC n < 2\nLTLSPEC G (n = 1 -> X n in 1..2)\nLTLSPEC F n = 3"
        ),
        ["violated", "holds", "holds", "violated"],
    ),
    (
        "INVAR is about every state, also the next one",
        "MODULE main VAR n : 0..3; INVAR n != 2 TRANS next(n) = n + 1 | next(n) = 0 INIT n = 0\nINVARSPEC n < 2",
        ["holds"],
    ),
    (
        "DEFINE is a name for an expression, also of next values",
        (
            "MODULE main VAR n : 0..3; DEFINE top := n = 3; ASSIGN init(n) := 0;\n"
            "TRANS next(top) <-> n = 2; TRANS n < 3 -> next(n) > n\n"
            "LTLSPEC G (n = 2 -> X top)"
        ),
        ["holds"],
    ),
    (
        "an invariant assignment holds at each position",
        (
            "MODULE main VAR n : 0..3; even : boolean; ASSIGN init(n) := 0; next(n) := (n + 1) mod 4; even := n mod 2 = 0;\n"
            "INVARSPEC even <-> (n = 0 | n = 2)"
        ),
        ["holds"],
    ),
    (
        "the next value of one variable may be made of that of another",
        (
            "MODULE main VAR a : 0..3; b : 0..4; ASSIGN init(a) := 0; init(b) := 1;\n"
            "next(a) := (a + 1) mod 4; next(b) := next(a) + 1;\n"
            "INVARSPEC b = a + 1"
        ),
        ["holds"],
    ),
    (
        "a frozen variable never changes",
        (
            "MODULE main FROZENVAR limit : 1..3; VAR n : 0..3; ASSIGN init(n) := 0; next(n) := n < limit ? n + 1 : n;\n"
            "LTLSPEC G (limit = 2 -> X limit = 2)\nLTLSPEC F n = limit"
        ),
        ["holds", "holds"],
    ),
    (
        "an input is chosen at each step, and a formula may speak of it",
        (
            "MODULE main IVAR go : boolean; VAR n : 0..1; ASSIGN init(n) := 0; next(n) := go ? 1 : n;\n"
            "LTLSPEC G (go -> X n = 1)\nLTLSPEC F n = 1\nLTLSPEC F go -> F n = 1"
        ),
        ["holds", "violated", "holds"],
    ),
    (
        "fairness is for LTLSPEC, and not for INVARSPEC",
        "MODULE main VAR n : 0..1; FAIRNESS n = 0\nLTLSPEC G F n = 0\nLTLSPEC F G n = 1\nINVARSPEC n = 0",
        ["holds", "violated", "violated"],
    ),
    (
        "all fairness conditions count at once",
        "MODULE main VAR n : 0..2; JUSTICE n = 0; JUSTICE n = 1; LTLSPEC G F n = 0 & G F n = 1\nLTLSPEC G F n = 2",
        ["holds", "violated"],
    ),
    (
        "compassion is: if again and again, then again and again",
        "MODULE main VAR n : 0..2; COMPASSION (n = 0, n = 1)\nLTLSPEC G F n = 0 -> G F n = 1\nLTLSPEC G F n = 1",
        ["holds", "violated"],
    ),
    (
        "an LTLSPEC is about infinite runs, an INVARSPEC about what can be reached",
        (
            "MODULE main VAR n : 0..3; INIT n in {0, 2} TRANS n != 3 & next(n) = (n = 0 ? 0 : n + 1)\n"
            "INVARSPEC n != 3\nLTLSPEC G n = 0\nLTLSPEC F n = 3"
        ),
        ["violated", "holds", "violated"],
    ),
    (
        "enumerations that share a symbol can be compared",
        "MODULE main VAR a : {x, y}; b : {y, z}; INVARSPEC a = b -> a = y\nINVARSPEC a = x -> a != b\nINVARSPEC b != x",
        ["holds", "holds", "holds"],
    ),
    (
        "enumerations of numbers are numbers",
        "MODULE main VAR n : {1, 3, 5}; INVARSPEC n != 2\nINVARSPEC n + 1 in {2, 4, 6}\nINVARSPEC n < 5",
        ["holds", "holds", "violated"],
    ),
    (
        "instances share what they are given, and are seen from outside",
        (
            "MODULE cell(before) VAR on : boolean; ASSIGN init(on) := FALSE; next(on) := before;\n"
            "MODULE pair(input) VAR a : cell(input); b : cell(a.on);\n"
            "MODULE main VAR p : pair(TRUE); LTLSPEC X p.a.on & X X p.b.on & X !p.b.on"
        ),
        ["holds"],
    ),
    (
        "a module may be given to another one",
        (
            "MODULE source VAR n : 0..1; ASSIGN init(n) := 0; next(n) := 1;\nMODULE reads(s) DEFINE value := s.n;\n"
            "MODULE main VAR s : source; r : reads(s); LTLSPEC r.value = 0 & X r.value = 1"
        ),
        ["holds"],
    ),
    (
        "the past: Y is false and Z is true at the first position",
        "MODULE main VAR p : boolean; LTLSPEC !Y TRUE\nLTLSPEC Z FALSE\nLTLSPEC X Y TRUE\nLTLSPEC (p T p) <-> H p | TRUE & p T p",
        ["holds", "holds", "holds", "holds"],
    ),
    (
        "bounds of operators shift and limit",
        (
            "MODULE main VAR n : 0..7; ASSIGN init(n) := 0; next(n) := n < 7 ? n + 1 : 7;\n"
            "LTLSPEC F [2, 4] n = 3\nLTLSPEC F [0, 2] n = 3\nLTLSPEC G [1, 3] n in 1..3\nLTLSPEC X X X O [1, 2] n = 1\n"
            "LTLSPEC X X X H [2, 3] n <= 1"
        ),
        ["holds", "violated", "holds", "holds", "holds"],
    ),
    (
        "functions of numbers and truth values",
        (
            "MODULE main VAR n : -2..2; p : boolean;\n"
            "INVARSPEC toint(p) in 0..1 & abs(n) >= 0 & max(n, 0) + min(n, 0) = n & count(p, !p, TRUE) = 2 & (bool(n) <-> n != 0)"
        ),
        ["holds"],
    ),
    (
        "an array is so many variables, and an index that is in bounds chooses one",
        (
            "MODULE main VAR a : array 0..2 of boolean; i : 0..2; ASSIGN init(a[0]) := TRUE; init(a[1]) := FALSE;\n"
            "init(a[2]) := FALSE; next(a[0]) := a[2]; next(a[1]) := a[0]; next(a[2]) := a[1];\n"
            "init(i) := 0; next(i) := (i + 1) mod 3;\n"
            "INVARSPEC a[i]\nINVARSPEC count(a[0], a[1], a[2]) = 1\nLTLSPEC G (a[i] -> X !a[0])\nINVARSPEC a[2 - i] <-> i = 1"
        ),
        ["holds", "holds", "violated", "holds"],
    ),
    (
        "the bounds of an array may be named, lie below 0, and its elements be arrays or of any type",
        (
            "MODULE cell(a, low) DEFINE first := a[low]; row := low; INVAR a[row] in 1..2\n"
            "MODULE main DEFINE low := -1; FROZENVAR a : array low..1 of 0..2; b : array 0..1 of array 1..2 of {red, green};\n"
            "VAR i : 0..1; c : cell(a, low); ASSIGN init(b[1][2]) := red; init(b[0][1]) := green;\n"
            "INVARSPEC a[-1] > 0\nINVARSPEC a[0] > 0\nLTLSPEC b[1][2] = red\nLTLSPEC G b[0][1] = green\n"
            "LTLSPEC b[i][1] = green\nLTLSPEC b[0][i + 1] = green | i = 1\nINVARSPEC c.first = a[i - 1] | i = 1"
        ),
        ["holds", "violated", "holds", "holds", "violated", "holds", "holds"],
    ),
    (
        "what stands before an index or a divisor may rule out what would be an error",
        (
            "MODULE main VAR a : array 0..2 of 0..2; n : 0..4; INVAR a[0] = 1 & a[1] = 2 & a[2] = 0\n"
            "INVARSPEC n < 2 -> a[n] = n + 1\nINVARSPEC n > 2 | a[n] < 3\nINVARSPEC case n > 2 : 0; TRUE : a[n]; esac < 3\n"
            "INVARSPEC n < 3 & a[n] = 2\nINVARSPEC n > 0 -> 7 / n * n + 7 mod n = 7\nINVARSPEC n = 4 -> 7 / (n - 6) = -3"
        ),
        ["holds", "holds", "holds", "violated", "holds", "holds"],
    ),
    (
        "a variable may have a name with dots in it",
        (
            "MODULE part VAR on : boolean; to.off : boolean; ASSIGN init(to.off) := TRUE;\n"
            "MODULE main VAR p : part; p.state : {x, y}; q.r.s : 0..1; INIT p.state = x & q.r.s = 1\n"
            "LTLSPEC p.state = x & q.r.s = 1 & p.to.off\nLTLSPEC p.on"
        ),
        ["holds", "violated"],
    ),
    (
        "an element of an array may be handed to a module and assigned there",
        (
            "MODULE set(x) ASSIGN init(x) := TRUE; next(x) := !x;\n"
            "MODULE main VAR a : array 0..1 of boolean; s : set(a[1]); LTLSPEC a[1] & X !a[1]\nLTLSPEC a[0]"
        ),
        ["holds", "violated"],
    ),
    (
        "the next value of an element by an index is that by the next value of the index",
        (
            "MODULE main VAR a : array 0..1 of boolean; i : 0..1; ASSIGN init(i) := 0; next(i) := 1 - i;\n"
            "TRANS next(a[i])\nLTLSPEC X (a[1] & X a[0])\nLTLSPEC X a[0]"
        ),
        ["holds", "violated"],
    ),
    (
        "without variables there is one state",
        "MODULE main DEFINE three := 3; LTLSPEC G three = 3\nLTLSPEC F three = 4\nINVARSPEC three > 2\nLTLSPEC X X TRUE",
        ["holds", "violated", "holds", "holds"],
    ),
    (
        "comments of both kinds say nothing",
        "MODULE main -- LTLSPEC FALSE\n/-- INVARSPEC FALSE\n two lines --/ VAR p : boolean; INVARSPEC p | !p -- TRUE",
        ["holds"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), [one[1:] for one in MEANINGS], ids=[one[0] for one in MEANINGS])
def test_the_language_means_what_its_manual_says(
    text: str, expected: list[str], verdicts: Callable[[str], dict[str, str]]
) -> None:
    assert list(verdicts(text).values()) == expected


UNBOUNDED = [
    (
        "a number that nothing is said of may be any number at each step",
        (
            "MODULE main VAR x : integer; INVARSPEC x != 123456\nLTLSPEC G (x = 1 -> X x < 1000)\nLTLSPEC F x = 5\n"
            "LTLSPEC G (x > 3 | x < 4)"
        ),
        ["violated", "violated", "violated", "holds"],
    ),
    (
        "TRANS may leave infinitely many values",
        (
            "MODULE main VAR x : integer; INIT x = 0 TRANS next(x) > x\n"
            "INVARSPEC x >= 0\nINVARSPEC x != 777\nLTLSPEC G (x = 3 -> X x > 3)"
        ),
        ["holds", "violated", "holds"],
    ),
    (
        "an input may be any number",
        (
            "MODULE main IVAR i : integer; VAR n : 0..1; ASSIGN init(n) := 0; next(n) := i > 1000000 & i mod 7 = 3 ? 1 : n;\n"
            "INVARSPEC n = 0\nLTLSPEC G (n = 1 -> X n = 1)"
        ),
        ["violated", "holds"],
    ),
    (
        "a state for which no number will do is on no infinite run",
        (
            "MODULE main VAR x : integer; INIT x = 0 TRANS next(x) > x & next(x) < 4\n"
            "INVARSPEC x < 4\nINVARSPEC x < 3\nLTLSPEC F x < 0"
        ),
        ["holds", "violated", "unknown"],  # nobody finds out that there is no infinite run at all
    ),
    (
        "a choice of numbers that grow",
        (
            "MODULE main VAR x : integer; b : boolean; ASSIGN init(x) := 0; next(x) := b ? {x + 1, x + 2} : x;\n"
            "INVARSPEC x >= 0\nINVARSPEC x < 4\nLTLSPEC F x > 0"
        ),
        ["holds", "violated", "violated"],
    ),
    (
        "elements of arrays may be any number",
        (
            "MODULE main VAR a : array 0..1 of integer; i : integer; INIT a[0] = 0\n"
            "TRANS next(a[0]) = a[0] + (i in 0..1 ? 0 : 1)\nINVARSPEC a[0] >= 0\nINVARSPEC i >= 0 & i <= 1 -> a[i] < 9"
        ),
        ["holds", "violated"],
    ),
    (
        "fairness counts on unbounded data too",
        (
            "MODULE main VAR x : integer; b : boolean; INIT x = 3 TRANS next(x) = (b & x > 0 ? x - 1 : x) JUSTICE b\n"
            "LTLSPEC F x = 0\nLTLSPEC G F b"
        ),
        ["holds", "holds"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), [one[1:] for one in UNBOUNDED], ids=[one[0] for one in UNBOUNDED])
def test_numbers_without_bounds_mean_what_the_manual_says(text: str, expected: list[str]) -> None:
    """The explicit search cannot treat them: the portfolio decides, with audited proofs and replayed runs."""
    words = {Holds: "holds", Violated: "violated", Unknown: "unknown"}
    found = [one.variants[0] for one in checks_in(SmvText("model.smv", text))]
    assert [words[type(check(one.system, one.claim, timeout=60))] for one in found] == expected


NEVER_PROVED = [
    (
        "MODULE main VAR x : integer; INIT x >= 0; TRANS x > 0 -> next(x) < -(x + 1); TRANS x <= 0 -> next(x) > -(x - 1);\n"
        "LTLSPEC !(G F x >= 0)"
    ),
    "MODULE main VAR x : integer; INIT x = 0; TRANS next(x) > x; LTLSPEC F x < 0",
    (
        "MODULE main VAR x : integer; y : integer; INIT x = 0 & y = 0; TRANS next(x) = x + 1 & next(y) > next(x);\n"
        "LTLSPEC !G y >= x"
    ),
]


@pytest.mark.parametrize("text", NEVER_PROVED)
def test_runs_that_never_repeat_themselves_are_never_excluded(text: str) -> None:
    """Each is violated, by no lasso; to prove one would be wrong, to find nothing is honest."""
    ((one,),) = [planned.variants for planned in checks_in(SmvText("model.smv", text))]
    assert isinstance(check(one.system, one.claim, timeout=6), Unknown)


# --- on the command line -----------------------------------------------------------------------------------------------


def test_a_model_of_another_tool_is_its_own_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`dialproof check model.smv` works in an empty folder; what is violated is shown step by step."""
    file = tmp_path / "model.smv"
    file.write_text(
        "MODULE main VAR n : 0..1; ASSIGN init(n) := 0; next(n) := 1;\nINVARSPEC NAME stays := n = 0\nLTLSPEC F G n = 1"
    )
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["check", "model.smv"])
    assert result.exit_code == 1, result.output
    assert "stays is violated" in result.output
    assert "n: 0 → 1" in result.output
    assert "ltlspec-2" in result.output


def test_models_of_other_tools_and_scenarios_are_checked_apart(tmp_path: Path) -> None:
    file = tmp_path / "model.smv"
    file.write_text("MODULE main VAR p : boolean; LTLSPEC p")
    scenario = MODELS.parents[2] / "model" / "scenarios" / "q230051" / "base-fixed.toml"
    result = CliRunner().invoke(main, ["check", str(file), str(scenario)])
    assert result.exit_code == 2
    assert "check it apart from the scenarios" in result.output


def test_a_refused_model_is_bad_input(tmp_path: Path) -> None:
    file = tmp_path / "model.smv"
    file.write_text("MODULE main\nVAR p : boolean;\nSPEC AG p")
    result = CliRunner().invoke(main, ["check", str(file)])
    assert result.exit_code == 2
    assert f"{file}:3:1: SPEC is outside" in result.output
    assert "SPEC AG p" in result.output, "the line itself is shown"
