"""Scenario files, as far as they are alike for every product: what all tables share, checks, promises, and how one is read.

Format 1 is described in `docs/scenario-format.md`. `[connector] product` says which product's keys the rest of the file has.
Whatever a file says that the model does not have is refused with its place, never ignored.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Generic, Literal, Self, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, PrivateAttr, ValidationError, field_validator
from pydantic_core import CoreSchema, core_schema

from dialproof.core.actions import Fairness
from dialproof.core.clock import Unit
from dialproof.core.messages import Problem, either, in_toml, suggestion
from dialproof.project import toml_problems
from dialproof.project.toml_problems import Explain
from dialproof.project.toml_source import KeyPath, TomlSource, notation
from model.fault import AND
from model.parts.lines import Promised, Promises
from model.parts.promises import Promise

FORMAT = 1


class Table(BaseModel):
    """What all tables of a scenario file share: unknown keys are refused, types are strict (true is no 1)."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)

    _line: int = PrivateAttr(default=0)

    @property
    def line(self) -> int:
        """The line of the table's header (or key) in the scenario file, from 1; 0 if no file describes it."""
        return self._line

    def at(self, line: int) -> Self:
        """The same table, said to stand at `line`."""
        copy = self.model_copy()
        copy._line = line  # noqa: SLF001  # of the copy just made
        return copy


T = TypeVar("T", bound=Table)


class Named(Mapping[str, T], Generic[T]):
    """Tables by name, in the order of the file: a mapping that is frozen, hashable and can be pickled."""

    def __init__(self, tables: Mapping[str, T]) -> None:
        self._items = tuple(tables.items())

    def __getitem__(self, name: str) -> T:
        return dict(self._items)[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items))

    def __repr__(self) -> str:
        return f"Named({dict(self._items)!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Tell pydantic to validate and dump it as the dictionary that it is in the file."""
        (kind,) = get_args(source)
        inner = handler.generate_schema(dict[str, kind])  # type: ignore[valid-type]  # a type that is known when it runs
        dump = core_schema.plain_serializer_function_ser_schema(
            lambda tables: {name: table.model_dump() for name, table in tables.items()},
        )
        return core_schema.no_info_before_validator_function(
            lambda found: dict(found) if isinstance(found, Named) else found,
            core_schema.no_info_after_validator_function(cls, inner),
            serialization=dump,
        )


class AnyConnector(Table):
    """The product, and what is assumed to be wrong with it."""

    product: str
    """The name of the product; it decides which other keys the file has."""

    fault: Annotated[str, Field(min_length=1)] | None = None
    """A fault by name, or "none", instead of those that the build has."""


class TimedConnector(AnyConnector):
    """A product whose times can be counted."""

    timed: bool = False
    """Count time, in seconds. Without it a time is only compared with 0, and a delay of any length is among the runs."""


class Dialling(Table):
    """When the product dials, as far as a model without times has it."""

    fairness: Literal["weak", "strong"] = "weak"
    """What is assumed of the dialler. weak: it acts on a request that stays; strong: it takes turns, so that a request
    that comes back again and again is served even where others use the modem in between."""


class Environment(Table):
    """What the outside is assumed to do. Each assumption made stands beside the verdicts that rest on it."""

    call_eventually_succeeds: bool = False
    """A line that is dialled again and again comes up at some time."""

    delivery_eventually_succeeds: bool = False
    """A host that is tried again and again accepts the mail at some time."""

    calls_eventually_end: bool = False
    """No call lasts for ever, even while mail keeps arriving for it."""

    most_failed_calls: Annotated[int, Field(ge=0, le=1000)] | None = None
    """Of the calls over one line no more than so many fail in a row."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What is assumed of every run, and so stands beside every verdict, whatever it rests on."""
        if self.most_failed_calls is None:
            return ()
        most = self.most_failed_calls
        return (f"environment.most_failed_calls: no more than {most} call{'' if most == 1 else 's'} over one line fail in a row",)

    @property
    def delivery(self) -> Promise:
        """What is promised of deliveries over a link that is up."""
        if self.delivery_eventually_succeeds:
            return Promise(Fairness.STRONG, "delivery_eventually_succeeds")
        return Promise(Fairness.WEAK)


