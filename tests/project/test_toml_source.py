"""TOML with places: each key and value is where the file says, and a broken file says where it is broken."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from dialproof.core.errors import Place, ScenarioError
from dialproof.core.messages import either, in_toml, suggestion
from dialproof.exchange.foreign_text import read_text
from dialproof.project.toml_problems import scenario_error
from dialproof.project.toml_source import TomlSource, notation, parse, read


def text_at(source: TomlSource, place: Place) -> str:
    line = source.text.split("\n")[place.line - 1]
    return line[place.column - 1 : place.column - 1 + place.length]


def message(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        parse(text, "x.toml")
    return str(caught.value)


SHAPES = """\
top = "ä" # ä
a.b."c d" = 1
inline = { x = 1, y.z = [ 10, {q = true} ], 'lit' = 2.5 }

[links.isp]   # nested
kind = "ras"
[links."my office"]
kind = "lan"
[links]
count = 2

[[domain]]
name = "one"
[[domain]]
[domain.extra]
deep = 1
[[domain.host]]
ip = "1.2.3.4"
[[domain.host]]
ip = '5.6.7.8'
long = [ # a comment
  1,
  2,
]
many = \"\"\"a
b\"\"\"
"""


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("top",), (1, "top"), (1, '"ä"')),
        (("a",), (2, "a"), (2, "a")),
        (("a", "b"), (2, "b"), (2, "b")),
        (("a", "b", "c d"), (2, '"c d"'), (2, "1")),
        (("inline",), (3, "inline"), (3, "{ x = 1, y.z = [ 10, {q = true} ], 'lit' = 2.5 }")),
        (("inline", "x"), (3, "x"), (3, "1")),
        (("inline", "y", "z"), (3, "z"), (3, "[ 10, {q = true} ]")),
        (("inline", "y", "z", 0), (3, "10"), (3, "10")),
        (("inline", "y", "z", 1, "q"), (3, "q"), (3, "true")),
        (("inline", "lit"), (3, "'lit'"), (3, "2.5")),
        (("links",), (5, "links"), (9, "links")),
        (("links", "isp"), (5, "isp"), (5, "isp")),
        (("links", "isp", "kind"), (6, "kind"), (6, '"ras"')),
        (("links", "my office"), (7, '"my office"'), (7, '"my office"')),
        (("links", "my office", "kind"), (8, "kind"), (8, '"lan"')),
        (("links", "count"), (10, "count"), (10, "2")),
        (("domain",), (12, "domain"), (12, "domain")),
        (("domain", 0), (12, "domain"), (12, "domain")),
        (("domain", 0, "name"), (13, "name"), (13, '"one"')),
        (("domain", 1), (14, "domain"), (14, "domain")),
        (("domain", 1, "extra"), (15, "extra"), (15, "extra")),
        (("domain", 1, "extra", "deep"), (16, "deep"), (16, "1")),
        (("domain", 1, "host"), (17, "host"), (17, "host")),
        (("domain", 1, "host", 0, "ip"), (18, "ip"), (18, '"1.2.3.4"')),
        (("domain", 1, "host", 1), (19, "host"), (19, "host")),
        (("domain", 1, "host", 1, "ip"), (20, "ip"), (20, "'5.6.7.8'")),
        (("domain", 1, "host", 1, "long"), (21, "long"), (21, "[ # a comment")),
        (("domain", 1, "host", 1, "long", 1), (23, "2"), (23, "2")),
        (("domain", 1, "host", 1, "many"), (25, "many"), (25, '"""a')),
    ],
    ids=lambda item: notation(item) if isinstance(item, tuple) and item and isinstance(item[0], str) else "",
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_each_shape_of_table_has_its_places(path: tuple[str | int, ...], key: Any, value: Any, ends: str) -> None:
    source = parse(SHAPES.replace("\n", ends), "x.toml")
    key_place, value_place = source.key_place(path), source.value_place(path)
    assert (key_place.line, text_at(source, key_place)) == key
    assert (value_place.line, text_at(source, value_place)) == value


def test_columns_count_characters_not_bytes() -> None:
    source = parse('"ü" = { "ö" = "äöü", z = 1 }', "x.toml")
    assert source.key_place(("ü", "z")) == Place("x.toml", 1, 22, 1)


