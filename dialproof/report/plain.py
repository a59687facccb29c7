"""Text from scenarios and models for a report: one line each, without invisible characters.

Each format escapes its own signs (`<`, `|`); this is about letters that no format may pass on as they are.
"""

from dialproof.core.visible import in_one_line


def plain(text: str) -> str:
    r"""`text` in one line, in which every invisible character is an escape such as `\u202e`."""
    return in_one_line(" ".join(text.split()))
