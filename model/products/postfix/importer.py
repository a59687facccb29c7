"""`main.cf` as a scenario, with what `master.cf`, the transport map and `ip-up` say beside it.

Postfix knows no lines. What the files do not say is assumed and stated: mail for a next hop on the LAN uses no line that is
dialled; if the default transport is held, or none is, everything else goes over a line that is dialled on demand; if only others
are held, these do.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dialproof.core.errors import InputError
from dialproof.core.messages import suggestion
from model.grammars.postfix import (
    Logical,
    Row,
    Service,
    UnresolvedError,
    expanded,
    parameters,
    rows,
    seconds,
    services,
    words,
)
from model.importing import Imported, Importer, Placing, beside
from model.ip_up import scripts
from model.next_hops import is_near
from model.products.postfix.compose import DEFAULT, is_hopeless
from model.products.postfix.scenario import Scenario

LINE, LAN, ALWAYS_UP = "uplink", "lan", "permanent"
"""What the importer calls the line that is dialled, the LAN, and the connection that is always there."""

_TIMES = {"minimal_backoff_time": ("s", 1), "maximal_backoff_time": ("s", 1), "maximal_queue_lifetime": ("d", 0)}
"""The times that decide: the unit of a number without one, and the least that Postfix takes."""

DISABLED = "master_service_disable"
_READ = {
    DISABLED,
    "defer_transports",
    "default_transport",
    "relay_transport",
    "relay_domains",
    "relayhost",
    "transport_maps",
    *_TIMES,
}
_DEFAULTS = {"default_transport": "smtp", "relay_transport": "relay", "config_directory": "/etc/postfix"}
_SENDING, _AGENTS = ("smtp", "lmtp"), ("smtp", "lmtp", "local", "virtual", "pipe", "error", "discard")
_STAYING = (
    "local",
    "virtual",
    "error",
    "retry",
    "discard",
    "maildrop",
    "uucp",
    "dovecot",
    "cyrus",
    "mailman",
    "procmail",
)
"""The transports that send nothing over a line, if there is no `master.cf` that says what they are."""

_TABLES = ("hash", "lmdb", "btree", "dbm", "cdb", "texthash", "sdbm", "proxy")
_OURS = re.compile(
    r"(defer_transports|relayhost|transport_maps|default_transport|mydestination|myhostname|mynetworks|queue_directory|"
    r"command_directory|daemon_directory|mail_owner|compatibility_level|smtpd?_\w+)\s*="
)
_TEMPLATE = re.compile(r"\{%|<%|<\?|(?<!\$)\{\{\s*[a-z_]")
_FLUSHES = re.compile(r"[^#]*?(\bsendmail\b[^#|;]*\s-q(?!\w)|\bpostqueue\s+-f|\bpostfix\s+flush)")
_MOST_TABLES = 20
_TRANSPORT = re.compile(r"[^\s=\x00-\x1f\x7f]+")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,60}")


@dataclass(frozen=True)
class _Class:
    """A class of mail before it has a link: its name, its transport, whether it stays on the LAN, and where that stands."""

    name: str
    transport: str
    is_near: bool
    line: int
    file: str | None = None


def recognises(path: Path, text: str) -> bool:
    """True for a file called main.cf, and for one in which at least two parameters of Postfix have a value."""
    found = {match[1] for line in text.splitlines() if (match := _OURS.match(line))}
    return path.name == "main.cf" or len(found) > 1


def read(path: Path, text: str) -> Imported:
    """The scenario that the file stands for. Raises ScenarioError with the line of what cannot be read."""
    if _TEMPLATE.search(text):
        raise InputError(f"{path}: this is a template: fill it in first, and check the file that comes out")
    found = parameters(text, str(path))
    if not found:
        raise InputError(f"{path}: nothing active: no parameter has a value, so that Postfix works by its defaults")
    made = Placing(path)
    made.head(f"Postfix as {path.name} configures it", "postfix")
    for name, one in found.items():
        if name not in _READ:
            made.leave(one.line, name if _NAME.fullmatch(name) else "a name that is no parameter's")
    known = _Values(made, found)
    for name, (unit, least) in _TIMES.items():
        _time(made, known, name, unit, least)
    stays = _master(made, path, known)
    classes = _classes(made, known, path, stays)
    if not classes:
        raise InputError(f"{path}: nothing active: all mail stays on this machine, so that no line is needed")
    held = _held(made, known, classes)
    _links(made, classes, held)
    has_script = _flush(made, path)
    _assume(made)
    _checks(made, known, classes, has_script=has_script)
    return made.imported()


def _held(made: Placing, known: "_Values", classes: list[_Class]) -> list[str]:
    """What `defer_transports` names, without words that are no transport and like none: they hold nothing, and are not shown."""
    named = words(known("defer_transports"))
    there = made.data.get("master", {}).get("services") or ()
    transports = sorted({*_TRANSPORTS, *there, *(one.transport for one in classes)})
    held = [name for name in named if name in transports or suggestion(name, transports)]
    if len(held) < len(named):
        made.leave(known.line("defer_transports"), "defer_transports: names that are no transport's")
    if named:
        made.put(("main", "defer_transports"), held, known.line("defer_transports"))
    return held


_TRANSPORTS = (
    "bsmtp",
    "cyrus",
    "discard",
    "error",
    "ifmail",
    "lmtp",
    "local",
    "maildrop",
    "relay",
    "retry",
    "smtp",
    "uucp",
    "virtual",
)
"""The transports of the master.cf that Postfix comes with."""


class _Values:
    """The values of parameters, with `$name` worked out."""

    def __init__(self, made: Placing, found: dict[str, Logical]) -> None:
        self._made, self.found = made, found
        self._known = {**_DEFAULTS, **{name: one.text for name, one in found.items()}}

    def __call__(self, name: str) -> str:
        """The value of a parameter. Raises ScenarioError if it cannot be worked out."""
        try:
            return expanded(self._known.get(name, ""), self._known)
        except UnresolvedError:
            said = f"`{name}`: what it refers to cannot be worked out; allowed: $name of another parameter, and no circle"
            raise self._made.error(self.line(name), said) from None

    def line(self, name: str) -> int:
        """The line at which it has its value; 1 if it has none."""
        return self.found[name].line if name in self.found else 1


def _time(made: Placing, known: _Values, name: str, unit: str, least: int) -> None:
    if name not in known.found:
        return
    time = seconds(known(name), unit)
    if time is None or time < least:
        raise made.error(
            known.line(name), f"`{name}` is no time; allowed: a number from {least} on, and s, m, h, d or w behind it"
        )
    made.put(("main", name), time, known.line(name))


def _disabled(made: Placing, known: _Values) -> set[str]:
    """The services of type unix that `master_service_disable` switches off; all of a type is said, and not modelled."""
    off: set[str] = set()
    for one in words(known(DISABLED)):
        name, _, kind = one.rpartition(".")
        if name and kind == "unix":
            off.add(name)
        elif not name or kind not in ("inet", "fifo", "pass", "unix-dgram"):
            made.leave(known.line(DISABLED), DISABLED)
    return off


def _overrides(made: Placing, there_are: Sequence[Service], file: str) -> None:
    """List the parameters that decide and that a service sees otherwise (`-o NAME=VALUE` in `master.cf`)."""
    for one in there_are:
        found = {name for name in one.overrides if name in _READ}
        for name in sorted(found):
            made.leave(one.line, f"-o {name}", file)


def _master(made: Placing, path: Path, known: _Values) -> Callable[[str, str], bool]:
    """Read `master.cf` beside it, and say whether mail by a transport to a next hop stays on this machine."""
    text = beside(path, "master.cf") if path.name != "master.cf" else None
    if text is None:
        made.assumed.append("there is no master.cf beside it: every transport that is named is taken to be there")
        if known(DISABLED):
            made.leave(known.line(DISABLED), DISABLED)
        return lambda transport, hop: transport in _STAYING or hop.startswith("unix:")
    made.also_read.append("master.cf")
    file = str(path.with_name("master.cf"))
    there_are = services(text, file)
    agents = {one.name: one for one in there_are if one.kind == "unix"}
    _overrides(made, there_are, file)
    off = _disabled(made, known)
    there = [name for name, one in agents.items() if one.command in _AGENTS and name not in off]
    made.put(("master", "services"), there, agents[there[0]].line if there else 1, str(path.with_name("master.cf")))

    def stays(transport: str, hop: str) -> bool:
        return transport in there and (agents[transport].command not in _SENDING or hop.startswith("unix:"))

    return stays


def _classes(made: Placing, known: _Values, path: Path, stays: Callable[[str, str], bool]) -> list[_Class]:
    """The classes of mail that leave this machine: one for each transport and side, called by the first that belongs to it."""
    relayhost = known("relayhost")
    found: list[tuple[str, str, str, int, str | None]] = []
    transport, _, hop = known("default_transport").partition(":")
    default: tuple[str, str, str, int, str | None] = (
        DEFAULT, transport, hop or relayhost, known.line("default_transport"), None,
    )  # fmt: skip
    table = _table(made, known, path)
    for row, file_of_row in table:
        own, colon, hop = row.result.partition(":")
        name = own.strip() or (transport if colon else "")
        if not name:
            continue
        if not _TRANSPORT.fullmatch(name):
            raise made.error(row.line, "this row names no transport; allowed: transport:next hop", file_of_row)
        if row.pattern == "*":
            default = (DEFAULT, name, hop, row.line, file_of_row)
        else:
            found.append((row.pattern, name, hop or (relayhost if not own else ""), row.line, file_of_row))
    if known("relay_domains").strip():
        relay, _, hop = known("relay_transport").partition(":")
        found.append(("relay_domains", relay, hop or relayhost, known.line("relay_domains"), None))
    classes: dict[tuple[str, bool], list[_Class]] = {}
    staying = 0
    for number, (name, agent, hop, line, file) in enumerate([default, *found]):
        if not agent or stays(agent, hop):
            staying += 1
            continue
        one = _Class(_plain(name) if number else DEFAULT, agent, is_near(hop), line, file)
        classes.setdefault((one.transport, one.is_near), []).append(one)
    if staying:
        made.assumed.append(f"{staying} of {len(found) + 1} classes of mail stay on this machine, and are not modelled")
    return _apart([_together(alike) for alike in classes.values()])


def _apart(classes: list[_Class]) -> list[_Class]:
    """The same classes, of which no two are called the same."""
    names: Counter[str] = Counter()
    made = []
    for one in classes:
        names[one.name] += 1
        number = names[one.name]
        made.append(one if number == 1 else replace(one, name=f"{one.name} by {_plain(one.transport)} {number}"))
    return made


def _together(alike: list[_Class]) -> _Class:
    """Classes that go the same way, as one."""
    first, *others = alike
    if first.name == DEFAULT or not others:
        return first
    return _Class(f"{first.name} and {len(others)} more", first.transport, first.is_near, first.line, first.file)


def _plain(name: str) -> str:
    """A name of the model: what stands in the file but for signs that no name can have; of an address its domain alone."""
    domain = name.rpartition("@")[2]
    kept = "".join(char if char.isascii() and (char.isalnum() or char in ".-_") else "." for char in domain)
    return f"domain {kept}" if not kept[:1].isalnum() or kept == DEFAULT else kept


def _table(made: Placing, known: _Values, path: Path) -> list[tuple[Row, str]]:
    """The rows of the transport maps that lie below the folder, each with its file."""
    found: list[tuple[Row, str]] = []
    seen: set[str] = set()
    folder = known("config_directory").rstrip("/")
    for number, one in enumerate(dict.fromkeys(words(known("transport_maps"))), 1):
        kind, _, name = one.removeprefix("proxy:").partition(":")
        inside = name.removeprefix(f"{folder}/") if name.startswith(f"{folder}/") else name
        text = beside(path, inside) if kind in _TABLES and number <= _MOST_TABLES else None
        if text is None:
            made.assumed.append(
                f"transport_maps (line {known.line('transport_maps')}): table {number} is no text file below this folder, and is "
                "not read: the mail that it sends another way is taken to go by the default transport"
            )
            continue
        made.also_read.append(inside)
        file = str(path.parent / inside)
        found += [(row, file) for row in rows(text) if row.pattern not in seen]
        seen |= {row.pattern for row, _ in found}
    return found


def _links(made: Placing, classes: list[_Class], held: list[str]) -> None:
    """Which class goes over which link, as far as the files show it."""
    far = [one for one in classes if not one.is_near]
    default = next((one for one in far if one.name == DEFAULT), None)
    there: list[str] | None = made.data.get("master", {}).get("services")
    known = {one.transport for one in far} if there is None else set(there)
    only_others = default is not None and default.transport not in held and any(name in known for name in held)
    for one in classes:
        is_sent_at_once = one.transport not in held and one.transport in known
        link = LAN if one.is_near else ALWAYS_UP if only_others and is_sent_at_once else LINE
        made.add("mail", {"name": one.name, "transport": one.transport, "link": link}, one.line, one.file)
        made.data["connector"]["queue_capacity"] = 1  # whatever waits behind a message is a message like it
        made.data.setdefault("links", {}).setdefault(link, {"kind": "dial" if link == LINE else "permanent"})
    if only_others:
        said = "mail by a held transport goes over the line that is dialled, all other mail over a connection that is always up"
    elif far:
        said = "the line comes up on demand, for whatever is sent over it, and all mail that leaves goes over it"
    else:
        said = "every next hop is on the LAN"
    made.assumed.append(f"{said}; next hops with private addresses, or with names of the LAN, are on the LAN")


def _flush(made: Placing, path: Path) -> bool:
    """Whether `ip-up` beside the file flushes the queue; True if there is such a script at all."""
    there = scripts(made, path)
    flushing = next(there.commands(_FLUSHES), None)
    if flushing is not None:
        made.also_read.append(flushing.script)
        made.put(("flush", "on_link_up"), value=True, line=flushing.line, file=str(path.parent / flushing.script))
    elif made.data.get("main", {}).get("defer_transports"):
        none = "ip-up beside it flushes no queue" if there.texts else "there is no ip-up (or ip-up.d) beside it"
        made.assumed.append(
            f"{none}, so that nothing flushes the queue when the line comes up; if yours does, put the script beside it, or say "
            "so: `dialproof import`, then on_link_up = true under [flush]"
        )
    return bool(there.texts)


def _assume(made: Placing) -> None:
    made.data["environment"] = {
        "call_eventually_succeeds": True,
        "delivery_eventually_succeeds": True,
        "calls_eventually_end": True,
        "other_traffic": "again-and-again" if made.data.get("main", {}).get("defer_transports") else "never",
    }


def _checks(made: Placing, known: _Values, classes: list[_Class], *, has_script: bool) -> None:
    """Ask what somebody with such a machine wants to know."""
    over_line = LINE in made.data["links"]
    holds = bool(made.data.get("main", {}).get("defer_transports"))
    line = known.line("defer_transports")
    scenario = Scenario.model_validate({**made.data, "check": [{"claim": "queued-mail-is-resolved"}]})
    is_returned = any(is_hopeless(scenario, mail) for mail in scenario.mail)
    asked = ["queued-mail-is-resolved"]
    if over_line:
        asked = ["queued-mail-is-dialled", "queued-mail-is-delivered", "no-dial-without-demand", "idle-line-is-released"]
        asked += ["queued-mail-is-resolved"] if is_returned else []
        asked += ["mail-alone-dials-nothing"] if holds or has_script else []
        entries = [one for one in classes if one.name != DEFAULT]
        using = {row["name"] for row in made.data["mail"] if row["link"] == LINE}
        asked += ["routes-do-not-interfere"] if any(one.name not in using for one in entries) else []
    for claim in asked:
        made.add("check", {"claim": claim}, line)


IMPORTER = Importer("postfix", "main.cf of Postfix", recognises, read)
