"""The table `[tool.dialproof]`: which object is the verification project, and which commands it contributes.

A command is declared with its help, so that `dialproof --help` lists it without importing any code of the project.
"""

import importlib
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import NoReturn, TypeVar

from dialproof.core.errors import InputError
from dialproof.core.messages import Problem, either, in_toml, suggestion
from dialproof.core.pinned import Behind, Pinned, pin
from dialproof.project.contract import VerificationProject
from dialproof.project.roots import OWN_COMMANDS, is_project
from dialproof.project.toml_source import KeyPath, TomlSource, read

_TABLE: KeyPath = ("tool", "dialproof")
_PROJECT: KeyPath = (*_TABLE, "project")
_COMMANDS: KeyPath = (*_TABLE, "commands")
_KEYS = ("project", "commands")
_COMMAND_KEYS = ("help", "command")
_FORMER = ("checks", "pictures", "left_out", "route", "route_findings", "file_keys", "schema", "template")
"""Keys that named functions one by one, before a project was one object."""

_OURS = ("model", "properties")
_TAKEN = sys.stdlib_module_names | {
    "click", "cvc5", "dialproof", "jinja2", "lark", "matplotlib", "networkx", "numpy", "pydantic", "pytest", "rich",
    "tree_sitter", "tree_sitter_toml", "weasyprint", "z3",
}  # fmt: skip
"""Names that no package of a project may have: Python's own, and those of what dialproof itself imports."""

_REFERENCE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")
_COMMAND_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Declaration:
    """The table of the project in the folder `root`, found in order, with the places for messages."""

    root: Path
    source: TomlSource

    @property
    def project(self) -> str:
        """Where the project's object is, as `module:OBJECT`."""
        return str(self._value(_PROJECT))

    @property
    def commands(self) -> dict[str, str]:
        """Where each contributed command is, as `module:attribute`, by the command's name."""
        table = self.source.data["tool"]["dialproof"].get("commands", {})
        return {name: entry["command"] for name, entry in table.items()}

    def activate(self) -> None:
        """From now on the project's packages are the ones that are imported: in this process, for good.

        Its folder is not put on the path. What it holds besides those packages is found if nothing else of that name is, so
        that it cannot take the place of a module of Python's or of a package that is installed.
        """
        names = {*_OURS, *map(_package, [self.project, *self.commands.values()])}
        # Another project's `model` may be loaded: in a test run, a notebook, or because two are installed.
        foreign = {name for name in names if not self._holds(sys.modules.get(name))}
        for name in [name for name in sys.modules if name.partition(".")[0] in foreign]:
            del sys.modules[name]
        sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, Pinned | Behind)]  # another project's
        pin(dict.fromkeys(names, str(self.root)))
        sys.meta_path.append(Behind(str(self.root), _TAKEN))
        importlib.invalidate_caches()

    def load(self) -> VerificationProject:
        """The project's object; to be called once the project is active. Raises ScenarioError that points at the table."""
        found = self._imported(_PROJECT)
        if isinstance(found, type) and issubclass(found, VerificationProject):
            self._refuse(_PROJECT, f"that is a class; name an object of it, such as PROJECT = {found.__name__}()")
        if not isinstance(found, VerificationProject):
            allowed = "an object of a class derived from dialproof.VerificationProject"
            self._refuse(_PROJECT, f"that is a {type(found).__name__}; it must be {allowed}")
        return found

    def command(self, name: str, kind: type[T]) -> T:
        """The contributed command `name`, which must be of the class `kind`; to be called once the project is active.

        Raises ScenarioError that points at the table.
        """
        place = (*_COMMANDS, name, "command")
        found = self._imported(place)
        if not isinstance(found, kind):
            self._refuse(place, f"that is a {type(found).__name__}; it must be a {kind.__module__}.{kind.__qualname__}")
        return found

    def _value(self, key: KeyPath) -> object:
        value: object = self.source.data
        for name in key:
            assert isinstance(value, Mapping)
            value = value[name]
        return value

    def _imported(self, key: KeyPath) -> object:
        """The object that the value of `key` names, as `module:attribute`."""
        module_name, _, name = str(self._value(key)).partition(":")
        module = self._module(key, module_name)
        if not hasattr(module, name):
            there = f"there is no object {name!r} in {module.__file__ or module_name}"
            self._refuse(key, there + suggestion(name, [other for other in vars(module) if not other.startswith("_")]))
        return getattr(module, name)

    def _module(self, key: KeyPath, name: str) -> ModuleType:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            missing = str(error.name)
            if name == missing or name.startswith(f"{missing}."):
                self._refuse(key, f"there is no module {name!r} in {self.root}", error)
            self._refuse(key, f"importing {name!r} fails: it needs a module {missing!r}, which is not installed", error)
        except Exception as error:  # noqa: BLE001  # a project's code may fail in every way, and it is the project that is broken
            self._refuse(key, f"importing {name!r} fails: {type(error).__name__}: {error}{_place_of(error)}", error)

    def _refuse(self, key: KeyPath, message: str, cause: Exception | None = None) -> NoReturn:
        place = self.source.value_place(key)
        raise self.source.error([(place, f"`{_dotted(key)}` is {in_toml(self._value(key))}: {message}")]) from cause

    def _holds(self, module: ModuleType | None) -> bool:
        """True if `module` was loaded from this project's folder."""
        places = [*getattr(module, "__path__", ()), *filter(None, [getattr(module, "__file__", None)])]
        return any(Path(place).resolve().is_relative_to(self.root.resolve()) for place in places)


