"""What an upper room does for a value of a lower one: asked for by name here, and imported when it is first asked for.

A verdict is printed by what notebooks show of it; that must not make evidence depend on what draws it. So the lower room asks for
a service by its name. Which function that is stands in `dialproof/__init__.py`, above all rooms.
"""

from importlib import import_module

TYPE_CHECKING = False  # as in `typing`, which is not imported: see dialproof/__main__.py

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_PLACES: dict[str, str] = {}


def provide(name: str, place: str) -> None:
    """Say that the service `name` is the function at `place`, as "module:function"."""
    _PLACES[name] = place


def provided(name: str) -> "Callable[..., Any]":
    """The function that serves as `name`. Raises KeyError if nobody provides it."""
    module, _, function = _PLACES[name].partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found
