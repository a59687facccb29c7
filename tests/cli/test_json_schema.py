"""JSON for other programs: what is printed conforms to the published schema, and the schema refuses what is not promised."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from dialproof.cli.main import main
from dialproof.engines.registry import names
from dialproof.project.schema import CHECK, text_of
from tests.gatehouse import HARD, OPENS, ROOT, SHUT, run, scenario, specialize

SCHEMA = json.loads(text_of(CHECK))
VALID = Draft202012Validator(SCHEMA)
KEYS = list(SCHEMA["required"])
Line = dict[str, Any]


def printed(*checks: str, options: tuple[str, ...] = ()) -> list[Line]:
    """What `check --json` prints for a scenario with these checks; each line conforms to the schema."""
    lines = [json.loads(line) for line in run(scenario("one.toml", *checks), "--json", *options).stdout.splitlines()]
    assert len(lines) == len(checks)
    for line in lines:
        assert [error.message for error in VALID.iter_errors(line)] == []
    return lines


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == "urn:dialproof:check:1"


def test_every_engine_can_be_named() -> None:
    engine = Draft202012Validator(SCHEMA["properties"]["engine"])
    assert all(engine.is_valid(name) for name in (*names(), "+".join(names()), None))
    assert not any(engine.is_valid(name) for name in ("", "+bmc", "BMC", "bmc, spacer"))


def test_the_keys_are_those_that_the_reference_describes() -> None:
    page = (ROOT / "docs" / "machine-readable.md").read_text(encoding="utf-8")
    described = re.findall(r"^\| `(\w+)` \|", page.partition("## Keys")[2].partition("\n## ")[0], re.MULTILINE)
    assert described == list(SCHEMA["properties"])
    assert set(SCHEMA["properties"]) - set(KEYS) == {"suspects", "causes", "cached", "promises", "depth"}


@pytest.mark.usefixtures("project")
def test_every_kind_of_verdict_conforms() -> None:
    finite, proved, surprising, empty = printed(SHUT, OPENS, OPENS + '\nexpect = "violated"', 'kind = "empty-premise"')
    assert (finite["verdict"], finite["evidence"]["kind"], finite["trace"]["loop"]) == ("violated", "run", [])
    assert (proved["verdict"], proved["evidence"]["kind"], proved["expected"]) == ("holds", "certificate", None)
    assert (surprising["verdict"], surprising["expected"]) == ("holds", "violated")
    assert (empty["verdict"], empty["vacuous"]) == ("holds", True)
    assert list(finite) == [*KEYS, "depth"]
    assert all(list(line) == KEYS for line in (proved, surprising, empty))


@pytest.mark.usefixtures("project")
def test_every_way_to_have_several_causes_conforms() -> None:
    agreed, split = printed(OPENS + '\ncauses = ["stuck", "locked"]', OPENS + '\ncauses = ["stuck", "none"]')
    assert (agreed["verdict"], agreed["evidence"]["kind"]) == ("violated", "lasso")
    assert agreed["trace"]["loop"]
    assert agreed["causes"] == {"stuck": "violated", "locked": "violated"}
    assert (split["verdict"], split["evidence"], split["vacuous"]) == ("unknown", None, None)
    assert split["causes"] == {"stuck": "violated", "none": "holds"}
    assert list(agreed) == [*KEYS, "causes", "depth"]
    assert list(split) == [*KEYS, "causes"]


@pytest.mark.usefixtures("project")
def test_what_is_not_decided_conforms() -> None:
    (late,) = printed(HARD, options=("--timeout", "1"))
    assert (late["verdict"], late["engine"], late["trace"]) == ("unknown", None, None)
    assert "no answer within 1 s" in late["reason"]


@pytest.mark.usefixtures("project")
def test_where_the_evidence_was_written_to_conforms() -> None:
    shut, opens, causes = printed(
        SHUT, OPENS, OPENS + '\ncauses = ["stuck", "locked"]', options=("--traces", "t", "--certificates", "c")
    )
    assert shut["evidence"]["path"] == "t/one-gate-stays-shut-none.itf.json"
    assert "paths" not in shut["evidence"]
    assert Path(opens["evidence"]["path"]).is_dir()
    assert causes["evidence"]["paths"] == ["t/one-gate-opens-stuck.itf.json", "t/one-gate-opens-locked.itf.json"]
    assert causes["evidence"]["path"] == causes["evidence"]["paths"][0]


HELD: Line = {
    "scenario": "a.toml", "claim": "c", "verdict": "holds", "expected": None, "engine": "spacer", "seconds": 0.1,
    "vacuous": False, "assumptions": [], "evidence": {"kind": "certificate", "path": None, "checked_by": ["z3"]},
    "trace": None, "reason": None, "findings": [], "notes": [],
}  # fmt: skip
STEP = {"action": "dial", "state": {"line": "down", "waiting": 10**20, "is_new": True}}
LOST = HELD | {
    "verdict": "violated",
    "evidence": {"kind": "lasso", "path": None, "checked_by": []},
    "trace": {"stem": [], "loop": [STEP]},
}
CACHED = HELD | {"engine": "cache", "cached": "spacer"}
OPEN = HELD | {"verdict": "unknown", "engine": None, "vacuous": None, "evidence": None, "reason": "no answer"}


@pytest.mark.parametrize(
    "line", [HELD, LOST, OPEN, HELD | {"engine": "bmc+spacer"}, HELD | {"causes": {"none": "holds"}}, CACHED]
)
def test_what_is_promised_is_accepted(line: Line) -> None:
    assert VALID.is_valid(line)


@pytest.mark.parametrize("key", KEYS)
def test_no_key_may_be_missing(key: str) -> None:
    assert not VALID.is_valid({name: value for name, value in HELD.items() if name != key})


@pytest.mark.parametrize(
    "line",
    [
        HELD | {"colour": "green"},
        HELD | {"verdict": "safe"},
        HELD | {"trace": {"stem": [], "loop": [STEP]}},
        HELD | {"reason": "why not"},
        HELD | {"evidence": None},
        HELD | {"evidence": LOST["evidence"]},
        HELD | {"engine": None},
        HELD | {"seconds": -1},
        HELD | {"vacuous": "no"},
        HELD | {"causes": {}},
        CACHED | {"cached": ""},
        CACHED | {"cached": True},
        HELD | {"causes": {"none": "yes"}},
        LOST | {"trace": None},
        LOST | {"trace": {"stem": [STEP], "loop": []}},
        LOST | {"evidence": HELD["evidence"]},
        LOST | {"evidence": LOST["evidence"] | {"kind": "run"}},
        LOST | {"trace": {"stem": [], "loop": [STEP | {"says": "x"}]}},
        LOST | {"trace": {"stem": [], "loop": [{"action": "dial", "state": {"waiting": 1.5}}]}},
        OPEN | {"reason": None},
        OPEN | {"evidence": HELD["evidence"]},
        OPEN | {"vacuous": True},
    ],
)
def test_what_is_not_promised_is_refused(line: Line) -> None:
    assert not VALID.is_valid(line)


# --- dialproof schema ------------------------------------------------------------------------------------------------


def told(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["schema", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_the_schema_of_a_check_is_printed_as_it_is_published() -> None:
    assert told("check") == (0, (ROOT / "dialproof" / "project" / "schema" / "check.schema.json").read_text(encoding="utf-8"), "")


def test_the_schema_of_scenarios_accepts_every_scenario_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    code, text, _ = told("scenario")
    assert code == 0
    schema = json.loads(text)
    Draft202012Validator.check_schema(schema)
    valid = Draft202012Validator(schema)
    files = sorted((ROOT / "model" / "scenarios").rglob("*.toml"))
    assert len(files) > 10
    for file in files:
        assert [error.message for error in valid.iter_errors(tomllib.loads(file.read_text(encoding="utf-8")))] == [], file.name


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ((), {"connector": None}),
        ((), {"check": []}),
        (("connector",), {"product": "postfix"}),
        (("connector",), {"speed": 9600}),
        (("links", "isp"), {"kind": "isdn"}),
    ],
    ids=str,
)
def test_the_schema_of_scenarios_refuses_what_loading_refuses(
    table: tuple[str, ...], change: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    data = tomllib.loads((ROOT / "docs" / "examples" / "partner.toml").read_text(encoding="utf-8"))
    valid = Draft202012Validator(json.loads(told("scenario")[1]))
    assert valid.is_valid(data)
    place = data
    for name in table:
        place = place[name]
    place.update(change)
    assert not valid.is_valid(data)


@pytest.mark.usefixtures("project")
def test_a_project_without_a_schema_is_told_how_to_have_one() -> None:
    code, out, err = told("scenario")
    assert (code, out) == (2, "")
    assert "has no `schema()`: give its class this method, which returns the JSON Schema of its scenario files" in err


@pytest.mark.parametrize("returned", ["'{}'", "{'type': {1, 2}}"])
def test_a_schema_that_is_none_is_refused(project: Path, returned: str) -> None:
    specialize(project, "schema(self)", returned)
    code, _, err = told("scenario")
    assert code == 2
    assert f"returned {returned}; it must return a JSON Schema as a dictionary" in err


def test_there_are_two_schemas() -> None:
    code, out, err = told("trace")
    assert (code, out) == (2, "")
    assert "check" in err
    assert "scenario" in err
