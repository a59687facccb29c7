"""The format of scenario files: its JSON Schema, and its page in the documentation."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dialproof.core.errors import ScenarioError
from model.products.exchange_ims.scenario import json_schema, parse
from tests.model.scenario_texts import CLAIMS, FAULTS, scenario

DOCS = Path(__file__).resolve().parents[2] / "docs" / "scenario-format.md"


# --- schema and documentation ----------------------------------------------------------------------------------------


def keys(schema: dict[str, Any]) -> Iterator[str]:
    for part in (schema, *schema["$defs"].values()):
        yield from part["properties"]


def test_the_schema_has_the_keys_of_the_format() -> None:
    schema = json_schema()
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert set(schema["required"]) == {"format", "connector", "links", "default", "check"}
    assert schema["additionalProperties"] is False
    assert schema["properties"]["check"]["minItems"] == 1
    assert set(schema["$defs"]["EmailDomain"]["properties"]) == {"domain", "deliver", "host", "link", "added"}
    assert schema["$defs"]["Connector"]["properties"]["queue_capacity"] == {
        "default": 2,
        "description": schema["$defs"]["Connector"]["properties"]["queue_capacity"]["description"],
        "maximum": 1000,
        "minimum": 1,
        "title": "Queue Capacity",
        "type": "integer",
    }


def test_the_documented_example_loads() -> None:
    [example] = re.findall(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    read = scenario(example)
    assert [(check.expect, check.fault) for check in read.checks] == [("violated", None), ("holds", "none")]


def test_the_documented_message_is_what_comes_out() -> None:
    text = DOCS.read_text(encoding="utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    [message] = re.findall(r"```text\n(.*?)\n```", text, re.DOTALL)
    with pytest.raises(ScenarioError) as caught:
        parse(example.replace('link = "isp"', 'link = "ips"'), "q230051.toml", claims=CLAIMS, faults=FAULTS)
    assert str(caught.value) == message


def test_every_key_is_documented() -> None:
    documented = set(re.findall(r"^\| `(\w+)` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE))
    tables = {"connector", "links", "default", "email_domain", "dialling", "environment", "check"}
    assert documented == set(keys(json_schema())) - tables
