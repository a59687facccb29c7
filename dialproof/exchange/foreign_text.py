"""Model files of other tools as text."""

from pathlib import Path

from dialproof.core.errors import InputError, ScenarioError
from dialproof.core.messages import not_utf_8


def read_text(path: Path) -> str:
    """The text of the file at `path`. Raises InputError where it is not there, cannot be read or is not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise ScenarioError((not_utf_8(problem, str(path)),)) from None
    except (OSError, ValueError) as problem:  # ValueError: a null character in the name
        raise InputError(f"{path}: cannot be read: {getattr(problem, 'strerror', None) or problem}") from problem
