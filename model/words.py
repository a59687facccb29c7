"""Words: what a product calls what waits for its lines, for names of claims and for sentences about them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """`noun` is what waits ("mail"), and is in the names of claims; `one` and `many` count it; `router` is who dials."""

    noun: str
    one: str
    many: str
    router: str


MAIL = Words(noun="mail", one="a message", many="messages", router="service")
"""The words of a mail connector."""
