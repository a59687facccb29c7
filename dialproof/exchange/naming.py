"""Names in both directions: ours as another language accepts them, with a table that leads back, and a file's as we do."""

import re
from collections.abc import Collection, Iterable, Iterator

from dialproof.core.errors import ModelError
from dialproof.core.names import check_name

_FOREIGN = re.compile(r"[^A-Za-z0-9_]")
_UNUSABLE = re.compile(r"[^A-Za-z0-9_#.,()/+=<>* -]")


class Names:
    """Gives every name of a system a name in another language, and remembers which is which.

    `prefix` begins each name that is given; a name that is taken or among `reserved` gets a number at its end.
    """

    def __init__(self, reserved: Collection[str] = (), prefix: str = "") -> None:
        self._used = set(reserved)
        self._prefix = prefix
        self._given: dict[tuple[str, str], str] = {}

    def give(self, kind: str, name: str, like: str = "") -> str:
        """The name there of the `kind` ("variable", "action", ...) called `name` here; the same one each time.

        It is made from `like`, where that is given.
        """
        if (kind, name) not in self._given:
            self._given[kind, name] = self._unused(like or name)
        return self._given[kind, name]

    def _unused(self, name: str) -> str:
        plain = self._prefix + _FOREIGN.sub("_", name)
        if not re.match(r"[A-Za-z_]", plain):
            plain = f"n{plain}"
        candidate, number = plain, 1
        while candidate in self._used:
            number += 1
            candidate = f"{plain}_{number}"
        self._used.add(candidate)
        return candidate

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """What was given, in order: (name there, kind, name here)."""
        for (kind, name), given in self._given.items():
            yield given, kind, name


def usable_names(foreign: Iterable[str], what: str) -> dict[str, str]:
    """A name that a system can use for each of `foreign` names, the same wherever possible; different names stay different."""
    given: dict[str, str] = {}
    for name in foreign:
        candidate, number = _usable(name, what), 1
        while candidate in given.values():
            number += 1
            candidate = f"{_usable(name, what)} {number}"
        given.setdefault(name, candidate)
    return given


def _usable(name: str, what: str) -> str:
    plain = _UNUSABLE.sub("_", name)
    if not re.match(r"[A-Za-z0-9_#]", plain):
        plain = f"_{plain}"
    try:
        check_name(plain, what)
    except ModelError:  # a word of ours
        plain = f"_{plain}"
        check_name(plain, what)
    return plain
