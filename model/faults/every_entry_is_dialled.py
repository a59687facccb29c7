"""Q156063 section 2.2.13: every checked entry is dialled."""

from dataclasses import replace

import z3

from model.fault import Certainty, Effect, fault
from model.rules import Rules


@fault(
    "every-entry-is-dialled",
    article="Q156063 section 2.2.13",
    certainty=Certainty.STATED,
    product="exchange-ims",
    effect=Effect.WIDENS,
)
def every_entry_is_dialled(rules: Rules) -> Rules:
    """All checked phonebook entries are dialled, although only one carries the mail."""
    return replace(rules, dials=lambda now, _line: z3.Or([rules.dials(now, line) for line in now.lines]))
