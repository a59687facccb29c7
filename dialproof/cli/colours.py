"""Colours on a terminal: an extra, never the only sign of anything."""

import re

from rich.text import Text

from dialproof.core.visible import visible
from dialproof.review.expectation import Standing

STANDINGS = {Standing.AS_EXPECTED: "green", Standing.DIFFERENT: "bold red", Standing.UNDECIDED: "yellow"}
"""A verdict is coloured by whether somebody should look at it: an expected violation is as it should be."""

_PARTS = (
    (re.compile(r"^ +\d+\. "), "cyan"),
    (re.compile(r"^ +(?:From here on, for ever:|\.\.\. and so on: .*|Lost here: .*)$"), "magenta"),
    (re.compile(r"→ \S+"), "bold"),
    (re.compile(r"\bdialproof (?:check|report|init) .*$"), "bold cyan"),
)
"""What stands out in a line of prose: the number of a step, where a run goes on, a new value, a command to type."""


def coloured(line: str) -> Text:
    """`line` with what stands out in it marked; the words are the same, and nothing in them is invisible."""
    text = Text(visible(line))
    for pattern, style in _PARTS:
        text.highlight_regex(pattern, style)
    return text
