"""What objects show of themselves in a notebook: all of them do, as text and as HTML that is safe and well formed."""

import re
import subprocess
import sys
from dataclasses import replace
from typing import Any, get_args
from xml.etree import ElementTree

import pytest
import z3

import dialproof
from dialproof import (
    Action,
    Assumption,
    Claim,
    Fairness,
    FiniteRun,
    Holds,
    InputError,
    Lasso,
    Review,
    State,
    Step,
    System,
    Taken,
    Unknown,
    Vacuity,
    Violated,
    boolean,
    choice,
    integer,
)
from dialproof.core.bound import TightestBound
from dialproof.core.bound_function import BoundFunction, BoundPiece
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
from dialproof.core.claim_range import ClaimPiece, ClaimRange
from dialproof.core.claims import OneSystem
from dialproof.core.display import Displayed
from dialproof.core.errors import NotApplicable
from dialproof.core.plan import PlannedCheck
from dialproof.core.verdict import Basis, of_something
from dialproof.evidence.outcome import CheckedVerdict
from dialproof.ltl import always, eventually, leads_to
from dialproof.notebook import Picture, Walk, machine, state_space, walk
from dialproof.notebook.display import blocks, mimebundle
from dialproof.report.plain import plain
from dialproof.review.what_if import Comparison, compare
from tests.hostile import HOSTILE_TITLE

ELEMENTS = {"br", "caption", "code", "div", "li", "ol", "p", "section", "span", "strong", "ul"}
ELEMENTS |= {"table", "tbody", "td", "th", "thead", "tr"}
ATTRIBUTES = {"aria-label", "class", "data-action", "data-label", "data-loop", "data-step", "data-value", "data-variable"}
ATTRIBUTES |= {"scope", "start", "style", "value"}

line = choice("line", ["down", "up"], says=f"the line {HOSTILE_TITLE}")
waiting = integer("waiting", 0, 2)
open_ = boolean("open")
SYSTEM = System(
    HOSTILE_TITLE,
    [line, waiting, open_],
    z3.And(line == line.down, waiting == 0),
    [
        Action("dial", z3.And(waiting > 0, line == line.down), {line: line.up}, Fairness.WEAK, "dialler", HOSTILE_TITLE),
        Action("arrive", waiting < 2, {waiting: waiting + 1, open_: True}),
    ],
    [Assumption("open", always(eventually(open_)), HOSTILE_TITLE)],
)
CLAIM = Claim(
    "dialled", leads_to(waiting > 0, line == line.up), HOSTILE_TITLE, HOSTILE_TITLE, waiting > 0, ((HOSTILE_TITLE, open_),)
)
FIRST, SECOND = State.of({"line": "down", "waiting": 0, "open": False}), State.of({"line": "down", "waiting": 1, "open": True})
LASSO = Lasso((Step(Taken("arrive"), FIRST),), (Step(None, SECOND),))
FINITE = FiniteRun((Step(Taken("arrive"), FIRST), Step(None, SECOND)))
BASIS = Basis(("dial",), (), (("open", HOSTILE_TITLE),))
CERTIFICATE = LivenessToSafety(invariant="true", fairness=("dial",))
OF_EACH_RULE: tuple[Certificate, ...] = (
    InductiveInvariant("true", kept=("open",)),
    KInduction(2),
    CERTIFICATE,
    KLiveness("true", 2, fairness=("dial",)),
    WellFoundedResponse("true", fairness=("dial",), cases=(Case("open", ("waiting",), "dial"), Case("true", ("0",)))),
    Conjunction((CERTIFICATE, KInduction(1)), fairness=("dial",)),
    Exhaustive(9),
)
HOLDS = Holds(CERTIFICATE, "spacer", 1.25, ("z3 5.4.1.0", "fixpoint in plain Python"), BASIS, Vacuity(fair_run=True))
VIOLATED = Violated(LASSO, "bmc", 1.25, ("replay in plain Python",), BASIS)
UNKNOWN = Unknown(HOSTILE_TITLE, depth=7)
OPEN_BOUND = TightestBound(9, 4, 20, HOLDS, VIOLATED, HOSTILE_TITLE)
BOUND_FUNCTION = BoundFunction(
    HOSTILE_TITLE,
    (
        BoundPiece((1, 2, 3), 4, 2, HOLDS, frozenset({1, 2, 3})),
        BoundPiece((4,), 9),
        BoundPiece((5,), None, why_open=HOSTILE_TITLE),
    ),
)
CLAIM_RANGE = ClaimRange(HOSTILE_TITLE, HOSTILE_TITLE, (ClaimPiece((1, 2), HOLDS), ClaimPiece((3,), VIOLATED, {3: VIOLATED})))


