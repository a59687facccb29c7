"""The verification project that scenarios belong to. This is the one place that calls the object that a project names.

What a project returns is foreign: each result is checked here, and nowhere else.
"""

import json
import reprlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from dialproof.core.errors import InputError
from dialproof.exchange.importing import is_foreign
from dialproof.project.contract import Drawn, VerificationProject
from dialproof.project.declaration import Declaration, read_declaration
from dialproof.project.roots import root_of

if TYPE_CHECKING:
    from dialproof.core.plan import PlannedCheck

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Project:
    """The project in the folder `root`: what its object returns, checked. `kind` is what every file is taken for, if given.

    `declaration` is its table in pyproject.toml; None for models of other tools, which are their own project. Every method but
    `activate` is to be called once the project is active, and raises InputError if the object cannot be loaded or returns
    something that is not allowed.
    """

    root: Path
    declaration: Declaration | None
    kind: str | None = None

    @property
    def name(self) -> str:
        """The project in messages: where its object is."""
        if self.declaration is None:
            return f"of other tools' models in {self.root}"
        return f"{self.declaration.project} in {self.root}"

    def activate(self) -> None:
        """From now on the project's packages are the ones that are imported: in this process, for good."""
        if self.declaration is not None:
            self.declaration.activate()

    def checks(self, path: Path) -> "tuple[PlannedCheck, ...]":
        """The checks of the scenario file at `path`."""
        from dialproof.core.claims import ManySystems, OneSystem
        from dialproof.core.plan import PlannedCheck

        def is_right(item: PlannedCheck) -> bool:
            variants = item.variants if isinstance(item, PlannedCheck) else ()
            is_list = isinstance(variants, list | tuple) and bool(variants)
            return is_list and all(isinstance(one, OneSystem | ManySystems) for one in variants)

        allowed = "a list of PlannedCheck, each with a variant"
        return self._each("checks", self._object().checks(path), is_right, allowed, path)

    def pictures(self, path: Path) -> tuple[Drawn, ...]:
        """What the project draws of the scenario file at `path`."""
        drawn = self._object().pictures(path)
        return self._each("pictures", drawn, _is_drawn, "a list of Drawn, each with a name and a matplotlib Figure", path)

    def left_out(self, path: Path) -> tuple[str, ...]:
        """What the model of the scenario file at `path` leaves out, a line each."""
        return self._each("left_out", self._object().left_out(path), _is_text, "a list of lines of text", path)

    def kind_of(self, path: Path) -> str | None:
        """What kind of configuration file `path` is; None if it is none that can be checked."""
        found = self._object().kind_of(path)
        if found is not None and not isinstance(found, str):
            self._refuse("kind_of", found, "the name of a kind of file, or None", path)
        return found

    def as_scenario(self, path: Path) -> str | None:
        """The text of the scenario file that stands for the configuration file at `path`; None if it is a scenario itself."""
        text = self._object().as_scenario(path)
        if text is not None and not isinstance(text, str):
            self._refuse("as_scenario", text, "the text of a scenario file, or None", path)
        return text

    def file_keys(self) -> tuple[str, ...]:
        """The keys at the top of a scenario file whose values are paths of other files, relative to it."""
        return self._each("file_keys", self._object().file_keys(), _is_text, "a list of keys, as text", self.root)

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of scenario files. Raises InputError also if the project has none."""
        found = self._object().schema()
        if found is None:
            self._lacks("schema()", "the JSON Schema of its scenario files")
        if not isinstance(found, Mapping) or not _is_json(dict(found)):
            self._refuse("schema", found, "a JSON Schema as a dictionary", self.root)
        return dict(found)

    def template(self, path: Path, product: str | None) -> str:
        """The text of a new scenario file at `path`, about `product`. Raises InputError also if the project has none."""
        text = self._object().template(path, product)
        if text is None:
            self._lacks("template(path, product)", "the text of a new scenario file")
        if not isinstance(text, str):
            self._refuse("template", text, "the text of a scenario file", self.root)
        return text

    def command(self, name: str, kind: type[T]) -> T:
        """The command `name` that the project contributes, of the class `kind`."""
        if self.declaration is None:
            raise InputError(f"a model of another tool has no command {name!r}: it knows nothing but its own specifications")
        return self.declaration.command(name, kind)

    def _object(self) -> VerificationProject:
        if self.declaration is None:
            from dialproof.project.foreign import ForeignModels

            return ForeignModels()
        found = self.declaration.load()
        return found if self.kind is None else found.taking(self.kind)

    def _each(
        self, method: str, returned: Sequence[T], is_right: Callable[[T], bool], allowed: str, about: Path
    ) -> tuple[T, ...]:
        """The items of what `method` returned, if it is a list of what is right."""
        if not isinstance(returned, list | tuple):
            self._refuse(method, returned, allowed, about)
        for item in returned:
            if not is_right(item):
                self._refuse(method, [item], allowed, about)
        return tuple(returned)

    def _refuse(self, method: str, returned: object, allowed: str, about: Path) -> NoReturn:
        raise InputError(
            f"{about}: `{method}` of the verification project {self.name} returned {reprlib.repr(returned)}; "
            f"it must return {allowed}"
        )

    def _lacks(self, method: str, what: str) -> NoReturn:
        raise InputError(
            f"{self.root}: the verification project {self.name} has no `{method}`: "
            f"give its class this method, which returns {what}"
        )


def project_here() -> Project:
    """The project that the current folder belongs to. Raises InputError if it is not configured."""
    return project_of([Path("here")])


def project_of(scenarios: Sequence[Path]) -> Project:
    """The one project that all `scenarios` belong to. Raises InputError if there are several, or it is not configured."""
    foreign = [path for path in scenarios if is_foreign(path)]
    if foreign:
        if len(foreign) < len(scenarios):
            raise InputError(
                f"{foreign[0]} is a model of another tool, which is its own project; check it apart from the scenarios"
            )
        return Project(foreign[0].parent, None)
    roots = {path: root_of(path) for path in scenarios}
    first, *others = scenarios
    for other in others:
        if roots[other] != roots[first]:
            raise InputError(
                f"{first} and {other} belong to different verification projects ({roots[first]} and {roots[other]}); "
                "check them one project at a time"
            )
    return Project(roots[first], read_declaration(roots[first]))


def _is_drawn(item: Drawn) -> bool:
    import networkx as nx
    from matplotlib.figure import Figure

    return (
        isinstance(item, Drawn)
        and isinstance(item.name, str)
        and isinstance(item.figure, Figure)
        and isinstance(item.words, str)
        and (item.graph is None or isinstance(item.graph, nx.Graph))
    )


def _is_json(value: object) -> bool:
    try:
        json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _is_text(item: str) -> bool:
    return isinstance(item, str)
