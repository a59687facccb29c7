"""The verification project that scenarios belong to: where it is, and the functions that it brings.

A folder whose pyproject.toml has a table `[tool.dialproof]` is a verification project. It is looked for upwards from the
scenario, then from the current folder; without one, the reference project that dialproof carries is taken.
"""

import importlib
import os
import re
import sys
import tomllib
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import dialproof
from dialproof.core.errors import InputError
from dialproof.core.messages import either, in_toml, suggestion
from dialproof.core.pinned import Behind, Pinned, pin
from dialproof.exchange.importing import is_foreign
from dialproof.project.toml_source import KeyPath, TomlSource, read

KEYS = ("checks", "pictures", "left_out", "route", "route_findings", "file_keys", "schema", "template")
"""What `[tool.dialproof]` may say: which function plans a scenario's checks, and (optional) which one draws it, which one says
what the model of it leaves out, which ones look addresses up in it and say what is odd about its table, which one names the
keys of a scenario whose values are files beside it, which one gives the JSON Schema of scenario files, and which one the text
of a new one."""

_TABLE: KeyPath = ("tool", "dialproof")
_OURS = ("model", "properties")
_TAKEN = sys.stdlib_module_names | {
    "click", "cvc5", "dialproof", "jinja2", "lark", "matplotlib", "networkx", "numpy", "pydantic", "pytest", "rich",
    "tree_sitter", "tree_sitter_toml", "weasyprint", "z3",
}  # fmt: skip
"""Names that no package of a project may have: Python's own, and those of what dialproof itself imports."""

_HOOK = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")


@dataclass(frozen=True, eq=False)
class Project:
    """A verification project: its folder, and its configuration with the places for messages."""

    root: Path
    source: TomlSource

    @property
    def hooks(self) -> dict[str, str]:
        """The functions that the project names, as `module:function`, by key."""
        return dict(self.source.data["tool"]["dialproof"])

    def activate(self) -> None:
        """From now on the project's packages are the ones that are imported: in this process, for good.

        Its folder is not put on the path. What it holds besides those packages is found if nothing else of that name is, so
        that it cannot take the place of a module of Python's or of a package that is installed.
        """
        names = {*_OURS, *map(_package, self.hooks.values())}
        # Another project's `model` may be loaded: in a test run, a notebook, or because two are installed.
        foreign = {name for name in names if not self._holds(sys.modules.get(name))}
        for name in [name for name in sys.modules if name.partition(".")[0] in foreign]:
            del sys.modules[name]
        sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, Pinned | Behind)]  # another project's
        pin(dict.fromkeys(names, str(self.root)))
        sys.meta_path.append(Behind(str(self.root), _TAKEN))
        importlib.invalidate_caches()

    def hook(self, key: str) -> Callable[..., object]:
        """The project's function for `key`; to be called once the project is active. Raises InputError."""
        if key not in self.hooks:
            message = f'`tool.dialproof.{key}` is missing: name the project\'s function for it, as "module:function"'
            raise self.source.error([(self.source.key_place(_TABLE), message)])
        module_name, _, name = self.hooks[key].partition(":")
        module = self._imported(key, module_name)
        found: Callable[..., object] | None = getattr(module, name, None)
        if not callable(found):
            self._refuse(key, f"there is no function {name!r} in {module.__file__ or module_name}")
        return found

    def _imported(self, key: str, name: str) -> ModuleType:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            missing = str(error.name)
            if name == missing or name.startswith(f"{missing}."):
                self._refuse(key, f"there is no module {name!r} in {self.root}", error)
            self._refuse(key, f"importing {name!r} fails: it needs a module {missing!r}, which is not installed", error)
        except Exception as error:  # noqa: BLE001  # a project's code may fail in every way, and it is the project that is broken
            self._refuse(key, f"importing {name!r} fails: {type(error).__name__}: {error}{_place_of(error)}", error)

    def _refuse(self, key: str, message: str, cause: Exception | None = None) -> NoReturn:
        place = self.source.value_place((*_TABLE, key))
        error = self.source.error([(place, f"`tool.dialproof.{key}` is {in_toml(self.hooks[key])}: {message}")])
        raise error from cause

    def _holds(self, module: ModuleType | None) -> bool:
        """Whether `module` was loaded from this project's folder."""
        places = [*getattr(module, "__path__", ()), *filter(None, [getattr(module, "__file__", None)])]
        return any(Path(place).resolve().is_relative_to(self.root.resolve()) for place in places)