def test_a_missing_key_is_placed_at_the_table_around_it() -> None:
    source = parse(SHAPES, "x.toml")
    assert source.value_place(("domain", 1, "extra", "missing")).line == 15
    assert source.value_place(("missing", "too")) == Place("x.toml", 1)


# -- any TOML at all --------------------------------------------------------------------------------------------------

NAMES = st.text(st.sampled_from('ab-_1 ."ä\n'), min_size=1, max_size=3)
SCALARS = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=12
)


def ascii_free(text: str) -> str:
    """A basic string with its characters as they are, where TOML allows that (JSON's escapes pair surrogates)."""
    return '"' + "".join(char if char.isprintable() and char not in '"\\' else f"\\U{ord(char):08x}" for char in text) + '"'


def bare(name: str) -> str:
    return name if name.isascii() and name.replace("-", "a").replace("_", "a").isalnum() else ascii_free(name)


def inline(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case str():
            return ascii_free(value)
        case list():
            return f"[{', '.join(map(inline, value))}]"
        case _:
            return "{ " + ", ".join(f"{bare(key)} = {inline(item)}" for key, item in value.items()) + " }"


def written(table: dict[str, Any], draw: st.DrawFn, prefix: str = "") -> Iterator[str]:
    """A table as TOML, each inner table in one of the ways to write it."""
    later: list[Iterator[str]] = []
    for key, value in table.items():
        name = bare(key)
        tables = value if isinstance(value, list) and value and all(isinstance(item, dict) for item in value) else None
        way = draw(st.sampled_from(["inline", "dotted", "header"]))
        if tables and way != "inline":
            later.extend(written_under(f"[[{prefix}{name}]]", item, draw, f"{prefix}{name}.") for item in tables)
        elif isinstance(value, dict) and way == "header":
            later.append(written_under(f"[{prefix}{name}]", value, draw, f"{prefix}{name}."))
        elif isinstance(value, dict) and value and way == "dotted":
            yield from (f"{name}.{bare(inner)} = {inline(item)}" for inner, item in value.items())
        else:
            yield f"{name} = {inline(value)}"
    for lines in later:
        yield from lines


def written_under(header: str, table: dict[str, Any], draw: st.DrawFn, prefix: str) -> Iterator[str]:
    yield header
    yield from written(table, draw, prefix)


@st.composite
def toml_texts(draw: st.DrawFn) -> tuple[dict[str, Any], str]:
    data = draw(st.dictionaries(NAMES, TREES, min_size=1, max_size=4))
    return data, "\n".join(written(data, draw))


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, (*path, number))
    else:
        yield path, value


@given(toml_texts())
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_every_value_stands_where_its_place_says(case: tuple[dict[str, Any], str]) -> None:
    data, text = case
    source = parse(text, "x.toml")
    assert source.data == data
    for path, value in leaves(data):
        assert text_at(source, source.values[path]) == inline(value)
        if isinstance(path[-1], str):
            assert text_at(source, source.keys[path]) == bare(path[-1])


@given(
    st.text() | st.text(st.sampled_from("ab=\"[]{}.,#\n\\'1ä\r\t\x00\u2028 ")) | st.text(st.characters(categories=["Cs", "L"]))
)
@settings(deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        source = parse(text, "x.toml")
    except ScenarioError as error:
        assert str(error).startswith("x.toml:")  # noqa: PT017  # most texts are refused, some are TOML
    else:
        assert source.data


@given(st.binary())
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    try:
        read(path)
    except ScenarioError as error:
        assert str(error).startswith(str(path))  # noqa: PT017  # most bytes are refused, some are TOML


# -- broken TOML ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "x.toml:1:1: the file is empty"),
        ("# only a comment\n\n", "x.toml:1:1: the file is empty"),
        ("a = 1\nb = ras\n", 'x.toml:2:5: broken TOML: invalid value; a value is "text" in quotes, a number, true or false'),
        ("a = 1\nb 2\n", "x.toml:2:3: broken TOML: expected '=' after a key"),
        ("a = [1,\n", "x.toml:1:8: broken TOML: "),
        ('a = "x\n', "x.toml:1:7: broken TOML: illegal character"),
        ("a = 1\n\nb = 2\na = 3\n", "x.toml:4:1: broken TOML: `a` is given a second time; the first is in line 1"),
        ("[x.y]\na = 1\n[z]\n[x.y]\n", "x.toml:4:4: broken TOML: `x.y` is given a second time; the first is in line 1"),
        ("[[x]]\nb = 1\n[[x]]\nb = 1\nb = 1\n", "x.toml:5:1: broken TOML: `x[1].b` is given a second time; the first is in line"),
        ("a = {b = 1, b = 2}\n", "x.toml:1:13: broken TOML: `a.b` is given a second time; the first is in line 1"),
        ("[[a.b]]\n[a.b]\n", "x.toml:2:5: broken TOML: cannot declare `a.b` twice"),
        ("a = " + "[" * 5000, "x.toml:1:1: tables or lists are nested too deeply"),
        ("\na = " + "1" * 5000, "x.toml:2:5: broken TOML: a number of thousands of digits"),
        ("a = 1\nb = '\ud800'", "x.toml:2:6: broken TOML: a lone surrogate"),
        ("a = 1\rb = 2", "x.toml:1:6: broken TOML: "),
    ],
)
def test_broken_toml_says_where(text: str, expected: str) -> None:
    assert message(text).startswith(expected)


