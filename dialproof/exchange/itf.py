"""Runs in the Informal Trace Format, which the viewers of Apalache and Quint read, and back.

The format is that of Apalache's ADR-015 in its revision of 14 September 2023
(https://apalache-mc.org/docs/adr/015adr-trace.html): an integer is `{"#bigint": "5"}`, whatever its size; a plain JSON number,
as older traces have it, is read all the same. `loop` is the index of the loop's first state, and the last state leads back to
it. The format knows no actions: they stand in the `#meta` of the state that they are taken in. Everything in a `#meta`, but
the index and the types, is text, since some readers take nothing else. If the system counts time, the `#meta` of a state says
when it is reached.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from dialproof.core.errors import InputError, NotApplicable
from dialproof.core.messages import either
from dialproof.core.run import FiniteRun, Lasso, Run, State, Step, Taken
from dialproof.core.run_clock import clock_of
from dialproof.core.system import System
from dialproof.core.variables import Kind, Value, Variable
from dialproof.core.wording import wording_of
from dialproof.semantics.interpreter import Reader

SUFFIX = ".itf.json"
"""What the name of such a file ends in, by convention."""

_META, _BIG = "#meta", "#bigint"
_FORMAT = {"format": "ITF", "format-description": "https://apalache-mc.org/docs/adr/015adr-trace.html"}
_TYPES = {Kind.BOOLEAN: "Bool", Kind.INTEGER: "Int", Kind.CHOICE: "Str"}  # as ADR-002 writes them; Apalache demands them
_INTEGER = re.compile(r"-?[0-9]{1,4000}")  # Python itself converts no more digits than 4300

Json = dict[str, Any]


def itf(run: Run, system: System, *, source: str = "", description: str = "") -> Json:
    """`run` of `system` as a trace: a JSON object, for `json.dumps`. `source` and `description` are text for the reader.

    Raises InputError for a variable called `#meta`, for which the format has no room.
    """
    if any(variable.name == _META for variable in system.variables):
        raise InputError(f"a variable called {_META!r} cannot stand in an ITF trace: the name is the format's own; rename it")
    wording = wording_of(system)
    clock = clock_of(run, wording)
    states = []
    for index, (taken, state) in enumerate(run.steps):
        meta: Json = {"index": index} | ({} if clock is None else {"time": clock.says(index)})
        if taken is not None:
            meta |= {"action": taken.name, "happens": wording.action(taken)}
        if taken is not None and taken.parameters:
            meta["parameters"] = json.dumps(dict(taken.parameters))
        states.append({_META: meta, **{name: _written(value) for name, value in state.items()}})
    goes_on = f"from state {len(run.stem)} on it repeats for ever" if isinstance(run, Lasso) else "the beginning of a run"
    meta = {**_FORMAT, "description": f"{description or system.name} ({goes_on}); written by dialproof"}
    if source:
        meta["source"] = source
    meta["varTypes"] = {variable.name: _TYPES[variable.domain.kind] for variable in system.variables}
    trace: Json = {_META: meta, "vars": [variable.name for variable in system.variables], "states": states}
    return {**trace, "loop": len(run.stem)} if isinstance(run, Lasso) else trace


def _written(value: Value) -> object:
    return {_BIG: str(value)} if isinstance(value, int) and not isinstance(value, bool) else value


def run_of_itf(trace: object, system: System) -> Run:
    """The run of `system` that a trace writes down; nothing says yet that it is one: `dialproof.evidence.replay` does.

    `trace` is what `json.loads` returns. Where it names no actions, as one from elsewhere, each step gets the first action of
    the system that leads to the next state. Raises InputError for a trace that is none of this system, with its place.
    """
    if not isinstance(trace, Mapping):
        raise InputError(f"the trace is {_kind(trace)}; it must be an object with vars and states")
    _check_variables(trace.get("vars"), system)
    found = trace.get("states")
    if not isinstance(found, list) or not found:
        raise InputError(f"`states` is {_kind(found)}; it must be a list of at least one state")
    reader = Reader(system)
    states = [_state(f"states[{index}]", one, system, reader) for index, one in enumerate(found)]
    loop = trace.get("loop")
    if loop is not None and (not isinstance(loop, int) or isinstance(loop, bool) or not 0 <= loop < len(states)):
        raise InputError(f"`loop` is {loop!r}; it must be the index of the loop's first state, 0 to {len(states) - 1}")
    metas = [one.get(_META, {}) if isinstance(one.get(_META, {}), Mapping) else {} for one in found]
    if any("action" in meta for meta in metas):
        actions = [_stated(f"states[{index}].{_META}", meta, system) for index, meta in enumerate(metas)]
    else:
        actions = _inferred(states, loop, reader)
    steps = tuple(Step(action, state) for action, state in zip(actions, states, strict=True))
    return FiniteRun(steps) if loop is None else Lasso(steps[:loop], steps[loop:])


def _check_variables(names: object, system: System) -> None:
    known = [variable.name for variable in system.variables]
    if not isinstance(names, list) or sorted(map(str, names)) != sorted(known):
        shown = ", ".join(map(str, names)) if isinstance(names, list) else _kind(names)
        raise InputError(f"`vars` is {shown}; the variables of {system.name!r} are {', '.join(known)}")


def _state(place: str, state: object, system: System, reader: Reader) -> State:
    if not isinstance(state, Mapping):
        raise InputError(f"`{place}` is {_kind(state)}; it must be an object with a value for each variable")
    known = [variable.name for variable in system.variables]
    if wrong := sorted((set(known) ^ set(state)) - {_META}):
        what = "is missing in" if wrong[0] in known else "is no variable, but stands in"
        raise InputError(f"{wrong[0]!r} {what} `{place}`; the variables of {system.name!r} are {', '.join(known)}")
    return reader.state(tuple(_value(f"{place}.{one.name}", state[one.name], one) for one in system.variables))


def _value(place: str, found: object, variable: Variable) -> Value:
    value = found
    if isinstance(found, Mapping) and set(found) == {_BIG}:
        digits = found[_BIG]
        value = int(digits) if isinstance(digits, str) and _INTEGER.fullmatch(digits) else None
    if not isinstance(value, bool | int | str) or not variable.domain.contains(value):
        raise InputError(f"`{place}` is {json.dumps(found)}; allowed: {_allowed(variable)}")
    return value


def _allowed(variable: Variable) -> str:
    domain = variable.domain
    if domain.kind is Kind.CHOICE:
        return either(domain.values)
    return "true or false" if domain.kind is Kind.BOOLEAN else f'an integer in {domain}, as {{"{_BIG}": "..."}} or as a number'


def _stated(place: str, meta: Mapping[str, object], system: System) -> Taken | None:
    """The action that the trace names; None where it names none: nothing was possible there, or nothing matters any more."""
    if "action" not in meta:
        return None
    known = {action.name: action for action in system.actions}
    name = meta["action"]
    if not isinstance(name, str) or name not in known:
        raise InputError(f"`{place}.action` is {json.dumps(name)}; the actions of {system.name!r} are {', '.join(known)}")
    parameters = [parameter.variable for parameter in known[name].parameters]
    try:
        given = json.loads(str(meta.get("parameters", "{}")))
    except ValueError:
        given = None
    if not isinstance(given, dict) or set(given) != {parameter.name for parameter in parameters}:
        names = ", ".join(parameter.name for parameter in parameters) or "none"
        raise InputError(f"`{place}.parameters` is {json.dumps(meta.get('parameters'))}; the parameters of {name!r}: {names}")
    return Taken(name, tuple((one.name, _value(f"{place}.parameters.{one.name}", given[one.name], one)) for one in parameters))


def _inferred(states: list[State], loop: int | None, reader: Reader) -> list[Taken | None]:
    """For each state the first action that leads to the next; the last state of a finite trace needs none."""
    following: list[State | None] = [*states[1:], None if loop is None else states[loop]]
    actions: list[Taken | None] = []
    for index, (state, after) in enumerate(zip(states, following, strict=True)):
        try:
            events = reader.events(state.values_tuple) if after is not None else []
        except NotApplicable as reason:
            raise InputError(f"{reason}; or let each state of the trace name its action and parameters, as ours do") from reason
        action = next((taken for taken, values in events if after is not None and values == after.values_tuple), None)
        if after is not None and action is None and (events or after.values_tuple != state.values_tuple):
            target = index + 1 if index + 1 < len(states) else loop
            raise InputError(f"no action of {reader.system.name!r} leads from `states[{index}]` to `states[{target}]`")
        actions.append(action)
    return actions


def _kind(found: object) -> str:
    """What was found, by its kind, since it may be long."""
    if found is None:
        return "missing"
    kinds = {dict: "an object", list: "a list", str: "text", bool: "a truth value", int: "a number", float: "a number"}
    return f"{kinds.get(type(found), 'something else')}{'' if found else ' that is empty'}"
