"""Claims about what waits at the other end of a line."""

from collections.abc import Sequence

from dialproof.core.claims import Claim
from dialproof.core.errors import InputError
from dialproof.ltl import leads_to
from model.events import Event
from model.parts.retrieval import RemoteQueue
from model.router import Router, happens
from properties.observed import Observed, every, some

NAME = "remote-mail-is-retrieved"


def remote_mail_is_retrieved(router: Router) -> Observed:
    """What waits at the other end of a line leads to its coming in. Raises InputError if nothing is ever retrieved."""
    words, name = router.words, NAME
    queues = require_retrieval(router, name)
    comes = {one.line: happens(Event.RETRIEVE, one.line) for one in queues}
    claim = Claim(
        name,
        every([leads_to(one.holds_some, comes[one.line]) for one in queues]),
        says=f"Whenever {words.waiting} waits at the other end of a line, {words.waiting} from there comes in sooner or later.",
        source=words.source(name),
        premise=some([one.holds_some for one in queues]),
        witnesses=tuple((f"{words.waiting} comes in over {line}", coming) for line, coming in comes.items()),
    )
    return Observed(router.system, claim)


def require_retrieval(router: Router, claim: str) -> Sequence[RemoteQueue]:
    """The queues at the other ends. Raises InputError if nothing is retrieved from any."""
    if not router.remote:
        raise InputError(f"{claim} says nothing here: nothing that waits at the other end of a line is ever retrieved")
    return router.remote