def read_declaration(root: Path) -> Declaration:
    """The table of the project in the folder `root`. Raises InputError if there is none, ScenarioError with all its mistakes."""
    if not is_project(root):
        raise InputError(f"there is no verification project: neither above the scenario nor above this folder, nor in {root}")
    source = read(root / "pyproject.toml")
    problems = list(_problems(source, source.data["tool"]["dialproof"]))
    if problems:
        raise source.error(problems)
    return Declaration(root, source)


def _problems(source: TomlSource, table: object) -> Iterator[Problem]:
    """Every mistake in the table; of one that names functions, as tables once did, only that."""
    if not isinstance(table, Mapping):
        yield (
            source.key_place(_TABLE),
            f'`tool.dialproof` is {in_toml(table)}; it must be a table, with project = "module:OBJECT"',
        )
        return
    former = [key for key in _FORMER if key in table]
    if former:
        message = (
            f'`tool.dialproof.{former[0]}`: functions are no longer named one by one. Write project = "module:OBJECT", with an '
            "object of a class derived from dialproof.VerificationProject, whose methods they become; a command of the "
            "project's own, such as `route`, is declared in [tool.dialproof.commands]"
        )
        yield source.key_place((*_TABLE, former[0])), message
        return
    yield from _unknown(source, _TABLE, table, _KEYS)
    if "project" in table:
        yield from _bad_reference(source, _PROJECT, table["project"])
    else:
        yield source.key_place(_TABLE), '`tool.dialproof.project` is missing: name the project\'s object, as "module:OBJECT"'
    commands = table.get("commands", {})
    if not isinstance(commands, Mapping):
        yield source.value_place(_COMMANDS), f"`tool.dialproof.commands` is {in_toml(commands)}; it must be a table of commands"
        return
    for name, entry in commands.items():
        yield from _bad_command(source, name, entry)


def _bad_command(source: TomlSource, name: str, entry: object) -> Iterator[Problem]:
    key = (*_COMMANDS, name)
    if name in OWN_COMMANDS:
        yield source.key_place(key), f"`{_dotted(key)}`: dialproof itself has a command {name!r}; give the project's another name"
    elif not _COMMAND_NAME.fullmatch(name):
        yield source.key_place(key), f"{in_toml(name)} is no name of a command: allowed are words of a-z and 0-9, joined by -"
    if not isinstance(entry, Mapping):
        message = f'`{_dotted(key)}` is {in_toml(entry)}; it must be a table, with help = "..." and command = "module:attribute"'
        yield source.value_place(key), message
        return
    yield from _unknown(source, key, entry, _COMMAND_KEYS)
    for needed, what in (("help", "one line for `dialproof --help`"), ("command", 'where the command is, as "module:attribute"')):
        if needed not in entry:
            yield source.key_place(key), f"`{_dotted(key)}.{needed}` is missing: say {what}"
    if not isinstance(entry.get("help", ""), str):
        yield source.value_place((*key, "help")), f"`{_dotted(key)}.help` is {in_toml(entry['help'])}; it must be a line of text"
    if "command" in entry:
        yield from _bad_reference(source, (*key, "command"), entry["command"])


def _unknown(source: TomlSource, key: KeyPath, table: Mapping[str, object], allowed: tuple[str, ...]) -> Iterator[Problem]:
    for name in table:
        if name not in allowed:
            message = f"unknown key `{_dotted(key)}.{name}`; allowed: {either(allowed)}{suggestion(name, allowed)}"
            yield source.key_place((*key, name)), message


def _bad_reference(source: TomlSource, key: KeyPath, value: object) -> Iterator[Problem]:
    said = f"`{_dotted(key)}` is {in_toml(value)}"
    if not isinstance(value, str) or not _REFERENCE.fullmatch(value):
        what = "the project's object" if key == _PROJECT else "the command"
        yield source.value_place(key), f'{said}; it must name {what}, as "module:{"OBJECT" if key == _PROJECT else "attribute"}"'
    elif (package := _package(value)) in _TAKEN:
        message = f"{said}: Python or dialproof itself has a package {package!r}; give the project's another name"
        yield source.value_place(key), message


def _package(reference: str) -> str:
    """The package that `module:attribute` is in."""
    return reference.partition(":")[0].partition(".")[0]


def _dotted(key: KeyPath) -> str:
    return ".".join(map(str, key))


def _place_of(error: Exception) -> str:
    """Where in the project's code an import failed."""
    if isinstance(error, SyntaxError):
        return ""  # its text names file and line
    frames = traceback.extract_tb(error.__traceback__)
    return f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
