"""`main.cf` as a scenario, with what `master.cf`, the transport map and `ip-up` say beside it.

Postfix knows no lines. What the files do not say is assumed and stated: mail for a next hop on the LAN uses no line that is
dialled; if the default transport is held, or none is, everything else goes over a line that is dialled on demand; if only others
are held, these do.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from dialproof.core.errors import InputError
from dialproof.core.messages import suggestion
from model.grammars.postfix import (
    Service,
    parameters,
    seconds,
    services,
    words,
)
from model.importing import Imported, Importer, Placing, beside
from model.products.postfix.classes import FAST, PARENTS, RESTRICTIONS, MailClass, Values, classes_of
from model.products.postfix.compose import may_be_returned
from model.products.postfix.flushing import is_table, scripts
from model.products.postfix.scenario import DEFAULT, Scenario

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
    FAST,
    RESTRICTIONS,
    PARENTS,
    *_TIMES,
}
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

_OURS = re.compile(
    r"(defer_transports|relayhost|transport_maps|default_transport|mydestination|myhostname|mynetworks|queue_directory|"
    r"command_directory|daemon_directory|mail_owner|compatibility_level|smtpd?_\w+)\s*="
)
_TEMPLATE = re.compile(r"\{%|<%|<\?|(?<!\$)\{\{\s*[a-z_]")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,60}")


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
    known = Values(made, found)
    for name in (FAST, RESTRICTIONS, PARENTS):
        if name in found and known.is_unresolved(name):
            made.leave(found[name].line, name)
    for name, (unit, least) in _TIMES.items():
        _time(made, known, name, unit, least)
    stays, has_service = _master(made, path, known)
    run = scripts(path)
    classes = classes_of(made, known, path, stays, run, has_service=has_service)
    if not classes:
        raise InputError(f"{path}: nothing active: all mail stays on this machine, so that no line is needed")
    held = _held(made, known, classes)
    _links(made, classes, held)
    run.put(made, [one.name for one in classes if one.is_asked_for])
    _assume(made)
    _requests(made, known, classes)
    _checks(made, known, classes, has_script=bool(run.names))
    return made.imported()


def _held(made: Placing, known: Values, classes: list[MailClass]) -> list[str]:
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


def _time(made: Placing, known: Values, name: str, unit: str, least: int) -> None:
    if name not in known.found:
        return
    time = seconds(known(name), unit)
    if time is None or time < least:
        raise made.error(
            known.line(name), f"`{name}` is no time; allowed: a number from {least} on, and s, m, h, d or w behind it"
        )
    made.put(("main", name), time, known.line(name))


def _disabled(made: Placing, known: Values) -> set[str]:
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


def _master(made: Placing, path: Path, known: Values) -> tuple[Callable[[str, str], bool], bool]:
    """Read `master.cf` beside it: whether mail by a transport to a next hop stays on this machine, and if there is flush(8)."""
    text = beside(path, "master.cf") if path.name != "master.cf" else None
    if text is None:
        made.assumed.append("there is no master.cf beside it: every transport that is named is taken to be there")
        if known(DISABLED):
            made.leave(known.line(DISABLED), DISABLED)
        return (lambda transport, hop: transport in _STAYING or hop.startswith("unix:")), True
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

    return stays, "flush" in agents and "flush" not in off


def _requests(made: Placing, known: Values, classes: list[MailClass]) -> None:
    """Who may ask for mail by ETRN, and what is not known of it."""
    held = [one for one in classes if one.transport in words(known("defer_transports"))]
    tables = [one for one in words(known.settled(FAST)) if is_table(one)]
    if held and tables and known.settled(FAST) != known("relay_domains"):
        made.assumed.append(f"{FAST} (line {known.line(FAST)}): tables are not read, and taken to name no domain")
    restrictions = words(known.settled(RESTRICTIONS))
    if not any(one.is_fast for one in held) or not restrictions:
        return
    if restrictions[0] == "reject":
        made.put(("environment", "etrn"), "never", known.line(RESTRICTIONS))
    else:
        made.assumed.append(
            f"{RESTRICTIONS} (line {known.line(RESTRICTIONS)}): whom it lets in is not looked at: any site may ask for its mail"
        )


def _links(made: Placing, classes: list[MailClass], held: list[str]) -> None:
    """Which class goes over which link, as far as the files show it."""
    far = [one for one in classes if not one.is_near]
    default = next((one for one in far if one.name == DEFAULT), None)
    there: list[str] | None = made.data.get("master", {}).get("services")
    known = {one.transport for one in far} if there is None else set(there)
    only_others = default is not None and default.transport not in held and any(name in known for name in held)
    for one in classes:
        is_sent_at_once = one.transport not in held and one.transport in known
        link = LAN if one.is_near else ALWAYS_UP if only_others and is_sent_at_once else LINE
        domains = {} if one.domains in ((), (one.name,)) else {"domains": list(one.domains)}
        fast = {"fast_flush": True} if one.is_fast else {}
        made.add("mail", {"name": one.name, **domains, "transport": one.transport, "link": link, **fast}, one.line, one.file)
        made.data["connector"]["queue_capacity"] = 1  # whatever waits behind a message is a message like it
        made.data.setdefault("links", {}).setdefault(link, {"kind": "dial" if link == LINE else "permanent"})
    if only_others:
        said = "mail by a held transport goes over the line that is dialled, all other mail over a connection that is always up"
    elif far:
        said = "the line comes up on demand, for whatever is sent over it, and all mail that leaves goes over it"
    else:
        said = "every next hop is on the LAN"
    made.assumed.append(f"{said}; next hops with private addresses, or with names of the LAN, are on the LAN")


def _assume(made: Placing) -> None:
    made.data["environment"] = {
        "call_eventually_succeeds": True,
        "delivery_eventually_succeeds": True,
        "calls_eventually_end": True,
        "other_traffic": "again-and-again" if made.data.get("main", {}).get("defer_transports") else "never",
    }


def _checks(made: Placing, known: Values, classes: list[MailClass], *, has_script: bool) -> None:
    """Ask what somebody with such a machine wants to know."""
    over_line = LINE in made.data["links"]
    holds = bool(made.data.get("main", {}).get("defer_transports"))
    line = known.line("defer_transports")
    scenario = Scenario.model_validate({**made.data, "check": [{"claim": "queued-mail-is-resolved"}]})
    is_returned = any(may_be_returned(scenario, mail) for mail in scenario.mail)
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
