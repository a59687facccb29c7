"""Finds the certificates that are meant by what was named: folders of certificates, or folders that hold some."""

from collections.abc import Sequence
from pathlib import Path

from dialproof.core.errors import InputError
from dialproof.evidence.certificates.folder import MANIFEST, SUFFIX


def certificates_in(given: Sequence[Path]) -> tuple[Path, ...]:
    """The folders of certificates among `given` and below them, sorted in each; one that is met twice comes once.

    Raises InputError for what is no folder, and for a folder without certificates: nothing to audit is not "all accepted".
    """
    found: dict[Path, Path] = {}
    problems = []
    for path in given:
        if not path.is_dir():
            what = "there is no such folder" if not path.exists() else "a certificate is a folder; name that"
            problems.append(f"{path}: {what}")
            continue
        below = [path] if _is_certificate(path) else sorted(place for place in path.rglob(f"*{SUFFIX}") if place.is_dir())
        if not below:
            problems.append(
                f"{path}: there is no certificate in it; `dialproof check SCENARIO --certificates {path}` writes some"
            )
        for folder in below:
            found.setdefault(folder.absolute(), folder)
    if problems:
        raise InputError("\n".join(problems))
    return tuple(found.values())


def _is_certificate(path: Path) -> bool:
    return path.name.endswith(SUFFIX) or (path / MANIFEST).exists()
