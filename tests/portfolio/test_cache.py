"""The cache: it saves work where nothing has changed, and whatever lies in it changes no verdict."""

import json
import os
import pickle
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import z3
from click.testing import CliRunner

import dialproof
from dialproof import Assumption, Claim, Fairness, Holds, ModelError, Unknown, Verdict, Violated
from dialproof.cli.caching import VARIABLE
from dialproof.cli.main import main
from dialproof.core.actions import Action
from dialproof.core.certificates import Certificate, Conjunction, InductiveInvariant, KInduction, KLiveness
from dialproof.core.errors import InputError
from dialproof.core.run import Lasso, Run, State, Step, Taken
from dialproof.core.system import System
from dialproof.core.variables import boolean, choice, integer
from dialproof.encode.problem import Problem
from dialproof.engines.registry import engine_called, names
from dialproof.evidence.certificates.meaning import problem_digest
from dialproof.evidence.certificates.plain import to_plain
from dialproof.exchange.itf import itf
from dialproof.ltl import always, eventually
from dialproof.portfolio import cache as cache_module
from dialproof.portfolio.attempt import CACHE as RECALLED
from dialproof.portfolio.attempt import CACHED_PREMISE, RANGES, Attempt, Role, audit_of
from dialproof.portfolio.cache import LARGEST, Cache, Recalled
from dialproof.portfolio.check import job_of
from dialproof.portfolio.pool import Key, Pool
from dialproof.portfolio.portfolio import Portfolio
from dialproof.portfolio.tasks import Task, possibility
from tests.gatehouse import OPENS, SHUT, real, run, scenario

gate = choice("gate", ["shut", "open"], says="the gate")
waiting = integer("waiting", 0, 1, says="people waiting")


def gatehouse(fairness: Fairness = Fairness.WEAK) -> System:
    """A gate that somebody opens for whoever waits; a bell may be rung for ever instead."""
    return System(
        "gate",
        [gate, waiting],
        z3.And(gate == gate.shut, waiting == 0),
        [
            Action("arrive", waiting == 0, {waiting: 1}),
            Action("ring", waiting == 1, {}),
            Action("open", z3.And(waiting == 1, gate == gate.shut), {gate: gate.open}, fairness),
            Action("leave", gate == gate.open, {gate: gate.shut, waiting: 0}, Fairness.WEAK),
        ],
    )


OPENS_FOR_ALL = Claim(
    "opens", always(z3.Implies(waiting > 0, eventually(gate == gate.open))), "Whoever waits gets in.", premise=waiting > 0
)
STAYS_SHUT = Claim("stays-shut", always(gate == gate.shut), "The gate is never opened.")
NEVER_TWO = Claim("never-two", always(waiting < 2), "Nobody waits behind another one.", premise=waiting > 1)

CACHE = RECALLED.name
HOLDING = Problem(gatehouse(), OPENS_FOR_ALL.formula)
VIOLATED = Problem(gatehouse(), STAYS_SHUT.formula)
UNFAIR = Problem(gatehouse(Fairness.NONE), OPENS_FOR_ALL.formula)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> list[Attempt]:
    """What workers are asked to do, from now on."""
    done: list[Attempt] = []
    start = Pool.start

    def counted(self: Pool, key: Key, task: Task) -> None:
        done.append(task.attempt)
        start(self, key, task)

    monkeypatch.setattr(Pool, "start", counted)
    return done


def decided(cache: Cache | None, system: System, claim: Claim | z3.BoolRef, timeout: float = 60) -> Verdict:
    with Portfolio(1, timeout=timeout, cache=cache) as portfolio:
        return portfolio.run([job_of(system, claim)])[0]


def entry(cache: Cache, problem: Problem) -> Path:
    key = cache.key(problem)
    return cache.folder / key[:2] / f"{key}.json"


def content(cache: Cache, problem: Problem) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(entry(cache, problem).read_text())
    return read


def forge(cache: Cache, problem: Problem, evidence: dict[str, Any]) -> None:
    """Put an entry for `problem` into the cache that looks like one of ours, with other evidence."""
    genuine = InductiveInvariant("true")
    cache.store(cache.key(problem), problem, genuine, "spacer")
    header = {name: value for name, value in content(cache, problem).items() if name not in ("certificate", "run")}
    entry(cache, problem).write_text(json.dumps(header | evidence))


