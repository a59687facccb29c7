"""Checks as input of other tools: one text for each check and cause, with the notes for its reader at the top."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dialproof._version import __version__
from dialproof.core.claims import ManySystems, Variant
from dialproof.core.errors import NotApplicable
from dialproof.core.plan import PlannedCheck
from dialproof.core.verdict import Holds
from dialproof.encode.problem import Problem, range_doubt
from dialproof.portfolio.jobs import range_job
from dialproof.portfolio.known_ranges import KnownRanges
from dialproof.portfolio.portfolio import Portfolio

RANGES_TIMEOUT = 60.0
"""For how long it is tried to prove that the variables stay in their ranges, in seconds."""

SUFFIXES = {"smv": ".smv", "promela": ".pml", "vmt": ".vmt", "aiger": ".aig", "itf": ".itf.json"}
"""What the names of the files end in, by what they are written for."""

_TO_CHECK = {
    "smv": "NuSMV {file} (nuXmv, if a variable is an unbounded integer)",
    "promela": "spin -a {file} && gcc -DNOREDUCE -DNOFAIR -o pan pan.c && ./pan -a -E -m1000000 (wrong: an acceptance cycle)",
    "vmt": "any model checker that reads VMT-LIB",
    "aiger": "berkeley-abc -c 'read_aiger {file}; pdr' (it reads the binary format; a bad state that is reached is \"asserted\")",
}


@dataclass(frozen=True, eq=False)
class Exportable:
    """A check under one cause; `stem` is what to call a file about it, without a suffix."""

    planned: PlannedCheck
    variant: Variant
    stem: str

    def text(self, language: str) -> str:
        """The model in `language` ("smv", "promela" or "vmt").

        Raises NotApplicable, with the reason, if the language cannot express the check, or if it is not proved that the variables
        stay in their ranges; ModelError if a run leads one out of its range.
        """
        problem = self._problem()
        return _writer(language)(problem, [*self._remarks(language), *_require_ranges(problem)])

    def aiger(self, *, binary: bool, rounds: int | None = None) -> str | bytes:
        """The check as a circuit in AIGER, in its binary format or in that of lines; with `rounds`, in the form of k-liveness.

        Raises NotApplicable, with the reason, if the check has no circuit, or if it is not proved that the variables stay in
        their ranges; ModelError if a run leads one out of its range.
        """
        from dialproof.exchange.aiger.writing import meaning_of, to_aiger

        problem = self._problem()
        kept = _require_ranges(problem)
        circuit = to_aiger(problem, rounds)
        numbers = [*(action.name for action in problem.system.actions), "none is possible, and the system idles"]
        actions = ", ".join(f"{number}: {name}" for number, name in enumerate(numbers))
        remarks = [*self._remarks("aiger", meaning_of(problem, rounds)), f"The number of the action taken: {actions}", *kept]
        return circuit.binary(remarks) if binary else circuit.ascii(remarks)

    def _problem(self) -> Problem:
        """What is written: the system, or what shows many systems: the summary that stands for them, or else a sample."""
        return Problem(self.variant.shown, self.variant.claim.formula)

    def _remarks(self, language: str, meaning: str = "") -> Iterator[str]:
        claim, file = self.variant.claim, f"{self.stem}{SUFFIXES[language]}"
        yield f"{self.planned.scenario}, line {self.planned.line}: {self.planned.claim}, under the cause {self.variant.name}"
        yield from [claim.says] if claim.says else []
        yield from [f"Source: {claim.source}"] if claim.source else []
        yield from [f"Expected: {self.planned.expected}"] if self.planned.expected else []
        yield f"The formula: {' '.join(claim.formula.sexpr().split())}"
        yield from [meaning] if meaning else []
        if isinstance(self.variant, ManySystems) and self.variant.summary:
            yield "A summary that stands for many systems: what holds of it holds of each; a violation may be a run of none."
        yield ""
        yield f"To check it: {_TO_CHECK[language].format(file=file)}"
        yield f"Written by dialproof {__version__}. What stands for what:"


def _require_ranges(problem: Problem) -> list[str]:
    """What a reader of the model has to know of the ranges: that the steps which lead out of them were proved to be unreachable.

    Raises NotApplicable where that is not proved, since another tool might then overlook a violation, and ModelError where a run
    leads a variable out of its range.
    """
    doubt = range_doubt(problem)
    if not doubt:
        return []
    with Portfolio(timeout=RANGES_TIMEOUT) as portfolio:
        verdict = portfolio.run([range_job(problem)])[0]
    known = KnownRanges()
    known.doubts(problem.packed, doubt)
    known.answered(problem.packed.system, verdict)
    if missing := known.missing(problem):
        raise NotApplicable(missing)
    assert isinstance(verdict, Holds)
    proof = f"{verdict.engine}, checked by {' and '.join(verdict.checked_by)}"
    return [
        "Steps that lead a variable out of its range are omitted here: it was proved that no run reaches a state with one.",
        f"That proof is by {proof}.",
    ]


def exportables(stem: str, checks: Sequence[PlannedCheck]) -> list[Exportable]:
    """Every check under each of its causes, in order; `stem` is the scenario's name."""
    found, used = [], set[str]()
    for planned in checks:
        for variant in planned.variants:
            plain = re.sub(r"[^\w.-]+", "-", f"{stem}-{planned.claim}-{variant.name}")
            name, number = plain, 1
            while name in used:
                number += 1
                name = f"{plain}-{number}"
            used.add(name)
            found.append(Exportable(planned, variant, name))
    return found


def _writer(language: str) -> Callable[[Problem, Sequence[str]], str]:
    """The function that writes a problem in `language`."""
    match language:
        case "smv":
            from dialproof.exchange.smv.writing import to_smv

            return to_smv
        case "promela":
            from dialproof.exchange.promela.writing import to_promela

            return to_promela
    from dialproof.exchange.vmt.writing import to_vmt

    return to_vmt
