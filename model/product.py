"""Products: what a dial-on-demand product brings to the model. Each is a folder of `model/products`, found by listing it.

A product reads the keys of its own scenario files and makes an `Installation` of each: the router that it describes. Claims,
pictures and reports see nothing else of it.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, Self, TypeVar

from dialproof.core.clock import Unit
from dialproof.core.errors import InputError
from dialproof.core.family import Family
from dialproof.core.plan import Suspect
from dialproof.project.toml_source import TomlSource
from model.fault import NONE, Fault
from model.faults import named
from model.importing import Importer
from model.router import Router
from model.routing_picture import LinkRow, RouteRow
from model.scenario import Check, ScenarioFile
from model.words import Words

File_co = TypeVar("File_co", bound=ScenarioFile, covariant=True)

Told = tuple[list[str], dict[str, Any]]
"""An answer as lines of text, and the same as plain data."""


@dataclass(frozen=True, eq=False)
class Beside:
    """A family with some routes more that use no line (`whole`), and the same without one of them (`less`, by its name)."""

    whole: Family
    less: Mapping[str, Family]


@dataclass(frozen=True, eq=False)
class EveryTable:
    """Routers with every table, of every size.

    `summary` gives the family and what stands for all of them, as a router; None if that router may do too much to prove
    anything. `of_size` gives those with so many entries, each with its table in words, and `sample` one in which all can happen,
    whose table is `sample_called`.
    `beside` gives the family with entries more that use no line; None if nothing is known of what such entries do.
    """

    kind: str
    scope: str
    sample: Router
    sample_called: str
    summary: Callable[[], tuple[Family, Router] | None]
    of_size: Callable[[int], Iterable[tuple[Router, str]]]
    beside: Callable[[], Beside | None]


@dataclass(frozen=True, eq=False)
class WholeFile:
    """A table from a file that was reduced to the rows that stand for all: `summary` is about every row of it."""

    kind: str
    scope: str
    summary: Callable[[], tuple[Family, Router]]


@dataclass(frozen=True, eq=False)
class Installation(ABC, Generic[File_co]):
    """A product as a scenario file configures it: `scenario` is the file as it was read."""

    words: Words
    scenario: File_co

    @abstractmethod
    def router(self, fault: Fault) -> Router:
        """The router that the file describes, with `fault` in it; one in which all can happen if it stands for many (`many`).

        Raises InputError if the fault cannot be in it.
        """

    def counted_in(self, unit: Unit) -> Self:
        """The same with time counted in `unit`. Raises ValueError for a unit that does not divide its own."""
        return replace(self, scenario=self.scenario.counted_in(unit))

    def causes(self, check: Check) -> tuple[Fault, ...]:
        """What `check` is made under: the fault that is named, or every cause that the build may have."""
        picked = check.fault or self.scenario.connector.fault
        return self.causes_of_the_build() if picked is None else (named(picked),)

    def every_cause(self) -> dict[str, Fault]:
        """Every cause that a check of the file is made under, by name."""
        return {fault.name: fault for check in self.scenario.checks for fault in self.causes(check)}

    def causes_of_the_build(self) -> tuple[Fault, ...]:
        """Every cause that the installed build may have; the correct rules if no fault of the product goes with a build."""
        return (NONE,)

    def many(self, fault: Fault) -> EveryTable | WholeFile | None:  # noqa: ARG002  # most files describe one router
        """What a proof is about if the file stands for more routers than one; None if it describes one router."""
        return None

    def without_clocks(self) -> "Installation[File_co]":
        """The same without any time in it: a delay of any length is among its runs."""
        return replace(self, scenario=self.scenario.untimed())

    def notes(self) -> Sequence[str]:
        """What a reader must know of every check of this file."""
        return ()

    def reads(self) -> Sequence[str]:
        """The files beside the scenario file that it reads."""
        return ()

    def suspects(self, check: Check) -> Sequence[Suspect]:  # noqa: ARG002  # most products have nothing to say of one setting
        """The settings that explain it if `check` comes out violated, the nearest first."""
        return ()

    def log(self) -> Path | None:
        """The file that says what the product's log shows (`model.logs.format`); None if that is not known."""
        return None

    def called_in_log(self) -> Mapping[str, str]:
        """What lines are called in the product's log, if that is something else than in the model."""
        return {}

    def classes_of(self, address: str) -> tuple[str, ...]:  # noqa: ARG002  # most products send no mail
        """The names of the routes that mail for `address` may take; none if it stays here."""
        return ()

    def for_one_message(self, route: str) -> "Installation[File_co]":
        """The same as one message for `route` sees it: without clocks, all else being other traffic.

        Whatever the installation does is, as far as this message and the lines are concerned, done by this one too. Raises
        InputError if the product sends no mail.
        """
        raise InputError(f"{self.scenario.source}: no message for {route} can be followed by itself in this product")

    def is_held(self, route: str) -> bool:  # noqa: ARG002  # most products hold nothing
        """Whether what goes by the route called so waits until somebody asks for it."""
        return False

    def times(self) -> Mapping[str, int]:
        """The times that the product's own files set, in seconds, by name."""
        return {}

    @abstractmethod
    def routing(self) -> tuple[Sequence[RouteRow], Sequence[LinkRow], str]:
        """The routing table and the links as rows of a picture, and its title."""

    def routes_of(self, asked: Sequence[str]) -> list[Told]:  # noqa: ARG002  # a product without lookup has no answer
        """Which way what is addressed to each of `asked` goes, and why. Raises InputError if nothing is looked up."""
        raise InputError(f"{self.scenario.source}: this product looks no address up: every {self.words.entry} names its link")

    def table_findings(self) -> list[Told]:
        """Everything odd about the routing table. Raises InputError if there is none."""
        raise InputError(f"{self.scenario.source}: this product has no routing table in which something could be odd")


@dataclass(frozen=True, eq=False)
class Product:
    """A product: its `name` in scenario files, and how one of its files is read.

    `read` takes the file, and the names of the claims and faults that exist. `schema` is the JSON Schema of its files,
    `template` a file to start from, `file_keys` the keys at its top that name other files. `parts` are the modules that say what
    is left out. `importers` read its configuration files.
    """

    name: str
    words: Words
    read: Callable[[TomlSource, Collection[str], Collection[str]], Installation[ScenarioFile]]
    scenario: type[ScenarioFile]
    template: Path
    parts: tuple[ModuleType, ...]
    file_keys: tuple[str, ...] = ()
    importers: tuple[Importer, ...] = ()
