"""dialproof checks dial-on-demand routing: when something waits for the line, will the line be dialled.

A checker for systems of guarded actions over z3 terms, under fairness, against linear temporal logic. Every verdict carries
its evidence: a counterexample is replayed without a solver, a proof is audited by a second program.
"""

from dialproof.check import check
from dialproof.claims import Claim
from dialproof.errors import DialproofError, InputError, InternalError, ModelError, ScenarioError
from dialproof.run import FiniteRun, Lasso, Run, State, Step, Taken
from dialproof.system import Action, Assumption, Fairness, Observer, System, enabled, taken
from dialproof.variables import boolean, choice, integer
from dialproof.verdict import Certificate, Holds, Unknown, Vacuity, Verdict, Violated

__version__ = "0.1.0"

__all__ = [
    "Action",
    "Assumption",
    "Certificate",
    "Claim",
    "DialproofError",
    "Fairness",
    "FiniteRun",
    "Holds",
    "InputError",
    "InternalError",
    "Lasso",
    "ModelError",
    "Observer",
    "Run",
    "ScenarioError",
    "State",
    "Step",
    "System",
    "Taken",
    "Unknown",
    "Vacuity",
    "Verdict",
    "Violated",
    "boolean",
    "check",
    "choice",
    "enabled",
    "integer",
    "taken",
]
