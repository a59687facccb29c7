"""Explained survivors: a table written by hand that says for a mutant why no claim is meant to notice it."""

import csv
from pathlib import Path

from dialproof.core.errors import InputError

COLUMNS = ("part", "change", "reason")
"""The columns that a table of explanations must have; others are for its reader."""


def explanations(path: Path) -> dict[tuple[str, str], str]:
    """The reason for each (part, change) of the CSV file at `path`. Raises InputError if it is not such a table."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: the table of explanations cannot be read: {error}") from error
    found: dict[tuple[str, str], str] = {}
    for line, row in enumerate(rows, start=2):
        missing = [column for column in COLUMNS if not row.get(column)]
        if missing:
            raise InputError(f"{path}:{line}: `{missing[0]}` is missing; each row needs {', '.join(COLUMNS)}")
        key = (row["part"], row["change"])
        if key in found:
            raise InputError(f"{path}:{line}: {key[0]}: {key[1]} is explained twice")
        found[key] = row["reason"]
    return found
