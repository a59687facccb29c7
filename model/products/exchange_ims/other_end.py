"""Mail retrieval of the Internet Mail Service: how it asks the other end of a line for what waits there.

Source: Q235223 (ETRN), Q257979 (TURN), Q155828 (a command). Retrieval is tied to dialling (Q175494, Q241157): the service asks in
each call, whatever has made it. The three ways differ in what it says, and not in when. That it asks as soon as the line is up is
an inference.
"""

from collections.abc import Sequence

from dialproof.core.actions import Action
from model.parts.retrieval import RemoteQueue, remote_queue, retrieval
from model.parts.timing import Due
from model.products.exchange_ims.scenario import Scenario
from model.products.exchange_ims.words import WORDS
from model.rules import Situation

_WAYS = {
    "etrn": ("the service sends ETRN over {line}", "Q235223"),
    "turn": ("the service sends TURN over {line}", "Q257979"),
    "command": ("the service runs its command, which asks over {line} for mail", "Q155828"),
}
"""How the service asks, by `dialling.retrieval`, and where that is documented."""


def remote_queues(scenario: Scenario) -> tuple[RemoteQueue, ...]:
    """What waits for us at the other end of each dial link; none if nothing is retrieved."""
    unit, latest = scenario.unit, scenario.environment.dequeue
    if unit is None or scenario.dialling.retrieval == "none":
        return ()
    return tuple(
        remote_queue(name, scenario.connector.queue_capacity, None if latest is None else unit.of(latest), WORDS)
        for name, link in scenario.links.items()
        if link.kind == "ras"
    )


def retrieval_of(scenario: Scenario, queues: Sequence[RemoteQueue], now: Situation) -> tuple[list[Action], list[Due]]:
    """What happens to `queues`, and what of it is due."""
    actions, due = [], []
    lines = {line.name: line for line in now.lines}
    for queue in queues:
        line = lines[queue.line]
        says, source = _WAYS[scenario.dialling.retrieval]
        more, also = retrieval(
            queue,
            line,
            says=says.format(line=line.name),
            source=source,
            is_activity=scenario.dialling.idle_counts == "both-ways",
            is_let_in=scenario.connector.lets_in,
        )
        actions += more
        due += also
    return actions, due