# --- it saves work ----------------------------------------------------------------------------------------------------


def test_a_proof_is_audited_and_not_made_again(cache: Cache, tasks: list[Attempt]) -> None:
    first = decided(cache, gatehouse(), OPENS_FOR_ALL)
    assert isinstance(first, Holds)
    assert (first.engine in names(), first.cached) == (True, "")
    tasks.clear()
    second = decided(cache, gatehouse(), OPENS_FOR_ALL)
    assert isinstance(second, Holds)
    assert (second.engine, second.cached) == (CACHE, first.engine)
    assert tasks == [audit_of(RECALLED)]
    assert second == replace(first, engine=CACHE, cached=first.engine)
    assert second.checked_by == (f"z3 {z3.get_version_string()}",)
    assert second.vacuity.witness is not None


def test_a_violation_is_replayed_and_not_searched_for_again(cache: Cache, tasks: list[Attempt]) -> None:
    first = decided(cache, gatehouse(), STAYS_SHUT)
    tasks.clear()
    second = decided(cache, gatehouse(), STAYS_SHUT)
    assert isinstance(first, Violated)
    assert second == replace(first, engine=CACHE, cached=first.engine)
    assert tasks == [RANGES]


def test_that_a_claim_is_vacuous_is_audited_and_not_proved_again(cache: Cache, tasks: list[Attempt]) -> None:
    first = decided(cache, gatehouse(), NEVER_TWO)
    tasks.clear()
    second = decided(cache, gatehouse(), NEVER_TWO)
    assert first.vacuity.premise is second.vacuity.premise is False
    assert tasks == [audit_of(RECALLED), audit_of(CACHED_PREMISE)]


def test_what_is_unknown_is_not_kept(cache: Cache) -> None:
    number = integer("number", 0, 1000002)
    square = Action("square", z3.BoolVal(True), {number: (number * number + 1) % 1000003}, Fairness.WEAK)
    system = System("hard", [number], number != 0, [square])
    assert isinstance(decided(cache, system, always(number != 0), timeout=1), Unknown)
    assert not cache.folder.exists()


def test_a_second_opinion_is_asked_of_a_cached_proof_too(cache: Cache) -> None:
    pytest.importorskip("cvc5")
    decided(cache, gatehouse(), OPENS_FOR_ALL)
    with Portfolio(1, timeout=60, cache=cache, second_opinion=True) as portfolio:
        (verdict,) = portfolio.run([job_of(gatehouse(), OPENS_FOR_ALL)])
    assert verdict.engine == CACHE
    assert [name.partition(" ")[0] for name in verdict.checked_by] == ["z3", "cvc5"]


def test_without_a_cache_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(VARIABLE)
    assert dialproof.check(gatehouse(), STAYS_SHUT).engine in names()
    assert not list(tmp_path.iterdir())


# --- an entry is found by all that the answer depends on --------------------------------------------------------------

other = integer("waiting", 0, 2, says="people waiting")
bell = boolean("bell")


def varied() -> Iterator[tuple[str, Problem]]:
    """Problems of which no two are the same, by what makes them different from the first one."""
    system, formula = gatehouse(), OPENS_FOR_ALL.formula
    arrive, ring, open_, leave = system.actions
    chosen = integer("chosen", 0, 1)

    def of(*actions: Action, init: z3.BoolRef = system.init, assumptions: tuple[Assumption, ...] = ()) -> Problem:
        return Problem(System("gate", [gate, waiting], init, actions, assumptions), formula)

    yield "nothing", Problem(system, formula)
    yield "the formula", Problem(system, STAYS_SHUT.formula)
    yield "a variable more", Problem(System("gate", [gate, waiting, bell], system.init, system.actions), formula)
    yield "the order of variables", Problem(System("gate", [waiting, gate], system.init, system.actions), formula)
    larger = [replace(action, updates=dict(action.updates)) for action in (ring, open_)]
    yield "a range", Problem(System("gate", [gate, other], system.init, [*larger]), formula)
    yield "the actions", Problem(System("gate", [gate, waiting], system.init, [*larger]), formula)
    yield "the start", of(*system.actions, init=gate == gate.shut)
    yield "a guard", of(replace(arrive, guard=z3.BoolVal(True)), ring, open_, leave)
    yield "an update", of(replace(arrive, updates={waiting: 0}), ring, open_, leave)
    yield "an update less", of(replace(arrive, updates={}), ring, open_, leave)
    yield "fairness", of(arrive, ring, replace(open_, fairness=Fairness.STRONG), leave)
    yield "no fairness", of(arrive, ring, replace(open_, fairness=Fairness.NONE), leave)
    yield "a name", of(arrive, replace(ring, name="knock"), open_, leave)
    yield "a parameter", of(arrive, replace(ring, parameters=(chosen,)), open_, leave)
    yield "a parameter's range", of(arrive, replace(ring, parameters=(integer("chosen", 0, 2),)), open_, leave)
    yield "an assumption", of(*system.actions, assumptions=(Assumption("open", always(gate == gate.open), "a test"),))
    yield "another one", of(*system.actions, assumptions=(Assumption("open", eventually(gate == gate.open), "a test"),))


