"""The untimed model covers the timed one: which claims about a scenario with clocks follow from the scenario without them.

Without its clocks a scenario has every run that it has with them, and more: a delay of any length. What is proved of all those
runs needs no second proof with clocks, if it speaks of what both have. A clock may keep a promised event from happening in
time, or for ever: that each promise of the untimed model is kept with clocks too is to be proved (`Covering.promises`).
"""

from dataclasses import dataclass

from dialproof.core.errors import InputError, ModelError
from dialproof.evidence.covering import Covering, same_actions
from model.events import Event, called
from model.fault import Fault
from model.product import Installation
from model.router import Router
from model.scenario import ScenarioFile
from properties.catalogue import claim_about
from properties.observed import Observed

BY_SCHEDULE = (
    "a schedule, or a retry list, dials although nothing waits, and without clocks nothing does: that model has no such run"
)


@dataclass(frozen=True, eq=False)
class Follows:
    """A claim about a router with clocks that follows from the same claim without them, `untimed`, by `covering`.

    That is about the systems with what observes them for this claim. Its promises are those of the router itself.
    """

    untimed: Observed
    covering: Covering


def covering(installed: Installation[ScenarioFile], fault: Fault) -> Covering:
    """That the router without its clocks covers the one that is installed, with `fault` in both: what is to be proved for that.

    Raises InputError if there are no clocks, if a schedule dials, or if something happens that the model without clocks does not
    have.
    """
    timed, untimed = _both(installed, fault)
    try:
        return same_actions(timed.system, untimed.system, _others(timed))
    except ModelError as unlike:
        raise InputError(f"{installed.scenario.source}: the model without clocks is another one: {unlike}") from unlike


def follows(installed: Installation[ScenarioFile], fault: Fault, claim: str) -> Follows:
    """`claim` as it follows from the model without clocks. Raises InputError with the reason if it does not."""
    timed, untimed = _both(installed, fault)
    with_clocks, without = claim_about(timed, claim), claim_about(untimed, claim)
    try:
        covered = same_actions(with_clocks.system, without.system, _others(timed))
        formula = covered.said_of_the_system(without.claim.formula)
    except ModelError as unlike:
        raise InputError(f"{claim} speaks of what the model without clocks does not have: {unlike}") from unlike
    if not formula.eq(with_clocks.claim.formula):
        raise InputError(f"{claim} says something else of a router with clocks")
    return Follows(without, covered)


def _others(timed: Router) -> dict[str, str]:
    """What is called otherwise in the model without clocks: time passes, and the calendar turns; a reload is a restart."""
    passing = {action.name: called(Event.PASS_TIME) for action in timed.actions(Event.ELAPSE, Event.TURN)}
    return passing | {action.name: called(Event.RESTART) for action in timed.actions(Event.RELOAD)}


def _both(installed: Installation[ScenarioFile], fault: Fault) -> tuple[Router, Router]:
    """The router with its clocks, and without them."""
    timed = installed.router(fault)
    if timed.unit is None:
        raise InputError(f"{installed.scenario.source}: there are no clocks, so there is nothing to leave out")
    if any(timed.besides.values()):
        raise InputError(f"{installed.scenario.source}: {BY_SCHEDULE}")
    return timed, installed.without_clocks().router(fault)
