"""The solvers that discharge obligations: a fresh z3, and cvc5 as a second opinion. What they cannot read is not discharged."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import z3

from dialproof.core.errors import AuditError, InputError
from dialproof.core.obligation import Obligation

EVERYTHING = "(set-logic ALL)"
"""How a script says that it may use every theory."""

_ARITHMETIC = "(set-logic QF_UFDTNIA)"
"""The same of what the obligations about a system use: truth values, integers and choices."""

Solver = Callable[[str], str]
"""Takes an SMT-LIB script, answers "sat", "unsat" or "unknown"."""


def solvers_for(
    *, second_opinion: bool, seconds: float | None = None, of_one_system: bool = False
) -> tuple[tuple[str, Solver], ...]:
    """z3 and, as a second opinion, cvc5, by name and version; InputError if that is not installed.

    After `seconds` at one script (None: never) a solver answers "unknown". `of_one_system`: all scripts are about one system, so
    that a name means the same in each of them; then z3 reads them in one context, since to make one takes longer than most
    obligations.
    """
    milliseconds = None if seconds is None else max(1, round(seconds * 1000))
    fresh_z3 = f"z3 {z3.get_version_string()}", partial(_with_z3, milliseconds, z3.Context() if of_one_system else None)
    return (fresh_z3, _cvc5(milliseconds)) if second_opinion else (fresh_z3,)


def discharge(stated: Iterable[Obligation], solvers: Sequence[tuple[str, Solver]], discharged: set[str]) -> None:
    """Raise AuditError unless each of `solvers` finds each script unsatisfiable; the scripts in `discharged` it knows already.

    Parts of a proof that are about the same local form have the same scripts.
    """
    for obligation in stated:
        if obligation.script in discharged:
            continue
        for name, solver in solvers:
            answer = solver(obligation.script)
            if answer != "unsat":
                raise AuditError(f"{name} answers {answer!r} to the obligation {obligation.name!r}: {obligation.establishes}")
        discharged.add(obligation.script)


def _with_z3(milliseconds: int | None, context: z3.Context | None, script: str) -> str:
    solver = z3.Solver(ctx=context or z3.Context())
    if milliseconds is not None:
        solver.set("timeout", milliseconds)
    solver.from_string(script)
    answer = solver.check()
    if answer == z3.unknown and solver.reason_unknown() == "interrupted from keyboard":
        raise KeyboardInterrupt
    return str(answer)


def _cvc5(milliseconds: int | None) -> tuple[str, Solver]:
    try:
        import cvc5  # an optional second opinion
    except ImportError as missing:
        raise InputError("a second opinion needs cvc5: pip install cvc5") from missing

    def fresh() -> cvc5.Solver:
        solver = cvc5.Solver()
        if milliseconds is not None:
            solver.setOption("tlimit-per", str(milliseconds))
        return solver

    def solve(script: str) -> str:
        try:
            return answer_of(fresh(), script)
        except RuntimeError as failure:
            try:  # in the logic of everything names such as `store` are taken; hardly any obligation needs that logic
                return answer_of(fresh(), script.replace(EVERYTHING, _ARITHMETIC, 1))
            except RuntimeError:
                return f"error: {failure}"  # what it cannot read it has not discharged

    def answer_of(solver: cvc5.Solver, script: str) -> str:
        parser = cvc5.InputParser(solver)
        parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "obligation")
        symbols = parser.getSymbolManager()
        answer = ""
        while not (command := parser.nextCommand()).isNull():
            answer += str(command.invoke(solver, symbols))
        return answer.strip()

    return f"cvc5 {cvc5.__version__}", solve
