"""The evidence for the verdicts, each part once: runs, certificates and bases, numbered in order of appearance.

Two runs are the same if their states, actions and words are the same: fourteen scenarios of one fault share eleven runs instead
of having sixty. Unexpected violations come first, then the runs that violate the most checks; runs that only show that a claim is
not vacuous come last.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, assert_never

from dialproof.core.certificates import (
    Certificate,
    Conjunction,
    Exhaustive,
    InductiveInvariant,
    KInduction,
    KLiveness,
    LivenessToSafety,
    WellFoundedResponse,
)
from dialproof.core.run import Lasso, Run
from dialproof.core.run_clock import RunClock, clock_of
from dialproof.core.system import System
from dialproof.core.verdict import Basis as Grounds
from dialproof.core.verdict import Holds, Vacuous, Verdict, Violated
from dialproof.core.wording import Wording, wording_of
from dialproof.evidence.certificates import digest
from dialproof.evidence.outcome import CheckedVerdict
from dialproof.report import drawing, words
from dialproof.report.document import Basis, Fact, Proof, Ref, Step
from dialproof.report.document import Run as RunPart
from dialproof.report.glossary import method_of
from dialproof.report.plain import plain
from dialproof.review.expectation import Standing, standing_of
from dialproof.views.places import places, start_again
from dialproof.views.text import ending_of, loop_begins

RunKey = tuple[Run, Wording]
ProofKey = tuple[Certificate, tuple[str, ...]]


@dataclass
class _Shared:
    """A part that several checks share: its reference, a system that it belongs to, and the checks that use it."""

    ref: Ref
    system: System
    shows: list[Ref] = field(default_factory=list)
    gives_substance: list[Ref] = field(default_factory=list)


Key = TypeVar("Key")


class EvidenceIndex:
    """Every run, certificate and basis of some checks, with the checks that refer to it.

    `checked` are the checks in their order, each with its reference.
    """

    def __init__(self, checked: Sequence[tuple[CheckedVerdict, Ref]]) -> None:
        self._runs: dict[RunKey, _Shared] = {}
        self._proofs: dict[ProofKey, _Shared] = {}
        self._bases: dict[Grounds, _Shared] = {}
        for run, system, refs in _violations(checked):
            _add(self._runs, (run, wording_of(system)), "run", system).shows.extend(refs)
        for result, ref in checked:
            for verdict, system in _variants(result):
                if isinstance(verdict, Holds | Vacuous):
                    _add(self._proofs, (verdict.certificate, verdict.checked_by), "proof", system).shows.append(ref)
                _add(self._bases, verdict.basis, "basis", system).shows.append(ref)
                if verdict.vacuity.witness is not None:
                    _add(self._runs, (verdict.vacuity.witness, wording_of(system)), "run", system).gives_substance.append(ref)

    def of_verdict(self, verdict: Verdict, system: System) -> Ref | None:
        """The reference to the run or the certificate behind `verdict`; None if it is unknown."""
        match verdict:
            case Violated(run):
                return self._runs[run, wording_of(system)].ref
            case Holds(certificate) | Vacuous(certificate):
                return self._proofs[certificate, verdict.checked_by].ref
        return None

    def of_run(self, run: Run, system: System) -> Ref:
        """The reference to `run`."""
        return self._runs[run, wording_of(system)].ref

    def of_basis(self, basis: Grounds) -> Ref:
        """The reference to the basis of a verdict."""
        return self._bases[basis].ref

    def runs(self, claim_of: Callable[[Ref], str]) -> tuple[RunPart, ...]:
        """Every run, step by step and drawn; `claim_of` names the claim of a check."""
        return tuple(_run_part(run, wording, shared, claim_of) for (run, wording), shared in self._runs.items())

    def taking(self) -> dict[str, tuple[Ref, ...]]:
        """The names of actions, each with the runs in which it is taken."""
        found: dict[str, list[Ref]] = {}
        for (run, _), shared in self._runs.items():
            for name in dict.fromkeys(step.action.name for step in run.steps if step.action is not None):
                found.setdefault(name, []).append(shared.ref)
        return {name: tuple(refs) for name, refs in found.items()}

    def proofs(self) -> tuple[Proof, ...]:
        """Every certificate."""
        return tuple(
            _proof_part(certificate, checked_by, shared.ref, tuple(dict.fromkeys(shared.shows)))
            for (certificate, checked_by), shared in self._proofs.items()
        )

    def bases(self) -> tuple[Basis, ...]:
        """Every basis: the fairness and the assumptions that verdicts rest on."""
        return tuple(
            Basis(
                shared.ref.target, shared.ref.text, _named(grounds.weak, grounds), _named(grounds.strong, grounds),
                (*_promises(grounds), *(Fact(plain(name), plain(reason)) for name, reason in grounds.assumptions)),
                tuple(dict.fromkeys(shared.shows)),
            )
            for grounds, shared in self._bases.items()
        )  # fmt: skip


def _named(actions: Sequence[str], grounds: Grounds) -> tuple[str, ...]:
    """Fair actions, each with what its author calls the promise, if anything."""
    names = dict(grounds.promised)
    return tuple(f"{action} ({plain(names[action])})" if action in names else action for action in actions)


def _promises(grounds: Grounds) -> tuple[Fact, ...]:
    """The fairness to which its author gave a name, by that name."""
    return tuple(
        Fact(plain(promise.name), f"{promise.kind} fairness of {', '.join(promise.actions)}")
        for promise in grounds.fairness()
        if promise.name
    )


def _violations(checked: Sequence[tuple[CheckedVerdict, Ref]]) -> list[tuple[Run, System, list[Ref]]]:
    """Each counterexample with the checks that it violates: unexpected ones first, then those that violate the most checks."""
    found: dict[RunKey, tuple[bool, System, list[Ref]]] = {}
    for result, ref in sorted(checked, key=lambda pair: standing_of(pair[0]) is Standing.AS_EXPECTED):
        for verdict, system in _variants(result):
            if isinstance(verdict, Violated):
                expected = standing_of(result) is Standing.AS_EXPECTED
                found.setdefault((verdict.lasso, wording_of(system)), (expected, system, []))[2].append(ref)
    ordered = sorted(found.items(), key=lambda item: (item[1][0], -len(set(item[1][2]))))
    return [(run, system, refs) for (run, _), (_, system, refs) in ordered]


def _variants(checked: CheckedVerdict) -> Iterable[tuple[Verdict, System]]:
    """The verdict under each cause, with the system that it is about."""
    return ((verdict, variant.shown) for variant, verdict in checked.each)


def _add(known: dict[Key, _Shared], key: Key, kind: str, system: System) -> _Shared:
    number = len(known) + 1
    return known.setdefault(key, _Shared(Ref(f"{kind.capitalize()} {number}", f"{kind}-{number}"), system))


def _run_part(run: Run, wording: Wording, shared: _Shared, claim_of: Callable[[Ref], str]) -> RunPart:
    label, place, clock = shared.ref.text, shared.ref.target, clock_of(run, wording)
    shows, gives = tuple(dict.fromkeys(shared.shows)), tuple(dict.fromkeys(shared.gives_substance))
    return RunPart(
        id=place,
        label=label,
        claims=tuple(dict.fromkeys(claim_of(ref) for ref in shows or gives)),
        shows=shows,
        gives_substance=gives,
        steps=_steps(run, wording),
        loop=start_again(run) or 0,
        begins=loop_begins(run, wording),
        round="" if clock is None else clock.round,
        ending=ending_of(run, wording),
        summary=_summary(run, clock),
        # A run that only shows that something can happen is short, and is read in a line.
        pictures=drawing.of_run(run, shared.system, wording, label, place) if shows else (),
    )


def _steps(run: Run, wording: Wording) -> tuple[Step, ...]:
    loop = start_again(run)
    made = []
    for place in places(run, wording):
        part = "start" if not place.number else "stem" if loop is None or place.number < loop else "loop"
        changes = [plain(change.says) for change in place.changes] + ([place.more] if place.more else [])
        made.append(Step(place.number, plain(place.says), tuple(changes), part, place.time))
    return tuple(made)


def _summary(run: Run, clock: RunClock | None) -> str:
    if isinstance(run, Lasso):
        stem = f"{words.said(len(run.stem), 'step')}, then " if run.stem else ""
        every = "" if clock is None else f", every {clock.round}" if clock.round else ", and no time passes"
        return f"{stem}{words.said(len(run.loop), 'step')} that {'repeats' if len(run.loop) == 1 else 'repeat'} for ever{every}"
    return words.said(len(run.steps) - (run.steps[-1].action is None), "step")


def _proof_part(certificate: Certificate, checked_by: tuple[str, ...], ref: Ref, proves: tuple[Ref, ...]) -> Proof:
    method, explained = method_of(certificate)
    invariant, parts = _invariant_and_parts(certificate)
    return Proof(
        id=ref.target,
        label=ref.text,
        method=method,
        explained=explained,
        facts=words.facts_of(certificate),
        fairness=certificate.fairness,
        invariant=invariant,
        digest=digest(certificate),
        checked_by=checked_by,
        parts=tuple(
            _proof_part(part, checked_by, Ref(f"{ref.text}, part {number}", f"{ref.target}-{number}"), ())
            for number, part in enumerate(parts, 1)
        ),
        proves=proves,
    )


def _invariant_and_parts(certificate: Certificate) -> tuple[str, tuple[Certificate, ...]]:
    """The text of the invariant, "" if there is none, and the certificates of the parts of the claim."""
    match certificate:
        case InductiveInvariant() | LivenessToSafety() | KLiveness() | WellFoundedResponse():
            return certificate.invariant, ()
        case Conjunction(parts):
            return "", parts
        case KInduction() | Exhaustive():
            return "", ()
    assert_never(certificate)
