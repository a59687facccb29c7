"""`swanctl.conf` as a scenario, with the retransmissions that `strongswan.conf` beside it sets.

Each connection and each child keeps its name. Sections with secrets are read past. Files that are included are read if they lie
below the folder.
"""

import re
from fnmatch import fnmatchcase
from ipaddress import ip_address
from pathlib import Path

from dialproof.core.errors import InputError
from model.grammars.strongswan import Section, Setting, Settings, seconds, settings
from model.importing import Imported, Importer, Placing, beside

SPACING = 60
"""Seconds: unanswered attempts that follow one another sooner are asked about."""

_SECRET = ("secrets",)
_ACTIONS = {
    "none": (), "clear": (), "trap": ("trap",), "route": ("trap",), "hold": ("trap",), "start": ("start",), "restart": ("start",),
}  # fmt: skip
_OF_CHILD = {"start_action", "close_action", "dpd_action", "inactivity", "rekey_time"}
_YES, _NO = ("yes", "1", "true", "enabled"), ("no", "0", "false", "disabled")
_OF_CONNECTION = {"keyingtries", "dpd_delay", "rekey_time", "reauth_time"}
_OF_CHARON = {"retransmit_timeout": float, "retransmit_base": float, "retransmit_tries": int, "retransmit_jitter": int}
_NUMBER = {int: re.compile(r"[+-]?[0-9]{1,9}"), float: re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{0,9})?")}
_NO_TUNNEL = ("pass", "drop")
_BEGINS = re.compile(r"^[^\S\n]*connections\s*\{", re.MULTILINE)
_TEMPLATE = re.compile(r"\{%|<%|<\?|\{\{")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,40}")


def recognises(path: Path, text: str) -> bool:
    """True for a file called swanctl.conf, and for one with a section of connections."""
    return path.name == "swanctl.conf" or (path.suffix == ".conf" and _BEGINS.search(text) is not None)


def read(path: Path, text: str) -> Imported:
    """The scenario that the file stands for. Raises ScenarioError with the line of what cannot be read."""
    if _TEMPLATE.search(text):
        raise InputError(f"{path}: this is a template: fill it in first, and check the file that comes out")
    made = Placing(path)
    found = settings(text, str(path), lambda file, pattern: _included(made, path, Path(file), pattern), _SECRET)
    made.assumed += [
        f"the include at line {place.line} reads no file below this folder, and is left out" for place in found.skipped
    ]
    connections = found.section("connections")
    if connections is None or not connections.sections:
        raise InputError(f"{path}: nothing active: it has no connection" + ("" if _is_said(text) else ", only comments"))
    made.head(f"strongSwan as {path.name} configures it", "strongswan")
    made.data["connections"] = {}
    for name in connections.sections:
        _connection(made, found, name)
    if not any(child["start_action"] for one in made.data["connections"].values() for child in one["children"].values()):
        raise InputError(
            f"{path}: nothing here starts a tunnel: no child has start_action trap or start, and waits for the other end"
        )
    is_timed = _charon(made, path)
    made.data["environment"] = {"call_eventually_succeeds": True, "delivery_eventually_succeeds": True}
    _checks(made, is_timed=is_timed)
    return made.imported()


def _is_said(text: str) -> bool:
    """True if a line is no comment."""
    return any(line.strip() and not line.strip().startswith("#") for line in text.splitlines())


def _included(made: Placing, path: Path, file: Path, pattern: str) -> list[tuple[str, str]] | None:
    """The files below the folder of `path` that a pattern in `file` names; None if it leads elsewhere."""
    inside = pattern.removeprefix("/etc/swanctl/") if pattern.startswith("/etc/swanctl/") else pattern
    if Path(inside).is_absolute() or ".." in Path(inside).parts or not inside:
        return None
    start = path.parent if inside != pattern else file.parent
    folder = start / Path(inside).parent
    if _leads_elsewhere(path.parent, folder):
        return None
    try:
        names = sorted(one.name for one in folder.iterdir() if fnmatchcase(one.name, Path(inside).name))
    except (OSError, ValueError):  # ValueError: a null character in the name
        return None
    found = []
    for name in names:
        relative = (folder / name).relative_to(path.parent)
        text = beside(path, str(relative))
        if text is not None:
            made.also_read.append(str(relative))
            found.append((str(folder / name), text))
    return found or None


