"""A report on a scenario with clocks: when each step happens, how often a loop repeats, and how long things take."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from dialproof.cli.json_output import json_line
from dialproof.project.schema import CHECK, text_of
from dialproof.report import html, markdown
from dialproof.report.build import document_of
from dialproof.report.document import Document
from dialproof.review.session import Review
from model.fault import NONE
from properties.checks import open_installation
from properties.distribution import distribution_as_asked
from properties.measures import measures_of
from tests.hostile import HOSTILE_TITLE

ROOT = Path(__file__).resolve().parents[2]
TIMED = ROOT / "model" / "scenarios" / "timed" / "spaced-by-calls.toml"


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Review:
    """A scenario with clocks, one check that is violated, and a title that is none."""
    before, check, checks = TIMED.read_text(encoding="utf-8").partition("[[check]]")
    (violated,) = [one for one in checks.split("[[check]]") if "dials-are-spaced" in one]
    title = next(line for line in before.splitlines() if line.startswith("title"))
    path = tmp_path_factory.mktemp("timed") / "timed.toml"
    path.write_text(before.replace(title, f"title = {json.dumps(HOSTILE_TITLE)}") + check + violated, encoding="utf-8")
    return Review.of(path, processes=1)


@pytest.fixture(scope="module")
def document(review: Review) -> Document:
    return document_of(review, made=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))


def test_each_step_has_its_time(document: Document) -> None:
    (run,) = document.counterexamples
    assert [step.time for step in run.steps][:2] == ["00:00", "00:00"]
    assert run.steps[-1].time == "00:01"
    assert (run.begins, run.round) == ("From here on, for ever (repeats every 1 minute):", "1 minute")
    assert run.summary.endswith("that repeat for ever, every 1 minute")


def test_the_page_and_the_text_say_so(document: Document) -> None:
    page, text = html.render(document).decode(), markdown.render(document).decode()
    assert 'data-time="00:01"' in page
    assert 'data-round="1 minute"' in page
    assert '<span class="clock">00:01</span> ' in page
    assert "1. 00:00 " in text
    assert "From here on, for ever (repeats every 1 minute):" in text
    assert HOSTILE_TITLE not in page


def test_the_scenario_has_a_picture_of_how_long_things_take(document: Document) -> None:
    (picture,) = [one for scenario in document.scenarios for one in scenario.pictures if one.caption == "Distribution"]
    assert "30 simulated days" in picture.description
    assert "How long a call lasts" in picture.description
    assert "<script" not in picture.svg


def test_the_object_for_programs_has_the_times(review: Review) -> None:
    line = json.loads(json_line(review.scenarios[0], review.results[0]))
    assert not list(Draft202012Validator(json.loads(text_of(CHECK))).iter_errors(line))
    assert (line["trace"]["counts"], line["trace"]["period"]) == ("minute", 1)
    times = [step["time"] for part in ("stem", "loop") for step in line["trace"][part]]
    assert times == sorted(times)
    assert times[0] == 0


@pytest.mark.parametrize("scenario", ["held-mail", "pppd-echo", "retry-list"])
def test_whatever_is_measured_has_its_place_in_the_picture(scenario: str) -> None:
    """Every measure that says something of the router; and a claim that is asked with two bounds names both."""
    installed = open_installation(ROOT / "model" / "scenarios" / "timed" / f"{scenario}.toml")
    said = distribution_as_asked(installed).words
    for name in measures_of(installed.router(NONE)):
        assert f"({name})" in said
    assert ("Asked for: at most 74 minutes, 75 minutes" in said) == (scenario == "retry-list")
