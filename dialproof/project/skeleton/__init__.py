"""A verification project to start from: a small system with claims, scenarios, proofs and tests, all of which work.

The files lie in `files/`, each with `.txt` behind its name, so that nobody takes them for code of dialproof's own.
"""

import secrets
import shutil
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from dialproof.core.errors import InputError

_SUFFIX = ".txt"
_NAME = "PROJECT_NAME"


def contents(name: str) -> dict[str, str]:
    """The text of each file of a new project called `name`, by its path in the project."""
    found: dict[str, str] = {}

    def collect(folder: Traversable, below: str) -> None:
        for item in sorted(folder.iterdir(), key=lambda item: item.name):
            if item.is_dir():
                collect(item, f"{below}{item.name}/")
            elif item.name.endswith(_SUFFIX):
                found[below + item.name.removesuffix(_SUFFIX)] = item.read_text(encoding="utf-8").replace(_NAME, name)

    collect(files(__name__) / "files", "")
    return found


def lay_out(folder: Path) -> list[Path]:
    """Make `folder` a verification project; returns its files. It appears whole or not at all.

    Raises InputError where something is there already, unless it is an empty folder, or where it cannot be written.
    """
    place = folder.absolute()
    name = "".join(letter for letter in place.name if letter.isprintable()) or "A verification project"
    beside = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
    try:
        is_empty = place.is_dir() and not any(place.iterdir())
        if place.exists() and not is_empty:
            raise InputError(f"{folder}: there is something already, and it stays as it is; name a new folder")
        beside.mkdir()
        for path, text in contents(name).items():
            file = beside / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        if is_empty:  # somebody may stand in it: the folder stays, and is filled
            for item in sorted(beside.iterdir()):
                item.rename(place / item.name)
        else:
            beside.rename(place)
    except OSError as error:
        if not place.parent.is_dir():
            raise InputError(f"{folder}: there is no folder {folder.parent}; make it first") from error
        raise InputError(f"{folder}: the project cannot be put there: {error.strerror or error}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return [folder / path for path in contents(name)]