def parsed(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(markup)  # noqa: S314  # made here, a moment ago


def checked(*verdicts: Holds | Violated | Unknown) -> CheckedVerdict:
    """The verdicts under as many causes."""
    causes = [f"cause {number}" for number, _ in enumerate(verdicts)]
    planned = PlannedCheck("s.toml", 3, "dialled", "holds", tuple(OneSystem(cause, SYSTEM, CLAIM) for cause in causes))
    return CheckedVerdict(planned, tuple(zip(causes, verdicts, strict=True)))


def samples(review: Review) -> list[Displayed]:
    """One or more of everything that shows itself."""
    single = Review(review.project, review.scenarios[:1], review.of_scenario(review.scenarios[0]), 0.0)
    return [
        *(
            SYSTEM,
            CLAIM,
            HOLDS,
            VIOLATED,
            replace(VIOLATED, lasso=FINITE),
            UNKNOWN,
            OPEN_BOUND,
            BOUND_FUNCTION,
            CLAIM_RANGE,
            LASSO,
            FINITE,
        ),
        *OF_EACH_RULE,
        *(checked(HOLDS), checked(HOLDS, VIOLATED), checked(VIOLATED, VIOLATED), checked(UNKNOWN), *review.results),
        *(walk(VIOLATED, SYSTEM), review, *review.scenarios, compare({HOSTILE_TITLE: single, "again": single})),
    ]


@pytest.fixture(scope="module")
def shown(small_review: Review) -> list[Displayed]:
    return samples(small_review)


def test_everything_that_says_it_shows_itself_does(shown: list[Displayed]) -> None:
    kinds = {type(one) for one in shown}
    assert all(any(issubclass(kind, known) for kind in kinds) for known in _all_kinds()), "a sample of each kind"
    assert {System, Claim, Lasso, FiniteRun, *get_args(Certificate), Holds, Violated, Unknown, CheckedVerdict, Review} <= kinds
    assert {Walk, Comparison} <= kinds
    for one in shown:
        bundle = one._repr_mimebundle_()
        assert set(bundle) == {"text/plain", "text/html"}
        assert all(bundle.values())


def _all_kinds() -> list[type]:
    return [kind for kind in Displayed.__subclasses__() if not kind.__name__.startswith("_")]


def test_html_is_well_formed_and_has_neither_script_nor_style_sheet(shown: list[Displayed]) -> None:
    for one in shown:
        root = parsed(mimebundle(one)["text/html"])
        for element in root.iter():
            assert element.tag in ELEMENTS, "no script, no style, no image, nothing out of a name"
            assert set(element.attrib) <= ATTRIBUTES
            if element.tag == "th":
                assert element.attrib["scope"] in {"row", "col"}


def test_names_from_outside_are_shown_as_they_are_and_nothing_in_them_is_hidden(shown: list[Displayed]) -> None:
    root = parsed(mimebundle(CLAIM)["text/html"])
    assert plain(HOSTILE_TITLE) in [paragraph.text for paragraph in root.iter("p")]
    for one in shown:
        for text in mimebundle(one).values():
            assert all(letter.isprintable() or letter == "\n" for letter in text)


def test_the_same_object_shows_the_same_and_no_time_engine_or_version(shown: list[Displayed]) -> None:
    for one in shown:
        bundle = mimebundle(one)
        assert bundle == mimebundle(one)
        for text in bundle.values():
            assert "5.4.1" not in text
            assert "1.25" not in text
            assert not re.search(r"\b(bmc|spacer)\b", text)


def test_text_fits_a_terminal_where_its_words_do(shown: list[Displayed]) -> None:
    for one in shown:
        for text in mimebundle(one)["text/plain"].splitlines():
            assert len(text) <= 80 or max(map(len, text.split())) > 40


def test_a_verdict_says_what_it_rests_on_and_who_checked_it() -> None:
    text = mimebundle(HOLDS)["text/plain"]
    assert "checked by: z3, fixpoint in plain Python" in text
    assert "weak fairness of dial" in text
    assert "no fairness and no assumption" in mimebundle(replace(HOLDS, basis=Basis()))["text/plain"]


def test_what_holds_vacuously_says_so() -> None:
    empty = of_something(HOLDS, Vacuity(fair_run=False))
    assert "vacuously" in mimebundle(empty)["text/plain"]
    assert "holds vacuously" in mimebundle(checked(empty))["text/plain"]
    assert "not decided" in mimebundle(replace(HOLDS, vacuity=Vacuity()))["text/plain"]


def test_causes_that_disagree_are_listed_with_the_run_of_the_one_that_has_one() -> None:
    text = mimebundle(checked(HOLDS, VIOLATED))["text/plain"]
    assert "dialled: unknown" in text
    assert "depends on the cause: holds under cause 0, violated under cause 1" in text
    assert "under cause 1:" in text
    assert "From here on, for ever:" in text


def test_the_words_of_the_system_are_used_where_it_is_known() -> None:
    assert "waiting: 0 → 1" in mimebundle(walk(VIOLATED, SYSTEM))["text/plain"]
    assert "the line" not in mimebundle(VIOLATED)["text/plain"]
    assert "the line" in mimebundle(walk(VIOLATED, SYSTEM))["text/plain"]
    assert "the line" in mimebundle(checked(VIOLATED))["text/plain"]


def test_values_of_a_choice_are_written_as_in_python() -> None:
    text = mimebundle(SYSTEM)["text/html"]
    assert "line == line.down" in text
    assert "line:down" not in text


def test_a_long_term_is_cut_off_visibly() -> None:
    wide = [integer(f"queue {number}", 0, 3) for number in range(60)]
    system = System("wide", wide, z3.And([queue == 0 for queue in wide]), [Action("wait", z3.BoolVal(True), {})])
    shown = parsed(mimebundle(system)["text/html"])
    codes = [code.text or "" for code in shown.iter("code")]
    assert max(map(len, codes)) < 400
    assert any(code.endswith(" …") for code in codes)


def test_what_has_no_display_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match="int has no display"):
        blocks(3)


