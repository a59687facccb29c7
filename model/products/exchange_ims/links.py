"""Links: the ways out that a scenario file names, and what all tables of such a file share."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, PrivateAttr, ValidationInfo, field_validator
from pydantic_core import CoreSchema, core_schema


class Table(BaseModel):
    """What all tables of a scenario file share: unknown keys are refused, types are strict (true is no 1)."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)

    _line: int = PrivateAttr(default=0)

    @property
    def line(self) -> int:
        """The line of the table's header (or key) in the scenario file, from 1; 0 where no file describes it."""
        return self._line

    def at(self, line: int) -> Self:
        """The same table, said to stand at `line`."""
        copy = self.model_copy()
        copy._line = line  # noqa: SLF001  # of the copy just made
        return copy


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


class Links(Mapping[str, Link]):
    """The links by name, in the order of the file: a mapping that is frozen, hashable and can be pickled."""

    def __init__(self, links: Mapping[str, Link]) -> None:
        self._items = tuple(links.items())

    def __getitem__(self, name: str) -> Link:
        return dict(self._items)[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items))

    def __repr__(self) -> str:
        return f"Links({dict(self._items)!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Tell pydantic to validate and dump it as the dictionary that it is in the file."""
        inner = handler.generate_schema(dict[str, Link])
        dump = core_schema.plain_serializer_function_ser_schema(
            lambda links: {name: link.model_dump() for name, link in links.items()},
        )
        return core_schema.no_info_before_validator_function(
            lambda found: dict(found) if isinstance(found, Links) else found,
            core_schema.no_info_after_validator_function(cls, inner),
            serialization=dump,
        )
