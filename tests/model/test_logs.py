"""Logs as lines with a time and a program, and what a format says that a line shows."""

import gzip
from datetime import datetime
from pathlib import Path

import pytest

from dialproof.core.actions import Action
from dialproof.core.errors import InputError
from model.logs.format import LogFormat, Recogniser, read
from model.logs.lines import LogLine, lines_of

PRODUCTS = Path(__file__).resolve().parents[2] / "model" / "products"


def log(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("line", "at", "program", "text"),
    [
        ("Nov  3 08:00:01 gw pppd[411]: Starting link", datetime.fromisoformat("2024-11-03T08:00:01"), "pppd", "Starting link"),
        ("2026-11-03T08:00:01 gw postfix/smtp[4]: A: to=<b>", datetime.fromisoformat("2026-11-03T08:00:01"), "smtp", "A: to=<b>"),
        ("Tue Nov  3 08:00:01 2026 daemon.notice pppd[1]: Exit.", datetime.fromisoformat("2026-11-03T08:00:01"), "pppd", "Exit."),
        ("Nov  3 08:00:01 gw mwan3track: up", datetime.fromisoformat("2024-11-03T08:00:01"), "mwan3track", "up"),
    ],
)
def test_the_forms_of_syslog_journald_and_logread_are_read(
    tmp_path: Path, line: str, at: datetime, program: str, text: str
) -> None:
    (found,) = lines_of([log(tmp_path / "log", "no line of a log", line, "")], year=2024)
    assert (found.number, found.at, found.program, found.text) == (2, at, program, text)


def test_a_time_zone_counts(tmp_path: Path) -> None:
    path = log(tmp_path / "log", "2026-11-03T08:00:01.5+0100 gw pppd[1]: a", "2026-11-03T08:00:01Z gw pppd[1]: b")
    first, second = lines_of([path])
    assert (second.at - first.at).total_seconds() == 3599.5


def test_from_december_it_goes_on_in_january_of_the_next_year(tmp_path: Path) -> None:
    path = log(
        tmp_path / "log", "Dec 31 23:59:59 gw pppd[1]: a", "Jan  1 00:00:01 gw pppd[1]: b", "Dec 31 23:00:00 gw pppd[1]: c"
    )
    assert [line.at.year for line in lines_of([path], year=2025)] == [2025, 2026, 2026]


def test_rotated_files_are_taken_in_the_order_of_their_times_and_unpacked(tmp_path: Path) -> None:
    older = tmp_path / "ppp.log.1.gz"
    older.write_bytes(gzip.compress(b"2026-11-02T08:00:01 gw pppd[1]: first\n"))
    newer = log(tmp_path / "ppp.log", "2026-11-03T08:00:01 gw pppd[1]: second")
    assert [line.text for line in lines_of([newer, older])] == ["first", "second"]
    empty = log(tmp_path / "empty")
    assert [line.text for line in lines_of([empty, newer])] == ["second"]


CUT = gzip.compress(b"Nov  3 08:00:01 gw pppd[1]: a\n" * 99)[:-20]


@pytest.mark.parametrize("content", [b"\x1f\x8bnot packed", CUT, None], ids=["not packed", "cut off", "not there"])
def test_what_cannot_be_read_is_said_with_its_name(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "log.gz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"log\.gz: cannot be read"):
        list(lines_of([path]))


def test_bytes_of_any_kind_are_lines_or_none(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"\xff\xfe\x00\nFeb 30 08:00:01 gw pppd[1]: no such day\nXyz  3 08:00:01 gw pppd[1]: a\n" + b"a" * 300_000)
    assert list(lines_of([path], year=2024)) == []


# --- formats ---------------------------------------------------------------------------------------------------------------


FORM = """
programs = ["dialler"]
[[line]]
pattern = 'calling (?P<line>\\S+)'
shows = ["dial({line})"]
[[line]]
pattern = 'all lines are down'
is = { "line isp" = ["down"] }
[[line]]
pattern = 'busy'
shows = ["no_carrier({line})"]
[hidden]
arrive = "not logged"
"""


def test_a_format_is_a_few_lines(tmp_path: Path) -> None:
    form = read(log(tmp_path / "log.toml", FORM))
    actions = [Action(name, True, {}, concerns=name[:-1].rpartition("(")[2]) for name in ("dial(isp)", "arrive(web)", "busy")]
    assert [action.name for action in form.shown(actions)] == ["dial(isp)"]
    assert form.not_shown() == ["arrive: not logged"]
    one = Recogniser(form, ["isp"])
    assert form.programs == ("dialler",)
    assert (seen := one.seen(line("calling isp")))
    assert seen.actions == ("dial(isp)",)
    assert one.seen(line("calling isp again")) is None
    assert (seen := one.seen(line("busy")))
    assert seen.actions == ("no_carrier(isp)",)
    with pytest.raises(InputError, match=r"ppp\.log:7: this line does not say which of a, b it speaks of"):
        Recogniser(form, ["a", "b"]).seen(line("busy"))


def line(text: str, program: str = "dialler") -> LogLine:
    return LogLine("ppp.log", 7, datetime.fromisoformat("2026-11-03T00:00:00"), program, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("programs = ", "cannot be read as the format of a log"),
        ("programs = []\nline = []", "programs: "),
        ("programs = ['a']\n[[line]]\npattern = '('", "no regular expression"),
        ("programs = ['a']\n[[line]]\npattern = 'a'\nshow = ['b']", "line.0.show: Extra inputs"),
    ],
)
def test_a_wrong_format_is_refused_with_its_name(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=r"log\.toml: ") as refused:
        read(log(tmp_path / "log.toml", text))
    assert said in str(refused.value)


@pytest.mark.parametrize("path", sorted(PRODUCTS.glob("*/log*.toml")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_format_of_a_product_can_be_read(path: Path) -> None:
    assert isinstance(read(path), LogFormat)
