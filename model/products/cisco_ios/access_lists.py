"""Entries of access lists of IOS, standard and extended, as sets of packets.

Source: the command reference of `access-list` and `ip access-list`. A standard entry says where packets come from. Behind the
ports an extended entry may say more (established, flags, precedence): the model has none of that, and takes it for a condition
that may hold or not. `log` is no condition. A time range decides when the entry counts (`interesting`).
"""

from dataclasses import replace
from ipaddress import AddressValueError, IPv4Address
from itertools import pairwise

from model.parts.packets import ANY, ICMP, TCP, UDP, Addresses, Packets, Ports, Rule
from model.products.cisco_ios.reading import named

_PROTOCOLS = {
    "ahp": 51, "eigrp": 88, "esp": 50, "gre": 47, "icmp": ICMP, "igmp": 2, "igrp": 9, "ipinip": 4, "nos": 94, "ospf": 89,
    "pcp": 108, "pim": 103, "sctp": 132, "tcp": TCP, "udp": UDP,
}  # fmt: skip
_PORTS = {
    "bgp": 179, "biff": 512, "bootpc": 68, "bootps": 67, "chargen": 19, "cmd": 514, "daytime": 13, "discard": 9, "dnsix": 195,
    "domain": 53, "echo": 7, "exec": 512, "finger": 79, "ftp": 21, "ftp-data": 20, "gopher": 70, "hostname": 101, "ident": 113,
    "irc": 194, "isakmp": 500, "klogin": 543, "kshell": 544, "login": 513, "lpd": 515, "mobile-ip": 434, "nameserver": 42,
    "netbios-dgm": 138, "netbios-ns": 137, "netbios-ss": 139, "nntp": 119, "non500-isakmp": 4500, "ntp": 123, "pim-auto-rp": 496,
    "pop2": 109, "pop3": 110, "rip": 520, "smtp": 25, "snmp": 161, "snmptrap": 162, "sunrpc": 111, "syslog": 514, "tacacs": 49,
    "talk": 517, "telnet": 23, "tftp": 69, "time": 37, "uucp": 540, "who": 513, "whois": 43, "www": 80, "xdmcp": 177,
}  # fmt: skip
_LAST_PORT = 65535
_COMPARISONS = ("eq", "neq", "gt", "lt", "range")


def entry_of(text: str) -> Rule:
    """The rule that an entry is. Raises ValueError, without the text, for one that is none."""
    words = text.lower().split()
    if len(words) < 2 or words[0] not in ("permit", "deny"):  # noqa: PLR2004  # what it does, and to what
        raise ValueError('allowed: "permit" or "deny", and the packets behind')
    rest = [word for word in words[1:] if word not in ("log", "log-input")]
    if not rest:
        raise ValueError("the packets are missing")
    if rest[0] in _PROTOCOLS or rest[0] == "ip" or (rest[0].isascii() and rest[0].isdigit()):
        return Rule(words[0] == "permit", _extended(rest))
    source, rest = _addresses(rest, short=True)
    return Rule(words[0] == "permit", Packets(source=source, besides=_besides(rest)))


def _extended(words: list[str]) -> Packets:
    protocol = None if words[0] == "ip" else _PROTOCOLS[words[0]] if words[0] in _PROTOCOLS else int(words[0])
    if protocol is not None and not 0 <= protocol <= 255:  # noqa: PLR2004  # a byte
        raise ValueError("a protocol is a number up to 255")
    source, rest = _addresses(words[1:])
    source_ports, rest = _ports(rest, protocol)
    destination, rest = _addresses(rest)
    ports, rest = _ports(rest, protocol)
    return Packets(protocol, source, destination, source_ports, ports, _besides(rest))


def _besides(words: list[str]) -> tuple[str, ...]:
    return (" ".join(words),) if words else ()


def time_range_of(rule: Rule) -> tuple[Rule, str | None]:
    """The rule while its time range is active, and the name of the range; None if it has none."""
    words = " ".join(rule.packets.besides).split()
    if "time-range" not in words[:-1]:
        return rule, None
    at = words.index("time-range")
    besides = _besides([*words[:at], *words[at + 2 :]])
    return replace(rule, packets=replace(rule.packets, besides=besides)), named(words[at + 1])


def _addresses(words: list[str], *, short: bool = False) -> tuple[Addresses, list[str]]:
    """The addresses that the words begin with, and the other words; in a `short` entry an address may stand alone."""
    if not words:
        raise ValueError("an address is missing")
    if words[0] == "any":
        return ANY, words[1:]
    if words[0] == "host":
        if len(words) < 2:  # noqa: PLR2004  # the word and the address
            raise ValueError("`host` without an address")
        return Addresses(_bits(words[1]), 0), words[2:]
    base = _bits(words[0])
    if len(words) > 1 and _is_address(words[1]):
        return Addresses(base, _bits(words[1])), words[2:]
    if short:
        return Addresses(base, 0), words[1:]
    raise ValueError("an address without its wildcard")


def _is_address(word: str) -> bool:
    try:
        IPv4Address(word)
    except AddressValueError:
        return False
    return True


def _bits(word: str) -> int:
    try:
        return int(IPv4Address(word))
    except AddressValueError:
        raise ValueError("this is no IPv4 address, and no group or name that is known") from None


def _ports(words: list[str], protocol: int | None) -> tuple[Ports | None, list[str]]:
    """The ports that the words begin with, and the other words."""
    if not words or words[0] not in _COMPARISONS or protocol not in (TCP, UDP):
        return None, words
    needed = 2 if words[0] == "range" else 1
    given = 0
    while given < len(words) - 1 and _is_port(words[1 + given]) and (given < needed or words[0] in ("eq", "neq")):
        given += 1
    if given < needed:
        raise ValueError("a port is missing, or is no number and no name that is known")
    numbers = [_port(word) for word in words[1 : 1 + given]]
    return _ranges(words[0], numbers), words[1 + given :]


def _is_port(word: str) -> bool:
    return word in _PORTS or (word.isascii() and word.isdigit() and int(word) <= _LAST_PORT)


def _port(word: str) -> int:
    return _PORTS[word] if word in _PORTS else int(word)


def _ranges(comparison: str, numbers: list[int]) -> Ports:
    match comparison:
        case "eq":
            return tuple((one, one) for one in numbers)
        case "gt":
            return ((min(numbers[0] + 1, _LAST_PORT), _LAST_PORT),) if numbers[0] < _LAST_PORT else ((1, 0),)
        case "lt":
            return ((0, numbers[0] - 1),) if numbers[0] else ((1, 0),)
        case "neq":
            ends = [-1, *sorted(numbers), _LAST_PORT + 1]
            return tuple((low + 1, high - 1) for low, high in pairwise(ends) if low + 1 <= high - 1)
        case _:
            return ((min(numbers), max(numbers)),)