def test_whatever_the_answer_depends_on_makes_another_entry(cache: Cache) -> None:
    keys = {cache.key(problem): what for what, problem in varied()}
    assert len(keys) == len(list(varied())) == 17


def test_the_same_problem_made_anew_has_the_same_entry_and_prose_has_no_part_in_it(cache: Cache) -> None:
    said = [replace(action, says="In other words.", source="RFC 1", actor="who") for action in gatehouse().actions]
    again = System("another name", gatehouse().variables, gatehouse().init, said)
    assert cache.key(Problem(again, OPENS_FOR_ALL.formula)) == cache.key(HOLDING)


def test_another_version_has_entries_of_its_own(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = cache.key(HOLDING)
    with monkeypatch.context() as patch:
        patch.setattr("dialproof.portfolio.cache.__version__", "0.0.1")
        earlier = cache.key(HOLDING)
    with monkeypatch.context() as patch:
        patch.setattr(z3, "get_version_string", lambda: "4.8.0")
        solver = cache.key(HOLDING)
    assert len({ours, earlier, solver}) == 3


# --- nothing in it is believed ----------------------------------------------------------------------------------------


def ringing_for_ever() -> Run:
    """Somebody arrives, and the bell is rung for ever: a run of the gate, but no fair one."""
    first, second = (State.of({"gate": "shut", "waiting": number}) for number in (0, 1))
    return Lasso((Step(Taken("arrive"), first),), (Step(Taken("ring"), second),))


def opening() -> Run:
    """Somebody arrives, is let in, and so on: a fair run on which the gate opens for everybody."""
    steps = [("shut", 0, "arrive"), ("shut", 1, "open"), ("open", 1, "leave")]
    return Lasso((), tuple(Step(Taken(action), State.of({"gate": at, "waiting": who})) for at, who, action in steps))


def impossible() -> Run:
    """A gate that is open at the start: no run."""
    return Lasso((), (Step(Taken("leave"), State.of({"gate": "open", "waiting": 1})),))


def without_parts_fairness(certificate: Certificate) -> Certificate:
    """It uses the fairness and does not say so at the top, where it is read what the claim rests on."""
    part = replace(certificate, fairness=("leave", "open"))
    return Conjunction(fairness=(), parts=(part, part))


FORGED: dict[str, Callable[[Certificate], dict[str, Any]]] = {
    "a run that is not fair": lambda _: {"run": itf(ringing_for_ever(), gatehouse())},
    "a run on which the claim holds": lambda _: {"run": itf(opening(), gatehouse())},
    "no run of the system": lambda _: {"run": itf(impossible(), gatehouse())},
    "no fairness": lambda proof: {"certificate": to_plain(replace(proof, fairness=()))},
    "hidden fairness": lambda proof: {"certificate": to_plain(without_parts_fairness(proof))},
    "fairness of an action that has none": lambda proof: {"certificate": to_plain(replace(proof, fairness=("ring",)))},
    "an invariant that is none": lambda proof: {"certificate": to_plain(proof) | {"invariant": "true"}},
    "a contradiction": lambda proof: {"certificate": to_plain(proof) | {"invariant": "false"}},
    "commands for the solver": lambda proof: {"certificate": to_plain(proof) | {"invariant": "true) (exit) (assert true"}},
    "an unknown method": lambda _: {"certificate": {"method": "trust me"}},
    "too deep": lambda proof: {"certificate": to_plain(KLiveness("true", 10**9, proof.fairness))},
    "the fields of two methods": lambda proof: {"certificate": to_plain(proof) | {"parts": [], "states": 3}},
    "a search that never was": lambda _: {"certificate": {"method": "exhaustive", "states": 10**9}},
    "both": lambda proof: {"certificate": to_plain(proof), "run": itf(opening(), gatehouse())},
    "neither": lambda _: {},
    "no engine": lambda proof: {"certificate": to_plain(proof), "engine": "\x1b[2J"},
    "another version": lambda proof: {"certificate": to_plain(proof), "dialproof": "0.0.1"},
    "another solver": lambda proof: {"certificate": to_plain(proof), "z3": "4.8.0"},
    "another format": lambda proof: {"certificate": to_plain(proof), "format": 2},
    "another problem": lambda proof: {"certificate": to_plain(proof), "problem": "0" * 64},
    "the wrong types": lambda _: {"certificate": [], "engine": "spacer"},
    "a run of the wrong types": lambda _: {"run": {"vars": 3, "states": [7], "loop": "x"}},
    "half a letter": lambda _: {"certificate": {"method": "\ud800"}},
}


@pytest.fixture(scope="module")
def proof() -> Certificate:
    verdict = decided(None, gatehouse(), OPENS_FOR_ALL)
    assert isinstance(verdict, Holds)
    assert "open" in verdict.certificate.fairness
    return verdict.certificate


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_entry_of_what_holds_costs_time_and_no_more(cache: Cache, proof: Certificate, what: str) -> None:
    forge(cache, HOLDING, FORGED[what](proof))
    verdict = decided(cache, gatehouse(), OPENS_FOR_ALL)
    assert isinstance(verdict, Holds)
    assert verdict.engine in names()
    assert verdict.basis.weak == ("open",)
    recalled = cache.recall(cache.key(HOLDING), HOLDING)  # what was found instead is in its place now
    assert recalled == Recalled(verdict.certificate, verdict.engine)


@pytest.mark.parametrize("invented", [InductiveInvariant("true"), InductiveInvariant("false"), KInduction(1)])
@pytest.mark.parametrize("claim", [STAYS_SHUT, OPENS_FOR_ALL])
def test_no_invented_proof_makes_a_violated_claim_hold(cache: Cache, claim: Claim, invented: Certificate) -> None:
    forge(cache, Problem(gatehouse(Fairness.NONE), claim.formula), {"certificate": to_plain(invented)})
    verdict = decided(cache, gatehouse(Fairness.NONE), claim)
    assert isinstance(verdict, Violated)
    assert verdict.engine in names()


def test_the_proof_of_another_problem_is_none(cache: Cache, proof: Certificate) -> None:
    """The gate under weak fairness, and the one without: the files are exchanged, with the headers that belong there."""
    forge(cache, UNFAIR, {"certificate": to_plain(proof)})
    assert isinstance(decided(cache, gatehouse(Fairness.NONE), OPENS_FOR_ALL), Violated)
    unfair = decided(cache, gatehouse(Fairness.NONE), OPENS_FOR_ALL)
    assert isinstance(unfair, Violated)
    assert unfair.engine == CACHE
    forge(cache, HOLDING, {"run": itf(unfair.lasso, gatehouse())})
    assert isinstance(decided(cache, gatehouse(), OPENS_FOR_ALL), Holds)


def test_entries_that_are_exchanged_as_files_are_not_even_looked_into(cache: Cache) -> None:
    decided(cache, gatehouse(), OPENS_FOR_ALL)
    decided(cache, gatehouse(), STAYS_SHUT)
    one, another = entry(cache, HOLDING), entry(cache, VIOLATED)
    first, second = one.read_bytes(), another.read_bytes()
    one.write_bytes(second)
    another.write_bytes(first)
    assert cache.recall(cache.key(HOLDING), HOLDING) is None
    assert cache.recall(cache.key(VIOLATED), VIOLATED) is None
    assert isinstance(decided(cache, gatehouse(), OPENS_FOR_ALL), Holds)
    assert isinstance(decided(cache, gatehouse(), STAYS_SHUT), Violated)


def test_a_premise_that_can_happen_is_not_talked_away(cache: Cache, proof: Certificate) -> None:
    decided(cache, gatehouse(), OPENS_FOR_ALL)
    question = possibility(HOLDING, OPENS_FOR_ALL.premise)
    for invented in ({"certificate": to_plain(proof)}, {"certificate": {"method": "invariant", "invariant": "true"}}):
        forge(cache, question, invented)
        verdict = decided(cache, gatehouse(), OPENS_FOR_ALL)
        assert verdict.engine == CACHE
        assert (verdict.vacuity.fair_run, verdict.vacuity.premise) == (True, True)


def test_a_premise_that_cannot_happen_is_not_talked_into_happening(cache: Cache) -> None:
    question = possibility(Problem(gatehouse(), NEVER_TWO.formula), NEVER_TWO.premise)
    forge(cache, question, {"run": itf(opening(), gatehouse())})
    assert decided(cache, gatehouse(), NEVER_TWO).vacuity.premise is False


def test_a_run_in_the_cache_does_not_hide_that_a_system_leaves_its_ranges(cache: Cache) -> None:
    n = integer("n", 0, 3)
    system = System("over", [n], n == 0, [Action("step", z3.BoolVal(True), {n: n + 1})])
    problem = Problem(system, always(n < 2))
    states = [State.of({"n": value}) for value in range(3)]
    steps = (*(Step(Taken("step"), state) for state in states[:2]), Step(None, states[2]))
    cache.store(cache.key(problem), problem, dialproof.FiniteRun(steps), "bmc")
    assert cache.recall(cache.key(problem), problem) is not None
    with pytest.raises(ModelError, match="out of range"):
        decided(cache, system, always(n < 2))


def test_an_audit_that_takes_too_long_does_not_keep_the_engines_from_their_work(cache: Cache) -> None:
    """All of a million states would be visited; and there is one worker only."""
    number = integer("number", 0, 1000002)
    square = Action("square", z3.BoolVal(True), {number: (number * number + 1) % 1000003}, Fairness.WEAK)
    system, claim = System("hard", [number], number < 1000000, [square]), always(number < 1000003)
    forge(cache, Problem(system, claim), {"certificate": {"method": "exhaustive", "states": 7}})
    verdict = decided(cache, system, claim, timeout=10)
    assert isinstance(verdict, Holds)
    assert verdict.engine in names()


def test_a_run_that_would_take_long_to_replay_is_neither_read_nor_written(cache: Cache) -> None:
    ring = Step(Taken("ring"), State.of({"gate": "shut", "waiting": 1}))
    run = Lasso((Step(Taken("arrive"), State.of({"gate": "shut", "waiting": 0})), *[ring] * 2000), (ring,))
    cache.store(cache.key(UNFAIR), UNFAIR, run, "bmc")
    assert not entry(cache, UNFAIR).exists()
    forge(cache, UNFAIR, {"run": itf(run, gatehouse())})
    assert cache.recall(cache.key(UNFAIR), UNFAIR) is None


def test_a_longer_run_is_a_violation_and_nobody_says_that_it_is_a_shortest(cache: Cache) -> None:
    """Whoever exchanges the run for a longer one that violates the claim too has not made the verdict wrong."""
    first = decided(cache, gatehouse(), STAYS_SHUT)
    assert isinstance(first, Violated)
    ring = Step(Taken("ring"), State.of({"gate": "shut", "waiting": 1}))
    longer = dialproof.FiniteRun((first.lasso.steps[0], ring, ring, *first.lasso.steps[1:]))
    forge(cache, VIOLATED, {"run": itf(longer, gatehouse())})
    verdict = decided(cache, gatehouse(), STAYS_SHUT)
    assert isinstance(verdict, Violated)
    assert (verdict.lasso, verdict.engine) == (longer, CACHE)
    assert verdict.depth == -1


@pytest.mark.parametrize("depth", [10, 10**9, -2, 1.5, "3", True, None, [], {"a": 1}])
def test_what_is_forged_about_how_far_was_searched_decides_nothing(cache: Cache, depth: object) -> None:
    """No search begins behind a depth that an entry names, and no answer is another one."""
    first = decided(cache, gatehouse(), STAYS_SHUT)
    assert isinstance(first, Violated)
    forge(cache, VIOLATED, {"run": itf(first.lasso, gatehouse()), "depth": depth})
    verdict = decided(cache, gatehouse(), STAYS_SHUT)
    assert isinstance(verdict, Violated)
    assert verdict.lasso == first.lasso
    assert verdict.depth in {-1, first.depth}


def test_a_depth_beside_a_run_that_is_none_hides_no_violation(cache: Cache) -> None:
    first = decided(cache, gatehouse(), STAYS_SHUT)
    assert isinstance(first, Violated)
    no_run = dialproof.FiniteRun((*first.lasso.steps[1:], *[Step(None, State.of({"gate": "shut", "waiting": 0}))] * 30))
    forge(cache, VIOLATED, {"run": itf(no_run, gatehouse()), "depth": 25})
    verdict = decided(cache, gatehouse(), STAYS_SHUT)
    assert isinstance(verdict, Violated)
    assert (verdict.lasso, verdict.cached) == (first.lasso, "")


@pytest.mark.parametrize("claim", [OPENS_FOR_ALL, STAYS_SHUT], ids=["holds", "violated"])
def test_no_flipped_bit_changes_a_verdict(cache: Cache, claim: Claim) -> None:
    problem = Problem(gatehouse(), claim.formula)
    expected = type(decided(cache, gatehouse(), claim))
    good = entry(cache, problem).read_bytes()
    chance = random.Random(5)  # noqa: S311  # the same bits each time
    with Portfolio(1, timeout=60, cache=cache) as portfolio:
        for place in [chance.randrange(len(good)) for _ in range(25)]:
            bad = bytearray(good)
            bad[place] ^= 1 << chance.randrange(8)
            entry(cache, problem).write_bytes(bad)
            (verdict,) = portfolio.run([job_of(gatehouse(), claim)])
            assert type(verdict) is expected, bytes(bad)


def test_every_kind_of_rubbish_is_as_good_as_nothing(cache: Cache, tmp_path: Path) -> None:
    """Whatever can lie in the place of an entry; none of it is taken for one, and none of it raises."""
    decided(cache, gatehouse(), STAYS_SHUT)
    path, key = entry(cache, VIOLATED), cache.key(VIOLATED)
    good = path.read_bytes()
    rubbish = [b"", b"\x00", b"[]", b"null", b'"', b"NaN", b"{}", b"\xff\xfe", b"[" * 200_000, b"9" * 10_000, b'{"a":' * 200_000]
    rubbish += [good[:length] for length in range(0, len(good) - 2, 97)]
    rubbish += [good + b"}", good.replace(b'"states"', b'"states": [], "x"'), good.replace(b"arrive", b"depart")]
    rubbish += [good + b" " * LARGEST]
    for data in rubbish:
        path.write_bytes(data)
        assert cache.recall(key, VIOLATED) is None, data[:60]
    path.unlink(missing_ok=True)
    (tmp_path / "elsewhere").write_bytes(good)
    path.symlink_to(tmp_path / "elsewhere")
    assert cache.recall(key, VIOLATED) is None
    path.unlink()
    os.mkfifo(path)  # reading it would wait for ever
    assert cache.recall(key, VIOLATED) is None
    assert isinstance(decided(cache, gatehouse(), STAYS_SHUT), Violated)
    assert path.is_file()


class _Bomb:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.marker,)


