"""Specification patterns by name. Everything is that of `dialproof.core.patterns`."""

from dialproof.core.patterns import *  # noqa: F403
from dialproof.core.patterns import __all__ as __all__  # noqa: PLC0414  # what is exported
