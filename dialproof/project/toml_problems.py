"""What pydantic found wrong with a TOML file, said to the person who wrote the file.

Each finding gives the place, the key as it would be written, what was found, what is allowed, and the nearest thing
that would have been right. What is allowed comes from the JSON Schema of the model, so no message is written twice.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from dialproof.core.errors import ScenarioError
from dialproof.core.messages import Problem, either, in_toml, suggestion
from dialproof.project.toml_source import KeyPath, TomlSource, bare_or_quoted, notation

Explain = Callable[[KeyPath, str], str | None]
"""May give a message of its own for one key and one of pydantic's kinds of problem ("missing", "extra_forbidden", ...)."""


def problems_of(
    error: ValidationError,
    source: TomlSource,
    schema: Mapping[str, Any],
    explain: Explain | None = None,
) -> Iterator[Problem]:
    """Say what pydantic found wrong with `source.data`, one finding per problem, in pydantic's order.

    `schema` is the JSON Schema of the model that refused the data (by alias, as the keys are written). Where `explain`
    returns a message, it stands instead of the general one.
    """
    items = error.errors(include_url=False)
    for item in items:
        path, kind, found = item["loc"], item["type"], item["input"]
        if kind == "too_short" and any(other["loc"][: len(path)] == path != other["loc"] for other in items):
            continue  # the list is only as short as that without those of its items that are wrong
        name, own = notation(path), explain(path, kind) if explain else None
        place = source.key_place(path) if kind == "extra_forbidden" else source.value_place(path)
        if own is not None:
            yield place, own
        elif kind == "extra_forbidden":
            yield place, f"unknown key `{name}`{_known_keys(path, schema)}"
        elif kind == "missing":
            yield place, f"`{name}` is missing; allowed: {_allowed(path, schema)}"
        elif kind == "value_error":  # raised by a validator, whose words say what is allowed
            what = "is missing" if found is None else f"is {in_toml(found)}"
            yield place, f"`{name}` {what}: {item['ctx']['error']}"
        else:
            near = suggestion(found, _schema_at(path, schema).get("enum", ()))
            yield place, f"`{name}` is {_found(found)}; allowed: {_allowed(path, schema)}{near}"


def scenario_error(
    error: ValidationError,
    source: TomlSource,
    schema: Mapping[str, Any],
    explain: Explain | None = None,
) -> ScenarioError:
    """Turn a pydantic error about `source.data` into a `ScenarioError`, its findings sorted by line; see `problems_of`."""
    return source.error(problems_of(error, source, schema, explain))


def _schema_at(path: KeyPath, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part of a JSON Schema that speaks of the value at `path`; empty where the schema knows no such key."""
    node = _resolved(schema, schema)
    for part in path:
        inner = node.get("items") if isinstance(part, int) else node.get("properties", {}).get(part)
        node = _resolved(inner or node.get("additionalProperties") or {}, schema)
    return node


def _resolved(node: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "anyOf" in node:  # a choice of a type or null, which TOML cannot say
        node = next(choice for choice in node["anyOf"] if choice.get("type") != "null")
    if "$ref" in node:
        return _resolved(schema["$defs"][node["$ref"].rsplit("/", 1)[-1]], schema)
    return node


def _allowed(path: KeyPath, schema: Mapping[str, Any]) -> str:
    node = _schema_at(path, schema)
    match node.get("type"):
        case "array" if _resolved(node.get("items", {}), schema).get("type") == "object":
            return f"a list of tables, each under a header [[{notation(path)}]]"
        case "object" if "properties" in node:
            return f"a table with the keys {', '.join(map(bare_or_quoted, node['properties']))}"
        case "object":
            return f"tables, each under a header [{notation(path)}.NAME]"
        case _:
            return _allowed_plain(node)


def _allowed_plain(node: Mapping[str, Any]) -> str:
    if "enum" in node:
        return either(node["enum"])
    match node:
        case {"const": only}:
            return in_toml(only)
        case {"minimum": least, "maximum": most}:
            return f"an integer from {least} to {most}" if least != most else f"{least}"
        case {"minimum": least}:
            return f"an integer of at least {least}"
        case {"type": "string", "minLength": _}:
            return "text in quotes, not empty"
    if "items" in node:
        return f"a list{_how_many(node.get('minItems'), node.get('maxItems'))}"
    kinds = {"boolean": "true or false", "integer": "an integer", "number": "a number", "string": "text in quotes"}
    return kinds.get(node.get("type", ""), "another value")


def _how_many(least: int | None, most: int | None) -> str:
    if least is not None and most is not None:
        return f" of {least} to {most} values"
    return "" if least is None else f" of at least {least} value{'' if least == 1 else 's'}"


def _found(found: object) -> str:
    """What was found, with its kind where the text alone could mislead (`"1"` is no integer)."""
    kinds = {str: "text", bool: "a truth value", int: "an integer", float: "a number with a fraction"}
    if found == []:
        return "an empty list"
    shown, kind = in_toml(found), kinds.get(type(found))
    return f"{shown} ({kind})" if kind and not shown.startswith("an integer") else shown


def _known_keys(path: KeyPath, schema: Mapping[str, Any]) -> str:
    """For an unknown key: a similar one, or the tables where it would be right, and the keys that are allowed."""
    *table, key = path
    here = _schema_at(tuple(table), schema).get("properties", {})
    near = suggestion(key, here)
    if not near:
        top = schema.get("properties", {})
        homes = [f"[{name}]" for name in top if key in _schema_at((name,), schema).get("properties", {})]
        homes += ["the lines before the first [table]"] if key in top else []
        near = f"; it belongs in {' or '.join(homes)}" if homes else ""
    return f"; allowed here: {', '.join(map(bare_or_quoted, here))}{near}"