def test_the_caret_stands_under_the_fault() -> None:
    assert message("a = 1\nbc = ras\n").splitlines()[1:] == ["    2 | bc = ras", "      |      ^"]


@pytest.mark.parametrize(
    ("text", "place", "pointed_at"),
    [
        (f"a = [{'1, ' * 100_000}ras]", "1:300006", "r"),
        (f"a = ras {'x' * 300_000}", "1:5", "r"),
        (f"{'a' * 300_000} = ras", "1:300004", "r"),
        (f"a = '{'x' * 300_000}", "1:300006", ""),  # behind the last character
        (f"{'a' * 300_000} = 1\n{'a' * 300_000} = 1", "2:1", "a" * 100),
    ],
)
def test_of_a_long_line_what_surrounds_the_fault_is_shown(text: str, place: str, pointed_at: str) -> None:
    said = message(text)
    assert said.startswith(f"x.toml:{place}: ")
    assert len(said) < 600
    _, shown, carets = said.splitlines()
    first, end = carets.index("^"), len(carets)
    assert shown[first:end].replace("…", "") == pointed_at
    assert "…" in shown


def test_a_path_of_many_keys_is_shortened() -> None:
    assert len(notation(("a" * 1000,) * 1000)) < 1100
    assert notation(("a",) * 16) == ".".join("a" * 16)
    assert notation(("a",) * 17) == f"{'.'.join('a' * 16)}…"


def test_characters_that_break_lines_or_drive_terminals_are_not_printed() -> None:
    shown = message("# a\u2028b \x85\na = \x1b[31m\n")
    assert "\x1b" not in shown
    assert "    2 | a =  [31m" in shown


# -- files ------------------------------------------------------------------------------------------------------------


def refusal(path: str | Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        read(path)
    return str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "good.toml").write_text("a = 1")
    assert refusal(tmp_path / "goood.toml") == f'{tmp_path}/goood.toml: no such file; did you mean "good.toml"?'
    assert refusal(tmp_path / "no" / "x.toml") == f"{tmp_path}/no/x.toml: no such file"
    assert refusal(tmp_path) == f"{tmp_path}: is a directory; name a file in it"
    assert refusal("a\0b").startswith(r"a\x00b: cannot be read: ")
    assert refusal(tmp_path / "good.toml" / "x").endswith("cannot be read: Not a directory")


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b'a = 1\nb = "\xe4"\n')
    assert refusal(path) == f"{path}:2:6: not UTF-8 (byte 0xe4); save the file with the encoding UTF-8"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"\xff", "1:1: not UTF-8 (byte 0xff)"),
        (b"\xef\xbb\xbfa = 1\nb = '\xe4'\n", "2:6: not UTF-8 (byte 0xe4)"),  # a byte order mark is no part of the text
        ("ä = 'ü".encode() + b"\xfc'\n", "1:7: not UTF-8 (byte 0xfc)"),  # columns count characters
        (b"a = 1\r\nb = '\xe4'\r\n", "2:6: not UTF-8 (byte 0xe4)"),
    ],
)
def test_the_place_of_a_byte_that_is_no_utf_8(tmp_path: Path, content: bytes, place: str) -> None:
    for name, read_it in (("x.toml", read), ("x.smv", read_text)):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(ScenarioError) as caught:
            read_it(path)
        assert str(caught.value).startswith(f"{path}:{place}")


