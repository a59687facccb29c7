"""Writes the certificates of a check: a folder for each cause under which its claim holds."""

import json
import platform
from importlib import metadata
from pathlib import Path

from dialproof._version import __version__
from dialproof.core.errors import CertificateError, InputError
from dialproof.core.plan import Scenario
from dialproof.core.verdict import Holds, Vacuous
from dialproof.evidence.certificates.contents import contents, read_beside
from dialproof.evidence.certificates.folder import MANIFEST, SUFFIX, fits_beside, read, write_folder
from dialproof.evidence.certificates.plain import Plain, sha256
from dialproof.evidence.outcome import CheckedVerdict

MOST_BESIDE = 1_000_000
"""Up to so many bytes, a certificate holds a copy of another file that the scenario is read from, and not only its hash."""


def write(folder: Path, scenario: Scenario, checked: CheckedVerdict) -> list[Path]:
    """Write a certificate for each cause under which `checked` holds; returns their folders in `folder`, in the order of causes.

    One that is there from the same scenario file is replaced. Raises InputError where something else is in the way, or where
    the files cannot be written; AuditError where a proof is none.
    """
    copy, data = _copy(scenario)
    beside = {name: read_beside(scenario, name) for name in scenario.reads}
    variants = {variant.name: variant for variant in checked.planned.variants}
    names = {(planned.place, cause): name for (planned, cause), name in scenario.file_names().items()}
    written = []
    for cause, verdict in checked.by_cause:
        if not isinstance(verdict, Holds | Vacuous):
            continue
        made = contents(scenario, copy, sha256(data), variants[cause], verdict.certificate)
        manifest = {**made.manifest, "made": _made(scenario, verdict)}
        files = {MANIFEST: f"{json.dumps(manifest, indent=2)}\n".encode(), copy: data}
        files |= {name: script.encode() for name, script in made.scripts}
        files |= {name: data for name, data in beside.items() if fits_beside(name) and len(data) <= MOST_BESIDE}
        written.append(_free(folder, names[checked.planned.place, cause], str(scenario.path)))
        write_folder(written[-1], files)
    return written


def _copy(scenario: Scenario) -> tuple[str, bytes]:
    """The copy of the scenario: its name, and its content; for a configuration file the scenario that stands for it."""
    if scenario.text is not None:
        return "scenario.toml", scenario.text.encode()
    try:
        return f"scenario{scenario.path.suffix.lower()}", scenario.path.read_bytes()
    except OSError as error:
        raise InputError(f"{scenario.path}: the scenario cannot be copied: {error.strerror or error}") from error


def _free(folder: Path, name: str, scenario: str) -> Path:
    """The folder for a certificate called `name`: another one where there is one of that name from another scenario file."""
    number = 1
    while True:
        path = folder / (f"{name}{SUFFIX}" if number == 1 else f"{name}-{number}{SUFFIX}")
        try:
            if not path.exists() or read(path).manifest["made"]["from"] == scenario:
                return path
        except CertificateError:
            return path  # something else is in the way; whoever writes there says so
        number += 1


def _made(scenario: Scenario, verdict: Holds | Vacuous) -> Plain:
    """Where the certificate comes from, and who checked it then."""
    return {
        "from": str(scenario.path),
        "checked_by": list(verdict.checked_by),
        "with": {
            "dialproof": __version__,
            "python": platform.python_version(),
            "z3": _version("z3-solver"),
            "cvc5": _version("cvc5"),
        },
    }


def _version(package: str) -> str | None:
    """The version of an installed package; None where it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