def project_here() -> Project:
    """The project that the current folder belongs to. Raises InputError where it is not configured."""
    return project_of([Path("here")])


def project_of(scenarios: Sequence[Path]) -> Project:
    """The one project that all `scenarios` belong to. Raises InputError where there are several, or it is not configured."""
    foreign = [path for path in scenarios if is_foreign(path)]
    if foreign:
        return _foreign_project(foreign, scenarios)
    try:
        here = _above(Path.cwd())
        roots = {path: _above(Path(os.path.abspath(path)).parent) or here or reference() for path in scenarios}  # noqa: PTH100  # resolve() follows links, and a link stands where it is put
    except FileNotFoundError as error:
        raise InputError("the current folder no longer exists; change to another one") from error
    first, *others = scenarios
    for other in others:
        if roots[other] != roots[first]:
            raise InputError(
                f"{first} and {other} belong to different verification projects ({roots[first]} and {roots[other]}); "
                "check them one project at a time"
            )
    return _configured(roots[first])


def _foreign_project(foreign: Sequence[Path], scenarios: Sequence[Path]) -> Project:
    """The project of models that were written for other tools: each is one of its own, with its specifications for checks."""
    from dialproof.project.foreign import ForeignProject  # it is a Project

    if len(foreign) < len(scenarios):
        raise InputError(f"{foreign[0]} is a model of another tool, which is its own project; check it apart from the scenarios")
    return ForeignProject(foreign[0].parent)


def reference() -> Path:
    """The reference project: in an installed wheel the copy inside the package, in a checkout the checkout itself."""
    package = Path(dialproof.__file__).resolve().parent
    carried = package / "reference"
    return carried if (carried / "properties").is_dir() else package.parent


def _above(folder: Path) -> Path | None:
    """The nearest folder from `folder` upwards that is a verification project."""
    return next((place for place in (folder, *folder.parents) if _is_project(place / "pyproject.toml")), None)


def _is_project(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            tool = tomllib.load(opened).get("tool")
    except OSError:
        return False  # there is none, or it is none of ours to read
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        read(file)  # says what is wrong, and where
        raise
    return isinstance(tool, dict) and "dialproof" in tool


def _configured(root: Path) -> Project:
    file = root / "pyproject.toml"
    if not _is_project(file):
        raise InputError(f"there is no verification project: neither above the scenario nor above this folder, nor in {root}")
    source = read(file)
    table = source.data["tool"]["dialproof"]
    if not isinstance(table, dict):
        message = f'`tool.dialproof` is {in_toml(table)}; it must be a table, with checks = "module:function"'
        raise source.error([(source.key_place(_TABLE), message)])
    problems = [
        (source.key_place((*_TABLE, key)), f"unknown key `tool.dialproof.{key}`; allowed: {either(KEYS)}{suggestion(key, KEYS)}")
        for key in table
        if key not in KEYS
    ]
    if "checks" not in table:
        message = '`tool.dialproof.checks` is missing: name the function that plans the checks, as "module:function"'
        problems.append((source.key_place(_TABLE), message))
    for key in KEYS:
        value = table.get(key, "a:b")
        if not isinstance(value, str) or not _HOOK.fullmatch(value):
            message = f'`tool.dialproof.{key}` is {in_toml(value)}; it must name a function, as "module:function"'
            problems.append((source.value_place((*_TABLE, key)), message))
        elif (package := _package(value)) in _TAKEN and key in table:
            message = (
                f"`tool.dialproof.{key}` is {in_toml(value)}: Python or dialproof itself has a package {package!r}; "
                "give the project's another name"
            )
            problems.append((source.value_place((*_TABLE, key)), message))
    if problems:
        raise source.error(problems)
    return Project(root, source)


def _package(hook: str) -> str:
    """The package that a hook, `module:function`, is in."""
    return hook.partition(":")[0].partition(".")[0]


def _place_of(error: Exception) -> str:
    """Where in the project's code an import failed."""
    if isinstance(error, SyntaxError):
        return ""  # its text names file and line
    frames = traceback.extract_tb(error.__traceback__)
    return f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
