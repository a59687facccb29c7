"""Exim: a run that a site asked for dies, and its record refuses later requests."""

from dataclasses import replace

from model.events import Event
from model.fault import Certainty, fault
from model.rules import Rules, Serving


@fault(
    "etrn-record-left",
    article="Exim's specification, The ETRN command",
    certainty=Certainty.STATED,
    product="exim",
    changes=(Event.RUN_DIES, Event.RECORD_GOES, Event.ASK_FOR_MAIL, Event.REFUSE_REQUEST),
)
def etrn_record_left(rules: Rules) -> Rules:
    """A run by ETRN may die, once for each site, and if runs are serialised its record refuses later requests for six hours."""
    return replace(rules, serving=Serving(runs_may_die=True))