@pytest.mark.parametrize("found", [HOLDS, UNKNOWN, checked(HOLDS), checked(UNKNOWN)])
def test_there_is_no_run_to_walk_where_nothing_is_violated(found: Any) -> None:
    with pytest.raises(InputError, match="there is no run to walk"):
        walk(found)


def test_a_cause_can_be_chosen_and_must_be_one_of_the_check() -> None:
    both = checked(VIOLATED, replace(VIOLATED, lasso=FINITE))
    assert walk(both).run == LASSO
    assert walk(both, cause="cause 1").run == FINITE
    with pytest.raises(InputError, match="was not checked under a cause 'cause 7'; it was checked under cause 0, cause 1"):
        walk(both, cause="cause 7")
    with pytest.raises(InputError, match="is not violated under cause 0"):
        walk(checked(HOLDS, VIOLATED), cause="cause 0")
    with pytest.raises(InputError, match="only a checked verdict has causes"):
        walk(VIOLATED, cause="cause 1")


@pytest.mark.parametrize("kind", ["graph", "sequence", "timeline"])
def test_a_run_has_pictures_with_letters_as_text_and_no_version_in_them(kind: str) -> None:
    picture: Picture = getattr(walk(VIOLATED, SYSTEM), kind)()
    svg = picture._repr_svg_()
    assert svg == getattr(walk(VIOLATED, SYSTEM), kind)()._repr_svg_()
    words = " ".join(text.text or "" for text in parsed(svg).iter("{http://www.w3.org/2000/svg}text"))
    assert "waiting" in words
    assert "Matplotlib" not in svg
    assert "onerror" not in re.sub(r">[^<]*<", "><", svg), "what stands in a name is text"
    assert repr(picture).startswith("Picture: A run that violates the claim, as a ")


def test_a_variable_has_a_picture_of_its_values() -> None:
    picture = machine(SYSTEM, "line")
    assert all(f">{value}<" in picture._repr_svg_() for value in ("down", "up"))
    assert repr(picture).isprintable()


def test_a_small_system_has_a_picture_of_its_states_with_the_violation_in_it() -> None:
    plainly, marked = state_space(SYSTEM)._repr_svg_(), state_space(SYSTEM, CLAIM, ("line", "waiting"))._repr_svg_()
    assert plainly != marked
    with pytest.raises(NotApplicable):
        state_space(System("endless", [integer("count")], z3.BoolVal(True), [Action("wait", z3.BoolVal(True), {})]))


@pytest.mark.parametrize("kind", ["sequence", "timeline"])
def test_a_picture_that_needs_the_system_says_so(kind: str) -> None:
    with pytest.raises(InputError, match=r"walk\(verdict, system\)"):
        getattr(walk(VIOLATED), kind)()


def test_jupyter_shows_it() -> None:
    formatters = pytest.importorskip("IPython.core.formatters", reason="IPython is not installed")
    data, _ = formatters.DisplayFormatter().format(VIOLATED)
    assert data == mimebundle(VIOLATED)


def test_showing_needs_no_notebook_and_evidence_does_not_know_what_shows_it() -> None:
    program = (
        "import sys, dialproof.core.verdict, dialproof.evidence.audit; "
        "assert 'dialproof.notebook' not in sys.modules; "
        "dialproof.core.verdict.Unknown('time')._repr_mimebundle_(); "
        "assert not {'IPython', 'anywidget', 'matplotlib'} & set(sys.modules), 'heavy'"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)


@pytest.mark.parametrize("widget", ["stepper", "chooser"])
def test_a_widget_without_its_package_says_what_to_install(widget: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "dialproof.notebook.widgets", raising=False)
    with pytest.raises(InputError, match=r"pip install 'dialproof\[notebook\]'"):
        getattr(dialproof.notebook, widget)(walk(VIOLATED, SYSTEM))


def test_a_widget_shows_the_same_list_where_nothing_runs() -> None:
    pytest.importorskip("anywidget", reason="anywidget is not installed: widgets are not tested")
    run = walk(VIOLATED, SYSTEM)
    data, _ = dialproof.notebook.stepper(run)._repr_mimebundle_()
    assert {kind: data[kind] for kind in ("text/plain", "text/html")} == mimebundle(run)
    assert "application/vnd.jupyter.widget-view+json" in data
