"""Bad input on the command line: exit code 2, and a message that says what is wrong."""

from pathlib import Path

import pytest

from dialproof.project.scenarios import scenario_files
from tests.gatehouse import CONFIGURATION, OPENS, real, run, scenario

# --- bad input -------------------------------------------------------------------------------------------------------


def refused(*arguments: str) -> str:
    """What the command says when it refuses its input: nothing else is printed, and nothing is checked."""
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert not result.stdout
    return result.stderr


@pytest.mark.usefixtures("project")
def test_a_missing_file() -> None:
    scenario("gate.toml", OPENS)
    assert refused("gaet.toml") == 'gaet.toml: no such file; did you mean "gate.toml"?\n'


@pytest.mark.usefixtures("project")
def test_a_folder_without_scenarios() -> None:
    Path("empty").mkdir()
    assert refused("empty").startswith("empty: a folder without scenarios")


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "bad.toml:1:1: the file is empty"),
        ("title = \n", "bad.toml:1:9: broken TOML"),
        ('title = "x"\n', "bad.toml: there is nothing to check"),
        ('title = "x"\n[[check]]\nkind = "nonsense"\n', "bad.toml:2:3: `check[0].kind` is wrong; allowed:"),
    ],
)
def test_a_bad_file(text: str, said: str) -> None:
    Path("bad.toml").write_text(text)
    assert refused("bad.toml").startswith(said)


@pytest.mark.usefixtures("project")
def test_every_bad_file_is_reported_and_nothing_is_checked() -> None:
    scenario("all/good.toml", OPENS)
    scenario("all/bad.toml", 'kind = "nonsense"')
    Path("empty").mkdir()
    Path("odd\n.toml").write_bytes(b"\xff")
    said = refused("all", "missing.toml", "empty", "odd\n.toml")
    assert [word in said for word in ("all/bad.toml:3:3", "missing.toml: no such file", "empty: a folder")] == [True] * 3
    assert "not UTF-8" in said
    assert said.endswith("Nothing was checked: of what was given, 4 cannot be used.\n")


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    "options",
    [
        ["--timeout", "0"],
        ["--timeout", "-1"],
        ["--timeout", "nan"],
        ["--timeout", "inf"],
        ["--timeout", "soon"],
        ["--jobs", "0"],
        ["--jobs", "two"],
        ["--engine", "steam"],
        ["--nonsense"],
        ["--figures", "one.toml"],
        ["--figures", "one.toml/below"],
    ],
)
def test_a_bad_option(options: list[str]) -> None:
    assert options[0] in refused(scenario("one.toml", OPENS), *options) or "one.toml" in options[1]


def test_no_scenario_at_all() -> None:
    assert "Missing argument" in refused()


def test_scenarios_of_two_projects(project: Path) -> None:
    other = project / "other"
    other.mkdir()
    (other / "pyproject.toml").write_text(CONFIGURATION)
    assert "belong to different verification projects" in refused(scenario("a.toml", OPENS), scenario("other/b.toml", OPENS))


CONNECTOR = """\
format = 1
[connector]
product = "exchange-ims"
build = "5.5.2448.0"
[links.isp]
kind = "ras"
[default]
deliver = "host"
host = "smtp.isp.example"
link = "isp"
[[check]]
claim = "no-mail-is-lost"
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "key"),
    [
        ('link = "isp"', 'link = "ips"', 10, "`default.link`"),
        ('host = "smtp.isp.example"\n', "", 7, "`default.host`"),
        ('deliver = "host"', 'deliver = "pigeon"', 8, "`default.deliver`"),
        ('build = "5.5.2448.0"', 'build = "5.5"', 4, "`connector.build`"),
        ('kind = "ras"', 'kind = "ras"\nspeed = 9600', 7, "`links.isp.speed`"),
        ('[[check]]\nclaim = "no-mail-is-lost"', "", 1, "an empty check list"),
        ("[[check]]", "[[check]", 11, "broken TOML"),
        ("no-mail-is-lost", "no-mail-is-late", 12, "`check[0].claim`"),
        ("format = 1", "format = 1\ncheck = []", 12, "broken TOML"),
    ],
)
def test_a_bad_connector(  # the reference project: there is no other above an empty folder
    old: str, new: str, line: int, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my.toml").write_text(CONNECTOR.replace(old, new))
    process = real("check", "my.toml", "--timeout", "60")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert err.startswith(f"my.toml:{line}:")
    assert key in err
    assert "Traceback" not in err


# --- which files a folder stands for ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("project")
def test_the_copies_in_certificates_are_no_scenarios_unless_they_are_named() -> None:
    assert run(scenario("all/one.toml", OPENS), "--certificates", "all/evidence").exit_code == 0
    (copy,) = Path("all/evidence").glob("*.cert/scenario.toml")
    assert "1 check: " in run("all").stdout
    assert scenario_files([Path()])[0] == (Path("all/one.toml"),)
    for named in (copy, copy.parent, copy.parent / "."):
        assert scenario_files([named])[0] == (copy,)
    assert run("all/evidence").exit_code == 2, "a folder without scenarios"


@pytest.mark.usefixtures("project")
def test_however_many_links_lead_to_a_scenario_it_comes_once() -> None:
    one = Path(scenario("all/real/one.toml", OPENS))
    Path("all/a-link").symlink_to("real")
    Path("all/real/loop").symlink_to("../..")
    Path("all/a-link.toml").symlink_to("real/one.toml")
    Path("all/real/dangling.toml").symlink_to("nowhere")
    Path("all/elsewhere.toml").symlink_to("../outside.toml")
    outside = Path(scenario("outside.toml", OPENS))
    there = Path("all/elsewhere.toml")
    assert scenario_files([Path("all")])[0] == (there, one), "the file itself, not one of the links to it"
    assert scenario_files([Path("all/a-link")])[0] == (Path("all/a-link/one.toml"),), "a link that is named is followed"
    assert scenario_files([Path("all/a-link"), Path("all"), one])[0] == (Path("all/a-link/one.toml"), there)
    assert scenario_files([outside, Path("all")])[0] == (outside, one)
