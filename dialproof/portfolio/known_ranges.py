"""What is known of the ranges of systems: what one check has found out, no other need ask.

A system keeps its ranges where no state within them has a step out of range, or where it is proved that no reachable state has
one. Where neither is known, nothing that rests on it is said: only runs are shown, which are replayed within the ranges.
"""

from dataclasses import replace
from typing import NamedTuple

from dialproof.core.certificates import Certificate
from dialproof.core.errors import ModelError
from dialproof.core.verdict import Holds, Unknown, Verdict, Violated
from dialproof.encode.problem import Packed, Problem
from dialproof.evidence.range_claim import WAY_OUT, departure


class _Asked(NamedTuple):
    """A system whose ranges are a claim to be proved: why, and what came of it (None: nothing yet).

    `is_final`: there is no use in asking once more.
    """

    doubt: str
    verdict: Verdict | None = None
    is_final: bool = False


class KnownRanges:
    """By system, as packed: whether it keeps its ranges, and what proves it where that needs a proof."""

    def __init__(self) -> None:
        self._kept: dict[bytes, Certificate | None] = {}
        self._asked: dict[bytes, _Asked] = {}

    def keeps(self, data: Packed, proof: Certificate | None = None) -> None:
        """Take in that the system keeps its ranges, by `proof` where no other than reachable states do."""
        self._kept.setdefault(data.system, proof)

    def doubts(self, data: Packed, why: str) -> None:
        """Take in that some state within the ranges has a step out of range."""
        known = self._asked.get(data.system, _Asked(""))
        self._asked[data.system] = known._replace(doubt=known.doubt or why)

    def answered(self, system: bytes, verdict: Verdict, *, in_short_time: bool = False) -> None:
        """Take in the verdict on the claim that the system keeps its ranges; more time might tell more than a short one."""
        doubt = self._asked[system].doubt if system in self._asked else ""
        self._asked[system] = _Asked(doubt, verdict, is_final=not (in_short_time and isinstance(verdict, Unknown)))
        if isinstance(verdict, Holds):
            self._kept[system] = verdict.certificate

    def begin_anew(self) -> None:
        """Forget the claims that have no final answer: whoever asks next asks again."""
        self._asked = {system: known for system, known in self._asked.items() if known.is_final}

    def forget(self, system: bytes) -> None:
        """Take back that it was asked about, without an answer: whoever needs one asks again."""
        known = self._asked.get(system)
        if known is not None and known.verdict is None:
            del self._asked[system]

    def is_looked_into(self, data: Packed) -> bool:
        """Whether it is known if every state within the ranges keeps them."""
        return data.system in self._kept or data.system in self._asked

    def is_open(self, data: Packed) -> bool:
        """Whether it is a claim that nobody has answered, as far as is known."""
        known = self._asked.get(data.system)
        return known is not None and known.verdict is None and data.system not in self._kept

    def with_proof(self, data: Packed, certificate: Certificate) -> Certificate:
        """`certificate` with the proof that its system keeps its ranges, where that needs one."""
        proof = self._kept.get(data.system)
        return certificate if proof is None or certificate.ranges is not None else replace(certificate, ranges=proof)

    def missing(self, problem: Problem, *, is_summary: bool = False) -> str:
        """Why nothing can be said that rests on the ranges of the system of `problem`; "" where they are kept.

        Raises ModelError where a run leaves them, with that run; not for a summary, whose run may be the run of no system.
        """
        data = problem.packed
        if data.system in self._kept:
            return ""
        doubt, verdict, _ = self._asked.get(data.system, _Asked(""))
        said = f"it is not proved that the variables stay in their ranges{doubt and f' ({doubt}, if that can be reached)'}"
        match verdict:
            case Violated(run):
                left = str(departure(problem.system, run))
                if is_summary:
                    return f"{said}; in the summary, which may have runs that no system has, {left.partition(chr(10))[0]}"
                raise ModelError(left)
            case Unknown(reason, depth=depth):
                searched = f"; no run of at most {depth} steps leaves them" if depth >= 0 else ""
                return f"{said}{searched}; {WAY_OUT} ({reason})"
        return said
