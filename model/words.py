"""Words: what a product calls the things that its claims and events speak of, so that claims need not know the product."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Words:
    """A product's own words.

    `noun` stands in the names of claims ("queued-mail-is-dialled"), `waiting` is what waits ("mail waits"), `one` and `many` are
    pieces of it ("a message", "messages"). `service` is the program that dials. `entry` is a row of the table, `dial_link` says
    which links are dialled. `held` names what waits for somebody else, or "". `returned` is what becomes of a piece that is
    given up. `clocks` says how a scenario comes to count time. `itself` are the actors that are the product, not the world around
    it. `sources` says for the name of a claim where it comes from.
    """

    noun: str
    waiting: str
    one: str
    many: str
    service: str
    entry: str
    entry_key: str
    dial_link: str
    returned: str
    clocks: str
    held: str = ""
    itself: tuple[str, ...] = ("service", "dialler")
    sources: Mapping[str, str] = field(default_factory=dict)

    def named(self, name: str) -> str:
        """The name of a claim: `name` with the noun in the place of {noun}."""
        return name.format(noun=self.noun)

    def source(self, name: str) -> str:
        """Where the claim of this name comes from; what the model says itself if the product names nothing."""
        return self.sources.get(name, "the model")
