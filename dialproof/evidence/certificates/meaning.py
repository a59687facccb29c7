"""What a problem means, as plain data and as a hash: all that its answer depends on, and nothing else."""

from dialproof.core.question import Question
from dialproof.core.variables import Variable
from dialproof.evidence.certificates.plain import Plain, canonical, sha256


def problem_digest(problem: Question) -> str:
    """The SHA-256 of all of `problem` that its answer depends on, in hexadecimal digits."""
    return sha256(canonical(meaning(problem)).encode())


def meaning(problem: Question) -> Plain:
    """All of a problem that its answer depends on: the system without its prose, and the formula."""
    system = problem.system
    return {
        "variables": [_variable(variable) for variable in system.variables],
        "init": system.init.sexpr(),
        "actions": [
            {
                "name": action.name,
                "fairness": action.fairness.value,
                "parameters": [_variable(parameter.variable) for parameter in action.parameters],
                "guard": action.guard.sexpr(),
                "effects": [[name, effect.sexpr()] for name, effect in action.effects],
            }
            for action in system.actions
        ],
        "assumptions": [[assumption.name, assumption.formula.sexpr()] for assumption in system.assumptions],
        "formula": problem.formula.sexpr(),
    }


def _variable(variable: Variable) -> Plain:
    domain = variable.domain
    return {
        "name": variable.name,
        "kind": domain.kind.value,
        "type": domain.sort_name,
        "values": list(domain.values),
        "low": domain.low,
        "high": domain.high,
    }
