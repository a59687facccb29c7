"""One claim with several bounds, and one check that is made twice: nothing about one of them is taken for the other."""

import json
from pathlib import Path
from random import Random
from xml.etree import ElementTree as Xml

import pytest
from click.testing import CliRunner

from dialproof.cli.main import main
from dialproof.core.errors import OutOfRangeError
from dialproof.review.mutation.operators import mutants
from dialproof.semantics.interpreter import Reader
from model.fault import NONE
from properties.checks import open_installation
from properties.measures import MEASURES, within
from tests.tables import TWO_BOUNDS

NAMES = [f"dialled-within-{bound}-minutes" for bound in (2, 3, 1, 3)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scenario, checked with everything that writes files."""
    folder = tmp_path_factory.mktemp("bounds")
    (folder / "b.toml").write_text(TWO_BOUNDS)
    out = ["--certificates", "certs", "--traces", "traces", "--junit", "out.xml", "--figures", "figures", "--json"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        result = CliRunner().invoke(main, ["check", "b.toml", "--no-cache", *out])
    assert result.exit_code == 0, result.output
    (folder / "out.jsonl").write_text(result.stdout)
    return folder


def test_each_check_has_a_certificate_or_a_run_of_its_own(folder: Path) -> None:
    assert sorted(path.name for path in (folder / "certs").iterdir()) == [
        "b-dialled-within-2-minutes.cert",
        "b-dialled-within-3-minutes-line-24.cert",
        "b-dialled-within-3-minutes.cert",
    ]
    assert [path.name for path in (folder / "traces").iterdir()] == ["b-dialled-within-1-minutes.itf.json"]


def test_every_certificate_is_accepted(folder: Path) -> None:
    for certificate in sorted((folder / "certs").iterdir()):
        result = CliRunner().invoke(main, ["audit", str(certificate), "--scenario", str(folder / "b.toml")])
        assert result.exit_code == 0, result.output


def test_json_and_junit_tell_them_apart(folder: Path) -> None:
    lines = [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]
    assert [(line["claim"], line["verdict"]) for line in lines] == list(
        zip(NAMES, ["holds", "holds", "violated", "holds"], strict=True)
    )
    cases = [case.get("name") or "" for case in Xml.parse(folder / "out.xml").iter("testcase")]  # noqa: S314  # made here
    assert len(cases) == 4
    for name, case in zip(NAMES, cases, strict=True):
        assert name in case


def count_of(value: object) -> int:
    assert isinstance(value, int)
    return value


def test_an_observer_sees_a_changed_system_as_it_is(folder: Path) -> None:
    """It counts what happens in each mutant of the router. Once it went by the updates of the router as it was."""
    router = open_installation(folder / "b.toml").router(NONE)
    (condition,) = MEASURES["dialled-within"](router).conditions.values()
    tried = 0
    for mutant in mutants(within(router, 2, name="dialled-within").system, observers=["measured isp"]):
        random = Random(1)  # noqa: S311  # no secret
        reader = Reader(mutant.system)
        span = reader.names["measured isp"]
        holds = reader.predicate(condition)
        state = next(reader.initial_states(), None)
        for _ in range(40):
            try:
                following = [] if state is None else list(reader.events(state))
            except OutOfRangeError:  # the mutant is broken in another way
                break
            if state is None or not following:
                break
            event, after = random.choice(following)
            (elapsed,) = [value for _, value in event.parameters] if event.name == "elapse" else [0]
            assert isinstance(elapsed, int)
            counted = min(count_of(state[span]) + elapsed, 3) if holds(state, None) else 0
            assert after[span] == counted
            state = after
            tried += elapsed
    assert tried > 100
