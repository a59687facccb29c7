"""Files that are written whole or not at all, and refused with a reason before anybody has waited for what goes into them."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dialproof.core.errors import InputError

CERTIFICATE = ".cert"
"""How the name of a certificate's folder ends. It holds a copy of the scenario that it is about, which is no other scenario."""

CONFIGURATIONS = ("", ".conf", ".cfg", ".cf", ".txt", ".ini")
"""How the names of configuration files end that are looked into to see what they are."""


def write_whole(path: Path, content: str | bytes) -> None:
    """Put `content` (text as UTF-8) into the file at `path` in one step: whoever looks finds the old file or the new one.

    Raises InputError where that cannot be.
    """
    with _beside(path, content) as finished:
        finished.replace(path)


def create_whole(path: Path, content: str) -> None:
    """The same for a file that must not be there yet. Raises InputError where it is, or where it cannot be written."""
    with _beside(path, content) as finished:
        try:
            path.hardlink_to(finished)  # in contrast to a renaming, this never replaces a file
        except FileExistsError as error:
            raise InputError(f"{path}: there is such a file already, and it stays as it is; take another name") from error


def require_writable(path: Path) -> None:
    """Raise InputError unless a file can be written at `path`."""
    if path.is_dir():
        raise InputError(f"{path}: this is a folder; name a file in it")
    with _beside(path, ""):
        pass


def make_folder(folder: Path, what: str) -> None:
    """Make `folder` where it is missing. Raises InputError where `what` cannot be put there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: {what} cannot be put there: {error.strerror or error}") from error


@contextmanager
def _beside(path: Path, content: str | bytes) -> Iterator[Path]:
    """A finished file beside `path`, which is gone afterwards. Raises InputError for what goes wrong with files within it."""
    place = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        # Not tempfile's: its files are for their owner alone, and so would this one be.
        with place.open("xb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        yield place
    except OSError as error:
        if not path.parent.is_dir():
            raise InputError(f"{path}: there is no folder {path.parent}; make it first") from error
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            place.unlink(missing_ok=True)
