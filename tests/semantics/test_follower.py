"""What was seen of a system is followed as if all its runs were walked through one by one."""

import random
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dialproof.core.errors import ModelError, NotApplicable
from dialproof.core.system import System
from dialproof.semantics import follower as follower_module
from dialproof.semantics.follower import Agreement, Follower, Happened, Sight, Stands
from dialproof.semantics.interpreter import Reader, Values
from tests.amounts import some
from tests.strategies import systems


def is_explained(reader: Reader, shown: frozenset[str], seen: list[Sight]) -> bool:
    """By walking through every run: which places of `seen` can be reached in which states."""
    waiting: list[tuple[Values, int]] = [(values, 0) for values in reader.initial_states()]
    met = set(waiting)
    while waiting:
        values, place = waiting.pop()
        if place == len(seen):
            return True
        sight = seen[place]
        further: list[tuple[Values, int]] = []
        if isinstance(sight, Stands):
            if all(values[reader.names[name]] in may for name, may in sight.values):
                further.append((values, place + 1))
        elif sight.or_none:
            further.append((values, place + 1))
        for taken, after in reader.events(values):
            if isinstance(sight, Happened) and taken.name in sight.actions:
                further.append((after, place + 1))
            if taken.name not in shown:
                further.append((after, place))
        waiting += [node for node in further if node not in met]
        met.update(further)
    return False


def sights(system: System, shown: list[str], chance: random.Random) -> list[Sight]:
    """Something that may have been seen of the system, or not."""
    reader = Reader(system)
    found: list[Sight] = []
    for _ in range(chance.randint(0, 4)):
        if shown and chance.random() < 0.7:
            found.append(Happened(frozenset(chance.sample(shown, chance.randint(1, len(shown)))), chance.random() < 0.2))
        else:
            variable = chance.choice(system.variables)
            members = variable.domain.members()
            may = frozenset(chance.sample(list(members), chance.randint(1, len(members))))
            found.append(Stands(((variable.name, may),)))
    assert reader.names
    return found


@settings(max_examples=some(400), deadline=None)
@given(systems(), st.integers(0, 2**32))
def test_it_is_explained_if_a_run_shows_it_and_the_run_is_shown(system: System, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # no secret depends on it
    names = [action.name for action in system.actions]
    shown = chance.sample(names, chance.randint(0, len(names)))
    seen = sights(system, shown, chance)
    one = Follower(system, shown)
    followed = bool(one.states) and all(one.see(sight) for sight in seen)
    assert followed == is_explained(Reader(system), frozenset(shown), seen)
    run = Follower(system, shown).explanation(seen)
    assert (run is not None) == followed
    unseen = Follower(system, shown).unseen_in(seen)
    assert sorted(unseen) == (sorted(set(names) - set(shown)) if followed else [])
    for name, agreement in unseen.items():
        without = system_without(system, name)
        assert (agreement is Agreement.ALL) == (not is_explained(Reader(without), frozenset(shown), seen))
    if run is not None:
        taken = {step.action.name for step in run.steps if step.action is not None}
        assert all((name in taken) <= (agreement is not Agreement.NONE) for name, agreement in unseen.items())
        assert_shows(Reader(system), frozenset(shown), [(step.action, step.state.values_tuple) for step in run.steps], seen)


def system_without(system: System, action: str) -> System:
    return replace(system, actions=tuple(one for one in system.actions if one.name != action))


def assert_shows(reader: Reader, shown: frozenset[str], steps: list, seen: list[Sight]) -> None:  # type: ignore[type-arg]
    """The steps are a run, and what they show is what was seen."""
    assert reader.is_initial(steps[0][1])
    for (action, values), (_, after) in pairwise(steps):
        assert reader.take(action, values) == after
    visible = [action.name for action, _ in steps[:-1] if action.name in shown]
    assert may_be(visible, [sight for sight in seen if isinstance(sight, Happened)])


def may_be(visible: list[str], seen: list[Happened]) -> bool:
    """Whether these actions, in this order, are what was seen to happen."""
    if not seen:
        return not visible
    first, *rest = seen
    with_it = bool(visible) and visible[0] in first.actions and may_be(visible[1:], rest)
    return with_it or (first.or_none and may_be(visible, rest))


@settings(max_examples=some(100), deadline=None)
@given(systems(), st.integers(0, 2**32))
def test_what_begins_anywhere_explains_whatever_a_run_shows_later(system: System, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # no secret depends on it
    reader = Reader(system)
    shown = chance.sample([action.name for action in system.actions], len(system.actions) // 2)
    starts = list(reader.initial_states())
    assume(starts)
    values = chance.choice(starts)
    seen = []
    for _ in range(8):
        ways = reader.events(values)
        if not ways:
            break
        taken, values = chance.choice(ways)
        seen += [taken.name] if taken.name in shown else []
    for start in range(len(seen) + 1):
        one = Follower(system, shown, from_anywhere=True)
        assert all(one.see(Happened(frozenset({name}))) for name in seen[start:])
        assert all(values[place] in may for place, may in enumerate(one.agreed().values()))


@settings(max_examples=20, deadline=None)
@given(systems())
def test_what_is_refused_changes_nothing_and_what_was_possible_is_said(system: System) -> None:
    shown = [action.name for action in system.actions]
    one = Follower(system, shown)
    before, possible = one.states, one.possible()
    for name in shown:
        other = Follower(system, shown)
        assert other.see(Happened(frozenset({name}))) == (name in possible)
        if name not in possible:
            assert other.states == before


@given(systems())
@settings(max_examples=5, deadline=None)
def test_an_unknown_action_and_too_many_states_are_refused(system: System) -> None:
    with pytest.raises(ModelError, match="no action 'dail'"):
        Follower(system, ["dail"])
    assume(any(Reader(system).initial_states()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(follower_module, "MOST_STATES", 0)
        with pytest.raises(NotApplicable, match="more than 0 states"):
            Follower(system, [], from_anywhere=True)
