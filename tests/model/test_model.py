"""The parts of the model: which route a domain takes, what a fault changes, that each claim can fail."""

import pytest
import z3

from dialproof.core.actions import Action
from dialproof.encode.problem import Problem
from dialproof.engines import k_induction as induction
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found, Outcome, Proved
from dialproof.engines.limits import BmcLimits, InductionLimits
from dialproof.evidence.replay import replay
from model.faults import catalogue as faults
from model.products.exchange_ims.compose import build
from model.products.exchange_ims.lookup import Lookup
from model.products.exchange_ims.scenario import Scenario, parse
from properties.catalogue import catalogue as claims
from properties.observed import Observed

BASE = """
format = 1
[connector]
product = "exchange-ims"
build = "5.5.2650.21"
[links.isp]
kind = "ras"
[links.other]
kind = "ras"
[links.office]
kind = "lan"
[default]
deliver = "{deliver}"
{host}
link = "isp"
{more}
[[check]]
claim = "queued-mail-is-dialled"
"""


def scenario(*, deliver: str = "host", more: str = "") -> Scenario:
    """A scenario with a default route over isp, and `more` tables."""
    host = 'host = "smtp.isp.example"' if deliver == "host" else ""
    return parse(BASE.format(deliver=deliver, host=host, more=more), "test", claims=claims(), faults=faults())


def searched(observed: Observed, last: int = 8) -> Outcome:
    """What a bounded search finds, replayed."""
    problem = Problem(observed.system, observed.claim.formula)
    outcome = bmc.search(problem, BmcLimits(last))
    if isinstance(outcome, Found):
        replay(problem, outcome.run)
    return outcome


def winner(patterns: list[str], domain: str) -> str:
    """The pattern of the entry that mail for `domain` goes by; "default" for the default route."""
    place = Lookup(patterns).best(domain)
    return "default" if place is None else patterns[place]


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("ms.com", "ms.com"),
        ("mail.ms.com", "ms.com"),
        ("pms.com", "default"),  # a label boundary, not a suffix of characters (Q164457 was the fault)
        ("a.sales.ms.com", "sales.ms.com"),
        ("sales.ms.com", "sales.ms.com"),
        ("exact.org", "#exact.org"),
        ("sub.exact.org", "default"),
        ("MAIL.MS.COM", "ms.com"),
        ("com", "default"),
    ],
)
def test_a_domain_takes_the_route_of_the_longest_suffix(domain: str, expected: str) -> None:
    """Exact entries, then the longest suffix on label boundaries, then the default; the order of the table does not matter."""
    table = ["ms.com", "sales.ms.com", "#exact.org"]
    assert winner(table, domain) == expected
    assert winner(table[::-1], domain) == expected


def test_an_exact_entry_goes_before_a_suffix_of_the_same_name() -> None:
    """`#x` for x itself, `x` for what is below it."""
    table = ["x.org", "#x.org"]
    assert winner(table, "x.org") == "#x.org"
    assert winner(table, "a.x.org") == "x.org"


def test_dns_by_default_and_the_queued_trigger_wait_for_each_other() -> None:
    """The documented sibling of Q230051 (Q156063 section 2.2.5): mail that needs the line to be resolved never dials it."""
    table = scenario(deliver="dns")
    claim = claims()["queued-mail-is-dialled"]
    assert isinstance(searched(claim(build(table, faults()["dns-default-counts-no-demand"]))), Found)
    assert not isinstance(searched(claim(build(table, faults()["none"]))), Found)


def test_dialling_every_entry_is_dialling_without_demand() -> None:
    """The foil of no-dial-without-demand (Q156063 section 2.2.13)."""
    more = '[[email_domain]]\ndomain = "a.example"\ndeliver = "host"\nhost = "h.example"\nlink = "other"\n'
    claim = claims()["no-dial-without-demand"]
    assert isinstance(searched(claim(build(scenario(more=more), faults()["every-entry-is-dialled"]))), Found)
    correct = claim(build(scenario(more=more), faults()["none"]))
    assert isinstance(induction.prove(Problem(correct.system, correct.claim.formula), InductionLimits(2)), Proved)


def test_a_restart_that_empties_a_queue_loses_mail() -> None:
    """The foil of no-mail-is-lost: the books notice a queue that is thrown away."""
    connector = build(scenario(), faults()["none"])
    observed = claims()["no-mail-is-lost"](connector)
    restart = observed.system.action("restart_service")
    waiting = connector.default.waiting
    careless = Action(restart.name, restart.guard, dict(restart.updates) | {waiting: 0})
    lost = Observed(observed.system.changed(careless), observed.claim)
    assert isinstance(searched(lost), Found)
    assert not isinstance(searched(observed), Found)


@pytest.mark.parametrize("claim", ["queued-mail-is-dialled", "queued-mail-is-delivered", "router-is-never-stuck"])
def test_each_claim_about_waiting_mail_notices_a_dialler_that_never_dials(claim: str) -> None:
    """The foil of the claims about waiting mail: take the call away."""
    observed = claims()[claim](build(scenario(), faults()["none"]))
    dial = observed.system.action("dial(isp)")
    mute = Action(dial.name, z3.BoolVal(False), dial.updates, dial.fairness, dial.actor)
    assert isinstance(searched(Observed(observed.system.changed(mute), observed.claim)), Found)


def test_mail_held_for_etrn_is_no_reason_to_dial_and_no_reason_to_be_stuck() -> None:
    """It waits until the other site collects it (RFC 1985), whatever the line does."""
    more = '[[email_domain]]\ndomain = "held.example"\ndeliver = "etrn"\n'
    connector = build(scenario(more=more), faults()["none"])
    for claim in ("no-dial-without-demand", "router-is-never-stuck"):
        observed = claims()[claim](connector)
        assert isinstance(induction.prove(Problem(observed.system, observed.claim.formula), InductionLimits(3)), Proved), claim
    assert connector.system.action("collect(held.example)").actor == "environment"


def test_a_queue_bound_refuses_and_hides_nothing() -> None:
    """The same verdict for a queue of one and of three: what comes beyond the bound is refused, no state is cut off."""
    for capacity in (1, 3):
        text = BASE.replace('build = "5.5.2650.21"', f'build = "5.5.2650.21"\nqueue_capacity = {capacity}')
        table = parse(text.format(deliver="host", host='host = "h"', more=""), "test", claims=claims(), faults=faults())
        connector = build(table, faults()["none"])
        stuck = [name for name in ("refuse(default)", "arrive(default)") if connector.system.action(name)]
        assert stuck
        lost = claims()["no-mail-is-lost"](connector)
        assert isinstance(induction.prove(Problem(lost.system, lost.claim.formula), InductionLimits(2)), Proved)
