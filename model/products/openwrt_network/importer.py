"""`/etc/config/network` as a scenario: the interfaces that netifd dials, and the tunnels.

The others are listed, unless a tunnel may go over them. What netifd asks for by default (`keepalive '5 1'`) is stated.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import get_args

from dialproof.core.errors import InputError
from dialproof.core.messages import suggestion
from model.grammars.uci import Section, Word, is_uci, sections
from model.importing import Imported, Importer, Placing
from model.products.openwrt_network.scenario import (
    KEEPALIVE,
    KEEPALIVE_ALLOWED,
    KEEPALIVE_FORM,
    NOT_DIALLED,
    TUNNELS,
    Protocol,
    Scenario,
)

_TRUE, _FALSE = ("1", "true"), ("0", "false")
"""What netifd takes for yes and no (config.c); it ignores an option that says neither, such as `off`."""
_PROTOCOLS: tuple[str, ...] = get_args(Protocol)
_BOOLEANS = ("auto", "authfail", "persist", "defaultroute", "nohostroute", "keepalive_adaptive")
_NUMBERS = ("demand", "maxfail", "metric")
_BINDINGS = ("tunlink", "interface")
_MOST_DIGITS = 9
_DIALLED = re.compile(
    rf"^[^\S\n]*option\s+['\"]?proto['\"]?\s+['\"]?({'|'.join(one for one in _PROTOCOLS if one not in NOT_DIALLED)})\b",
    re.MULTILINE,
)

WATCHDOG = "watchdog"
"""A section of this kind, called like an interface, says that something starts it whenever it is down: a note for this program,
as netifd knows no such section."""

NOTICED = 180
"""Within so many seconds a dead line is to be found dead, if nobody says otherwise."""


def recognises(_path: Path, text: str) -> bool:
    """True for a file with an interface that is dialled, or is a tunnel: others say nothing here."""
    return is_uci(text, "interface") and _DIALLED.search(text) is not None


def read(path: Path, text: str) -> Imported:
    """The scenario that the file stands for. Raises ScenarioError with the line of what cannot be read."""
    made = Placing(path)
    made.head(f"The network as {path.name} configures it", "openwrt-network")
    found = sections(text, str(path))
    watched = {section.name: section for section in found if section.kind == WATCHDOG}
    interfaces = {
        section.name: section for section in found if section.kind == "interface" and section.name and not _is_disabled(section)
    }
    protocols = {name: _text(section, "proto") for name, section in interfaces.items()}
    has_tunnel = any(protocol in TUNNELS for protocol in protocols.values())
    for section in found:
        name = section.name
        is_taken = section.kind == "interface" and interfaces.get(name) is section and _is_taken(section, has_tunnel=has_tunnel)
        if is_taken:
            _put(made, section)
            if name in watched and protocols[name] not in NOT_DIALLED:
                made.put(("interface", name, WATCHDOG), True, watched[name].line)
        elif section.kind != WATCHDOG or name not in made.data.get("interface", {}):
            known = section.kind == "interface" and _text(section, "proto") in _PROTOCOLS
            made.leave(section.line, f"interface of proto {_text(section, 'proto')}" if known else section.kind)
    named = {section.name for section in found if section.kind == "interface"}
    for name, section in interfaces.items():
        if name in made.data.get("interface", {}) and protocols[name] in TUNNELS:
            _bind(made, section, named, reached=_has_host(section, found))
            if protocols[name] == "wireguard" and not _peers(section, found):
                made.assumed.append(
                    f"{name}: no section wireguard_{name} is in the file: it is taken to have a peer that it calls"
                )
    _finish(made)
    return made.imported()


def _has_host(section: Section, found: Sequence[Section]) -> bool:
    """True if the tunnel goes to a host that it calls: WireGuard may only be called itself."""
    peers = _peers(section, found)
    return _text(section, "proto") != "wireguard" or not peers or any("endpoint_host" in one.options for one in peers)


def _peers(section: Section, found: Sequence[Section]) -> list[Section]:
    """The peers of an interface of WireGuard that are not switched off."""
    return [one for one in found if one.kind == f"wireguard_{section.name}" and not _is_disabled(one)]


def _bind(made: Placing, section: Section, named: Collection[str], *, reached: bool) -> None:
    """What a tunnel is bound to: one line, or none because it only waits to be called.

    Raises ScenarioError if it names no interface: it would wait for this line for ever.
    """
    here = ("interface", section.name)
    if not reached:
        made.put((*here, "nohostroute"), True, section.line)
        made.assumed.append(f"{section.name}: no peer has an endpoint_host: it waits to be called, and goes over no line")
    for key in _BINDINGS:
        word = section.options.get(key)
        if word is not None and word.text in made.data["interface"] and word.text != section.name:
            made.put((*here, "tunlink"), word.text, word.line)
        elif word is not None and word.text not in named:
            near = suggestion(word.text, sorted(named))
            raise made.error(
                word.line, f"`{key}` of {section.name} names no interface of the file: the tunnel never comes up{near}"
            )
        elif word is not None:
            made.leave(word.line, key)


def _text(section: Section, key: str) -> str:
    word = section.options.get(key)
    return "" if word is None else word.text


def _is_disabled(section: Section) -> bool:
    return _text(section, "disabled") in _TRUE


def _is_taken(section: Section, *, has_tunnel: bool) -> bool:
    """True for what is dialled, and for what a tunnel may go over: a line by DHCP, or one with a gateway."""
    protocol = _text(section, "proto")
    if protocol in NOT_DIALLED:
        return has_tunnel and (protocol == "dhcp" or "gateway" in section.options)
    return protocol in _PROTOCOLS


def _put(made: Placing, section: Section) -> None:
    here = ("interface", section.name)
    made.data.setdefault("interface", {}).setdefault(section.name, {})
    made.place(here, section.line)
    dialled = _text(section, "proto") not in NOT_DIALLED
    for key, line in section.keys.items():
        word = section.options.get(key)
        if key in _BINDINGS and word is not None and _text(section, "proto") in TUNNELS:
            continue  # when all lines are known
        if word is None or not (
            key == "proto" or (dialled and key in (*_BOOLEANS, *_NUMBERS, "keepalive")) or key in ("metric", "defaultroute")
        ):
            made.leave(line, key)
        elif key == "keepalive" and not word.text.strip():
            made.leave(line, "keepalive without a value")
        elif key in _BOOLEANS and word.text not in (*_TRUE, *_FALSE):
            allowed = ", ".join((*_TRUE, *_FALSE))
            made.leave(line, key)
            made.assumed.append(
                f"{section.name}: {key} (line {line}) is neither yes nor no for netifd ({allowed}), which ignores it"
            )
        else:
            made.put((*here, key), _value(made, key, word), line)


def _value(made: Placing, key: str, word: Word) -> bool | int | str:
    text = word.text
    if key in _BOOLEANS:
        return text in _TRUE
    if key in _NUMBERS:
        if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS:
            return int(text)
        raise made.error(word.line, f"`{key}` is no number in digits")
    if key == "keepalive" and not KEEPALIVE_FORM.fullmatch(text.strip()):
        raise made.error(word.line, f"`keepalive` is neither two numbers nor one; allowed: {KEEPALIVE_ALLOWED}")
    return text.strip() if key == "keepalive" else text


def _finish(made: Placing) -> None:
    """The assumptions, and what somebody with such a file wants to know."""
    made.data["check"] = [{"claim": "no-latch"}]
    made.data["environment"] = {"call_eventually_succeeds": True}
    if not any(one["proto"] not in NOT_DIALLED for one in made.data.get("interface", {}).values()):
        known = ", ".join(one for one in _PROTOCOLS if one not in NOT_DIALLED)
        raise InputError(f"{made.file}: nothing active: no interface is dialled, and none is a tunnel (proto {known})")
    scenario = Scenario.model_validate(made.data)
    del made.data["check"]
    made.assumed.append("a line that is started again and again comes up at some time")
    pppd = {name: one for name, one in scenario.dialled.items() if one.is_by_pppd}
    if any(one.is_on_demand for one in pppd.values()):
        made.data["environment"] |= {"senders_retry": True, "delivery_eventually_succeeds": True}
        made.assumed.append("whoever sends over a line on demand goes on sending; every packet passes /etc/ppp/filter")
    by_default = [name for name, one in pppd.items() if one.is_by_script and "keepalive" not in made.data["interface"][name]]
    made.assumed += [
        f"{name}: the program of proto {one.proto} notices a dead line itself; netifd asks for nothing"
        for name, one in pppd.items()
        if not one.is_by_script and "keepalive" not in made.data["interface"][name]
    ]
    if by_default:
        made.assumed.append(f"keepalive '{KEEPALIVE}' is what netifd asks for without the option ({', '.join(by_default)})")
    for claim, line, more in _checks(made, scenario):
        made.add("check", {"claim": claim, **more}, line)


def _checks(made: Placing, scenario: Scenario) -> Iterable[tuple[str, int, Mapping[str, int]]]:
    """The claims, each with the line that it is mostly about, and its bound if it has one."""
    dialled = scenario.dialled

    def line(key: str, names: Iterable[str]) -> int:
        return next((made.line_of(("interface", name, key)) for name in names if key in made.data["interface"][name]), 1)

    if on_demand := [name for name, one in dialled.items() if one.is_on_demand]:
        yield "queued-demand-is-dialled", line("demand", on_demand), {}
        if len(on_demand) == len(dialled):
            yield "no-dial-without-demand", line("demand", on_demand), {}
            yield "idle-line-is-released", line("demand", on_demand), {}
    yield "no-latch", line("proto", dialled), {}
    if blocking := [name for name, one in dialled.items() if one.blocks]:
        yield "refused-login-is-not-tried-again", line("authfail", blocking), {}
    said = [name for name, one in dialled.items() if one.noticed and "keepalive" in made.data["interface"][name]]
    if said and all(one.noticed for one in dialled.values() if one.is_by_pppd):
        made.data["connector"]["timed"] = True
        made.assumed.append(f"a line that is dead is to be found dead within {NOTICED} seconds")
        yield "silence-ends-within", line("keepalive", said), {"bound": NOTICED}
    if owned := [name for name, one in dialled.items() if not one.auto]:
        yield "stopped-line-stays-stopped", line("auto", owned), {}
    if uppers := [name for name, one in dialled.items() if one.is_over_others and scenario.ways_of(name)]:
        yield "line-over-a-line-comes-back", line("proto", uppers), {}


IMPORTER = Importer("openwrt-network", "/etc/config/network of OpenWrt", recognises, read)
