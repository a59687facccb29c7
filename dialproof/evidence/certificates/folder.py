"""A certificate's folder: manifest.json, the scenario with what it is read from, and obligations/*.smt2; nothing else, no links.

It is written whole or not at all: into a temporary folder beside its place, which is then renamed. What is read is only
checked for its form here; whether it is believed is for the auditor to say.
"""

import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dialproof.core.errors import CertificateError, InputError
from dialproof.core.files import CERTIFICATE
from dialproof.evidence.certificates.contents import FORMAT, KIND
from dialproof.evidence.certificates.plain import Plain

SUFFIX = CERTIFICATE
"""What the name of a certificate's folder ends in."""

MANIFEST = "manifest.json"

_SCENARIO_FILE = re.compile(r"scenario(\.[a-z0-9]+)?")
_OBLIGATION_FILE = re.compile(r"obligations/[0-9]+(-[a-z0-9]+)*\.smt2")

_FILE_BESIDE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")

_NAMED_TEXT = dict.fromkeys(("name", "reason", "formula"), str)
_BASIS = {"weak": [str], "strong": [str], "assumptions": [_NAMED_TEXT]}
_SHAPE = {
    "kind": str,
    "format": int,
    "claim": dict.fromkeys(("name", "says", "source", "formula"), str),
    "cause": str,
    "scenario": {**dict.fromkeys(("title", "file", "sha256"), str), "reads": [{"file": str, "sha256": str}]},
    "problem": str,
    "rests_on": _BASIS,
    "in_force": _BASIS,
    "certificate": object,
    "digest": str,
    "obligations": [dict.fromkeys(("file", "name", "establishes", "sha256"), str)],
    "made": {"from": str, "checked_by": [str], "with": object},
}
"""The shape of a manifest: a list has one kind of item, an object exactly these keys; `object` is looked at elsewhere."""


@dataclass(frozen=True, eq=False)
class CertificateFiles:
    """A certificate as it is on disk: its folder, its manifest, and the bytes of its other files by their names in it."""

    path: Path
    manifest: Plain
    files: Mapping[str, bytes]

    @property
    def claim(self) -> str:
        """The name of the claim that it says it establishes."""
        return str(self.manifest["claim"]["name"])

    @property
    def cause(self) -> str:
        """The cause under which it says it does."""
        return str(self.manifest["cause"])

    @property
    def scenario(self) -> bytes:
        """The copy of the scenario."""
        return self.files[self.manifest["scenario"]["file"]]


def read(path: Path) -> CertificateFiles:
    """The certificate in the folder `path`. Raises CertificateError where it is incomplete, holds more, or has another form."""
    found = _files_in(path)
    if MANIFEST not in found:
        raise CertificateError(f"{MANIFEST} is missing")
    manifest = _manifest(found.pop(MANIFEST))
    named = [manifest["scenario"]["file"], *(one["file"] for one in manifest["obligations"])]
    for name in named:
        if not (_SCENARIO_FILE if name == named[0] else _OBLIGATION_FILE).fullmatch(name):
            raise CertificateError(f"the manifest names a file {name!r}, which can be none of this folder")
    if missing := sorted(set(named) - found.keys()):
        raise CertificateError(f"{missing[0]} is missing")
    beside = {one["file"] for one in manifest["scenario"]["reads"]}
    if foreign := sorted(found.keys() - set(named) - {name for name in beside if fits_beside(name)}):
        raise CertificateError(f"{foreign[0]} is in the folder, but not in the manifest")
    return CertificateFiles(path, manifest, found)


def fits_beside(name: str) -> bool:
    """Whether a file that a scenario is read from can stand beside the copy of the scenario, under its own name."""
    return _FILE_BESIDE.fullmatch(name) is not None and not _SCENARIO_FILE.fullmatch(name) and name != MANIFEST


