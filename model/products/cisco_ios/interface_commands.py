"""The commands below `interface` that decide something, as keys of a scenario."""

from collections.abc import Mapping
from ipaddress import IPv4Interface

from model.grammars.ios import Command
from model.importing import Placing
from model.products.cisco_ios.reading import Said, interface_name, is_address, named, number
from model.products.cisco_ios.tables import DHCP, NEGOTIATED, NO_NUMBER, UNNUMBERED

_NUMBERS = {
    "pool": ("dialer_pool", 1), "rotary-group": ("dialer_rotary_group", 0), "idle-timeout": ("dialer_idle_timeout", 0),
    "enable-timeout": ("dialer_enable_timeout", 0), "wait-for-carrier-time": ("dialer_wait_for_carrier_time", 1),
    "watch-group": ("dialer_watch_group", 1),
}  # fmt: skip
_TAKEN_BACK = {
    ("vrf", "forwarding"): ("vrf",), ("ip", "vrf", "forwarding"): ("vrf",), ("encapsulation",): ("encapsulation",),
    ("pppoe-client", "dial-pool-number"): ("pppoe_client_pool", "pppoe_client_on_demand"),
    ("ip", "hello-interval", "eigrp"): ("ip_hello_interval",), ("ip", "ospf", "hello-interval"): ("ip_hello_interval",),
    ("dialer", "redial"): ("dialer_redial",), ("ip", "unnumbered"): ("ip_address",),
    ("backup", "delay"): ("backup_delay_never",), ("backup", "interface"): ("backup_interface",),
    ("dialer-group",): ("dialer_group",),
}  # fmt: skip
"""What `no` before a command takes back, if nothing else is to be said."""

_OF_MAP = {"name", "class", "speed", "modem-script", "system-script", "vrf"}
"""The words of a dialer map that have another one behind them; besides `broadcast` and `spc` the rest is the number."""
_FLAGS = {
    "in-band": "dialer_in_band", "persistent": "dialer_persistent", "down-with-vinterface": "dialer_down_with_vinterface",
}  # fmt: skip


def interface_command(made: Placing, said: Said, one: Command, classes: Mapping[str, Command]) -> bool:
    """Take what a command says of its interface; False if it says nothing to the model."""
    words, line = one.words, one.line
    if one.negated and _is_taken_back(said, one):
        return True
    match [word.lower() for word in words]:
        case ["description" | "exit", *_]:
            return True
        case ["shutdown"]:
            said.say("shutdown", not one.negated, line)
        case ["ip", "address", *rest]:
            return _address(made, said, one, rest)
        case ["ip", "unnumbered", _, *_]:
            said.say("ip_address", UNNUMBERED, line)
        case ["backup", "delay", "never", *_]:
            said.say("backup_delay_never", True, line)
        case ["vrf", "forwarding", _] | ["ip", "vrf", "forwarding", _]:
            said.say("vrf", named(words[-1]), line)
        case ["encapsulation", what, *_]:
            said.say("encapsulation", named(what), line)
        case ["backup", "interface", _, *_]:
            said.say("backup_interface", interface_name(words[2:])[0], line)
        case ["dialer-group", *rest]:
            said.say("dialer_group", number(made, one, rest[0] if rest else None, 1), line)
        case ["pppoe-client", "dial-pool-number", which, *rest]:
            said.say("pppoe_client_pool", number(made, one, which, 1), line)
            said.say("pppoe_client_on_demand", "dial-on-demand" in rest, line)
        case ["ppp", "ipcp", "route", "default"]:
            said.say("ppp ipcp route default", not one.negated, line)
        case ["ip", "hello-interval", "eigrp", _, every] | ["ip", "ospf", "hello-interval", every]:
            said.say("ip_hello_interval", number(made, one, every, 1), line)
        case ["ip", "ospf", "demand-circuit", *_]:
            said.say("ip_ospf_demand_circuit", not one.negated, line)
        case ["ip", "ospf", process, "area", *_] if process.isdigit():
            said.say("ip ospf area", not one.negated, line)
        case ["dialer", what, *rest]:
            return _dialer(made, said, one, what, rest, classes)
        case _:
            return False
    return True