def test_a_byte_order_mark_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\r\n")
    source = read(path)
    assert source.data == {"a": 1}
    assert source.key_place(("a",)) == Place(str(path), 1, 1, 1)


# -- words ------------------------------------------------------------------------------------------------------------


def test_key_paths_are_written_as_in_toml() -> None:
    assert notation(("email_domain", 2, "link")) == "email_domain[2].link"
    assert notation(("links", "my isp", "kind")) == 'links."my isp".kind'
    assert notation(()) == "the file"


def test_values_are_shown_as_in_toml() -> None:
    values = ["a\nb", True, 1, 2.5, {}, [], 16**5000, "x" * 100]
    assert [in_toml(value) for value in values[:6]] == [r'"a\nb"', "true", "1", "2.5", "a table", "a list"]
    assert in_toml(values[6]) == "an integer of 20001 bits"
    assert in_toml(values[7]) == '"' + "x" * 59 + '…"'


def test_choices_are_listed_and_the_nearest_is_suggested() -> None:
    assert either([]) == "nothing"
    assert either(["a"]) == '"a"'
    assert either(["a", "b", "c"]) == '"a", "b" or "c"'
    assert either(map(str, range(50)), most=2) == '"0", "1" or another of 50'
    assert suggestion("Parnter", ["partner", "isp"]) == '; did you mean "partner"?'
    assert suggestion("zzz", ["partner"]) == suggestion(3, ["partner"]) == suggestion("x" * 9999, ["partner"]) == ""


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    size: int
    ratio: float = 1.0
    tags: list[str] = []
    more: dict[str, int] = {}


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    inner: Inner
    many: list[Inner] = []
    named: dict[str, Inner] = {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[inner]\nsize = true\n", "x.toml:2:8: `inner.size` is true (a truth value); allowed: an integer"),
        ('[inner]\nsize = "1"\n', 'x.toml:2:8: `inner.size` is "1" (text); allowed: an integer'),
        ("[inner]\n", "x.toml:1:2: `inner.size` is missing; allowed: an integer"),
        ("[inner]\nsize = 1\nratio = 'x'\n", 'x.toml:3:9: `inner.ratio` is "x" (text); allowed: a number'),
        ("[inner]\nsize = 1\ntags = 3\n", "x.toml:3:8: `inner.tags` is 3 (an integer); allowed: a list"),
        ("[inner]\nsize = 1\ntags = ['a', 3]\n", "x.toml:3:14: `inner.tags[1]` is 3 (an integer); allowed: text in quotes"),
        (
            "[inner]\nsize = 1\nmore.a = 1.5\n",
            "x.toml:3:10: `inner.more.a` is 1.5 (a number with a fraction); allowed: an integer",
        ),
        ("inner = 3\n", "x.toml:1:9: `inner` is 3 (an integer); allowed: a table with the keys size, ratio, tags, more"),
        ("[inner]\nsize = 1\n[many]\n", "x.toml:3:2: `many` is a table; allowed: a list of tables, each under a header [[many]]"),
        ("[inner]\nsize = 1\n[[named]]\n", "x.toml:3:3: `named` is a list; allowed: tables, each under a header [named.NAME]"),
        ("[inner]\nsize = 1979-05-27\n", "x.toml:2:8: `inner.size` is a date; allowed: an integer"),
        (
            "[inner]\nsize = 1\nsizes = 2\n",
            'x.toml:3:1: unknown key `inner.sizes`; allowed here: size, ratio, tags, more; did you mean "size"?',
        ),
        (
            "ratio = 1.0\n[inner]\nsize = 1\n",
            "x.toml:1:1: unknown key `ratio`; allowed here: inner, many, named; it belongs in [inner]",
        ),
    ],
)
def test_a_pydantic_error_becomes_one_with_places(text: str, expected: str) -> None:
    source = parse(text, "x.toml")
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate(source.data)
    error = scenario_error(caught.value, source, Outer.model_json_schema())
    assert str(error).splitlines()[0] == expected
