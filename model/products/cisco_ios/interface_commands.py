"""The commands below `interface` that decide something, as keys of a scenario."""

from collections.abc import Mapping
from ipaddress import IPv4Interface

from model.grammars.ios import Command
from model.importing import Placing
from model.products.cisco_ios.reading import Said, interface_name, is_address, named, number
from model.products.cisco_ios.tables import DHCP, NEGOTIATED

_NUMBERS = {
    "pool": ("dialer_pool", 1), "rotary-group": ("dialer_rotary_group", 0), "idle-timeout": ("dialer_idle_timeout", 0),
    "enable-timeout": ("dialer_enable_timeout", 0), "wait-for-carrier-time": ("dialer_wait_for_carrier_time", 1),
    "watch-group": ("dialer_watch_group", 1),
}  # fmt: skip
_FLAGS = {
    "in-band": "dialer_in_band", "persistent": "dialer_persistent", "down-with-vinterface": "dialer_down_with_vinterface",
}  # fmt: skip


def interface_command(made: Placing, said: Said, one: Command, classes: Mapping[str, Command]) -> bool:
    """Take what a command says of its interface; False if it says nothing to the model."""
    words, line = one.words, one.line
    match [word.lower() for word in words]:
        case ["description" | "exit", *_]:
            return True
        case ["shutdown"]:
            said.say("shutdown", not one.negated, line)
        case ["ip", "address", *rest]:
            return _address(made, said, one, rest)
        case ["vrf", "forwarding", _] | ["ip", "vrf", "forwarding", _]:
            said.say("vrf", named(words[-1]), line)
        case ["encapsulation", what, *_]:
            said.say("encapsulation", named(what), line)
        case ["backup", "interface", _, *_]:
            if one.negated:
                said.take_back("backup_interface")
            else:
                said.say("backup_interface", interface_name(words[2:])[0], line)
        case ["dialer-group", *rest]:
            if one.negated:
                said.take_back("dialer_group")
            else:
                said.say("dialer_group", number(made, one, rest[0] if rest else None, 1), line)
        case ["pppoe-client", "dial-pool-number", which, *rest]:
            said.say("pppoe_client_pool", number(made, one, which, 1), line)
            said.say("pppoe_client_on_demand", "dial-on-demand" in rest, line)
        case ["ppp", "ipcp", "route", "default"]:
            said.say("ppp ipcp route default", not one.negated, line)
        case ["ip", "hello-interval", "eigrp", _, every]:
            said.say("ip_hello_interval", number(made, one, every, 1), line)
        case ["ip", "ospf", "hello-interval", every]:
            said.say("ip_hello_interval", number(made, one, every, 1), line)
        case ["ip", "ospf", "demand-circuit", *_]:
            said.say("ip_ospf_demand_circuit", not one.negated, line)
        case ["ip", "ospf", process, "area", *_] if process.isdigit():
            said.say("ip ospf area", True, line)
        case ["dialer", what, *rest]:
            return _dialer(made, said, one, what, rest, classes)
        case _:
            return False
    return True


def _address(made: Placing, said: Said, one: Command, rest: list[str]) -> bool:
    match rest:
        case [] if one.negated:
            said.take_back("ip_address")
        case ["negotiated" | "dhcp" as given, *_]:
            said.say("ip_address", NEGOTIATED if given == NEGOTIATED else DHCP, one.line)
        case [address, mask] if is_address(address) and not one.negated:
            try:
                said.say("ip_address", str(IPv4Interface((address, mask))), one.line)
            except ValueError:
                raise made.error(
                    one.line, "`ip address`: this is no address and mask; allowed: such as 192.0.2.1 255.255.255.0"
                ) from None
        case _:
            return False
    return True


def _dialer(made: Placing, said: Said, one: Command, what: str, rest: list[str], classes: Mapping[str, Command]) -> bool:
    """The commands `dialer ...`."""
    if what in _NUMBERS:
        key, low = _NUMBERS[what]
        if one.negated:
            said.take_back(key)
        else:
            said.say(key, number(made, one, rest[0] if rest else None, low), one.line)
        return True
    if what in _FLAGS:
        said.say(_FLAGS[what], not one.negated, one.line)
        return True
    match [what, *rest]:
        case ["pool-member", pool, *_] if not one.negated:
            said.add("dialer_pool_member", number(made, one, pool, 1), one.line)
        case ["string", _, *_]:
            said.say("dialer_string", not one.negated, one.line)
            _of_class(made, said, one, classes)
        case ["map", "ip", hop, *others] if is_address(hop) and not one.negated:
            said.add("dialer_map", f"{hop} broadcast" if "broadcast" in others else hop, one.line)
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