def _is_taken_back(said: Said, one: Command) -> bool:
    """Take back what a command with `no` takes back; False if it is none of those."""
    for begins, keys in _TAKEN_BACK.items():
        if one.begins(*begins):
            for key in keys:
                said.take_back(key)
            return True
    return False


def _address(made: Placing, said: Said, one: Command, rest: list[str]) -> bool:
    match rest:
        case [] if one.negated:
            said.take_back("ip_address")
            said.take_back("ip_address_secondary")
        case ["negotiated" | "dhcp" | "pool" as given, *_] if not one.negated:
            said.say("ip_address", DHCP if given == DHCP else NEGOTIATED, one.line)
        case [address, mask, "secondary"] if is_address(address) and not one.negated:
            said.add("ip_address_secondary", _interface(made, one, address, mask), one.line)
        case [address, mask] if is_address(address) and not one.negated:
            said.say("ip_address", _interface(made, one, address, mask), one.line)
        case _:
            return False
    return True


def _interface(made: Placing, one: Command, address: str, mask: str) -> str:
    """An address with its prefix length. Raises ScenarioError if it is none."""
    try:
        return str(IPv4Interface((address, mask)))
    except ValueError:
        said = "`ip address`: this is no address and mask; allowed: such as 192.0.2.1 255.255.255.0"
        raise made.error(one.line, said) from None


def _map(hop: str, others: list[str]) -> str:
    """A dialer map: its next hop, and what is to be known of it besides. Without a number it only takes calls."""
    rest, numbers = list(others), list[str]()
    while rest:
        word = rest.pop(0)
        if word in _OF_MAP:
            del rest[:1]
        elif word not in ("broadcast", "spc"):
            numbers.append(word)
    more = [*(["broadcast"] if "broadcast" in others else []), *([] if numbers else [NO_NUMBER])]
    return " ".join([hop, *more])


def _dialer(made: Placing, said: Said, one: Command, what: str, rest: list[str], classes: Mapping[str, Command]) -> bool:
    """The commands `dialer ...`."""
    if what in _NUMBERS:
        key, low = _NUMBERS[what]
        if one.negated:
            said.take_back(key)
        else:
            of_class = said.lines.get(key) in said.of_class
            value = number(made, one, rest[0] if rest else None, low)
            if not of_class:
                said.say(key, value, one.line)
        return len(rest) < 2  # noqa: PLR2004  # more than the number, such as the direction that counts
    if what in _FLAGS:
        said.say(_FLAGS[what], not one.negated, one.line)
        return not rest  # such as max-attempts, after which it dials no more
    match [what, *rest]:
        case ["pool-member", pool, *_] if one.negated:
            said.remove("dialer_pool_member", [number(made, one, pool, 1)])
        case ["map", "ip", hop, *_] if one.negated:
            known = said.values.get("dialer_map", ())
            said.remove("dialer_map", [text for text in known if str(text).split()[0] == hop] if isinstance(known, tuple) else [])
        case ["pool-member", pool, *_]:
            said.add("dialer_pool_member", number(made, one, pool, 1), one.line)
        case ["string", _, *_]:
            said.say("dialer_string", not one.negated, one.line)
            _of_class(made, said, one, classes)
        case ["map", "ip", hop, *others] if is_address(hop) and not one.negated:
            said.add("dialer_map", _map(hop, others), one.line)
            _of_class(made, said, one, classes)
        case ["redial", "interval", interval, "attempts", attempts, "re-enable", again] if not one.negated:
            times = tuple(number(made, one, word, low) for word, low in ((interval, 1), (attempts, 1), (again, 0)))
            said.say("dialer_redial", times, one.line)
        case _:
            return False
    return True


def _of_class(made: Placing, said: Said, one: Command, classes: Mapping[str, Command]) -> None:
    """The times of a map-class that a number names."""
    known = classes.get(one.after("class") or "")
    for inside in known.block if known is not None else ():
        words = [word.lower() for word in inside.words]
        if words[:1] == ["dialer"] and len(words) > 2 and words[1] in _NUMBERS and not inside.negated:  # noqa: PLR2004
            key, low = _NUMBERS[words[1]]
            said.say(key, number(made, inside, words[2], low), inside.line)
            said.of_class.add(inside.line)
