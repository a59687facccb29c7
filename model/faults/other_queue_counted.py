"""Q230051, hypothesis H6: the trigger looks at another queue."""

from dataclasses import replace

import z3

from model.fault import Certainty, Effect, fault
from model.parts.lines import Line
from model.parts.routes import Route
from model.products.exchange_ims.builds import Q230051_FIXED_IN
from model.rules import Rules, Situation


@fault(
    "other-queue-counted",
    article="Q230051",
    certainty=Certainty.GUESS,
    product="exchange-ims",
    effect=Effect.WIDENS,
    hypothesis="H6",
    refuted_by="the article says that the line never dials again; here mail for the added entry still dials it",
    fixed_in=Q230051_FIXED_IN,
)
def other_queue_counted(rules: Rules) -> Rules:
    """The trigger looks at the queue of the last route of the table only."""

    def dials(now: Situation, line: Line) -> z3.BoolRef:
        # mail of a route over another dial line dials that line; every other last route stands for the default's
        mine = z3.BoolVal(line.name == now.default.link)

        def counts(route: Route) -> z3.BoolRef:
            dialled = z3.BoolVal(route.link == line.name) if now.is_dial(route) else mine
            mail = [one.has_mail for one in now.queues_of(route)]
            return z3.And(mail[0] if len(mail) == 1 else z3.Or(mail), dialled)

        return now.last_in_force(counts, now.routes)

    return replace(rules, dials=dials)
