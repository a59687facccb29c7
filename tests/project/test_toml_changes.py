"""Settings changed in a TOML text: what should change does, everything else stays, and what is not understood is refused."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialproof.core.errors import InputError, ScenarioError
from dialproof.project import toml_source
from dialproof.project.toml_changes import Setting, changed, key_path, literal

TEXT = """# a comment
format = 1   # another
title = "é and \\"quotes\\""

[links.isp]
kind = "ras"
[links."my lan"]
kind = 'lan'

[[email_domain]]
domain = "a.example"
link = "isp"

[[email_domain]]
domain = "b.example"  # the second
link = "my lan"

[environment]
busy = { often = true, why = "x" }
hours = [1,
  2]
story = '''
[a header?]
'''
rate = 0.5

[[check]]
claim = "one"
"""


def after(**settings: Setting) -> toml_source.TomlSource:
    """The text with settings, whose keys are written with __ for a dot."""
    return changed(toml_source.parse(TEXT, "some.toml"), {key.replace("__", "."): value for key, value in settings.items()})


def test_a_value_is_replaced_in_its_place_and_nothing_else() -> None:
    assert after(links__isp__kind="lan").text == TEXT.replace('kind = "ras"', 'kind = "lan"')


@pytest.mark.parametrize(
    "value", ['q"uote', "two\nlines", "back\\slash", "\x7f\x00", "é€😀", "", True, False, -3, 10**30, 0.1, 1e300]
)
def test_every_value_comes_back_as_it_was_given(value: Any) -> None:
    found = after(title=value).data["title"]
    assert (found, type(found)) == (value, type(value))


@given(st.one_of(st.text(), st.booleans(), st.integers(), st.floats(allow_nan=False)))
def test_what_is_written_is_read_as_the_same(value: Any) -> None:
    try:
        str(value).encode()
    except UnicodeEncodeError:
        with pytest.raises(InputError, match="lone surrogate"):
            after(title=value)
        return
    found = tomllib.loads(f"key = {literal(value)}")["key"]
    assert (found, type(found)) == (value, type(value))


def test_a_key_that_is_not_there_is_added_below_the_header_of_its_table() -> None:
    assert after(links__isp__modem="com1").data["links"]["isp"] == {"kind": "ras", "modem": "com1"}
    assert after(extra=1).text == f"extra = 1\n{TEXT}"


def test_a_table_and_an_entry_of_a_list_are_added_at_the_end() -> None:
    source = changed(
        toml_source.parse(TEXT, "some.toml"),
        {"dialling.fairness": "strong", "email_domain[2].domain": "c.example", "email_domain[2].link": "isp"},
    )
    assert source.data["dialling"] == {"fairness": "strong"}
    assert source.data["email_domain"][2] == {"domain": "c.example", "link": "isp"}
    assert source.text.startswith(TEXT), "all that was there keeps its line"


@pytest.mark.parametrize(
    ("key", "gone"),
    [("title", 1), ("email_domain[0]", 3), ("email_domain", 6), ("links.isp", 2), ("check[0]", 2), ("environment.rate", 1)],
)
def test_what_is_left_out_leaves_empty_lines_so_that_others_keep_their_numbers(key: str, gone: int) -> None:
    source = changed(toml_source.parse(TEXT, "some.toml"), {key: None})
    before, now = TEXT.split("\n"), source.text.split("\n")
    assert len(now) == len(before)
    assert sum(one != other for one, other in zip(before, now, strict=True)) == gone
    assert all(not other for one, other in zip(before, now, strict=True) if one != other)


def test_what_is_not_there_cannot_be_left_out() -> None:
    with pytest.raises(ScenarioError, match=r"there is no `environment.calls` to leave out"):
        after(environment__calls=None)


def test_an_entry_moves_up_when_the_one_before_it_is_left_out() -> None:
    source = changed(toml_source.parse(TEXT, "some.toml"), {"email_domain[0]": None, "email_domain[0].link": "isp"})
    assert source.data["email_domain"] == [{"domain": "b.example", "link": "isp"}]


def test_a_value_inside_braces_can_be_replaced() -> None:
    assert after(environment__busy__often=False).data["environment"]["busy"] == {"often": False, "why": "x"}


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("environment.story", "x", r"some.toml:22:1: `environment.story` cannot be changed from outside, as it is written here"),
        ("environment.busy.more", 1, r"some.toml:19:1: `environment.busy.more` cannot be changed from outside"),
        ("environment.busy", None, r""),
        ("environment", None, r"some.toml:18:2: `environment` cannot be changed from outside"),
        ("environment.hours", 1, r"some.toml:20:1: `environment.hours` is a list; name a single value in it"),
        ("links", "x", r"some.toml:5:2: `links` is a table; name a single value in it"),
        ("format.x", 1, r"some.toml:2:1: `format` is 1; there is no `format.x` in it"),
        ("email_domain.link", "x", r"`email_domain` is a list; .* its entries are `email_domain\[0\]` and so on"),
        ("email_domain[7].link", "x", r"there is no `email_domain\[7\]`: the list has 2, counted from 0"),
        ("email_domain[0]", "x", r"`email_domain\[0\]` is an entry of a list; name a key in it, or None to leave it out"),
        ("title[0]", None, r"`title` is \"é and .* there is no `title\[0\]` in it"),
    ],
)
def test_what_cannot_be_changed_is_refused_with_its_place(key: str, value: Setting, says: str) -> None:
    source = toml_source.parse(TEXT, "some.toml")
    if not says:
        assert "busy" not in changed(source, {key: value}).data["environment"]
        return
    with pytest.raises(ScenarioError, match=says):
        changed(source, {key: value})


@pytest.mark.parametrize("key", ["", "a..b", ".a", "a.", "a b", "[0]", "a[b]", "a[0]b", "a[-1]", 'a."b', "a]"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(InputError, match="is no key of a TOML file; keys are written like"):
        changed(toml_source.parse(TEXT, "some.toml"), {key: 1})


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("a", ("a",)),
        ("a.b-c.d_1", ("a", "b-c", "d_1")),
        ("a[0].b[12]", ("a", 0, "b", 12)),
        ('links."my isp".kind', ("links", "my isp", "kind")),
        ("links.'my \"isp'.kind", ("links", 'my "isp', "kind")),
        (r'"a\"b\u00e9"', ('a"bé',)),
    ],
)
def test_keys_are_read_as_messages_write_them(key: str, path: tuple[str | int, ...]) -> None:
    assert key_path(key) == path
    assert key_path(toml_source.notation(path)) == path


@pytest.mark.parametrize("value", [b"x", ["x"], {"a": 1}, object()])
def test_only_plain_values_are_settings(value: Any) -> None:
    with pytest.raises(InputError, match="a setting is text, true or false, a number, or None to leave it out"):
        after(title=value)
