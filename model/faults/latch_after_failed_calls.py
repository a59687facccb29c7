"""A latch: after so many failed calls in a row the line is not dialled any more (as in Q150927)."""

from model.events import Event
from model.fault import Certainty, fault
from model.parts.failures import counting, failures
from model.rules import Rules

MOST = 3
"""The number of failed calls in a row after which the line is not dialled any more."""


@fault("latch-after-failed-calls", article="Q150927", certainty=Certainty.GUESS, product="exchange-ims")
def latch_after_failed_calls(rules: Rules) -> Rules:
    """After three failed calls in a row the line is not dialled any more, until the service is restarted."""
    return counting(rules, lambda _line: MOST).only_if(Event.DIAL, lambda _now, line: failures(line, MOST) < MOST)
