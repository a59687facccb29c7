"""`check --watch`: what is edited is checked again, whatever the editor does, until somebody ends it."""

import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from dialproof.cli.watching import Watched, mark_of
from tests.gatehouse import HARD, OPENS, SHUT, environment, real, run, scenario
from tests.processes import descendants, is_alive, until

PATIENCE = 120.0
"""For how many seconds something may take on a busy machine; nothing waits that long where it works."""

pytestmark = pytest.mark.usefixtures("project")


class Watcher:
    """The command in a process of its own, and what it has printed since the last round."""

    def __init__(self, *arguments: str) -> None:
        both = environment() | {"PYTHONUNBUFFERED": "1"}
        self.process = real("check", *arguments, "--watch", "--jobs", "1", stderr=subprocess.STDOUT, env=both)
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def round(self) -> str:
        """What it prints until it waits for the next edit."""
        return self.until("; Ctrl-C ends")

    def until(self, said: str) -> str:
        """What it prints until a line with `said`."""
        printed = ""
        while said not in printed:
            line = self._lines.get(timeout=PATIENCE)
            assert line is not None, f"it has ended: {printed}"
            printed += line
        return printed

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Its exit code once it was told to end; no worker is left then."""
        workers = descendants(self.process.pid)
        self.process.send_signal(number)
        code = self.process.wait(timeout=PATIENCE)
        assert until(lambda: not any(map(is_alive, workers)), PATIENCE)
        self.read_on()
        return code

    def read_on(self) -> None:
        """Read to the end what it has printed, once it has ended: nobody may close its output before."""
        self._reader.join(timeout=PATIENCE)


@pytest.fixture
def watchers() -> Iterator[list[Watcher]]:
    """The watchers of a test, ended with it."""
    started: list[Watcher] = []
    yield started
    for watcher in started:
        watcher.process.kill()  # without effect where the test has ended it
        watcher.process.wait()
        watcher.read_on()


def renamed_over(name: str, text: str) -> None:
    """Save as many editors do: write another file, move the old one away, and put the new one in its place."""
    Path(f"{name}.new").write_text(text)
    Path(name).rename(f"{name}~")
    Path(f"{name}.new").rename(name)


def test_what_is_edited_is_checked_again_and_what_has_changed_comes_first(watchers: list[Watcher]) -> None:
    name = scenario("one.toml", OPENS, SHUT)
    watchers.append(watcher := Watcher(name))
    first = watcher.round()
    assert "gate-opens" in first
    assert "was edited" not in first
    scenario(name, OPENS + '\ncauses = ["stuck"]', SHUT)
    said = watcher.round().lstrip("\n").splitlines()
    assert said[:3] == ["one.toml was edited", "  gate-opens: holds → violated", ""]
    assert any(line.lstrip("! ").split()[:2] == ["gate-opens", "violated"] for line in said[3:])
    scenario(name, OPENS + '\ncauses = ["stuck"]', OPENS, title="Twice")
    again = watcher.round().lstrip("\n").splitlines()
    assert again[:3] == [
        "one.toml was edited",
        "  gate-opens (2): not checked before, now holds",
        "  gate-stays-shut: no longer checked, before violated",
    ]
    scenario(name, OPENS + '\ncauses = ["stuck"]', OPENS, title="A comment")
    assert "  no verdict has changed\n" in watcher.round()
    assert watcher.end() == 130


def test_a_bad_edit_is_told_and_the_next_good_one_is_checked(watchers: list[Watcher]) -> None:
    name = scenario("one.toml", OPENS)
    watchers.append(watcher := Watcher(name))
    watcher.round()
    scenario(name, 'kind = "opened"')
    bad = watcher.round()
    assert "one.toml:3:3: `check[0].kind` is wrong" in bad
    assert "was edited" not in bad
    Path(name).write_text("title = ")
    assert "broken TOML" in watcher.round()
    scenario(name, OPENS + '\ncauses = ["stuck"]')
    assert "  gate-opens: holds → violated\n" in watcher.round()  # since it was last checked
    assert watcher.end(signal.SIGTERM) == 143


def test_a_model_without_meaning_is_told_like_a_bad_edit(watchers: list[Watcher]) -> None:
    name = scenario("one.toml", OPENS)
    watchers.append(watcher := Watcher(name))
    watcher.round()
    scenario(name, 'kind = "outside"')
    assert "leads out of range in a run of 3 steps" in watcher.round()
    scenario(name, OPENS)
    assert "no verdict has changed" in watcher.round()


def test_editors_that_save_by_renaming(watchers: list[Watcher]) -> None:
    name = scenario("one.toml", OPENS)
    watchers.append(watcher := Watcher(name))
    watcher.round()
    text = Path(name).read_text()
    renamed_over(name, text + 'causes = ["stuck"]\n')
    assert "  gate-opens: holds → violated\n" in watcher.round()
    renamed_over(name, text)
    assert "  gate-opens: violated → holds\n" in watcher.round()


def test_a_folder_gets_and_loses_scenarios(watchers: list[Watcher]) -> None:
    scenario("many/a.toml", OPENS)
    watchers.append(watcher := Watcher("many"))
    assert "watching 1 scenario;" in watcher.round()
    scenario("many/below/b.toml", SHUT)
    added = watcher.round()
    assert "many/below/b.toml is new" in added
    assert "many/a.toml" not in added
    assert "watching 2 scenarios;" in added
    Path("many/a.toml").unlink()
    gone = watcher.round()
    assert "many/a.toml: no longer there" in gone
    assert "watching 1 scenario;" in gone


def test_a_file_that_a_scenario_names_is_watched_too(watchers: list[Watcher]) -> None:
    name = scenario("one.toml", OPENS, title="routes.csv")
    watchers.append(watcher := Watcher(name))
    watcher.round()
    Path("routes.csv").write_text("a new file")
    assert "no verdict has changed" in watcher.round()
    Path("routes.csv").write_text("a file that was edited")
    assert "no verdict has changed" in watcher.round()


def test_an_edit_ends_what_is_under_way(watchers: list[Watcher]) -> None:
    """Nobody waits for the verdict of a scenario that is no longer so: this one would take minutes."""
    name = scenario("one.toml", OPENS)
    watchers.append(watcher := Watcher(name))
    watcher.round()
    scenario(name, HARD)
    assert until(lambda: busy(descendants(watcher.process.pid)), PATIENCE)
    at_work = descendants(watcher.process.pid)
    scenario(name, SHUT)
    assert "gate-stays-shut: not checked before, now violated" in watcher.round()
    assert watcher.end() == 130
    assert until(lambda: not any(map(is_alive, at_work)))


def busy(processes: set[int]) -> bool:
    """Whether one of them has computed for some time: its user time, in ticks, is the 14th field (proc_pid_stat(5))."""
    ticks = [0]
    for pid in processes:
        with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            ticks.append(int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11]))
    return max(ticks) > 1.5 * os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("option", ["--json", "--junit x.xml", "--traces t", "--certificates c", "--figures f"])
def test_options_that_go_with_one_round_only(option: str) -> None:
    result = run(scenario("one.toml", OPENS), "--watch", *option.split())
    assert result.exit_code == 2
    assert "--watch prints the table" in result.stderr


def test_nothing_to_watch_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run(str(tmp_path / "empty"), "--watch")
    assert result.exit_code == 2
    assert "a folder without scenarios" in result.stderr


# --- what is seen -----------------------------------------------------------------------------------------------------


def test_a_mark_tells_files_apart(tmp_path: Path) -> None:
    file = tmp_path / "one"
    assert mark_of(file) is None
    assert mark_of(tmp_path) is None
    file.write_text("a")
    first = mark_of(file)
    assert first == mark_of(file) != None  # noqa: E711  # the chain says both
    os.utime(file, ns=(1, 1))
    assert mark_of(file) != first
    other = tmp_path / "two"
    other.write_text("b")
    os.utime(other, ns=(1, 1))
    second = mark_of(file)
    other.rename(file)
    assert mark_of(file) != second  # of the same size and time, and yet another file


def test_what_a_broken_scenario_named_before_is_still_watched() -> None:
    name = scenario("one.toml", OPENS, title="routes.csv")
    watched = Watched([Path(name)])
    before = watched.look()
    assert Path("routes.csv") in [path for path, _ in before[Path(name)]]
    Path(name).write_text("title = ")
    assert Path("routes.csv") in [path for path, _ in watched.look()[Path(name)]]


def test_a_file_that_is_away_for_a_moment_is_waited_for() -> None:
    name = scenario("one.toml", OPENS)
    watched = Watched([Path(name)])
    before = watched.look()
    Path(name).rename("away")

    def back() -> None:
        time.sleep(0.3)
        Path("away").rename(name)

    thread = threading.Thread(target=back)
    thread.start()
    assert watched.settled(before) == before
    thread.join()


def test_a_folder_that_is_gone_is_seen_as_empty() -> None:
    scenario("many/a.toml", OPENS)
    watched = Watched([Path("many")])
    assert len(watched.look()) == 1
    Path("many").rename("elsewhere")
    assert not [mark for marks in watched.look().values() for _, mark in marks if mark is not None]