def test_reading_an_entry_runs_nothing(cache: Cache, tmp_path: Path) -> None:
    decided(cache, gatehouse(), STAYS_SHUT)
    marker = tmp_path / "exploded"
    entry(cache, VIOLATED).write_bytes(pickle.dumps(_Bomb(marker)))
    assert isinstance(decided(cache, gatehouse(), STAYS_SHUT), Violated)
    assert not marker.exists()
    pickle.loads(pickle.dumps(_Bomb(marker)))
    assert marker.exists()  # it is a bomb


# --- the folder -------------------------------------------------------------------------------------------------------


def test_the_cache_keeps_within_its_limit_and_removes_what_was_not_of_use_for_longest(cache: Cache) -> None:
    problems = [Problem(gatehouse(), always(waiting < number)) for number in range(2, 12)]
    for age, problem in enumerate(problems):
        cache.store(cache.key(problem), problem, InductiveInvariant("true"), "spacer")
        os.utime(entry(cache, problem), (1_000_000 - age, 1_000_000 - age))
    assert cache.recall(cache.key(problems[-1]), problems[-1]) is not None  # the oldest is of use now
    size = entry(cache, problems[0]).stat().st_size
    stranger = entry(cache, problems[0]).parent / "notes.txt"
    stranger.write_text("not ours")
    os.utime(stranger, (0, 0))
    abandoned, busy = (entry(cache, problems[0]).with_name(f".{'a' * 64}.json.{end}.part") for end in ("00", "11"))
    abandoned.write_text("")
    busy.write_text("")
    os.utime(abandoned, (0, 0))
    cache.limit = 3 * size + size // 2
    cache.trim()
    left = [number for number, problem in enumerate(problems) if entry(cache, problem).exists()]
    assert left == [0, 1, 9]
    assert (stranger.exists(), busy.exists(), abandoned.exists()) == (True, True, False)