def promises_of(dialling: Dialling, environment: Environment) -> Promises:
    """What a scenario promises of the dialler and of calls."""
    nothing = Promise(Fairness.NONE)
    strong = dialling.fairness == "strong"
    succeeds = nothing
    if environment.call_eventually_succeeds:
        succeeds = Promise(Fairness.STRONG, "call_eventually_succeeds")
    elif environment.most_failed_calls is not None:  # a call that can fail no more is answered, if nothing interrupts it
        succeeds = Promise(Fairness.WEAK, "most_failed_calls")
    return {
        Promised.DIALLER: Promise(Fairness.STRONG, "dialling.fairness") if strong else Promise(Fairness.WEAK),
        Promised.SUCCESS: succeeds,
        Promised.END: Promise(Fairness.WEAK, "calls_eventually_end") if environment.calls_eventually_end else nothing,
    }


class Check(Table):
    """One claim to check."""

    claim: str
    """The name of a claim."""

    expect: Literal["holds", "violated"] | None = None
    """The verdict to come out; the exit code compares. Without it: holds."""

    bound: Annotated[int, Field(ge=0)] | None = None
    """The bound of a claim about time, such as dialled-within, in what the product counts time in: minutes or seconds."""

    fault: Annotated[str, Field(min_length=1)] | None = None
    """Check under this fault only, whatever [connector] says."""

    of: Annotated[str, Field(min_length=1)] | None = None
    """The policy or the line that the claim is about, for claims that can be about one of them. Without it: about all."""


class ScenarioFile(Table):
    """What the scenario file of every product has: its format, a title, and the checks to make."""

    format: Annotated[int, Field(ge=FORMAT, le=FORMAT)]
    """The version of this format."""

    title: str | None = None
    """One line for reports."""

    connector: AnyConnector

    checks: tuple[Check, ...] = Field(alias="check", strict=False, json_schema_extra={"minItems": 1})
    """The checks to make, at least one."""

    _source: str = PrivateAttr(default="")
    _unit: Unit | None = PrivateAttr(default=None)

    @field_validator("checks")
    @classmethod
    def _has_checks(cls, checks: tuple[Check, ...]) -> tuple[Check, ...]:
        if not checks:
            raise ValueError("an empty check list: nothing would be checked")
        return checks

    @property
    def source(self) -> str:
        """The name of the file, for messages; empty if there is none."""
        return self._source

    @property
    def own_unit(self) -> Unit | None:
        """The largest unit of which each of its times is a whole number; None if no time is counted."""
        return None

    @property
    def unit(self) -> Unit | None:
        """The unit of time: its own, unless another one was asked for; None if no time is counted."""
        return self._unit or self.own_unit

    def counted_in(self, unit: Unit) -> Self:
        """The same scenario with time counted in `unit`, which must divide its own.

        A smaller unit is only finer: each run in larger units is one in smaller ones, so that what is proved in these holds in
        those. Raises ValueError for a unit that does not divide its own.
        """
        own = self.own_unit
        if own is None or own.counts != unit.counts or own.size % unit.size:
            raise ValueError(f"time is counted in units of {own}, which are no whole number of units of {unit}")
        copy = self.model_copy()
        copy._unit = unit  # noqa: SLF001  # of the copy just made
        return copy

    def untimed(self) -> Self:
        """The same scenario with no time counted; itself if the product counts none."""
        if not isinstance(self.connector, TimedConnector):
            return self
        return self.model_copy(update={"connector": self.connector.model_copy(update={"timed": False})})

    def located(self, source: TomlSource) -> Self:
        """The same scenario with the name of its file and the lines of its tables; a product that asks for more lines says so."""
        return self.placed(source, {})

    def placed(self, source: TomlSource, update: Mapping[str, object]) -> Self:
        """The same scenario with what is updated, said to stand in the file of `source`, its checks with their lines."""
        checks = tuple(check.at(source.key_place(("check", at)).line) for at, check in enumerate(self.checks))
        copy = self.model_copy(update={**update, "checks": checks})
        copy._source = source.file  # noqa: SLF001  # of the copy just made
        return copy


