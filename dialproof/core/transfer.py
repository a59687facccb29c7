"""Values as bytes that cross processes: those of dialproof's own classes and of Python's, and of no project's.

A worker knows no project, and must not import its modules. A text or a number that a project has given a class of its own (a
member of its enumeration, say) crosses as the plain text or number.
"""

import pickle
import sys
from io import BytesIO
from typing import Any

_OURS = __name__.partition(".")[0]


def to_bytes(value: object) -> bytes:
    """`value` as bytes."""
    written = BytesIO()
    _Pickler(written).dump(value)
    return written.getvalue()


def from_bytes(data: bytes) -> object:
    """What `to_bytes` was given. Raises UnpicklingError for a value of a class that is neither dialproof's nor Python's."""
    return _Unpickler(BytesIO(data)).load()


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: object) -> Any:
        """How `obj` is written; NotImplemented where that is no matter of ours."""
        if not _is_known(type(obj).__module__):
            if isinstance(obj, str):
                return str, (str.__str__(obj),)
            if isinstance(obj, int):
                return int, (int.__int__(obj),)
        return NotImplemented


class _Unpickler(pickle.Unpickler):  # our own pipe, or what `to_bytes` has made
    def find_class(self, module_name: str, global_name: str, /) -> object:
        """The class, or function, of this name. Raises UnpicklingError for a foreign one."""
        if not _is_known(module_name):
            raise pickle.UnpicklingError(f"{module_name}.{global_name} is of a project, whose modules a worker does not import")
        return super().find_class(module_name, global_name)


def _is_known(module: str) -> bool:
    package = module.partition(".")[0]
    return package == _OURS or package in sys.stdlib_module_names
