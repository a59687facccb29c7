"""Linear temporal logic: the operators for claims, `parse` and `show`. Everything is that of `dialproof.core.ltl`."""

from dialproof.core.ltl import *  # noqa: F403
from dialproof.core.ltl import __all__ as __all__  # noqa: PLC0414  # what is exported
