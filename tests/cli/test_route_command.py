"""`dialproof route`: which entry wins, why, which others matched, and whether a line is dialled for it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dialproof.cli.main import main
from tests.tables import write

LINES = [
    "partner.example,dns,,office",
    "mail.partner.example,host,relay.example,isp",
    "#exact.org,dns,,other",
    "exact.org,dns,,isp",
    "held.example,etrn,,",
    "exact.org,dns,,office",
]
ADDED = '[[email_domain]]\ndomain = "new.example"\ndeliver = "dns"\nlink = "office"\nadded = "while-running"\n'


@pytest.fixture
def scenario(tmp_path: Path) -> str:
    return str(write(tmp_path, LINES, more=f'[[email_domain]]\ndomain = "org"\ndeliver = "dns"\nlink = "office"\n{ADDED}'))


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["route", *arguments], prog_name="dialproof")
    assert "Traceback" not in result.output
    return result


def answer(scenario: str, *asked: str) -> list[dict[str, object]]:
    result = run(scenario, "--json", *asked)
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_an_answer_says_which_entry_wins_and_why(scenario: str) -> None:
    table = scenario.replace("my.toml", "routes.csv")
    result = run(scenario, "someone@a.mail.partner.example", "exact.org")
    assert result.exit_code == 0
    assert result.stdout.replace(f"{table} ", "").replace(f"{scenario} ", "my.toml ") == (
        "someone@a.mail.partner.example\n"
        "  goes to the host relay.example over isp, a line that has to be dialled\n"
        "  because of mail.partner.example (line 3): the longest suffix on a label boundary\n"
        "  not by partner.example (line 2): a shorter suffix\n"
        "  not by the default route: it takes what no entry matches\n"
        "\n"
        "exact.org\n"
        "  goes by DNS over other, a line that has to be dialled\n"
        "  because of #exact.org (line 4): an exact entry (#) for this domain goes before all others\n"
        "  not by exact.org (line 5): no exact entry\n"
        "  not by exact.org (line 7): no exact entry\n"
        "  not by org (my.toml line 18): no exact entry\n"
        "  not by the default route: it takes what no entry matches\n"
    )


@pytest.mark.parametrize(
    ("asked", "rule", "line", "link", "dialled"),
    [
        ("partner.example", "suffix", 2, "office", False),
        ("xpartner.example", "default", None, "isp", True),
        ("a.exact.org", "suffix", 5, "isp", True),
        ("EXACT.org", "exact", 4, "other", True),
        ("user@held.example", "suffix", 6, None, False),
        ("b.org", "suffix", 18, "office", False),
        ("nowhere", "default", None, "isp", True),
    ],
)
def test_the_same_as_data(scenario: str, asked: str, rule: str, line: int | None, link: str | None, dialled: bool) -> None:
    [said] = answer(scenario, asked)
    assert (said["asked"], said["rule"], said["link"], said["dialled"]) == (asked, rule, link, dialled)
    entry = said["entry"]
    assert entry is None if line is None else isinstance(entry, dict) and entry["line"] == line
    assert list(said) == [
        *("scenario", "asked", "domain", "rule", "entry", "deliver", "host", "link", "dialled", "at_start", "lost"),
    ]


def test_an_entry_that_is_yet_to_be_added_does_not_count_before(scenario: str) -> None:
    [said] = answer(scenario, "a.new.example")
    before = said["at_start"]
    assert isinstance(before, dict)
    assert (said["link"], before["entry"], before["link"]) == ("office", None, "isp")
    text = run(scenario, "a.new.example").stdout
    assert "until then to the host smtp.isp.example over isp, a line that has to be dialled, because of the default route" in text
    [known] = answer(scenario, "partner.example")
    assert known["at_start"] is None


def test_a_later_entry_for_the_domain_is_told_from_another_host(tmp_path: Path) -> None:
    lines = ["a.example,host,h1,isp", "a.example,host,h2,isp", "a.example,host,h1,isp", "a.example,dns,,isp"]
    [said] = answer(str(write(tmp_path, lines)), "a.example")
    lost = said["lost"]
    assert isinstance(lost, list)
    assert [one["why"] for one in lost] == [
        "one more host, over the same link",
        "the same entry again",
        "a later entry for the same domain",
        "it takes what no entry matches",
    ]


def test_of_many_entries_that_match_the_first_are_told(tmp_path: Path) -> None:
    path = str(write(tmp_path, [f"a.example,host,h{number},isp" for number in range(31)]))
    assert run(path, "a.example").stdout.splitlines()[-2:] == [
        f"  not by a.example ({tmp_path}/routes.csv line 22): one more host, over the same link",
        "  nor by 11 other entries that match",
    ]
    [said] = answer(path, "a.example")
    lost = said["lost"]
    assert isinstance(lost, list)
    assert len(lost) == 31


def test_lines_that_share_a_modem_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, ["a.example,dns,,isp"])
    path.write_text(path.read_text().replace('kind = "ras"', 'kind = "ras"\nmodem = "com1"'))
    assert "(its modem com1 is also that of other)" in run(str(path), "a.example").stdout


def test_a_scenario_without_a_file_is_answered_too() -> None:
    path = Path(__file__).resolve().parents[2] / "docs" / "examples" / "partner.toml"
    result = run(str(path), "partner.example")
    assert f"because of partner.example ({path} line 18): the domain itself" in result.stdout


def test_findings_are_listed_by_line(scenario: str) -> None:
    table = scenario.replace("my.toml", "routes.csv")
    assert run(scenario, "--findings").stdout.splitlines() == [
        f"conflict: {table} line 7: exact.org is never used because of exact.org in line 5",
        "1 finding",
    ]
    [found] = [json.loads(line) for line in run(scenario, "--findings", "--json").stdout.splitlines()]
    assert (found["finding"], found["entry"]["line"], found["beside"]["line"]) == ("conflict", 7, 5)
    both = run(scenario, "exact.org", "--findings", "--json").stdout.splitlines()
    assert [("asked" in json.loads(line), "finding" in json.loads(line)) for line in both] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("@partner.example", "there is nothing in front of the @"),
        ("#exact.org", "the # belongs to an entry of the table"),
        ("user@", "allowed: labels of 1 to 63"),
        ("a b", "allowed: labels of 1 to 63"),
        ("user@[10.0.0.1]", "allowed: labels of 1 to 63"),
        ("partner.example.", "a dot at the end"),
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(scenario: str, asked: str, said: str) -> None:
    result = run(scenario, "partner.example", asked, "*.example")
    assert (result.exit_code, result.stdout) == (2, "")
    first, second = result.stderr.splitlines()
    assert first.startswith(f"{json.dumps(asked)} is no address and no domain: {said}")
    assert second.startswith('"*.example" is no address and no domain: wildcards')


def test_a_question_is_needed(scenario: str) -> None:
    result = run(scenario)
    assert result.exit_code == 2
    assert "There is nothing to answer: give an address or a domain, or --findings." in result.stderr


def test_a_bad_scenario_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, ["a.example,dns,,nowhere"])
    result = run(str(path), "a.example")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "`link` is" in result.stderr
