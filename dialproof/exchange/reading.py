"""Model files of other tools as text."""

from pathlib import Path

from dialproof.errors import InputError, Place, ScenarioError


def read_text(path: Path) -> str:
    """The text of the file at `path`. Raises InputError where it is not there, cannot be read or is not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = path.read_bytes().count(b"\n", 0, problem.start) + 1
        raise ScenarioError(((Place(str(path), line), "not UTF-8; save the file with the encoding UTF-8"),)) from None
    except (OSError, ValueError) as problem:  # ValueError: a null character in the name
        raise InputError(f"{path}: cannot be read: {getattr(problem, 'strerror', None) or problem}") from problem
