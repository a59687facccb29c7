"""Q184051: mail that is held for ETRN has no time-out."""

from dataclasses import replace

import z3

from model.events import Event
from model.fault import Certainty, fault
from model.parts.routes import Route
from model.rules import Rules, Situation, both


@fault(
    "held-mail-never-ages",
    article="Q184051",
    certainty=Certainty.STATED,
    product="exchange-ims",
    changes=(Event.RETURN,),
)
def held_mail_never_ages(rules: Rules) -> Rules:
    """Mail that is held for ETRN is never returned, however long nobody asks for it."""

    def expires(now: Situation, route: Route) -> z3.BoolRef:
        return both(rules.expires(now, route), z3.BoolVal(not route.is_collected))

    return replace(rules, expires=expires)
