"""Where verification projects are, and which commands they declare. Cheap to import: `dialproof --help` does.

A folder is a verification project if its pyproject.toml has a table `[tool.dialproof]`.
"""

import os
import tomllib
from pathlib import Path
from typing import Any

import dialproof
from dialproof.core.errors import InputError

OWN_COMMANDS = {
    "init": "Write a scenario file to start from, or create a project.",
    "check": "Run the checks of scenario files.",
    "report": "Run the checks, and write a report for a design review.",
    "audit": "Check certificates again, without any engine.",
    "schema": "Print a JSON Schema (draft 2020-12).",
    "export": "Write checks for other tools: SMV, Promela, VMT, AIGER, ITF.",
    "mutate": "Break the model on purpose, and see which checks notice.",
}
"""The commands that dialproof has itself with their short help, in the order of the help.

No command of a project can have such a name.
"""


def root_of(file: Path) -> Path:
    """The folder of the verification project that `file` belongs to, whether or not the file exists.

    It is looked for upwards from the file, then upwards from the current folder; without one, the reference project is taken.
    Raises InputError if the current folder no longer exists or a pyproject.toml on the way is broken.
    """
    try:
        return _above(Path(os.path.abspath(file)).parent) or _above(Path.cwd()) or reference()  # noqa: PTH100  # resolve() follows links, and a link stands where it is put
    except FileNotFoundError as error:
        raise InputError("the current folder no longer exists; change to another one") from error


def reference() -> Path:
    """The reference project: in an installed wheel the copy inside the package, in a checkout the checkout itself."""
    package = Path(dialproof.__file__).resolve().parent
    carried = package / "reference"
    return carried if (carried / "properties").is_dir() else package.parent


def is_project(folder: Path) -> bool:
    """True if `folder` is a verification project. Raises ScenarioError if its pyproject.toml is broken."""
    return "dialproof" in _tools(folder)


def command_help(folder: Path) -> dict[str, str]:
    """The short help of each command that the project in `folder` declares, by name; "" if it has none.

    An entry that is wrong is listed too: to call it reports the mistake. Raises ScenarioError if the pyproject.toml is broken.
    """
    table = _tools(folder).get("dialproof")
    commands = table.get("commands") if isinstance(table, dict) else None
    entries = commands.items() if isinstance(commands, dict) else ()
    texts = {name: entry.get("help") if isinstance(entry, dict) else None for name, entry in entries}
    return {name: text if isinstance(text, str) else "" for name, text in texts.items()}


def _above(folder: Path) -> Path | None:
    """The nearest folder from `folder` upwards that is a verification project."""
    return next((place for place in (folder, *folder.parents) if is_project(place)), None)


def _tools(folder: Path) -> dict[str, Any]:
    """The table `[tool]` of a folder's pyproject.toml; empty if there is none."""
    file = folder / "pyproject.toml"
    try:
        with file.open("rb") as opened:
            tool = tomllib.load(opened).get("tool")
    except OSError:
        return {}  # there is no such file, or it may not be read
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        from dialproof.project.toml_source import read

        read(file)  # says what is wrong, and where
        raise
    return tool if isinstance(tool, dict) else {}
