"""Proofs in pytest: the assertions, and the plug-in that shows each theorem's verdict and evidence.

Each exported name is imported on first use, so that a test run without a theorem does not wait for a solver.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialproof.testing.assertions import assert_holds, assert_unknown, assert_violated
    from dialproof.testing.failure import UnexpectedVerdictError
    from dialproof.testing.prover import Prover

__all__ = ["Prover", "UnexpectedVerdictError", "assert_holds", "assert_unknown", "assert_violated"]

_PLACES = {
    "assertions": ("assert_holds", "assert_unknown", "assert_violated"),
    "failure": ("UnexpectedVerdictError",),
    "prover": ("Prover",),
}


def __getattr__(name: str) -> object:
    for module, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f"dialproof.testing.{module}"), name)
    raise AttributeError(f"module 'dialproof.testing' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
