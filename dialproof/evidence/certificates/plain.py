"""A certificate as plain data, with one text for each: what its hash is taken of, and what is written into a manifest.

What has its default value is left out. A proof rule that brings a field of its own therefore changes neither the text nor
the hash of the certificates that do without it. What is read is foreign: it is refused unless it has the fields of its rule, each
with its type, and no others.
"""

import hashlib
import json
from dataclasses import MISSING, Field, fields
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from dialproof.core.certificates import Case, Certificate
from dialproof.core.errors import CertificateError

Plain = dict[str, Any]
"""What JSON holds: text, numbers, lists, and objects of these."""

_RULES: dict[str, type[Certificate]] = {rule.method: rule for rule in get_args(Certificate)}

_ORDER = ("method", "invariant", "depth", "states", "fairness", "single_steps", "compared", "kept", "parts", "cases", "ranges")
"""The order in which the fields of certificates are written; each field of a rule must be in it."""


def to_plain(certificate: Certificate | Case) -> Plain:
    """`certificate` as JSON has it, without what has its default value; the method always stands."""
    stated = [(one, getattr(certificate, one.name)) for one in fields(certificate)]
    content = {one.name: _plain_value(value) for one, value in stated if one.default is MISSING or value != one.default}
    if isinstance(certificate, Case):
        return content
    content["method"] = certificate.method
    return {name: content[name] for name in sorted(content, key=_ORDER.index)}


def from_plain(content: object, where: str = "certificate") -> Certificate:
    """The certificate that `to_plain` made `content` from. Raises CertificateError, which says `where`."""
    stated = _object(content, where)
    if "method" not in stated:
        raise _unreadable(where, "`method` is missing")
    method = _value(str, stated["method"], f"{where}.method")
    if method not in _RULES:
        raise _unreadable(where, f"no certificate method {method[:60]!r} is known; known: {', '.join(_RULES)}")
    rule = _RULES[method]
    own = {name: value for name, value in stated.items() if name != "method"}
    made = rule(**_values(rule, own, where, f"the method {method!r}"))
    _require_one_form(made, content, where)
    return made


def canonical(content: object) -> str:
    """The one text of plain data: sorted keys, no spaces, ASCII."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def sha256(data: bytes) -> str:
    """The hash of `data`, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def digest(certificate: Certificate) -> str:
    """The hash by which `certificate` is known: the SHA-256 of its canonical JSON, in hexadecimal digits."""
    return sha256(canonical(to_plain(certificate)).encode())


def _plain_value(value: object) -> object:
    if isinstance(value, str | int):
        return value
    if isinstance(value, Certificate | Case):
        return to_plain(value)
    if isinstance(value, tuple):
        return [_plain_value(item) for item in value]
    raise TypeError(f"a certificate holds text, numbers, certificates and tuples of them; this one holds {value!r}")


def _case(content: object, where: str) -> Case:
    made = Case(**_values(Case, _object(content, where), where, "a case"))
    _require_one_form(made, content, where)
    return made


def _object(content: object, where: str) -> Plain:
    if not isinstance(content, dict):
        raise CertificateError(f"`{where}` must be an object; found {json.dumps(content)[:60]}")
    return content


def _values(kind: type[Certificate | Case], content: Plain, where: str, whose: str) -> Plain:
    """The values of the fields of `kind` that `content` states; `whose` says in a message what has these fields."""
    known: dict[str, Field[Any]] = {one.name: one for one in fields(kind)}
    if unknown := sorted(content.keys() - known.keys()):
        raise _unreadable(where, f"it has `{unknown[0]}`, which is no field of {whose}")
    if missing := [name for name, one in known.items() if one.default is MISSING and name not in content]:
        raise _unreadable(where, f"`{missing[0]}` is missing")
    hints = get_type_hints(kind)
    return {name: _value(hints[name], value, f"{where}.{name}") for name, value in content.items()}


def _value(hint: object, value: object, where: str) -> Any:
    """`value` as the type that a field of a certificate has: text, a number, a tuple, a certificate, or one of these or None."""
    options = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    if (value is None and NoneType in options) or (isinstance(value, str) and str in options):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and int in options:
        return value
    if Case in options:
        return _case(value, where)
    if set(get_args(Certificate)) <= set(options):
        return from_plain(value, where)
    for option in options:
        if get_origin(option) is tuple and isinstance(value, list):
            return tuple(_value(get_args(option)[0], item, f"{where}[{place}]") for place, item in enumerate(value))
    raise CertificateError(f"`{where}` has the wrong type: found {json.dumps(value)[:60]}")


def _require_one_form(made: Certificate | Case, content: object, where: str) -> None:
    """Raise CertificateError unless `made` is written as `content`: equal certificates have equal hashes."""
    if to_plain(made) != content:
        raise CertificateError(f"`{where}` is not written in its one form: it states what is the default anyway")


def _unreadable(where: str, why: str) -> CertificateError:
    return CertificateError(f"`{where}` is no certificate that this version can read: {why}")
