"""Audits certificates on disk: makes everything anew from the scenario, compares, and discharges the obligations.

Of the files nothing is believed: the scenario is read again, the project plans its checks again, the system, the claim and the
obligations are made again, and what the files say must be the same to the letter. Only the proof itself (an invariant, a number)
is taken from the manifest, and what it is worth is for solvers to say. No engine takes part.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from dialproof.core.certificates import Certificate, Exhaustive
from dialproof.core.claims import Variant
from dialproof.core.errors import AuditError, CertificateError, InputError, NotApplicable
from dialproof.core.plan import Scenario
from dialproof.encode.problem import Problem
from dialproof.evidence.audit import audit
from dialproof.evidence.certificates.contents import (
    DEEPEST,
    Contents,
    contents,
    counts_too_far,
    proved_of,
    require_honest_names,
    stated_reads,
)
from dialproof.evidence.certificates.folder import CertificateFiles, read
from dialproof.evidence.certificates.plain import Plain, digest, from_plain, sha256
from dialproof.evidence.range_claim import range_problem
from dialproof.evidence.solvers import Solver, discharge

Loader = Callable[[Path], Scenario]
"""Reads a scenario file and has its project plan the checks; raises InputError."""

_ALTERED = {
    "problem": "the scenario, the claim and the cause are not, or no longer, the problem that was proved",
    "rests_on": "what the proof rests on is not what the manifest says",
    "in_force": "the fairness and the assumptions of the scenario are not those that the manifest says",
}


@dataclass(frozen=True, eq=False)
class Accepted:
    """A certificate that was found in order: `scripts` is how many different obligations were discharged, and by whom."""

    files: CertificateFiles
    scripts: int
    checked_by: tuple[str, ...]


class Auditor:
    """Audits certificates with the given solvers. It reads equal scenarios once, and discharges equal scripts once."""

    def __init__(self, load: Loader, solvers: tuple[tuple[str, Solver], ...]) -> None:
        self._load = load
        self._solvers = solvers
        self._discharged: set[str] = set()
        self._loaded: dict[tuple[str, Path | None, tuple[tuple[str, str], ...]], Scenario] = {}

    def audit(self, path: Path, scenario: Path | None = None) -> Accepted:
        """Raise CertificateError, with the reason, unless the certificate in `path` establishes what it says.

        Its scenario is the copy inside, or the file `scenario`, which must be the same to the byte. Raises InputError where
        that file cannot be read.
        """
        files = read(path)
        loaded = self._scenario(files, scenario)
        _require_same_reads(loaded, files)
        variant = _variant(loaded, files)
        proof = _proof(files)
        about = proved_of(variant)
        require_honest_names(proof, about.system)
        try:
            made = contents(loaded, files.manifest["scenario"]["file"], files.manifest["scenario"]["sha256"], variant, proof)
            _compare(files, made)
            discharge(made.stated, self._solvers, self._discharged)
            more: tuple[str, ...] = ()
            if isinstance(proof, Exhaustive):
                more = audit(Problem(about.system, about.claim.formula), proof)
            elif isinstance(proof.ranges, Exhaustive):
                more = audit(range_problem(about.system), proof.ranges)
        except (AuditError, NotApplicable) as error:
            raise CertificateError(f"it is no proof: {error}") from error
        solvers = (name for name, _ in self._solvers) if made.stated else ()
        return Accepted(files, len(made.scripts), tuple(dict.fromkeys((*solvers, *more))))

    def _scenario(self, files: CertificateFiles, given: Path | None) -> Scenario:
        stated = files.manifest["scenario"]["sha256"]
        if sha256(files.scenario) != stated:
            raise CertificateError("the copy of the scenario was altered: it has another hash than the manifest says")
        if given is not None and sha256(_bytes_of(given)) != stated:
            raise CertificateError(f"it belongs to another scenario: {given} is not the file that was checked")
        reads = _said_reads(files)
        if copied := sorted(name for name in reads.keys() & files.files.keys() if sha256(files.files[name]) != reads[name]):
            raise CertificateError(f"the copy of {copied[0]} was altered: it has another hash than the manifest says")
        key = stated, given, tuple(sorted(reads.items()))
        if key not in self._loaded:
            try:
                self._loaded[key] = self._load(given or files.path / files.manifest["scenario"]["file"])
            except InputError as error:
                hint = "The project is looked for above the file, then above this folder: the original file may be named instead."
                raise CertificateError(f"its scenario cannot be used: {error}\n{hint}") from error
        return self._loaded[key]


def _bytes_of(scenario: Path) -> bytes:
    try:
        return scenario.read_bytes()
    except OSError as error:
        raise InputError(f"{scenario}: {error.strerror or error}") from error


def _said_reads(files: CertificateFiles) -> dict[str, str]:
    """The hashes of the other files that the scenario was read from, by their names."""
    return {one["file"]: one["sha256"] for one in files.manifest["scenario"]["reads"]}


def _require_same_reads(scenario: Scenario, files: CertificateFiles) -> None:
    """Raise CertificateError unless the scenario is read from the same other files as when it was checked."""
    said = _said_reads(files)
    read_now = {one["file"]: one["sha256"] for one in stated_reads(scenario)}
    if said.keys() != read_now.keys():
        raise CertificateError(f"its scenario was read from {_listed(said)} besides; now it is from {_listed(read_now)}")
    if altered := sorted(name for name in said if said[name] != read_now[name]):
        raise CertificateError(
            f"it belongs to another scenario: {altered[0]}, from which it is read, is not the file that was checked"
        )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "no other file"


def _variant(scenario: Scenario, files: CertificateFiles) -> Variant:
    """The claim that the certificate says it is about, under its cause; of several of one name that with the same formula."""
    made = [(planned.claim, one) for planned in scenario.checks for one in planned.variants]
    found = [one for claim, one in made if (claim, one.name) == (files.claim, files.cause)]
    if not found:
        causes = sorted({one.name for claim, one in made if claim == files.claim})
        there = f"it is checked there under {', '.join(causes)}" if causes else "it is not checked there at all"
        raise CertificateError(f"its scenario makes no check of {files.claim!r} under the cause {files.cause!r}; {there}")
    said = files.manifest["claim"]["formula"]
    return next((one for one in found if one.claim.formula.sexpr() == said), found[0])


def _proof(files: CertificateFiles) -> Certificate:
    """The proof that the manifest states, unaltered."""
    try:
        proof = from_plain(files.manifest["certificate"])
    except RecursionError as error:
        raise CertificateError("the proof has parts within parts without end") from error
    if digest(proof) != files.manifest["digest"]:
        raise CertificateError("the proof was altered: it has another hash than the manifest says")
    if counts_too_far(proof):
        raise CertificateError(f"the proof counts to more than {DEEPEST}; no certificate of ours does")
    return proof


def _compare(files: CertificateFiles, made: Contents) -> None:
    """Raise CertificateError unless the files say what `made` says, to the letter."""
    said = files.manifest
    for key, expected in made.manifest.items():
        if key != "obligations" and said[key] != expected:
            where = _difference(key, said[key], expected)
            why = _ALTERED.get(key, "it does not follow from the scenario and the proof")
            raise CertificateError(f"`{where}` of the manifest: {why}")
    _compare_obligations(said["obligations"], made.manifest["obligations"])
    for name, script in made.scripts:
        if files.files[name] != script.encode():
            raise CertificateError(f"{name} was altered: it is not the obligation that follows from the scenario and the proof")


def _compare_obligations(said: list[Plain], expected: list[Plain]) -> None:
    if [one["name"] for one in said] != [one["name"] for one in expected]:
        raise CertificateError(f"the manifest lists the obligations {_names(said)}; this proof has {_names(expected)}")
    for one, other in zip(said, expected, strict=True):
        if one != other:
            where = _difference("obligations", one, other)
            raise CertificateError(f"the obligation {one['name']!r} of the manifest is not the one of this proof: see `{where}`")


def _names(listed: list[Plain]) -> str:
    names = [str(one["name"]) for one in listed]
    shown = names if len(names) <= 6 else [*names[:5], f"{len(names) - 5} more"]  # noqa: PLR2004  # about a line
    return ", ".join(shown) or "none"


def _difference(where: str, said: object, expected: object) -> str:
    """Where two values differ first, as a path of keys."""
    if isinstance(said, dict) and isinstance(expected, dict):
        for key, value in expected.items():
            if said[key] != value:
                return _difference(f"{where}.{key}", said[key], value)
    return where