def write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Put `files` at `path`, in the place of a certificate that is there. Raises InputError where something else is there."""
    _require_ours_or_nothing(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as temporary:
            made, old = Path(temporary) / "new", Path(temporary) / "old"
            for name, data in files.items():
                (made / name).parent.mkdir(parents=True, exist_ok=True)
                (made / name).write_bytes(data)
            _swap(made, path, old)
    except OSError as error:
        raise InputError(f"{path}: the certificate cannot be written: {error.strerror or error}") from error


def _swap(made: Path, path: Path, old: Path) -> None:
    """Put `made` at `path`, and what is there at `old`; if that goes wrong, `path` is as it was."""
    was_there = path.exists()
    if was_there:
        path.rename(old)
    try:
        made.rename(path)
    except BaseException:
        if was_there:
            old.rename(path)
        raise


def _require_ours_or_nothing(path: Path) -> None:
    """Raise InputError unless `path` is free, or a certificate and nothing else: replacing a folder deletes what is in it."""
    if not os.path.lexists(path):
        return
    try:
        read(path)
    except CertificateError as reason:
        raise InputError(
            f"{path} is in the way: {reason}. Only a whole certificate is overwritten; move it away, or name another folder"
        ) from reason


def _files_in(path: Path) -> dict[str, bytes]:
    """Every file below `path`, by its name from there. Raises CertificateError for a link, or for what is no file."""
    if path.is_symlink() or not path.is_dir():
        raise CertificateError("it is no folder")
    found = {}
    for inside in sorted(path.rglob("*")):
        name = inside.relative_to(path).as_posix()
        if inside.is_symlink():
            raise CertificateError(f"{name} is a link; a certificate holds its files itself")
        if inside.is_dir():
            continue
        if not inside.is_file():
            raise CertificateError(f"{name} is no regular file")
        try:
            found[name] = inside.read_bytes()
        except OSError as error:
            raise CertificateError(f"{name} cannot be read: {error.strerror or error}") from error
    return found


def _manifest(data: bytes) -> Plain:
    """The manifest in `data`, with the shape that it must have."""
    try:
        content = json.loads(data.decode("utf-8"), object_pairs_hook=_object)
        json.dumps(content, ensure_ascii=False).encode("utf-8")  # half a letter could be written into no file again
    except (ValueError, RecursionError) as error:  # among them: no UTF-8, no JSON
        raise CertificateError(f"{MANIFEST} cannot be read: {error}") from error
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise CertificateError(f'{MANIFEST} is no manifest of a certificate: it does not say "kind": "{KIND}"')
    if content.get("format") != FORMAT:
        raise CertificateError(
            f"the certificate has format {content.get('format')!r}, and this version of dialproof reads format {FORMAT}"
        )
    _check_shape(content, _SHAPE, "")
    return content


def _object(pairs: list[tuple[str, object]]) -> Plain:
    """A JSON object. A key that stands in it twice could mean one thing to us and another to the next reader."""
    content: Plain = {}
    for key, value in pairs:
        if key in content:
            raise CertificateError(f"{MANIFEST} has the key {key!r} twice in one object")
        content[key] = value
    return content


def _check_shape(value: object, shape: object, where: str) -> None:
    """Raise CertificateError unless `value` has `shape`."""
    match shape:
        case dict() if isinstance(value, dict):
            for key in [*shape, *value]:
                if key not in value or key not in shape:
                    at = f"{where}.{key}" if where else key
                    raise CertificateError(f"the manifest has {'no' if key in shape else 'an unknown'} key `{at}`")
                _check_shape(value[key], shape[key], f"{where}.{key}" if where else key)
        case [item] if isinstance(value, list):
            for place, inner in enumerate(value):
                _check_shape(inner, item, f"{where}[{place}]")
        case type() if isinstance(value, shape) and not (shape is int and isinstance(value, bool)):
            return
        case _:
            raise CertificateError(f"`{where}` of the manifest has the wrong type: found {json.dumps(value)[:60]}")
