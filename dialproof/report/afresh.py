"""How to reproduce a report: the commands, and the versions of the tools that made it."""

import platform
import shlex
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import z3

from dialproof._version import __version__
from dialproof.core.errors import InputError
from dialproof.project.scenarios import scenario_files
from dialproof.report.document import Command, Fact


def commands(paths: Sequence[Path]) -> tuple[Command, ...]:
    """The commands that run the checks of these scenario files again, and audit the proofs without any search."""
    files = shlex.join(str(path) for path in _as_folder(paths))
    also, option = (", have cvc5 audit each proof as well,", " --second-opinion") if has_second_solver() else ("", "")
    return (
        Command(
            f"Run every check again without the cache{also} and write the certificates as files",
            f"dialproof check {files} --no-cache{option} --certificates certificates",
        ),
        Command(
            "Audit these certificates against the scenarios, without any search",
            audit_command(Path("certificates")),
        ),
        Command("Write this report again", f"dialproof report {files} --no-cache{option} -o review.html"),
        Command("Compare the scenario files with the hashes below", f"sha256sum {shlex.join(str(path) for path in paths)}"),
    )


def has_second_solver() -> bool:
    """True if cvc5 is installed, which an audit uses by default."""
    return find_spec("cvc5") is not None


def audit_command(folder: Path) -> str:
    """The command that audits the certificates in `folder`, with the solvers that are installed here."""
    alone = "" if has_second_solver() else " --without-second-opinion"
    return f"dialproof audit {shlex.quote(str(folder))}{alone}"


def tools() -> tuple[Fact, ...]:
    """The programs that ran the checks, with their versions."""
    found = [
        Fact("dialproof", __version__),
        Fact("z3", z3.get_version_string()),
        Fact("Python", platform.python_version()),
        Fact("system", f"{platform.system()} {platform.machine()}"),
    ]
    try:
        found.insert(2, Fact("cvc5", version("cvc5")))
    except PackageNotFoundError:
        found.insert(2, Fact("cvc5", "not installed, so not used"))
    return tuple(found)


def _as_folder(paths: Sequence[Path]) -> Sequence[Path]:
    """The folder that stands for exactly these files, or else the files."""
    folder = paths[0].parent
    try:
        below, problems = scenario_files([folder])
    except InputError:
        return paths
    return [folder] if len(paths) > 1 and not problems and set(below) == set(paths) else paths
