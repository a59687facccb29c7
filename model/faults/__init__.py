"""Every fault by name: one file of this folder for each, found by listing it."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from model.fault import AND, NONE, Build, Fault, together


@cache
def catalogue() -> Mapping[str, Fault]:
    """Every fault by name: "none", which are the correct rules, then the hypotheses by their numbers, then the others."""
    modules = sorted(found.name for found in iter_modules(__path__))
    declared = [
        value
        for name in modules
        for value in vars(import_module(f"{__name__}.{name}")).values()
        if isinstance(value, Fault) and value is not NONE
    ]
    ordered = sorted(declared, key=lambda fault: (not fault.hypothesis, fault.hypothesis, fault.name))
    return {fault.name: fault for fault in (NONE, *ordered)}


def named(name: str) -> Fault:
    """The fault of this name; a name like "a + b" is that of two faults at once. Raises KeyError."""
    return together([catalogue()[one] for one in name.split(AND)])


def of_product(product: str) -> dict[str, Fault]:
    """Those that `product` may have, by name."""
    return {name: fault for name, fault in catalogue().items() if fault.product in {"", product}}


def causes_of(product: str, build: Build) -> tuple[Fault, ...]:
    """What may be wrong with a build: every hypothesis that its article does not refute, or the correct rules alone."""
    affected = [one for one in of_product(product).values() if one.fixed_in is not None and build < one.fixed_in]
    surviving = [one for one in affected if not one.refuted_by]
    return tuple(surviving) or (NONE,)