File = TypeVar("File", bound=ScenarioFile)


def require_format(source: TomlSource) -> None:
    """Raise ScenarioError for a file of another format; what else looks wrong in it may well be right in that format."""
    stated = source.data.get("format")
    if type(stated) is int and stated != FORMAT:
        message = f"`format` is {in_toml(stated)}; this program reads format {FORMAT}"
        raise source.error([(source.value_place(("format",)), message)])


@cache
def _schema_of(kind: type[ScenarioFile]) -> dict[str, Any]:
    """The schema of files of this kind, for messages: to make it takes longer than to read a file."""
    return kind.model_json_schema()


def read_as(
    kind: type[File],
    source: TomlSource,
    claims: Collection[str],
    faults: Collection[str],
    between_tables: Iterable[tuple[KeyPath, str]] = (),
) -> File:
    """The scenario in `source`, whose keys are those of `kind`; `claims` and `faults` are the names that exist.

    Raises ScenarioError with every problem: what one table says wrongly of another (`between_tables`), names of claims and faults
    that do not exist, and what pydantic finds.
    """
    require_format(source)
    unknown = unknown_claims_and_faults(source, claims, faults)
    return _validated(source, kind, [*between_tables, *unknown], explained(source, claims)).located(source)


def _validated(source: TomlSource, kind: type[File], between_tables: Iterable[tuple[KeyPath, str]], explain: Explain) -> File:
    """The scenario in `source`. Raises ScenarioError with every problem."""
    problems: list[Problem] = [(source.value_place(path), text) for path, text in between_tables]
    try:
        scenario = kind.model_validate(source.data)
    except ValidationError as error:
        raise source.error([*problems, *toml_problems.problems_of(error, source, _schema_of(kind), explain)]) from None
    if problems:
        raise source.error(problems)
    return scenario


def explained(source: TomlSource, claims: Collection[str]) -> Callable[[KeyPath, str], str | None]:
    """Give what to say of a key that every product has, if pydantic's kind of problem says too little."""
    links = source.data.get("links")

    def message(path: KeyPath, kind: str) -> str | None:
        if path == ("check",) and kind in {"missing", "value_error"}:
            return f"an empty check list: nothing would be checked; write [[check]] with claim = {either(sorted(claims))}"
        if kind == "missing" and path[-1] == "claim":
            return f"`{notation(path)}` is missing; allowed: {either(sorted(claims))}"
        if kind == "missing" and path[-1] == "link" and isinstance(links, Mapping):
            return f"`{notation(path)}` is missing; allowed: {either(links)}"
        return None

    return message


def unknown_claims_and_faults(
    source: TomlSource, claims: Collection[str], faults: Collection[str]
) -> Iterator[tuple[KeyPath, str]]:
    """Names of claims and faults that do not exist."""
    yield from unknown_names(source, "connector", "fault", sorted(faults))
    yield from unknown_names(source, "check", "fault", sorted(faults))
    yield from unknown_names(source, "check", "claim", sorted(claims))


def unknown_names(source: TomlSource, table: str, key: str, known: Collection[str]) -> Iterator[tuple[KeyPath, str]]:
    """The rows of `table` that name by `key` what is not among the `known` names."""
    for path, row in rows_of(source, table):
        found = row.get(key)
        parts = found.split(AND) if isinstance(found, str) and key == "fault" else [found]
        for name in (part for part in parts if isinstance(part, str) and part not in known):
            message = f"`{notation((*path, key))}` is {in_toml(name)}: there is no {key} of this name"
            yield (*path, key), f"{message}; allowed: {either(known)}{suggestion(name, known)}"


def rows_of(source: TomlSource, table: str) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    """The table of this name, or each table of an array of tables of this name."""
    found = source.data.get(table)
    if isinstance(found, Mapping):
        yield (table,), found
    elif isinstance(found, list):
        yield from (((table, number), row) for number, row in enumerate(found) if isinstance(row, Mapping))
