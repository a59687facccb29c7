"""Settings: the time limit of a check, its engines, and whether cvc5 audits each proof as well.

They come from the command line, from a marker of the test, or from the call; what is nearer to the check wins.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypedDict

from dialproof.core.errors import InputError
from dialproof.engines import registry


class Options(TypedDict, total=False):
    """What `prove`, the assertions and the marker `dialproof` take by keyword; see `Settings`."""

    timeout: float | None
    engines: tuple[str, ...] | list[str]
    second_opinion: bool


@dataclass(frozen=True)
class Settings:
    """How a check is made.

    `timeout` is in seconds, for the check under each of its causes (None: no limit); `engines` are names of engines (none:
    the usual ones); `second_opinion` has cvc5 audit each proof too.
    """

    timeout: float | None = 300.0
    engines: tuple[str, ...] = ()
    second_opinion: bool = False

    def changed(self, options: Mapping[str, object]) -> "Settings":
        """These settings with `options` in their places. Raises InputError for a name or a value that is not allowed."""
        changed = self
        for name, value in options.items():
            match name, value:
                case "timeout", None:
                    changed = replace(changed, timeout=None)
                case "timeout", int() | float() if not isinstance(value, bool) and 0 < value < math.inf:
                    changed = replace(changed, timeout=value)
                case "engines", tuple() | list():
                    changed = replace(changed, engines=_engines(value))
                case "second_opinion", bool():
                    changed = replace(changed, second_opinion=value)
                case (("timeout" | "engines" | "second_opinion"), _):
                    kinds = {"timeout": "a number of seconds above 0, or None", "engines": "a list of engines"}
                    raise InputError(f"{name} is {value!r}; allowed: {kinds.get(name, 'True or False')}")
                case _:
                    raise InputError(f"there is no option {name!r}; allowed: {', '.join(Options.__annotations__)}")
        return changed


def _engines(names: Iterable[object]) -> tuple[str, ...]:
    known = registry.names()
    named: list[str] = []
    for name in names:
        if name not in known:
            raise InputError(f"engines has {name!r} in it; allowed: {', '.join(known)}")
        named.append(str(name))
    if not named:
        raise InputError(f"engines is empty; leave it out for the default ones, or name some: {', '.join(known)}")
    return tuple(named)
