"""dialproof checks dial-on-demand routing: that a line is dialled whenever something waits for it.

A model checker for linear temporal logic, over systems of guarded actions on z3 terms, under fairness. Every verdict carries
its evidence: a counterexample is replayed without a solver, a proof is audited by a second program.

Each exported name is imported on first use, so that `dialproof --help` does not wait for a solver.
"""

from importlib import import_module

from dialproof._version import __version__ as __version__
from dialproof.core.late import provide

TYPE_CHECKING = False  # as in `typing`, which is not imported: see __main__.py

if TYPE_CHECKING:
    from dialproof.core.actions import Action, Assumption, Fairness, Observer, enabled, taken
    from dialproof.core.certificates import Certificate
    from dialproof.core.claims import Claim, ManySystems, OneSystem
    from dialproof.core.errors import DialproofError, InputError, InternalError, ModelError, ScenarioError
    from dialproof.core.hints import Helpful, Hints
    from dialproof.core.plan import PlannedCheck
    from dialproof.core.run import FiniteRun, Lasso, Run, State, Step, Taken
    from dialproof.core.system import System
    from dialproof.core.variables import boolean, choice, integer
    from dialproof.core.verdict import Holds, Unknown, Vacuity, Vacuous, Verdict, Violated
    from dialproof.portfolio.check import check
    from dialproof.project.contract import Drawn, VerificationProject
    from dialproof.review.session import Review

__all__ = [
    "Action",
    "Assumption",
    "Certificate",
    "Claim",
    "DialproofError",
    "Drawn",
    "Fairness",
    "FiniteRun",
    "Helpful",
    "Hints",
    "Holds",
    "InputError",
    "InternalError",
    "Lasso",
    "ManySystems",
    "ModelError",
    "Observer",
    "OneSystem",
    "PlannedCheck",
    "Review",
    "Run",
    "ScenarioError",
    "State",
    "Step",
    "System",
    "Taken",
    "Unknown",
    "Vacuity",
    "Vacuous",
    "Verdict",
    "VerificationProject",
    "Violated",
    "boolean",
    "check",
    "choice",
    "enabled",
    "integer",
    "taken",
]

_PLACES = {
    "portfolio.check": ("check",),
    "core.claims": ("Claim", "ManySystems", "OneSystem"),
    "core.errors": ("DialproofError", "InputError", "InternalError", "ModelError", "ScenarioError"),
    "core.hints": ("Helpful", "Hints"),
    "project.contract": ("Drawn", "VerificationProject"),
    "review.session": ("Review",),
    "core.plan": ("PlannedCheck",),
    "core.run": ("FiniteRun", "Lasso", "Run", "State", "Step", "Taken"),
    "core.actions": ("Action", "Assumption", "Fairness", "Observer", "enabled", "taken"),
    "core.system": ("System",),
    "core.variables": ("boolean", "choice", "integer"),
    "core.certificates": ("Certificate",),
    "core.verdict": ("Holds", "Unknown", "Vacuity", "Vacuous", "Verdict", "Violated"),
}

provide("text of a value", "dialproof.notebook.display:printed")
provide("notebook display of a value", "dialproof.notebook.display:mimebundle")
provide("report of a review", "dialproof.report:write")


def __getattr__(name: str) -> object:
    for module, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f"dialproof.{module}"), name)
    raise AttributeError(f"module 'dialproof' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
