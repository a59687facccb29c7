"""`/etc/config/mwan3` as a scenario, with what `/etc/config/network` beside it says of gateways and metrics.

Each section keeps its name; one without a name is called as UCI numbers it (`rule 0`). A number that is none, and an option that
is not modelled, are listed with their lines.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from dialproof.core.display import counted
from dialproof.core.errors import InputError
from model.grammars.uci import Section, Word, is_uci, sections
from model.importing import Imported, Importer, Placing, beside
from model.products.mwan3.policies import kept_out, ways_of
from model.products.mwan3.scenario import read as scenario_of

_KINDS = ("interface", "member", "policy", "rule")
_TRUE, _FALSE = ("1", "on", "true", "yes", "enabled"), ("0", "off", "false", "no", "disabled")
_BOOLEANS = ("enabled", "check_quality")
_NUMBERS = (
    "reliability", "down", "up", "failure_latency", "recovery_latency", "failure_loss", "recovery_loss", "metric", "weight",
)  # fmt: skip
_LISTS = ("track_ip", "use_member")
_OF = {
    "interface": {
        "enabled", "family", "track_ip", "reliability", "down", "up", "initial_state", "check_quality", "failure_latency",
        "recovery_latency", "failure_loss", "recovery_loss",
    },
    "member": {"interface", "metric", "weight"},
    "policy": {"use_member", "last_resort"},
    "rule": {"use_policy", "family", "src_ip", "dest_ip", "proto", "ipset", "src_iface"},
}  # fmt: skip

CAN_LEAVE, LEFT, USED_AGAIN = "traffic-can-leave", "broken-line-is-left", "working-line-is-used-again"
ITS_POLICY, ONE_DEAD_HOST = "traffic-goes-by-its-policy", "one-dead-host-cuts-nothing-off"
"""What is asked of each policy that traffic goes by."""

FAILS_ONLY, SETTLES, CAN_BE_USED = "line-fails-only-if-it-is-broken", "constant-measurement-settles", "enabled-line-can-be-used"
"""What is asked of all lines."""


def recognises(path: Path, text: str) -> bool:
    """True for a file with sections of mwan3."""
    return is_uci(text, "policy", "member") or (path.name == "mwan3" and is_uci(text, *_KINDS, "globals"))


def read(path: Path, text: str) -> Imported:
    """The scenario that the file stands for. Raises ScenarioError with the line of what cannot be read."""
    found = sections(text, str(path))
    if not any(section.kind in _KINDS for section in found):
        raise InputError(f"{path}: nothing active: it has no section of mwan3 ({', '.join(_KINDS)})")
    made = Placing(path)
    made.head(f"mwan3: {counted(_count(found, 'interface'), 'line')}, {counted(_count(found, 'rule'), 'rule')}", "mwan3")
    numbers: Counter[str] = Counter()
    for section in found:
        if section.kind not in _KINDS:
            for key, line in section.keys.items():
                made.leave(line, f"{section.kind}: {key}")
            continue
        name = section.name or f"{section.kind} {numbers[section.kind]}"
        numbers[section.kind] += 1
        _put(made, section, name)
    _network(made, path)
    made.assumed.append("hosts with private addresses are on this side of the provider; all others in track_ip are beyond it")
    _checks(made)
    return made.imported()


def _count(found: Sequence[Section], kind: str) -> int:
    return sum(section.kind == kind for section in found)


def _put(made: Placing, section: Section, name: str) -> None:
    made.data.setdefault(section.kind, {}).setdefault(name, {})
    made.place((section.kind, name), section.line)
    for key, line in section.keys.items():
        if key not in _OF[section.kind]:
            made.leave(line, key)
            continue
        said = [section.options[key]] if key in section.options else section.lists.get(key, [])
        for word in said:
            if not word.text.isprintable():
                raise made.error(word.line, f"`{key}` has a line end or a control character in its value")
        here = (section.kind, name, key)
        if key in _LISTS:
            made.put(here, [word.text for word in section.lists.get(key, [])], line)
            if key in section.options:  # mwan3 goes through lists, and finds nothing in an option
                made.leave(line, f"{key}, which must be a list, as an option")
        elif key in section.options:
            made.put(here, _value(made, key, section.options[key]), line)
        else:
            made.leave(line, f"{key} as a list")


def _value(made: Placing, key: str, word: Word) -> bool | int | str:
    text = word.text
    if key in _BOOLEANS:
        if text in (*_TRUE, *_FALSE):
            return text in _TRUE
        raise made.error(word.line, f"`{key}` is neither yes nor no; allowed: {', '.join((*_TRUE, *_FALSE))}")
    if key in _NUMBERS:
        if _is_number(text):
            return int(text)
        raise made.error(word.line, f"`{key}` is no number; allowed: a number, in digits")
    return text


def _is_number(text: str) -> bool:
    """True for a number in digits that a shell can count with."""
    return text.isascii() and text.isdigit() and len(text) < 10  # noqa: PLR2004


def _network(made: Placing, path: Path) -> None:
    """Gateways and metrics from the file `network` in the same folder, if there is one that can be read."""
    text = beside(path, "network")
    if text is None:
        return
    made.also_read.append("network")
    for section in sections(text, str(path.with_name("network"))):
        if section.kind == "interface" and section.name in made.data.get("interface", {}):
            entry = made.data.setdefault("network", {}).setdefault(section.name, {})
            if (gateway := section.options.get("gateway")) is not None:
                entry["gateway"] = gateway.text
            if (metric := section.options.get("metric")) is not None and _is_number(metric.text):
                entry["metric"] = int(metric.text)


def _checks(made: Placing) -> None:
    """Ask what somebody with such a file wants to know, of each policy that traffic goes by, and of the lines."""
    made.data["check"] = [{"claim": CAN_LEAVE}]  # a scenario asks for something
    scenario = scenario_of(made.imported(), {CAN_LEAVE}, ())
    del made.data["check"]
    watched = [line for line in scenario.interface.values() if line.enabled and line.track_ip]
    asked: list[tuple[str, str | None]] = []
    decided = [way for way in ways_of(scenario) if way.is_decided]
    asked += [(ITS_POLICY, None)] if any(way.members or way.by_main_table for way in decided) else []
    for policy in dict.fromkeys(way.named for way in decided):
        asked.append((CAN_LEAVE, policy))
        ways = [way for way in decided if way.policy == way.named == policy]
        has_lines = any(way.members for way in ways)
        asked += [(LEFT, policy)] if any(len(way.members) > 1 for way in ways) else []
        asked += [(USED_AGAIN, policy)] if has_lines else []
        asked += [(ONE_DEAD_HOST, policy)] if has_lines and watched else []
    asked += [(one, None) for one in (FAILS_ONLY, SETTLES)] if any(line.down for line in watched) else []
    asked += (
        [(CAN_BE_USED, None)]
        if any(one.enabled and name not in kept_out(scenario) for name, one in scenario.interface.items())
        else []
    )
    if not asked:
        raise InputError(f"{made.file}: nothing active: no interface is enabled, or no rule sends traffic by a policy")
    for claim, of in asked:
        first = next((way.rules[0] for way in decided if way.named == of), "")
        line = made.line_of(("policy", of) if of in scenario.policy else ("rule", first)) if of is not None else 1
        made.add("check", {"claim": claim} if of is None else {"claim": claim, "of": of}, line)


IMPORTER = Importer("mwan3", "/etc/config/mwan3 of OpenWrt", recognises, read)
