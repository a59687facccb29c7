"""What a certificate on disk says: made from a scenario, a claim and a proof, by the writer once and by the auditor anew.

Everything but `made` follows from the scenario and the proof. The auditor makes it all again and compares, so that nothing in
the files is believed; `made` says where it comes from and who checked it then, and nothing rests on that.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

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
from dialproof.core.claims import Claim, ManySystems, OneSystem, Summary, Variant
from dialproof.core.errors import CertificateError, InputError
from dialproof.core.obligation import Obligation
from dialproof.core.plan import Scenario
from dialproof.core.system import System
from dialproof.core.verdict import Basis
from dialproof.encode.problem import Problem
from dialproof.evidence.assumptions_used import basis_of, used_by
from dialproof.evidence.audit import obligations
from dialproof.evidence.certificates.meaning import problem_digest
from dialproof.evidence.certificates.plain import Plain, digest, sha256, to_plain
from dialproof.evidence.range_claim import range_problem

KIND = "dialproof certificate"
"""What a manifest says that it is."""

FORMAT = 1
"""The number of the format; it grows when a reader of the old one would misread the new one."""

DEEPEST = 1000
"""The largest number of steps or rounds that is looked at: the obligations of more would be made for hours before they fail."""


@dataclass(frozen=True, eq=False)
class Contents:
    """The manifest without `made`, the obligations, and the script of each file of them, by its name in the folder."""

    manifest: Plain
    stated: tuple[Obligation, ...]
    scripts: tuple[tuple[str, str], ...]


def proved_of(variant: Variant) -> Summary:
    """The system and the claim that a proof for `variant` is about. Raises CertificateError if nothing can be proved of it."""
    match variant:
        case OneSystem():
            return Summary(variant.system, variant.claim, ())
        case ManySystems(summary=Summary() as summary):
            return summary
    raise CertificateError(f"nothing is known that stands for every {variant.kind}, so that nothing can be proved of them")


def contents(scenario: Scenario, scenario_file: str, scenario_hash: str, variant: Variant, proof: Certificate) -> Contents:
    """The contents for `proof` of the claim of `variant`.

    Raises AuditError if it cannot be a proof of that, CertificateError if there is none.
    """
    about = proved_of(variant)
    problem = Problem(about.system, about.claim.formula)
    stated = (*about.simulation, *obligations(problem, proof))
    files = _files(stated)
    in_force = basis_of(about.system)
    manifest: Plain = {
        "kind": KIND,
        "format": FORMAT,
        "claim": stated_claim(about.claim),
        "cause": variant.name,
        "scenario": {"title": scenario.title, "file": scenario_file, "sha256": scenario_hash, "reads": stated_reads(scenario)},
        "problem": problem_digest(problem),
        "rests_on": _basis(used_by(proof, in_force), about.system),
        "in_force": _basis(in_force, about.system),
        "certificate": to_plain(proof),
        "digest": digest(proof),
        "obligations": [
            {"file": files[one.script], "name": one.name, "establishes": one.establishes, "sha256": sha256(one.script.encode())}
            for one in stated
        ],
    }
    return Contents(manifest, stated, tuple((name, script) for script, name in files.items()))


def stated_reads(scenario: Scenario) -> list[Plain]:
    """What a manifest says of the other files that the scenario is read from. Raises InputError where one cannot be read."""
    return [{"file": name, "sha256": sha256(read_beside(scenario, name))} for name in scenario.reads]


def read_beside(scenario: Scenario, name: str) -> bytes:
    """Another file that the scenario is read from. Raises InputError."""
    path = scenario.path.parent / name
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error


def stated_claim(claim: Claim) -> Plain:
    """What a manifest says of the claim."""
    return {"name": claim.name, "says": claim.says, "source": claim.source, "formula": claim.formula.sexpr()}


def require_honest_names(proof: Certificate, system: System) -> None:
    """Raise CertificateError unless `proof` lists the fairness that it uses, and names nothing that `system` does not have."""
    if proof.ranges is not None:
        if proof.ranges.ranges is not None:
            raise CertificateError("its proof of the ranges has a proof of ranges of its own, which it has no need of")
        require_honest_names(proof.ranges, range_problem(system).system)
    if isinstance(proof, Conjunction) and any(part.ranges is not None for part in proof.parts):
        raise CertificateError("a part of it has a proof of the ranges, which are the whole system's")
    known = {variable.name for variable in system.variables}
    if unknown := sorted(_variables_named(proof) - known):
        raise CertificateError(f"it speaks of the variable {unknown[0]!r}, which the system does not have")
    listed, used = set(proof.fairness), _fairness_used(proof)
    if omitted := sorted(used - listed):
        raise CertificateError(f"it omits a fairness condition: a part of the proof uses the fairness of {omitted[0]!r}")
    in_force = basis_of(system)
    if unfair := sorted(listed - {*in_force.weak, *in_force.strong}):
        raise CertificateError(f"it lists the fairness of {unfair[0]!r}, which the scenario does not promise")
    if unused := sorted(listed - used):
        raise CertificateError(f"it lists the fairness of {unused[0]!r}, which no part of the proof uses")


def counts_too_far(proof: Certificate) -> bool:
    """True if `proof`, a part of it, or its proof of the ranges counts further than anybody looks."""
    if proof.ranges is not None and counts_too_far(proof.ranges):
        return True
    match proof:
        case KInduction(depth) | KLiveness(depth=depth):
            return depth > DEEPEST
        case Conjunction(parts):
            return any(counts_too_far(part) for part in parts)
        case InductiveInvariant() | LivenessToSafety() | WellFoundedResponse() | Exhaustive():
            return False
    assert_never(proof)


def _variables_named(proof: Certificate) -> set[str]:
    """The variables of the system that `proof`, or a part of it, names beside those in its terms."""
    match proof:
        case LivenessToSafety(compared=compared, kept=kept):
            return {*compared, *(kept or ())}
        case InductiveInvariant(kept=kept) | KLiveness(kept=kept):
            return set(kept or ())
        case Conjunction(parts):
            return {name for part in parts for name in _variables_named(part)}
        case KInduction() | WellFoundedResponse() | Exhaustive():
            return set()
    assert_never(proof)


def _fairness_used(proof: Certificate) -> set[str]:
    """The actions whose fairness `proof` uses: what its parts use; if its cases say which are helpful, these."""
    match proof:
        case Conjunction(parts):
            return {name for part in parts for name in _fairness_used(part)}
        case WellFoundedResponse(fairness=fairness, cases=cases):
            return set(fairness) & {name for case in cases for name in case.fairness}
        case InductiveInvariant() | KInduction() | LivenessToSafety() | KLiveness() | Exhaustive():
            return set(proof.fairness)
    assert_never(proof)


def _files(stated: Sequence[Obligation]) -> dict[str, str]:
    """The file of each script. Parts of a proof that are about the same form share their scripts, and so their files."""
    scripts = {one.script: one.name for one in reversed(stated)}
    ordered = list(reversed(scripts.items()))
    width = max(2, len(str(len(ordered))))
    return {
        script: f"obligations/{number:0{width}}-{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-')}.smt2"
        for number, (script, name) in enumerate(ordered, start=1)
    }


def _basis(basis: Basis, system: System) -> Plain:
    formulas = {assumption.name: assumption.formula.sexpr() for assumption in system.assumptions}
    return {
        "weak": list(basis.weak),
        "strong": list(basis.strong),
        "assumptions": [{"name": name, "reason": reason, "formula": formulas[name]} for name, reason in basis.assumptions],
    }
