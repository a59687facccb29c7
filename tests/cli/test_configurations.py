"""Configuration files on the command line: what is recognised, what a folder stands for, the scenario that stands for a file."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dialproof import Review
from dialproof.cli.main import main
from dialproof.notebook.display import mimebundle
from tests.amounts import long

GOOD = """\
config interface 'a'
\toption enabled '1'
\tlist track_ip '198.51.100.1'
\tlist track_ip '198.51.100.2'
\toption password 'hush-hush'
config member 'a1'
\toption interface 'a'
config policy 'p'
\tlist use_member 'a1'
config rule 'r'
\toption dest_ip '0.0.0.0/0'
\toption use_policy 'p'
"""
BAD = GOOD.replace("option interface 'a'", "option interface 'aa'")


def run(*arguments: object) -> tuple[int, str, str]:
    """The exit code, standard output and standard error of a command."""
    answer = CliRunner().invoke(main, [str(one) for one in arguments])
    return answer.exit_code, answer.stdout, answer.stderr


def test_a_folder_is_one_command_with_a_table_and_a_broken_file_stops_no_other(tmp_path: Path) -> None:
    for name, text in {"good": GOOD, "bad": BAD, "broken": f"{GOOD}option\n", "other.txt": "nothing", "x.csv": GOOD}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    code, out, err = run("check", tmp_path, "--no-cache")
    assert code == 2
    assert f"{tmp_path / 'broken'}:13:1: `option` with 0 words; allowed: 2" in err
    assert "`a1` names `aa`, which is no interface" in " ".join(out.split())
    assert f"{tmp_path / 'good'}\n" in out
    assert "other.txt" not in out + err
    assert "From here on" not in out  # of several files a run is not shown if settings explain it
    assert "hush" not in out + err


def test_the_reasons_are_in_the_json(tmp_path: Path) -> None:
    (tmp_path / "bad").write_text(BAD, encoding="utf-8")
    code, out, _ = run("check", tmp_path / "bad", "--json", "--no-cache")
    first = json.loads(out.splitlines()[0])
    assert (code, first["verdict"]) == (1, "violated")
    assert [one["line"] for one in first["suspects"]] == [8, 6]


def test_what_a_file_is_can_be_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text(
        GOOD.replace("config policy", "config polity").replace("config member", "config limb"), encoding="utf-8"
    )
    code, _, err = run("check", tmp_path / "file")
    assert code == 2
    assert "no configuration file of a kind that is recognised; say what it is with --as KIND: " in err
    assert run("check", tmp_path / "file", "--as", "mvan3")[2].rstrip().endswith('did you mean "mwan3"?')
    code, out, err = run("check", tmp_path / "file", "--as", "mwan3", "--no-cache")
    assert "polity: use_member (line 9)" in " ".join(out.split()), err


def test_the_scenario_that_stands_for_a_file_asks_the_same(tmp_path: Path) -> None:
    (tmp_path / "bad").write_text(BAD, encoding="utf-8")
    assert run("import", tmp_path / "bad", "-o", tmp_path / "s.toml")[0] == 0
    text = (tmp_path / "s.toml").read_text(encoding="utf-8")
    assert "hush" not in text
    assert "# line 7" in text
    of_file, of_scenario = (run("check", tmp_path / name, "--json", "--no-cache")[1].splitlines() for name in ("bad", "s.toml"))
    answers = [[(one["claim"], one["verdict"]) for one in map(json.loads, lines)] for lines in (of_file, of_scenario)]
    assert answers[0] == answers[1]
    assert run("import", tmp_path / "bad", "-o", "-")[1] == text
    assert run("import", tmp_path / "bad", "-o", tmp_path / "s.toml")[0] == 2  # it is there, and stays
    assert "this is a scenario already" in run("import", tmp_path / "s.toml")[2]


@pytest.mark.parametrize("suffix", ["html", pytest.param("md", marks=long)])
def test_a_report_shows_the_settings_to_blame_and_no_secret(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "bad").write_text(BAD, encoding="utf-8")
    run("report", tmp_path / "bad", "-o", tmp_path / f"r.{suffix}")
    page = (tmp_path / f"r.{suffix}").read_text(encoding="utf-8")
    assert "names" in page
    assert "which is no interface" in page
    assert "hush" not in page


def test_a_notebook_shows_the_settings_to_blame_and_no_secret(tmp_path: Path) -> None:
    (tmp_path / "bad").write_text(BAD, encoding="utf-8")
    review = Review.of(tmp_path / "bad")
    for shown in (review, review["traffic-can-leave(p)"]):
        for said in mimebundle(shown).values():
            assert "which is no interface" in " ".join(said.split())
            assert "hush" not in said


def test_a_certificate_holds_the_scenario_and_not_the_file(tmp_path: Path) -> None:
    (tmp_path / "good").write_text(GOOD, encoding="utf-8")
    code, out, err = run("check", tmp_path / "good", "--certificates", tmp_path / "certificates", "--no-cache")
    assert code == 0, out + err
    kept = [path for path in (tmp_path / "certificates").rglob("*") if path.is_file()]
    assert not [path for path in kept if b"hush" in path.read_bytes()]
    assert {path.name for path in kept if path.name.startswith("scenario")} == {"scenario.toml"}
    assert run("audit", tmp_path / "certificates", "--without-second-opinion")[0] == 0
