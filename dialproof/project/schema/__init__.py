"""The JSON Schemas of what dialproof itself prints; that of a scenario file belongs to the project which reads it."""

from importlib.resources import files

CHECK = "check.schema.json"
"""The schema of a line of `dialproof check --json`."""


def text_of(name: str) -> str:
    """The text of a schema that dialproof carries."""
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