def _leads_elsewhere(start: Path, folder: Path) -> bool:
    """True if a link lies between `start` and `folder` below it: no link is followed, not even to list what is there."""
    return any(one.is_symlink() for one in (folder, *folder.parents) if one != start and one.is_relative_to(start))


def _connection(made: Placing, found: Settings, name: str) -> None:
    section = found.section("connections", name)
    assert section is not None
    label = _label(name, made.data["connections"])
    here = ("connections", label)
    made.data["connections"][label] = {"children": {}}
    made.place(here, section.place.line, section.place.file)
    remote = section.settings.get("remote_addrs")
    calls_somebody = remote is not None and any(_is_somebody(one) for one in remote.value.split(","))
    if not calls_somebody:
        place = section.place if remote is None else remote.place
        made.put((*here, "remote_known"), False, place.line, place.file)
    for key, one in section.settings.items():
        if key == "remote_addrs" and not calls_somebody:
            continue
        if key == "reauth_time" and "rekey_time" not in section.settings and seconds(one.value) != 0:
            _time(made, (*here, "rekey_time"), key, one)  # it notices a dead peer as a rekeying does, which it replaces
        elif key == "keyingtries":
            if not re.fullmatch(r"[0-9]{1,4}", one.value) or int(one.value) > 1000:  # noqa: PLR2004
                raise made.error(one.place.line, "`keyingtries` is no number; allowed: a number from 0 to 1000", one.place.file)
            made.put((*here, key), int(one.value), one.place.line, one.place.file)
        elif key in _OF_CONNECTION and key != "reauth_time":
            _time(made, (*here, key), key, one)
        elif key not in _OF_CONNECTION:
            _leave(made, key, one)
    if (version := section.settings.get("version")) is not None and version.value == "1":
        made.assumed.append(f"{label} uses IKEv1: a dead peer is found by dpd_timeout, and that time is not modelled")
    for inner in section.sections:
        if inner != "children":
            made.leave(section.sections[inner].place.line, "local, remote and other sections", section.sections[inner].place.file)
    children = found.section("connections", name, "children")
    for child in children.sections if children is not None else ():
        whole = found.section("connections", name, "children", child)
        assert whole is not None
        _child(made, (*here, "children"), child, whole)


def _is_somebody(address: str) -> bool:
    """True if a part of `remote_addrs` is an address or a name: this end can call it, and not only be called by it."""
    one = address.strip().lower()
    if not one or one.startswith("%any") or "/" in one or one in ("0.0.0.0", "::"):  # noqa: S104  # no address to listen at
        return False
    return not all(_is_address(end) for end in one.split("-")) or "-" not in one


def _is_address(word: str) -> bool:
    try:
        ip_address(word)
    except ValueError:
        return False
    return True


def _child(made: Placing, above: tuple[str, ...], name: str, section: Section) -> None:
    children = made.data["connections"][above[1]]["children"]
    mode = section.settings.get("mode")
    if mode is not None and mode.value in _NO_TUNNEL:
        made.assumed.append(f"{above[1]}: a child of mode {mode.value} is no tunnel, and is left out")
        return
    label = _label(name, children)
    children[label] = {"start_action": []}
    made.place((*above, label), section.place.line, section.place.file)
    for key, one in section.settings.items():
        here = (*above, label, key)
        if key.endswith("_action") and key in _OF_CHILD:
            actions = [_ACTIONS.get(part.strip()) for part in one.value.lower().split("|")]
            if None in actions:
                allowed = "none, trap, start, trap|start" if key != "dpd_action" else "clear, trap, restart"
                raise made.error(one.place.line, f"`{key}` has another value than those allowed: {allowed}", one.place.file)
            value = sorted({part for action in actions for part in action or ()}, reverse=True)
            made.put(here, value, one.place.line, one.place.file)
        elif key in _OF_CHILD:
            _time(made, here, key, one)
        elif key == "policies" and one.value.lower() in (*_YES, *_NO):
            made.put(here, one.value.lower() in _YES, one.place.line, one.place.file)
        elif key == "mode" and one.value.lower() == "transport":
            made.put((*above, label, "transport"), True, one.place.line, one.place.file)
        else:
            _leave(made, key, one)


