"""Scenario files as they are named on the command line: found, read and planned, all of them, before anything is checked."""

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from dialproof.core.errors import InputError
from dialproof.core.files import CERTIFICATE
from dialproof.core.plan import PlannedCheck, Scenario
from dialproof.exchange.importing import is_foreign
from dialproof.project import toml_source


def scenario_files(given: Sequence[Path]) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """The files that are meant, and what is wrong with what was given. Raises InputError where nothing is left to read.

    Each file comes once, by the first path that leads to it, however many links do. A folder stands for all *.toml below it,
    sorted; a pyproject.toml is no scenario. Not searched are hidden folders, certificates (NAME.cert), which hold a copy of the
    scenario that they are about, and links to folders. Whoever means what is in one of those names it.
    """
    files: dict[Path, Path] = {}
    problems = []
    for path in given:
        below = _below(path) if _is_folder(path) else [path]
        if not below:
            problems.append(f"{path}: a folder without scenarios: there is no .toml file in it or below it")
        for file in below:
            files.setdefault(_itself(file), file)
    if not files:
        raise InputError("\n".join(problems))
    return tuple(files.values()), tuple(problems)


def load(
    paths: Sequence[Path], plan: Callable[[Path], Sequence[PlannedCheck]], known_problems: Sequence[str] = ()
) -> tuple[Scenario, ...]:
    """Every scenario with its checks, as the project's `plan` makes them.

    Raises InputError that reports each file which cannot be used, behind the problems that are known already.
    """
    scenarios, problems = [], list(known_problems)
    for path in paths:
        try:
            scenarios.append(load_one(path, plan))
        except InputError as error:
            problems.append(str(error))
    if len(problems) > 1 or (problems and scenarios):
        problems.append(f"Nothing was checked: of what was given, {len(problems)} cannot be used.")
    if problems:
        raise InputError("\n".join(problems))
    return tuple(scenarios)


def load_one(path: Path, plan: Callable[[Path], Sequence[PlannedCheck]]) -> Scenario:
    """One scenario with its checks, as the project's `plan` makes them. Raises InputError."""
    title = "" if is_foreign(path) else toml_source.read(path).data.get("title")
    checks = tuple(plan(path))
    if not checks:
        raise InputError(f"{path}: there is nothing to check: the project plans no check for it")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Scenario(path, title if isinstance(title, str) else "", checks, digest=digest)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False  # reading it says why


def _itself(file: Path) -> Path:
    """The file that a path leads to, through links."""
    try:
        return file.resolve()
    except (OSError, RuntimeError, ValueError):
        return file.absolute()  # reading it says why


def _below(folder: Path) -> list[Path]:
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not (name.startswith(".") or is_certificate(Path(name)))]
        paths = [Path(place, name) for name in names if name.endswith(".toml") and not name.startswith(".")]
        found += [path for path in paths if path.name != "pyproject.toml" and path.is_file()]
    files: dict[Path, Path] = {}
    for path in sorted(found, key=lambda path: (path.is_symlink(), path)):
        files.setdefault(_itself(path), path)
    return sorted(files.values())


def is_certificate(folder: Path) -> bool:
    """True if a folder is called as `dialproof check --certificates` calls those of certificates."""
    return folder.suffix == CERTIFICATE
