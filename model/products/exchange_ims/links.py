"""Links: the ways out that a scenario file of the Internet Mail Service names."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from model.scenario import Named, Table


class Link(Table):
    """A way out: the LAN, or an entry of the RAS phonebook, which has to be dialled."""

    kind: Literal["ras", "lan"]
    """ras: an entry of the RAS phonebook; lan: a permanent connection."""

    modem: Annotated[str, Field(min_length=1)] | None = None
    """The modem (RAS port) of a ras link; links that name the same one share it. Without it, a modem of its own."""

    @field_validator("modem")
    @classmethod
    def _has_a_modem(cls, modem: str | None, info: ValidationInfo) -> str | None:
        if modem is not None and info.data.get("kind") == "lan":
            raise ValueError('a link with kind = "lan" has no modem; leave the key out')
        return modem


Links = Named[Link]
"""The links by name."""