def _label(name: str, taken: dict[str, object]) -> str:
    """A name of the model: what stands in the file but for signs that no name can have, and no other's name."""
    plain = "".join(char if char.isascii() and (char.isalnum() or char in "-_") else "." for char in name)
    plain = plain if plain[:1].isalnum() else f"the {plain}"
    number = 1
    while (plain if number == 1 else f"{plain} {number}") in taken:
        number += 1
    return plain if number == 1 else f"{plain} {number}"


def _time(made: Placing, path: tuple[str, ...], key: str, one: Setting) -> None:
    time = seconds(one.value)
    if time is None:
        raise made.error(one.place.line, f"`{key}` is no time; allowed: a number, and s, m, h or d behind it", one.place.file)
    made.put(path, time, one.place.line, one.place.file)


def _leave(made: Placing, key: str, one: Setting) -> None:
    made.leave(one.place.line, key if _NAME.fullmatch(key) else "a name that is no option's", one.place.file)


def _charon(made: Placing, path: Path) -> bool:
    """Read charon's retransmissions from `strongswan.conf` beside the file; True if it sets one."""
    text = beside(path, "strongswan.conf") if path.name != "strongswan.conf" else None
    if text is None:
        made.assumed.append("there is no strongswan.conf beside it: charon retransmits by its defaults")
        return False
    made.also_read.append("strongswan.conf")
    file = path.with_name("strongswan.conf")
    found = settings(text, str(file), lambda inside, pattern: _included(made, path, Path(inside), pattern), _SECRET)
    section = found.section("charon")
    made.assumed += [
        f"the include at line {place.line} of strongswan.conf reads no file, and is left out" for place in found.skipped
    ]
    for name, inner in found.root.sections.items():
        if name.startswith("charon-"):
            made.leave(inner.place.line, "what another daemon than charon is told", inner.place.file)
    is_set = False
    for key, one in section.settings.items() if section is not None else ():
        if key not in (*_OF_CHARON, "retransmit_limit"):
            _leave(made, key, one)
            continue
        kind = _OF_CHARON.get(key, int)
        if not _NUMBER[kind].fullmatch(one.value):
            raise made.error(one.place.line, f"`{key}` is no number", one.place.file)
        value = kind(one.value)
        made.data.setdefault("charon", {})
        if not is_set and section is not None:
            made.place(("charon",), one.place.line, one.place.file)
        made.put(("charon", key), value, one.place.line, one.place.file)
        is_set = True
    return is_set


def _checks(made: Placing, *, is_timed: bool) -> None:
    """Ask what somebody with such tunnels wants to know."""
    if is_timed:
        made.data["connector"]["timed"] = True
    line = made.line_of(("connections", next(iter(made.data["connections"]))))
    for claim in ("queued-demand-is-dialled", "queued-demand-is-delivered", "no-dial-without-demand", "no-latch"):
        made.add("check", {"claim": claim}, line)
    children = [one for connection in made.data["connections"].values() for one in connection["children"].values()]
    if all(child.get("inactivity") for child in children if child["start_action"]):
        made.add("check", {"claim": "idle-line-is-released"}, line)
    if is_timed:
        made.add("check", {"claim": "attempts-are-spaced", "bound": SPACING}, line)
        made.assumed.append(f"attempts that are not answered may follow one another after {SPACING}s, no sooner")


IMPORTER = Importer("strongswan", "swanctl.conf of strongSwan", recognises, read)
