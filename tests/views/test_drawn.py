"""The pictures that `docs/pictures.md` shows are what this checkout draws, and the run in them is a violation."""

import re

import pytest

from dialproof.encode.problem import Problem
from dialproof.evidence.replay import replay
from properties.checks import plan
from tools.docs.drawn import CLAIM, IMAGES, SCENARIO, drawn, is_stale, png, run_of
from tools.docs.running import ROOT

NAMES = ("run", "sequence", "timeline", "states", "line", "routing", "wait")


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_of_the_page_is_what_is_drawn_today(name: str) -> None:
    assert not is_stale(name, png(drawn()[name]())), f"drawn-{name}.png is stale: python -m tools.docs.generate"


def test_every_picture_is_shown_and_every_one_that_is_shown_is_there() -> None:
    page = (ROOT / "docs" / "pictures.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[([^]]+)\]\(images/drawn-(\w+)\.png\)", page)
    assert {name for _, name in shown} == set(NAMES) == set(drawn())
    assert all(len(words) > 20 for words, _ in shown)  # whoever does not see it is told what it shows
    assert {path.name for path in IMAGES.glob("drawn-*")} == {f"drawn-{name}.png" for name in NAMES}


def test_the_run_in_the_pictures_is_a_violation() -> None:
    variant = next(check for check in plan(SCENARIO) if check.claim == CLAIM).variants[0]
    replay(Problem(variant.system, variant.claim.formula), run_of(variant))
