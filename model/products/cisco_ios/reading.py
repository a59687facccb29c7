"""What the importer of IOS collects: values by table, name and key, each with its line, before they become a scenario.

A command that is given again replaces the one before, and `no` takes it back: so nothing becomes data before the file is read.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError

from model.grammars.ios import Command
from model.importing import Placing

_MOST_DIGITS = 10


@dataclass
class Said:
    """A table as the file says it: its line, and each key with its value and line.

    What stands at the lines `of_class` belongs to a class that a number names, and counts more than what stands in the table.
    """

    line: int
    values: dict[str, object] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    of_class: set[int] = field(default_factory=set)

    def say(self, key: str, value: object, line: int) -> None:
        """The key has this value, because of this line."""
        self.values[key] = value
        self.lines[key] = line

    def take_back(self, key: str) -> None:
        """Nothing is said of the key any more."""
        self.values.pop(key, None)
        self.lines.pop(key, None)

    def add(self, key: str, value: object, line: int) -> None:
        """The key is a list, with this value more."""
        known = self.values.get(key, ())
        assert isinstance(known, tuple)
        if value not in known:
            self.say(key, (*known, value), self.lines.get(key, line))

    def remove(self, key: str, values: Iterable[object]) -> None:
        """The list that the key is has these values no more."""
        known = self.values.get(key, ())
        assert isinstance(known, tuple)
        left = tuple(value for value in known if value not in list(values))
        if left:
            self.values[key] = left
        else:
            self.take_back(key)

    def put(self, made: Placing, path: tuple[str | int, ...]) -> None:
        """Put it into a scenario."""
        for key, value in self.values.items():
            made.put((*path, key), list(value) if isinstance(value, tuple) else value, self.lines[key])


def number(made: Placing, command: Command, word: str | None, low: int = 0, high: int = 2_147_483_647) -> int:
    """The number that a word of a command is. Raises ScenarioError for one that is none, or not between the two."""
    if word is None or not (word.isascii() and word.isdigit() and len(word) <= _MOST_DIGITS) or not low <= int(word) <= high:
        raise made.error(command.line, f"`{command.words[0]}`: a number is missing or wrong; allowed: {low} to {high}")
    return int(word)


def is_address(word: str) -> bool:
    """True for an IPv4 address in dots."""
    try:
        IPv4Address(word)
    except AddressValueError:
        return False
    return True


def network(made: Placing, command: Command, base: str, mask: str) -> str:
    """The network of a base and a mask, with its prefix length. Raises ScenarioError if it is none."""
    try:
        return str(IPv4Network((base, mask), strict=True))
    except (AddressValueError, NetmaskValueError, ValueError):
        raise made.error(
            command.line, f"`{command.words[0]}`: this is no network and mask; allowed: such as 192.0.2.0 255.255.255.0"
        ) from None


def interface_name(words: tuple[str, ...]) -> tuple[str, int]:
    """The name of the interface that the words begin with, and how many words it has: "Cellular 0/1/0" is one name."""
    first = words[0] if words else ""
    if len(words) > 1 and first.replace("-", "").isalpha() and words[1][:1].isdigit() and not is_address(words[1]):
        return _full(first + words[1]), 2
    return _full(first), 1


def named(word: str) -> str:
    """The word as a name of the model: what stands in the file but for signs that no name can have."""
    text = "".join(char if char.isascii() and (char.isalnum() or char in "/.-_") else "." for char in word)
    return text if text[:1].isalnum() else f"x{text}"


_KINDS = (
    "Async", "ATM", "BRI", "Cellular", "Dialer", "Ethernet", "FastEthernet", "GigabitEthernet", "Group-Async", "Loopback", "Null",
    "Port-channel", "Serial", "TenGigabitEthernet", "Tunnel", "Virtual-Template", "Vlan",
)  # fmt: skip


def _full(name: str) -> str:
    """The name as `show running-config` prints it: Gi0/0 is GigabitEthernet0/0."""
    name = named(name)
    kind = name.rstrip("0123456789/.")
    matching = [one for one in _KINDS if one.lower().startswith(kind.lower())] if kind else []
    exact = [one for one in matching if one.lower() == kind.lower()]
    known = exact or (matching if len(matching) == 1 else [])
    return known[0] + name[len(kind) :] if known else name
