"""The connector of a scenario file: the product, its build, and what its Connections tab says of all mail."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from model.products.exchange_ims import scenario_rules as rules
from model.products.exchange_ims.dial_up import MOST_MINUTES
from model.scenario import AnyConnector


class Connector(AnyConnector):
    """The product, its build, and what is known or assumed to be wrong with it."""

    product: Literal["exchange-ims"]
    """The product; exchange-ims is the Exchange Internet Mail Service."""

    build: Annotated[str, AfterValidator(rules.build)]
    """File version of Msexcimc.exe, like 5.5.2448.0: decides which faults are present (Q230051 is fixed from 5.5.2591.0)."""

    queue_capacity: Annotated[int, Field(ge=1, le=1000)] = 2
    """The most messages that one queue holds; arrivals beyond that are refused, visibly."""

    transfer: Literal["inbound-and-outbound", "inbound-only", "outbound-only", "none"] = "inbound-and-outbound"
    """The transfer mode. inbound-only: mail that is handed over stays in its queue for ever (Q238719, Q295749); outbound-only:
    nothing is let in; none: nothing is let in either, and what is pending is sent ("flush queues")."""

    message_timeout: Annotated[int, Field(ge=1, le=MOST_MINUTES)] | None = None
    """Minutes after which a message that could not be delivered is returned to its sender; the product has 2880, 48 hours, for
    normal priority (Q184051). With it time is counted."""

    urgent_timeout: Annotated[int, Field(ge=1, le=MOST_MINUTES)] | None = None
    """The same for urgent mail, which then has a queue of its own on every route. No source says what the product has."""

    non_urgent_timeout: Annotated[int, Field(ge=1, le=MOST_MINUTES)] | None = None
    """The same for mail that is not urgent. No source says what the product has."""

    @property
    def timeouts(self) -> dict[str, int]:
        """The message time-outs in minutes by priority, the normal one first; by "" if there is one for all mail."""
        others = {"urgent": self.urgent_timeout, "non-urgent": self.non_urgent_timeout}
        given = {priority: minutes for priority, minutes in others.items() if minutes is not None}
        if self.message_timeout is None:
            return {}
        return {"normal" if given else "": self.message_timeout, **given}

    @property
    def sends(self) -> bool:
        """Whether the transfer mode lets mail out."""
        return self.transfer != "inbound-only"

    @property
    def lets_in(self) -> bool:
        """Whether the transfer mode lets mail in."""
        return self.transfer in {"inbound-and-outbound", "inbound-only"}

    @property
    def version(self) -> tuple[int, int, int, int]:
        """The build as four numbers, which compare as builds do."""
        first, second, third, fourth = map(int, self.build.split("."))
        return first, second, third, fourth
