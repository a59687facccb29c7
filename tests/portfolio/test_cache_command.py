"""The cache on the command line: where it is, and what is said of evidence that comes from it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dialproof.cli.caching import VARIABLE, default_folder
from dialproof.portfolio.attempt import CACHE
from tests.cli.test_json_schema import VALID
from tests.gatehouse import HARD, OPENS, SHUT, run, scenario


@pytest.mark.usefixtures("project")
def test_what_is_printed_says_what_came_from_the_cache(tmp_path: Path) -> None:
    name = scenario(
        "one.toml", OPENS, SHUT + '\nexpect = "violated"', OPENS + '\ncauses = ["stuck", "locked"]\nexpect = "violated"'
    )
    options = ["--cache", str(tmp_path / "cache")]
    first, second = ([json.loads(line) for line in run(name, "--json", *options).stdout.splitlines()] for _ in range(2))
    for line in (*first, *second):
        assert [error.message for error in VALID.iter_errors(line)] == []
    assert not any("cached" in line for line in first)
    assert [line["cached"] for line in second] == [line["engine"] for line in first]
    assert [line["engine"] for line in second] == [CACHE.name] * 3
    changing = ("engine", "seconds", "cached")
    same = [[{key: value for key, value in line.items() if key not in changing} for line in lines] for lines in (first, second)]
    assert same[0] == same[1]
    text = run(name, *options).stdout
    for line in first:
        assert re.search(rf"{line['claim']} .* {line['engine'].replace('+', '.')}, cached ", text)
    assert "According to the cache it is a shortest one; that was not checked again." in " ".join(text.split())
    assert "from the cache, checked by z3" in " ".join(text.split())
    anew = run(name, "--no-cache").stdout
    assert CACHE.name not in anew


@pytest.mark.usefixtures("project")
def test_where_the_cache_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv(VARIABLE, str(tmp_path / "named"))
    name = scenario("one.toml", SHUT)
    run(name, "--engine", "bmc")
    run(name, "--no-cache")
    assert not (tmp_path / "named").exists()
    run(name)
    assert (tmp_path / "named").is_dir()
    monkeypatch.setenv(VARIABLE, "")
    assert default_folder() is None
    monkeypatch.delenv(VARIABLE)
    assert default_folder() == tmp_path / "xdg" / "dialproof"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/ignored")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert default_folder() == tmp_path / "home" / ".cache" / "dialproof"


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("other", [["--no-cache"], ["--engine", "bmc"]])
def test_options_that_contradict_each_other(other: list[str]) -> None:
    result = run(scenario("one.toml", SHUT), "--cache", "c", *other)
    assert result.exit_code == 2
    assert other[0] in result.stderr


@pytest.mark.usefixtures("project")
def test_a_cache_that_cannot_be_used_is_a_warning_and_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    result = run(scenario("one.toml", OPENS, SHUT), "--json", "--cache", str(tmp_path / "file" / "cache"))
    assert result.exit_code == 1  # one of the claims is violated
    assert result.stderr.count("warning: the cache in") == 1


@pytest.mark.usefixtures("project")
def test_an_undecided_check_is_asked_again(tmp_path: Path) -> None:
    name, folder = scenario("one.toml", HARD), str(tmp_path / "cache")
    for _ in range(2):
        (line,) = run(name, "--json", "--timeout", "1", "--cache", folder).stdout.splitlines()
        assert json.loads(line)["verdict"] == "unknown"


def test_reading_the_cache_imports_no_engine() -> None:
    """What proposes evidence to the auditor shares no code with what finds it."""
    program = (
        "import sys, dialproof.portfolio.cache; print([name for name in sys.modules if name.startswith('dialproof.engines')])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
