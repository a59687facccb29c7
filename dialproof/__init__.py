"""dialproof checks dial-on-demand routing: when something waits for the line, will the line be dialled.

A checker for systems of guarded actions over z3 terms, under fairness, against linear temporal logic. Every verdict carries
its evidence: a counterexample is replayed without a solver, a proof is audited by a second program.

What is exported here is imported when it is first used, so that `dialproof --help` need not wait for a solver.
"""

from importlib import import_module

TYPE_CHECKING = False  # as in `typing`, which is not imported: see __main__.py

if TYPE_CHECKING:
    from dialproof.checking import check
    from dialproof.claims import Claim
    from dialproof.errors import DialproofError, InputError, InternalError, ModelError, ScenarioError
    from dialproof.hints import Helpful, Hints
    from dialproof.review.session import Review
    from dialproof.run import FiniteRun, Lasso, Run, State, Step, Taken
    from dialproof.system import Action, Assumption, Fairness, Observer, System, enabled, taken
    from dialproof.variables import boolean, choice, integer
    from dialproof.verdict import Certificate, Holds, Unknown, Vacuity, Vacuous, Verdict, Violated

__version__ = "0.1.0"

__all__ = [
    "Action",
    "Assumption",
    "Certificate",
    "Claim",
    "DialproofError",
    "Fairness",
    "FiniteRun",
    "Helpful",
    "Hints",
    "Holds",
    "InputError",
    "InternalError",
    "Lasso",
    "ModelError",
    "Observer",
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
    "Violated",
    "boolean",
    "check",
    "choice",
    "enabled",
    "integer",
    "taken",
]

_PLACES = {
    "checking": ("check",),
    "claims": ("Claim",),
    "errors": ("DialproofError", "InputError", "InternalError", "ModelError", "ScenarioError"),
    "hints": ("Helpful", "Hints"),
    "review.session": ("Review",),
    "run": ("FiniteRun", "Lasso", "Run", "State", "Step", "Taken"),
    "system": ("Action", "Assumption", "Fairness", "Observer", "System", "enabled", "taken"),
    "variables": ("boolean", "choice", "integer"),
    "verdict": ("Certificate", "Holds", "Unknown", "Vacuity", "Vacuous", "Verdict", "Violated"),
}


def __getattr__(name: str) -> object:
    for module, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f"dialproof.{module}"), name)
    raise AttributeError(f"module 'dialproof' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