def test_a_cache_that_cannot_be_written_is_told_of_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    said: list[str] = []
    cache = Cache(tmp_path / "file" / "cache", on_trouble=said.append)
    assert isinstance(decided(cache, gatehouse(), STAYS_SHUT), Violated)
    assert isinstance(decided(cache, gatehouse(), OPENS_FOR_ALL), Holds)
    assert len(said) == 1
    assert str(cache.folder) in said[0]


def test_a_full_disk_is_told_of_once(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, _text: str) -> None:
        raise InputError(f"{path}: cannot be written: No space left on device")

    monkeypatch.setattr(cache_module.files, "write_whole", full)
    said: list[str] = []
    cache.on_trouble = said.append
    assert isinstance(decided(cache, gatehouse(), OPENS_FOR_ALL), Holds)
    assert len(said) == 1
    assert "No space left" in said[0]


def test_an_entry_that_is_too_large_is_not_written(cache: Cache) -> None:
    cache.store(cache.key(HOLDING), HOLDING, InductiveInvariant("x" * LARGEST), "spacer")
    assert not cache.folder.exists()


@pytest.mark.usefixtures("project")
def test_processes_share_a_cache(tmp_path: Path) -> None:
    name, folder = scenario("one.toml", OPENS, SHUT), str(tmp_path / "cache")
    started = [real("check", name, "--json", "--cache", folder, "--jobs", "1") for _ in range(3)]
    printed = [process.communicate(timeout=120)[0] for process in started]
    assert [[json.loads(line)["verdict"] for line in out.splitlines()] for out in printed] == [["holds", "violated"]] * 3
    for path in Path(folder).rglob("*"):
        assert path.is_dir() or json.loads(path.read_text())["kind"] == cache_module.KIND
    again = [json.loads(line) for line in run(name, "--json", "--cache", folder).stdout.splitlines()]
    assert [line["engine"] for line in again] == [CACHE, CACHE]


# --- a report takes what a check has kept -----------------------------------------------------------------------------


def test_the_digest_is_the_one_of_the_certificates() -> None:
    assert len(problem_digest(HOLDING)) == 64


@pytest.mark.usefixtures("project")
def test_a_report_takes_what_a_check_has_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tasks: list[Attempt]) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    name, proof = scenario("one.toml", OPENS, SHUT + '\nexpect = "violated"'), scenario("proof.toml", OPENS)
    run(name)

    def reported(*options: str, name: str = name) -> str:
        done = CliRunner().invoke(main, ["report", name, "-o", "review.md", *options])
        assert done.exit_code == 0, done.output
        return Path("review.md").read_text()

    assert reported().count(", cached") == 2
    tasks.clear()
    assert reported(name=proof).count(", cached") == 1  # a proof: after a violation a shorter run may be looked for
    proving = [one for one in tasks if one.role is Role.DECIDE and engine_called(one.engine).proves]
    assert proving == [], "nothing is proved again"
    assert ", cached" not in reported("--no-cache")
    assert ", cached" not in reported("--cache", str(tmp_path / "another"))
    assert ", cached" in reported("--cache", str(tmp_path / "another"))
