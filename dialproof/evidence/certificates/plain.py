"""A certificate as plain data, with one text for each: what its hash is taken of, and what is written into a manifest.

What has its default value is left out. A proof method that brings a field of its own therefore changes neither the text nor
the hash of the certificates that do without it.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import Any, get_args, get_origin, get_type_hints

from dialproof.core.errors import CertificateError
from dialproof.core.verdict import Case, Certificate

Plain = dict[str, Any]
"""What JSON holds: text, numbers, lists, and objects of these."""


def to_plain(certificate: Certificate | Case) -> Plain:
    """`certificate` as JSON has it, without what has its default value; the method always stands."""
    content: Plain = {}
    for field in fields(certificate):
        value = getattr(certificate, field.name)
        if field.default is MISSING or value != field.default:
            content[field.name] = _plain_value(value)
    return content


def from_plain(content: object, where: str = "certificate") -> Certificate:
    """The certificate that `to_plain` made `content` from. Raises CertificateError, which says `where`."""
    made = _read(Certificate, content, where)
    assert isinstance(made, Certificate)
    return made


def _read(kind: type[Certificate | Case], content: object, where: str) -> Certificate | Case:
    if not isinstance(content, dict):
        raise CertificateError(f"`{where}` must be an object; found {json.dumps(content)[:60]}")
    hints = get_type_hints(kind)
    unknown = sorted(content.keys() - hints.keys())
    missing = [field.name for field in fields(kind) if field.default is MISSING and field.name not in content]
    if unknown or missing:
        found = f"it has `{unknown[0]}`, which no method knows" if unknown else f"`{missing[0]}` is missing"
        raise CertificateError(f"`{where}` is no certificate that this version can read: {found}")
    made = kind(**{name: _value(hints[name], value, f"{where}.{name}") for name, value in content.items()})
    if to_plain(made) != content:
        raise CertificateError(f"`{where}` is not written in its one form: it states what is the default anyway")
    return made


def leaves(certificate: Certificate) -> Iterator[Certificate]:
    """The certificates without parts that `certificate` consists of: itself, or those of its parts. `ranges` is not one."""
    if not certificate.parts:
        yield certificate
    for part in certificate.parts:
        yield from leaves(part)


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
    match value:
        case str() | int():
            return value
        case Certificate() | Case():
            return to_plain(value)
        case tuple():
            return [_plain_value(item) for item in value]
    raise TypeError(f"a certificate holds text, numbers, certificates and tuples of them; this one holds {value!r}")


def _value(hint: object, value: object, where: str) -> Any:
    """`value` as the type that a field of a certificate has: text, a number, or a tuple."""
    if hint is str and isinstance(value, str):
        return value
    if hint is int and isinstance(value, int) and not isinstance(value, bool):
        return value
    if hint is Certificate or hint is Case:
        return _read(hint, value, where)
    for option in get_args(hint) if get_origin(hint) is not tuple else (hint,):
        if option is Certificate:
            return _read(option, value, where)
        if get_origin(option) is tuple and isinstance(value, list):
            return tuple(_value(get_args(option)[0], item, f"{where}[{place}]") for place, item in enumerate(value))
    raise CertificateError(f"`{where}` has the wrong type: found {json.dumps(value)[:60]}")
