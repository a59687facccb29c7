"""UCI and the importer of mwan3: what a file says, where, and that no text does harm."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dialproof.core.errors import InputError, ScenarioError
from model.grammars.uci import is_uci, sections
from model.importing import Imported, as_toml
from model.products.mwan3.importer import read, recognises
from tests.amounts import some


def test_words_are_bare_or_quoted_or_made_of_pieces() -> None:
    text = "config rule 'a b'\n\toption x \"one \\\" two\"\n\toption y o'n'\"e\"\\ more # comment\n\tlist z 1;list z '#2'\n"
    (section,) = sections(text, "f")
    assert (section.kind, section.name, section.line) == ("rule", "a b", 1)
    assert {key: word.text for key, word in section.options.items()} == {"x": 'one " two', "y": "one more"}
    assert [word.text for word in section.lists["z"]] == ["1", "#2"]
    assert section.keys == {"x": 2, "y": 3, "z": 4}


def test_a_quoted_word_goes_on_over_the_end_of_a_line() -> None:
    first, second = sections("config a 'x'\n option k 'one\ntwo'\nconfig a 'y'\n", "f")
    assert first.options["k"].text == "one\ntwo"
    assert second.line == 4


def test_a_section_that_is_named_again_goes_on_and_the_last_value_counts() -> None:
    text = "config i 'x'\n option k '1'\n list l 'a'\nconfig i 'y'\nconfig i 'x'\n option k '2'\n list l 'b'\n"
    found = {section.name: section for section in sections(text, "f")}
    assert found["x"].options["k"].text == "2"
    assert [word.text for word in found["x"].lists["l"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("config\n", 1, "`config` with 0 words; allowed: 1 or 2"),
        ("config a b c\n", 1, "`config` with 3 words"),
        ("\noption k v\n", 2, "before the first `config`"),
        ("config a\n\toption k\n", 2, "`option` with 1 words; allowed: 2"),
        ("config a\n{% template %}\n", 2, "this begins no line of UCI; allowed: package, config, option, list"),
        ("config a\n\toption k 'v\n", 2, "a quotation that ' begins here does not end"),
    ],
)
def test_what_is_no_uci_is_refused_with_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(ScenarioError, match=message) as refused:
        sections(text, "f")
    assert refused.value.problems[0][0] is not None
    assert refused.value.problems[0][0].line == line


def test_files_are_known_by_what_is_in_them() -> None:
    assert recognises(Path("x"), "config policy 'p'\n")
    assert recognises(Path("mwan3"), "config interface 'a'\n")
    assert not recognises(Path("network"), "config interface 'a'\n")
    assert not is_uci("the config policy of this house", "policy")


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("option reliability 'many'", "`reliability` is no number; allowed: a number, in digits"),
        ("option enabled 'perhaps'", "`enabled` is neither yes nor no; allowed: 1, on, true, yes, enabled, 0"),
        ("option family 'ipv5'", "`interface.a.family` is"),
    ],
)
def test_a_value_that_is_none_is_refused_with_its_line(option: str, message: str) -> None:
    from model.products.mwan3.product import read as as_product

    text = f"config interface 'a'\n\toption enabled '1'\n\t{option}\n\tlist track_ip '198.51.100.1'\nconfig rule 'r'\n"
    with pytest.raises(ScenarioError) as refused:
        as_product(read(Path("mwan3"), text), (), ())
    assert message in str(refused.value)
    assert "mwan3:3" in str(refused.value)


def test_the_scenario_holds_no_secret_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "network").write_text("config interface 'a'\n\toption password 'hush-hush'\n", encoding="utf-8")
    text = "config interface 'a'\n\toption enabled '1'\n\toption password 'hush-hush'\n\tlist track_ip '198.51.100.1'\n"
    made = read(tmp_path / "mwan3", text)
    assert "hush" not in as_toml(made)
    assert "hush" not in str(made.data) + str(made.notes())
    assert "password (line 3)" in made.notes()[-1]


WORDS = st.sampled_from(
    [
        "config",
        "option",
        "list",
        "interface",
        "member",
        "policy",
        "rule",
        "enabled",
        "track_ip",
        "use_member",
        "use_policy",
        "metric",
        "reliability",
        "family",
        "'a'",
        "'b'",
        "'1'",
        "'0'",
        "'198.51.100.1'",
        "'ipv6'",
        "'",
        '"',
        "#",
        "\\",
        ";",
        "\n",
        "\n\t",
        " ",
    ]
)


@given(st.lists(WORDS, max_size=60).map(" ".join) | st.text(max_size=200))
@example("config interface 'none'\n\toption enabled '1'\n\tlist track_ip 'none'\n\tlist track_ip '-'\n")
@settings(max_examples=some(400), deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    from model.fault import NONE
    from model.products.mwan3.compose import build
    from model.products.mwan3.product import read as as_product

    try:
        made = read(Path("nowhere/mwan3"), text)
        assert isinstance(made, Imported)
        assert as_toml(made)
        build(as_product(made, {check["claim"] for check in made.data["check"]}, ()).scenario, NONE)
    except InputError:
        return  # refused with a reason, which is what such a text deserves
