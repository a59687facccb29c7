"""Files of pppd: what the reader makes of them, what it refuses, and what it never passes on."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialproof.core.errors import InputError, ScenarioError
from dialproof.evidence.outcome import word
from model.grammars import pcap
from model.grammars.ppp_options import LONGEST, words
from model.importing import Imported, as_toml, kind_of, source_of
from model.products import importers
from model.products.pppd.importer import IMPORTER
from model.products.pppd.options import ARITY
from tests.amounts import some
from tests.model.configured import CONFIGURATIONS, asked, checked, imported, planned

MARKER = "marker-of-a-secret"


def read(text: str, path: str = "/nowhere/ppp/options") -> Imported:
    return IMPORTER.read(Path(path), text)


def link(text: str) -> Mapping[str, object]:
    (found,) = read(text).data["links"].values()
    assert isinstance(found, dict)
    return found


# -- the grammar ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("demand idle 30\n", ["demand", "idle", "30"]),
        ("# a comment\nlock # another\nsync#here\n", ["lock", "sync"]),
        ("user 'a b' name \"it's\"\n", ["user", "a b", "name", "it's"]),
        ("a'b c'd\n", ["ab cd"]),
        ("connect 'chat -f x\n -v'\n", ["connect", "chat -f x\n -v"]),
        ("idle \\\n 30", ["idle", "30"]),
        ("id\\\nle 30", ["idle", "30"]),
        ("a\\ b \\x41\\102\\s\\q", ["a b", "AB q"]),
        ("\\# x", ["#", "x"]),
        ("", []),
        ("\\", ["\\"]),
    ],
)
def test_words_are_those_of_pppd(text: str, found: list[str]) -> None:
    assert [word.text for word in words(text, "f")] == found


def test_a_word_has_the_line_where_it_begins() -> None:
    found = list(words("lock\nuser 'a\nb' name\nidle 3\n", "f"))
    assert [(word.line, word.is_first) for word in found] == [(1, True), (2, True), (2, False), (3, False), (4, True), (4, False)]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("lock\nuser 'open\n\n", 2, "a quotation that ' begins here does not end"),
        ("lock\n" + "x" * (LONGEST + 1), 2, "a word of 1,025 characters begins here; allowed: 1,024"),
    ],
)
def test_what_is_no_word_is_refused_with_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        list(words(text, "f"))
    ((place, says),) = refused.value.problems
    assert (place.line, says) == (line, message)


@pytest.mark.parametrize(
    ("expression", "full", "depends"),
    [
        ("not icmp", "not icmp", False),
        ("outbound and not tcp[13] & 4 != 0", "(outbound and not tcp[13] & 4 != 0)", False),
        ("icmp or udp and outbound", "((icmp or udp) and outbound)", True),
        ("icmp || udp && outbound", "((icmp or udp) and outbound)", True),
        ("icmp and udp or outbound", "((icmp and udp) or outbound)", False),
        ("icmp or (udp and outbound)", "(icmp or (udp and outbound))", False),
        ("not (icmp or udp) and !outbound", "(not (icmp or udp) and not outbound)", False),
        ("(tcp[13] & 4) != 0 or ip", "(( tcp[13] & 4 ) != 0 or ip)", False),
    ],
)
def test_and_binds_as_or_does(expression: str, full: str, depends: bool) -> None:
    assert pcap.reading(expression) == pcap.Reading(full, depends)


@pytest.mark.parametrize("expression", ["", "(", "and", "icmp or", "icmp)", "not", "(" * 80 + "icmp" + ")" * 80])
def test_what_is_no_expression_has_no_reading(expression: str) -> None:
    assert pcap.reading(expression) is None


# -- the scenario -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("demand", "demand", True),
        ("demand", "persist", True),
        ("demand nopersist", "persist", False),
        ("nopersist demand", "persist", True),
        ("persist", "demand", False),
        ("persist maxfail 3 maxfail 4", "maxfail", 4),
        ("persist holdoff 7", "holdoff", 7),
        ("demand /dev/ttyS1", "device", "ttyS1"),
        ("persist lcp-echo-interval 5 lcp-echo-failure 6", "lcp_echo_failure", 6),
        ("persist plugin rp-pppoe.so", "peer", {"may_fall_silent": True}),
    ],
)
def test_options_are_keys_with_their_names(text: str, key: str, value: object) -> None:
    assert link(text)[key] == value


def test_what_is_not_said_is_left_to_the_defaults_of_pppd() -> None:
    assert set(link("demand")) == {"demand", "persist"}


def test_each_key_leads_back_to_its_line_and_file() -> None:
    source = imported(CONFIGURATIONS / "pppd/on-demand/peers/isp")
    place = source.keys["links", "isp", "holdoff"]
    assert (Path(place.file).name, place.line) == ("isp", 7)
    place = source.keys["links", "isp", "maxfail"]
    assert (Path(place.file).name, place.line) == ("options", 2)
    assert source.also_read == ("../options",)
    assert "lock (line 1 of options)" in source.notes()[-1]


def test_what_a_filter_means_is_said() -> None:
    notes = read("demand\nactive-filter 'icmp or udp and outbound'").notes()
    full = "the active-filter (line 2) reads ((icmp or udp) and outbound)"
    assert f"{full}; `and` and `or` bind alike, from left to right, and here it matters" in notes
    assert "the active-filter (line 2) is no expression that can be read here" in read("demand\nactive-filter 'icmp or'").notes()


@pytest.mark.parametrize("text", ["", "# persist\n", "lock\nmaxfail 0\n", "demand nopersist demand nopersist\nidle 0"])
def test_what_never_dials_again_is_said_in_a_sentence(text: str) -> None:
    if "demand" in text:
        assert link(text)["persist"] is False
        return
    with pytest.raises(InputError, match="nothing active: neither `demand` nor `persist`"):
        read(text)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("persist\nidle", 2, "`idle` needs a word after it"),
        ("persist\nholdoff " + MARKER, 2, "`holdoff` needs a number, in digits"),
        ("persist\nmaxfail -1", 2, "`maxfail` needs a number, in digits"),
        ("persist\nuser", 2, "`user` needs a word after it"),
    ],
)
def test_what_is_no_option_is_refused_with_its_line_and_not_its_text(text: str, line: int, message: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        read(text)
    ((place, says),) = refused.value.problems
    assert (place.line, says) == (line, message)
    assert MARKER not in str(refused.value)


def test_a_compiled_filter_is_a_filter() -> None:
    """Not all packets dial, whatever it says."""
    notes = read("ttyS0\ndemand\nprecompiled-active-filter /etc/ppp/filter\n").notes()
    assert "the active-filter (line 3) is compiled, and is not read" in notes
    assert not any("there is no active-filter" in note for note in notes)


@pytest.mark.parametrize(
    ("text", "is_silent"),
    [
        ("ttyS0 persist local\n", True),
        ("ttyS0 persist local modem\n", False),
        ("ttyS0 persist modem local\n", True),
        ("persist pty 'pppoe -I eth0'\n", True),
        ("persist pty '/usr/sbin/pppoe -I eth0 -T 80'\n", False),
        ("persist pty 'pptp vpn.example --nolaunchpppd'\n", False),
    ],
)
def test_whether_a_device_notices_that_the_other_side_is_gone(text: str, is_silent: bool) -> None:
    assert bool(link(text).get("peer")) is is_silent


def test_the_options_of_a_device_are_said_not_to_be_read(tmp_path: Path) -> None:
    (tmp_path / "peers").mkdir()
    (tmp_path / "options.ttyS0").write_text("maxfail 3\n", encoding="utf-8")
    notes = [note for name in ("ttyS0", "ttyS1") for note in read(f"{name} persist\n", str(tmp_path / "peers" / name)).notes()]
    assert sum("options.DEVICE" in note for note in notes) == 1


def test_a_link_on_demand_that_does_not_persist_is_asked_if_it_is_ever_dialled_again(tmp_path: Path) -> None:
    """After the first call pppd exits, and every other claim holds of it."""
    path = tmp_path / "options"
    path.write_text("ttyS0\nnoauth\ndemand\nnopersist\nidle 60\n", encoding="utf-8")
    found = checked(path, "no-latch")
    assert word(found.verdict) == "violated"
    assert "no-latch" in asked(path)
    (one,) = planned(path, "no-latch").suspects
    assert "without `persist` pppd exits when the link `options` has ended" in one.says
    assert one.line == 4


def test_a_number_that_begins_with_zero_is_octal() -> None:
    assert link("persist maxfail 010\n")["maxfail"] == 8
    with pytest.raises(ScenarioError):
        read("persist maxfail 08\n")


def test_a_word_that_is_no_option_ends_pppd_unless_a_plugin_knows_it() -> None:
    notes = read("ttyS0\npersist\nidel 60\nholdof 3\n").notes()
    assert sum(note.startswith("pppd exits at once if a word is no option") for note in notes) == 1


def test_unknown_words_are_named_by_their_lines() -> None:
    assert "a word that is no option known here (lines 2, 4)" in read(f"persist\n{MARKER}\nlock\nfrobnicate").notes()[-1]


@pytest.mark.parametrize(
    "text",
    [
        f"persist user {MARKER} password {MARKER}",
        f"demand connect '/usr/sbin/chat {MARKER}' init {MARKER} pty {MARKER}",
        f"persist name {MARKER} remotename {MARKER} {MARKER} set X={MARKER}",
        f"persist plugin {MARKER}.so nic-{MARKER} pppoe-ac {MARKER}",
        f"demand file {MARKER} call {MARKER} linkname {MARKER}",
    ],
)
def test_no_secret_is_passed_on(text: str) -> None:
    found = read(text)
    assert MARKER not in as_toml(found)
    assert MARKER not in "".join(found.notes())


# -- other files ------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ppp/peers/more").mkdir(parents=True)
    (tmp_path / "outside").write_text("maxfail 7\n")
    return tmp_path / "ppp"


@pytest.mark.parametrize(
    ("named", "is_read"),
    [
        ("call other", True),
        ("file other", True),
        ("file more/deep", True),
        ("file ../../outside", False),
        ("file /etc/passwd", False),
        ("call ../../outside", False),
        ("file link", False),
        ("file more/../other", False),
        ("file none", False),
        ("file more", False),
        ("file 'a\\000b'", False),
    ],
)
def test_files_are_read_below_the_folder_only(folder: Path, named: str, is_read: bool) -> None:
    for name in ("other", "more/deep"):
        (folder / "peers" / name).write_text("maxfail 7\n")
    (folder / "peers/link").symlink_to(folder.parent / "outside")
    (folder / "peers/isp").write_text(f"persist\n{named}\n")
    source = imported(folder / "peers/isp")
    assert ("maxfail" in source.data["links"]["isp"]) is is_read
    assert len(source.also_read) == is_read
    assert is_read or any("a file that" in note and "line 2" in note for note in source.notes())


def test_a_circle_of_files_ends(folder: Path) -> None:
    (folder / "peers/isp").write_text("persist\ncall isp\ncall other\n")
    (folder / "peers/other").write_text("call isp\nmaxfail 7\n")
    assert imported(folder / "peers/isp").data["links"]["isp"]["maxfail"] == 7


# -- recognition ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("ppp/options", "lock\nmaxfail 0\n", None),
        ("ppp/options", "lock\nmaxfail 0\ndemand\n", "pppd"),
        ("ppp/peers/isp", "plugin rp-pppoe.so\nwhatever\n", "pppd"),
        ("isp", "noauth\npersist\nuser x\nplugin rp-pppoe.so\n", "pppd"),
        ("ppp/ip-up", "#!/bin/sh\ncase x in\n esac\n exit 0\n", None),
        ("notes", "the link must persist\nand be up\non demand\n", None),
        ("notes", "lock\n", None),
        ("ppp/chat", "ABORT BUSY\nOK ATDT5550116\nCONNECT ''\n", None),
        ("mwan3", "config policy 'a'\n\tlist use_member 'm'\n", "mwan3"),
    ],
)
def test_files_are_recognised_by_what_is_in_them(tmp_path: Path, name: str, text: str, kind: str | None) -> None:
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    found = kind_of(file, importers().values())
    assert (None if found is None else found.name) == kind


PIECES = st.sampled_from(
    [
        *sorted(ARITY),
        "0",
        "7",
        "'",
        '"',
        "\\",
        "#",
        "\n",
        " ",
        "\t",
        "x",
        "/dev/ttyS0",
        "192.0.2.1:",
        "\x00",
        "\\0",
        "é",
        "icmp or udp",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES).map(" ".join), st.lists(PIECES).map("".join)))
@settings(max_examples=some(2000), deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    for file in ("/nowhere/ppp/options", "/nowhere/ppp/peers/isp"):
        IMPORTER.recognises(Path(file), text)
        try:
            as_toml(read(text, file))
        except InputError:
            continue


def test_a_file_of_another_kind_can_be_said_to_be_one(tmp_path: Path) -> None:
    file = tmp_path / "link.txt"
    file.write_text("persist\nmaxfail 0\n# written by hand\nmystery\n")
    source = source_of(file, importers(), "pppd")
    assert source.data["connector"]["product"] == "pppd"
