"""The fifty-five templates mean what the paper says, on runs and through the checker."""

import random
from collections.abc import Sequence

import pytest
import z3

from dialproof import Action, ModelError, System, integer
from dialproof.core.patterns import catalogue
from dialproof.core.variables import boolean
from dialproof.encode.problem import Problem
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found, Proved
from dialproof.engines.limits import BmcLimits
from dialproof.engines.spacer import search as spacer
from dialproof.evidence.replay import replay
from dialproof.ltl import parse, show
from dialproof.patterns import LETTERS, Template, bounded_existence
from tests.amounts import long
from tests.published_patterns import DIFFERENT, PUBLISHED
from tests.words import Letters, Word, means, random_word

WORDS = 120
"""On how many random runs a formula is compared with the meaning of its pattern."""

TEMPLATES = catalogue()
each_template = pytest.mark.parametrize("template", TEMPLATES, ids=[template.name for template in TEMPLATES])

SYSTEM = System("letters", [boolean(letter) for letter in LETTERS], z3.BoolVal(True), [])


@pytest.fixture(scope="module")
def letters() -> Letters:
    return Letters()


def words(template: Template, count: int) -> list[Word]:
    """Random runs, the same ones each time, short and long; and one that is as it should be, and one that is not."""
    source = random.Random(template.name)  # noqa: S311  # the same words each time, not secret ones
    drawn = [random_word(source, longest) for longest in (2, 4, 8) for _ in range(count // 3)]
    return [*drawn, *(in_scope(template.scope, body) for body in GOOD_AND_BAD[template.pattern])]


def test_there_are_fifty_five() -> None:
    assert len(TEMPLATES) == 11 * 5
    assert len({template.name for template in TEMPLATES}) == 55
    assert {(template.pattern, template.scope) for template in TEMPLATES} == PUBLISHED.keys()


@each_template
def test_a_template_means_what_the_paper_says(template: Template, letters: Letters) -> None:
    """Compared with a definition that knows no logic, on random runs."""
    found = []
    for word in words(template, WORDS):
        expected = means(template.pattern, template.scope, word)
        assert letters.satisfies(word, template.formula) == expected, f"{template.says}: {word}"
        found.append(expected)
    assert found[-2:] == [True, False]


@each_template
def test_what_was_printed_means_it_too_but_for_the_exceptions(template: Template, letters: Letters) -> None:
    """Where a printed formula says something else, there is a run that shows it."""
    key = template.pattern, template.scope
    printed = parse(PUBLISHED[key], SYSTEM)
    if key in DIFFERENT:
        word = Word.of(DIFFERENT[key])
        assert means(*key, word) != letters.satisfies(word, printed)
        assert means(*key, word) == letters.satisfies(word, template.formula)
        return
    for word in words(template, WORDS // 2):
        assert letters.satisfies(word, printed) == means(*key, word), str(word)


@each_template
def test_a_template_is_written_and_read(template: Template) -> None:
    assert parse(show(template.formula), SYSTEM).eq(template.formula)


# --- through the checker --------------------------------------------------------------------------------------------------

GOOD_AND_BAD = {
    "absence": (". s (.)", ". p (.)"),
    "universality": ("p p,s (p)", "p . (p)"),
    "existence": (". p (.)", ". s (.)"),
    "bounded existence": ("p,s p . p (.)", "p . p . p (.)"),
    "precedence": (". s p (.)", ". p s (.)"),
    "response": ("p p s (.)", "p s p (.)"),
    "precedence chain 2-1": ("s . t p (.)", "t s p (.)"),
    "precedence chain 1-2": ("t p s t (.)", "s p t (.)"),
    "response chain 2-1": ("s . t p (.)", "s p t (.)"),
    "response chain 1-2": ("p s t s (.)", "p t s (.)"),
    "constrained response chain 1-2": ("p s . t,z (.)", "p s z t (.)"),
}
"""For each pattern, what a segment may look like and what it may not."""


def in_scope(scope: str, body: str) -> Word:
    """A run whose one segment in the scope is `body`: q joins its first position, r comes after it."""
    word = Word.of(body)
    stem, loop = word.stem, word.loop
    if "q" in scope.split():
        stem = (stem[0] | {"q"}, *stem[1:])
    if scope in {"before r", "between q and r"}:
        stem, loop = (*stem, *loop), (frozenset("r"),)
    return Word(stem, loop)


def system_of(words: Sequence[Word]) -> tuple[System, list[z3.BoolRef]]:
    """A system that runs one of `words`, whichever it likes, and each letter as a condition on its state."""
    which, place = integer("which", 0, len(words) - 1), integer("place", 0, max(len(w.stem) + len(w.loop) for w in words) - 1)
    following: z3.ArithRef = place
    for number, word in enumerate(words):
        last = len(word.stem) + len(word.loop) - 1
        following = z3.If(which == number, z3.If(place >= last, len(word.stem), place + 1), following)
    positions = [(n, i, here) for n, word in enumerate(words) for i, here in enumerate(word.stem + word.loop)]
    at = [z3.Or([z3.And(which == n, place == i) for n, i, here in positions if letter in here]) for letter in LETTERS]
    return System("words", [which, place], place == 0, [Action("go", z3.BoolVal(True), {place: following})]), at


@pytest.mark.parametrize(
    "template",
    [pytest.param(one, id=one.name, marks=[] if number % 3 == 0 else [long]) for number, one in enumerate(TEMPLATES)],
)
def test_each_template_has_a_system_that_meets_it_and_one_that_does_not(template: Template) -> None:
    """The first is proved, of the second a run is found and replayed."""
    good, bad = (in_scope(template.scope, body) for body in GOOD_AND_BAD[template.pattern])
    elsewhere = Word.of("(.)") if template.scope not in {"globally", "before r"} else good  # where the scope asks for nothing
    constants = z3.Bools(" ".join(LETTERS))
    for words in ((good, elsewhere), (good, bad)):
        system, at = system_of(words)
        problem = Problem(system, z3.substitute(template.formula, *zip(constants, at, strict=True)))
        if bad in words:
            outcome = bmc.search(problem, BmcLimits(len(bad.stem) + len(bad.loop) + 1))
            assert isinstance(outcome, Found), template.says
            replay(problem, outcome.run)
            assert all(step.state["which"] == 1 for step in outcome.run.steps)
        else:
            assert isinstance(spacer.prove(problem), Proved), template.says


def test_a_number_of_times_is_no_less_than_none() -> None:
    p = boolean("p")
    assert show(bounded_existence(p, times=0)) == "always not p"
    with pytest.raises(ModelError, match="-1 times"):
        bounded_existence(p, times=-1)
