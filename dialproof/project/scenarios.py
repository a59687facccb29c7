"""Scenario files as they are named on the command line: found, read and planned, all of them, before anything is checked."""

import hashlib
import os
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from dialproof.core.errors import InputError
from dialproof.core.files import CERTIFICATE, CONFIGURATIONS
from dialproof.core.plan import PlannedCheck, Scenario
from dialproof.exchange.importing import is_foreign
from dialproof.project import toml_source

IsMeant = Callable[[Path], bool]
"""True for a configuration file that can be checked like a scenario."""

TOML = ".toml"
"""What the names of scenario files end in."""


def scenario_files(given: Sequence[Path], is_meant: IsMeant = lambda _path: False) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """The files that are meant, and what is wrong with what was given. Raises InputError where nothing is left to read.

    Each file comes once, by the first path that leads to it, however many links do. A folder stands for all *.toml below it, and
    the configuration files that `is_meant` knows, sorted; a pyproject.toml is no scenario. Not searched are hidden folders,
    certificates (NAME.cert), which hold a copy of the scenario that they are about, and links to folders. Whoever means what is
    in one of those names it.
    """
    files: dict[Path, Path] = {}
    problems = []
    for path in given:
        below = _below(path, is_meant) if _is_folder(path) else [path]
        if not below:
            problems.append(
                f"{path}: a folder without scenarios: there is no .toml file in it or below it, nor a configuration file that is "
                "recognised"
            )
        for file in below:
            files.setdefault(_itself(file), file)
    if not files:
        raise InputError("\n".join(problems))
    return tuple(files.values()), tuple(problems)


Plan = Callable[[Path], Sequence[PlannedCheck]]
"""Plans the checks of a file. Raises InputError."""

TextOf = Callable[[Path], str | None]
"""The text of the scenario that stands for a configuration file; None if the file is a scenario itself. Raises InputError."""


def _itself_it_is(_path: Path) -> None:
    """The file is a scenario itself."""


def load(
    paths: Sequence[Path],
    plan: Plan,
    known_problems: Sequence[str] = (),
    text_of: TextOf = _itself_it_is,
    spared: Collection[Path] = (),
) -> tuple[tuple[Scenario, ...], tuple[str, ...]]:
    """Every scenario with its checks, as the project's `plan` makes them; `text_of` gives what stands for configuration files.

    What is wrong with those that are `spared` is returned too, and stops no other, unless nothing is left. Raises InputError that
    reports each other file which cannot be used, behind the problems that are known already.
    """
    refused: list[str] = []
    scenarios, problems = [], list(known_problems)
    for path in paths:
        try:
            scenarios.append(load_one(path, plan, text_of))
        except InputError as error:
            (refused if path in spared else problems).append(str(error))
    if not scenarios:
        problems, refused = [*problems, *refused], []
    if len(problems) > 1 or (problems and scenarios):
        problems.append(f"Nothing was checked: of what was given, {len(problems)} cannot be used.")
    if problems:
        raise InputError("\n".join(problems))
    return tuple(scenarios), tuple(refused)


def load_one(path: Path, plan: Plan, text_of: TextOf = _itself_it_is) -> Scenario:
    """One scenario with its checks, as the project's `plan` makes them. Raises InputError."""
    text = None if is_foreign(path) else text_of(path)
    source = toml_source.parse(text, str(path)) if text is not None else None if is_foreign(path) else toml_source.read(path)
    title = "" if source is None else source.data.get("title")
    checks = tuple(plan(path))
    if not checks:
        raise InputError(f"{path}: there is nothing to check: the project plans no check for it")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Scenario(path, title if isinstance(title, str) else "", checks, digest=digest, text=text)


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


def _below(folder: Path, is_meant: IsMeant) -> list[Path]:
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not (name.startswith(".") or is_certificate(Path(name)))]
        paths = [Path(place, name) for name in names if not name.startswith(".") and name != "pyproject.toml"]
        found += [path for path in paths if path.suffix == TOML and path.is_file()]
        found += [path for path in paths if path.suffix in CONFIGURATIONS and path.is_file() and is_meant(path)]
    files: dict[Path, Path] = {}
    for path in sorted(found, key=lambda path: (path.is_symlink(), path)):
        files.setdefault(_itself(path), path)
    return sorted(files.values())


def is_certificate(folder: Path) -> bool:
    """True if a folder is called as `dialproof check --certificates` calls those of certificates."""
    return folder.suffix == CERTIFICATE
