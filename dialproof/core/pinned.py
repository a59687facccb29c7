"""Packages that are found in one place, whatever else lies on Python's path.

A folder that has to be searched for a few packages need not be on the path then, where every file of it that is called like a
module of Python's would take that module's place. The pool hands this very text to a worker's interpreter, before anything of
dialproof can be found there.
"""

import sys
from collections.abc import Collection, Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType


class Pinned:
    """Finds each package in `places` by its name, in the folder (or zip file) that is given for it, and no other module.

    To be put before the other finders on `sys.meta_path`. What is not in that place is looked for as if it were not pinned.
    """

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = dict(places)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        """The spec of a pinned package; None for every other module, submodules among them: their package finds those."""
        if path is not None or fullname not in self._places:
            return None
        return found_in(self._places[fullname], fullname, target)


class Behind:
    """Finds top-level modules in `folder` that are found nowhere else, but none that is called as in `without`.

    To be put behind the other finders on `sys.meta_path`.
    """

    def __init__(self, folder: str, without: Collection[str]) -> None:
        self._folder, self._without = folder, frozenset(without)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        """The spec of a top-level module in the folder; None if it has none of this name, or must not be asked for it."""
        if path is not None or fullname in self._without:
            return None
        return found_in(self._folder, fullname, target)


def found_in(folder: str, name: str, target: ModuleType | None = None) -> ModuleSpec | None:
    """The spec of the top-level module `name` in `folder`, or None."""
    spec = PathFinder.find_spec(name, [folder], target)
    if spec is not None and spec.submodule_search_locations is not None:
        # A package without __init__.py would else look for itself anew, all along the path, whenever that changes.
        spec.submodule_search_locations = list(spec.submodule_search_locations)
    return spec


def pin(places: Mapping[str, str]) -> None:
    """From now on this process looks for the packages in `places` there first."""
    sys.meta_path.insert(0, Pinned(places))
