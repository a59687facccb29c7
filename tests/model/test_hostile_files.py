"""Whoever reads a configuration file answers, whatever is in it: a slice of the campaign, and what it has found."""

import tomllib
from pathlib import Path

import pytest

from dialproof.core.errors import InputError, ScenarioError
from model.grammars import uci
from model.grammars.ios import is_ios
from model.importing import LARGEST, Imported, as_toml, source_of
from model.products import importers
from tests.amounts import some
from tests.hostile_files import LARGE_EVERY, MARK, hostile
from tests.reading import ReadingError, limited, run_readers, watched

SECONDS = 10.0
"""Of a processor: far more than any of these files takes, and far less than what was found took."""

DIALS = "interface Dialer1\n ip address negotiated\n"

FOUND = 1_089_565
"""A case of the campaign that took minutes."""


def read(folder: Path, name: str, text: str, kind: str) -> Imported:
    """The file of that name and text in the folder, read in time."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    with limited(SECONDS):
        source = source_of(path, importers(), kind)
    assert isinstance(source, Imported)
    return source


@pytest.mark.parametrize("shard", range(4))
def test_every_reader_answers(shard: int) -> None:
    """`python -m tools.readers` runs the same by the ten thousand."""
    number = some(800)
    counts = run_readers(number, LARGE_EVERY + 6 + shard * number, plan_every=20)
    for word in ("read", "refused"):
        assert sum(counts[kind, word] for kind, _ in counts) > number // 10, f"too one-sided to mean anything: {counts}"


def test_the_same_number_is_the_same_case() -> None:
    assert hostile(77) == hostile(77)
    assert hostile(77) != hostile(84)


def test_a_reader_that_opens_a_file_outside_is_seen(tmp_path: Path) -> None:
    inside = tmp_path / "given"
    inside.mkdir()
    (tmp_path / "secret").write_text(MARK, encoding="utf-8")
    (inside / "link").symlink_to(tmp_path / "secret")
    (inside / "own").write_text("", encoding="utf-8")
    with watched(inside) as watch:
        (inside / "own").read_bytes()
    assert watch.seen == []
    with watched(inside) as watch:
        (inside / "link").read_bytes()
        list(tmp_path.iterdir())
    assert watch.seen == [f"open {tmp_path / 'secret'}", f"os.listdir {tmp_path}"]


def test_a_reader_that_goes_wrong_is_named_with_its_case(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: object) -> Imported:
        raise KeyError(MARK)

    monkeypatch.setattr("tests.reading.source_of", wrong)
    with pytest.raises(ReadingError, match="KeyError") as found:
        run_readers(1, 9)
    assert found.value.__notes__[0].startswith("case 9, mwan3: ")


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("x.cfg", "interface A" + "1" * 400_000 + " x\n", "cisco-ios"),
        ("x.conf", "\n" * 400_000, "strongswan"),
        ("network", "config interface x\n" + "\n" * 400_000, "openwrt-network"),
        ("main.cf", "relayhost = ${a?" + ":" * 400_000 + "{x}y}\n", "postfix"),
        ("main.cf", "transport_maps = " + "hash:main.cf " * 30_000, "postfix"),
        ("mwan3", "".join(f"config rule r{at}\n" for at in range(20_000)) * 2, "mwan3"),
        ("peers/isp", "demand\n" + "file other\n" * 40_000, "pppd"),
        ("swanctl.conf", "include swanctl.conf\n" * 20_000, "strongswan"),
        (
            "swanctl.conf",
            "connections {\n"
            + "".join(f"c{at} : {', '.join(2 * [f'connections.c{at + 1}'])} {{\n}}\n" for at in range(40))
            + "}\n",
            "strongswan",
        ),
        ("x.cfg", "".join(f"ip route 10.{at // 250}.{at % 250}.0 255.255.255.0 Dialer1\n" for at in range(25_000)), "cisco-ios"),
    ],
    ids=[
        "a name of digits",
        "empty lines",
        "empty lines of UCI",
        "colons",
        "tables",
        "sections",
        "includes",
        "a file that has itself",
        "references",
        "routes",
    ],
)
def test_no_file_takes_for_ever(tmp_path: Path, name: str, text: str, kind: str) -> None:
    """What takes the square of a length, or doubles with each line, ends with a refusal."""
    with limited(SECONDS):
        assert len([one.recognises(tmp_path / name, text) for one in importers().values()]) == len(importers())
    with pytest.raises(InputError, match=name):
        read(tmp_path, name, text, kind)


def test_lists_of_tracks_that_share_tracks_are_looked_at_once(tmp_path: Path) -> None:
    deep = "".join(f"track {at} list boolean and\n object {at + 1}\n" for at in range(1, 1200))
    read(tmp_path, "x.cfg", f"{DIALS}ip route 0.0.0.0 0.0.0.0 Dialer1 track 1\n{deep}", "cisco-ios")
    lists = "".join(f"track {at} list boolean and\n object {at + 1}\n object {at + 2}\n" for at in range(1, 60))
    read(tmp_path, "x.cfg", f"{DIALS}ip route 0.0.0.0 0.0.0.0 Dialer1 track 1\n{lists}", "cisco-ios")


def test_blocks_in_blocks_are_refused_where_they_are_too_deep(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"x\.cfg:22:1: blocks lie in one another"):
        read(tmp_path, "x.cfg", DIALS + "".join(" " * at + "x\n" for at in range(2, 900)), "cisco-ios")


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("interface Ab1", True),
        ("interface A1", False),
        ("interface A-1", True),
        ("interface A11", True),
        ("interface Ab 1/0", True),
        ("interface Ab1.2/c", True),
        ("interface Ab", False),
        ("interface A 1", False),
        ("interface Ab1 x", False),
    ],
)
def test_a_name_of_an_interface_has_a_digit_behind_its_letters(name: str, begins: bool) -> None:
    assert is_ios(f"{name}\n shutdown\n") is begins


@pytest.mark.parametrize("number", ["9" * 5000, "\u00b2", "1_0"])
def test_what_is_no_number_of_any_reader_is_none(tmp_path: Path, number: str) -> None:
    """`int` of Python takes more than digits, and refuses a number that is too long."""
    tunnel = "connections {{ a {{ {0}\n children {{ a {{ start_action = trap\n }} }}\n }}\n }}\n"
    with pytest.raises(ScenarioError, match=r"swanctl\.conf:1:1: `keyingtries` is no number"):
        read(tmp_path, "swanctl.conf", tunnel.format(f"keyingtries = {number}"), "strongswan")
    for key in ("retransmit_tries", "retransmit_base"):
        (tmp_path / "strongswan.conf").write_text(f"charon {{\n{key} = {number}\n}}\n", encoding="utf-8")
        with pytest.raises(ScenarioError, match=f"strongswan.conf:2:1: `{key}` is no number"):
            read(tmp_path, "swanctl.conf", tunnel.format(""), "strongswan")
    tracked = "ip route 0.0.0.0 0.0.0.0 Dialer1 track 1\ntrack 1 interface Dialer1 line-protocol\n"
    read(
        tmp_path,
        "x.cfg",
        f"{DIALS}{tracked}access-list {number} permit any\n",
        "cisco-ios",
    )
    (tmp_path / "network").write_text(f"config interface wan\n\toption metric '{number}'\n", encoding="utf-8")
    mwan3 = "config interface wan\n\toption enabled 1\n"
    mwan3 += "config member m\n\toption interface wan\nconfig policy p\n\tlist use_member m\n"
    assert "network" not in read(tmp_path, "mwan3", f"{mwan3}config rule\n\toption use_policy p\n", "mwan3").data.get(
        "network", {}
    )


def test_a_base_that_is_no_number_is_refused(tmp_path: Path) -> None:
    (tmp_path / "strongswan.conf").write_text("charon {\nretransmit_base = nan\n}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"strongswan\.conf:2:1: `retransmit_base` is no number"):
        read(tmp_path, "swanctl.conf", "connections { a { children { a { start_action = trap\n } } } }\n", "strongswan")


def test_what_cannot_be_seen_stands_as_an_escape_in_the_scenario_file(tmp_path: Path) -> None:
    text = "config interface wan\n\toption enabled 1\n\toption key x\n\toption initial_state 'a\u00a0\x7f\U000e0001'\n"
    with pytest.raises(ScenarioError, match="mwan3:4:1: `initial_state` has a line end or a control character"):
        read(tmp_path, "mwan3", text, "mwan3")
    one = read(tmp_path, "mwan3", text.replace("'a\u00a0\x7f\U000e0001'", "online"), "mwan3")
    assert tomllib.loads(as_toml(one)) == one.data
    strange = Imported(str(tmp_path / "a\nb"), "", {"x\x7f": {"y": 'a\u00a0\x7f\U000e0001"\\\u202e'}}, {}, {})
    assert tomllib.loads(as_toml(strange)) == strange.data


def test_a_quotation_that_ends_lines_later_names_nothing() -> None:
    """What was forgotten to be closed takes in what follows, such as a password."""
    with pytest.raises(ScenarioError, match="f:1:1: a type or a name with a line end") as refused:
        uci.sections(f"config interface 'wan\n\toption proto 'pppoe'\n\toption username 'a\n\toption password '{MARK}'\n", "f")
    assert MARK not in str(refused.value)
    with pytest.raises(ScenarioError, match="f:2:1: `option`: a name with other signs") as refused:
        uci.sections(f"config interface wan\n\toption 'username a\n\toption password {MARK}' x\n", "f")
    assert MARK not in str(refused.value)


def test_words_that_are_no_transports_are_not_shown_and_what_is_held_stays_held(tmp_path: Path) -> None:
    """A line that begins with a space goes on with the value before it, whatever stands there."""
    text = f"relayhost = [smtp.isp.example]\ndefer_transports = smtp, smpt\n password {MARK}\n"
    one = read(tmp_path, "main.cf", text, "postfix")
    assert one.data["main"]["defer_transports"] == ["smtp", "smpt"]
    assert MARK not in as_toml(one) + str(one.notes())
    assert "defer_transports: names that are no transport's" in str(one.notes())


@pytest.mark.parametrize("key", ["reliability", "enabled", "use_policy"])
def test_a_value_of_mwan3_is_in_no_message(tmp_path: Path, key: str) -> None:
    kind = "rule" if key == "use_policy" else "interface"
    with pytest.raises(ScenarioError) as refused:
        read(tmp_path, "mwan3", f"config {kind} wan\n\toption {key} '1\n\toption password {MARK}'\n", "mwan3")
    assert MARK not in str(refused.value)


def test_a_row_that_names_no_transport_is_refused_without_its_text(tmp_path: Path) -> None:
    (tmp_path / "sasl").write_text(f"# two files in one\nx_password = {MARK}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="sasl:2:1: this row names no transport") as refused:
        read(tmp_path, "main.cf", "transport_maps = hash:sasl\n", "postfix")
    assert MARK not in str(refused.value)


def test_a_line_of_options_is_a_line_of_that_file(tmp_path: Path) -> None:
    (tmp_path / "options").write_text("\n" * 40 + "demand\nidle 60\ndefaultroute\ndefaultroute-metric 5\n", encoding="utf-8")
    one = read(tmp_path, "peers/isp", "/dev/ttyS0\n", "pppd")
    checks = [place for path, place in one.keys.items() if path[0] in {"check", "traffic", "default_routes"}]
    assert {(Path(place.file).name, place.line) for place in checks} >= {("options", 41), ("options", 42), ("options", 44)}
    assert all(place.line == 1 for place in checks if Path(place.file).name == "isp")


def test_a_line_of_a_script_is_what_an_editor_calls_so(tmp_path: Path) -> None:
    (tmp_path / "ip-up").write_text("#!/bin/sh\x0c\n# \u2028\x85\npostqueue -f\n", encoding="utf-8")
    one = read(tmp_path, "main.cf", "defer_transports = smtp\n", "postfix")
    assert one.keys["flush", "on_link_up"].line == 3


def test_a_linked_folder_is_not_even_listed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.conf").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "linked").symlink_to(tmp_path / "outside")
    text = "include linked/*\nconnections { a { children { a { start_action = trap\n } } } }\n"
    with watched(tmp_path / "given") as watch:
        one = read(tmp_path / "given", "swanctl.conf", text, "strongswan")
    assert [event for event in watch.seen if "outside" in event] == []
    assert any("include at line 1" in note for note in one.notes())


def test_of_a_file_that_is_too_large_no_more_is_read_than_shows_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="more than 2,000,000 bytes"):
        read(tmp_path, "main.cf", "#" * (LARGEST + 1), "postfix")
    with pytest.raises(InputError, match="no parameter has a value"):
        read(tmp_path, "main.cf", "#" * LARGEST, "postfix")


def test_a_file_of_continued_lines_alone_is_read_in_time() -> None:
    """Once the campaign found it: each line was added up with all before it."""
    assert hostile(FOUND).files[hostile(FOUND).path].startswith(b"x\\\nx\\\n")
    assert run_readers(1, FOUND)["exim", "asked"] == 1
