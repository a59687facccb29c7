"""One modem, two phonebook entries: what it takes that neither starves, and that each part of it is needed.

Under weak fairness of dialling one entry can starve: the modem is taken and given back again and again, so the other's call
is never *continuously* possible. What it needs: strong fairness of dialling (the dialler takes turns), and that a call in use
ends although mail keeps arriving for it. For delivery, calls must also succeed sooner or later.
"""

from dialproof.core.run import Lasso, State
from proofs.conftest import Verdicts

BOTH = ("isp", "partner")


def test_taking_turns_and_calls_that_end_are_enough_to_dial(verdicts: Verdicts) -> None:
    """Even where no call need ever succeed."""
    verdicts.holds("shared-modem/calls-may-fail", "queued-mail-is-dialled", "none")
    proved = verdicts.holds("shared-modem/turns-and-ends", "queued-mail-is-dialled", "none")
    assert {"dial(isp)", "dial(partner)"} <= set(proved.basis.strong), "the proof says that it needs the dialler to take turns"


def test_with_calls_that_succeed_they_are_enough_to_deliver(verdicts: Verdicts) -> None:
    """Every assumption together: mail of both routes is delivered."""
    verdicts.holds("shared-modem/turns-and-ends", "queued-mail-is-delivered", "none")


def test_without_taking_turns_one_entry_starves(verdicts: Verdicts) -> None:
    """Weak fairness of dialling: the other entry uses the modem again and again."""
    lasso = verdicts.violated("shared-modem/weak-dialling", "queued-mail-is-dialled", "none").lasso
    assert isinstance(lasso, Lasso)
    starved = [line for line in BOTH if all(step.state[f"line {line}"] == "down" for step in lasso.loop)]
    assert starved, "one line stays down"
    other = next(line for line in BOTH if line not in starved)
    assert any(step.state[f"line {other}"] != "down" for step in lasso.loop), "the other one uses the modem"
    assert any(step.state[f"line {other}"] == "down" for step in lasso.loop), "and gives it back"


def test_without_calls_that_end_one_entry_starves(verdicts: Verdicts) -> None:
    """A call that lasts for ever, mail arriving for it, holds the modem for ever."""
    lasso = verdicts.violated("shared-modem/calls-never-end", "queued-mail-is-dialled", "none").lasso
    assert isinstance(lasso, Lasso)
    assert any(all(holds_modem(step.state, line) for step in lasso.loop) for line in BOTH)


def test_without_calls_that_succeed_nothing_is_delivered(verdicts: Verdicts) -> None:
    """Calls are placed, and fail for ever."""
    verdicts.violated("shared-modem/calls-may-fail", "queued-mail-is-delivered", "none")


def holds_modem(state: State, line: str) -> bool:
    """Whether the line has the modem in `state`."""
    return state[f"line {line}"] != "down"
