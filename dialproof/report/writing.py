"""A report becomes a file. A file that cannot be written is refused before any check; a file is never half-written."""

import os
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from dialproof.core.errors import InputError
from dialproof.core.messages import either

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialproof.report.document import Document
    from dialproof.review.session import Review

_MODULES = {".html": "html", ".pdf": "pdf", ".md": "markdown"}

SUFFIXES = tuple(_MODULES)
"""What a report can be, by the suffix of its file."""


def prepare(path: str | os.PathLike[str]) -> Path:
    """The file that a report goes to, links followed. Raises InputError if it cannot be written.

    Call it before the checks, so that a missing folder is reported at once.
    """
    target = Path(os.path.realpath(path))
    if target.suffix.lower() not in SUFFIXES:
        ends = f"ends in {target.suffix}" if target.suffix else "has no suffix"
        raise InputError(f"{path}: a report is written as {either(SUFFIXES)}, as the file's name says; this one {ends}")
    if target.is_dir():
        raise InputError(f"{path}: this is a folder; name a file in it, such as {Path(path) / 'review.html'}")
    if not target.parent.is_dir():
        raise InputError(f"{path}: there is no folder {target.parent}; make it first: mkdir -p {target.parent}")
    _place(target, b"", keep=False)
    if target.suffix.lower() == ".pdf":
        from dialproof.report.pdf import require

        require()
    return target


def write(review: "Review", path: str | os.PathLike[str], *, made: datetime | None = None) -> Path:
    """Write the report of `review` to `path`, as HTML, PDF or Markdown by its suffix; returns the file.

    `made` is the date in the report (default: now). Raises InputError for another suffix, a file that cannot be written, or a
    PDF without the library that makes it.
    """
    from dialproof.report.build import document_of

    target = prepare(path)
    document = document_of(review, made=made or datetime.now(UTC))
    _place(target, _format(target.suffix.lower())(document), keep=True)
    return target


def _format(suffix: str) -> "Callable[[Document], bytes]":
    module = import_module(f"dialproof.report.{_MODULES[suffix]}")
    render: Callable[[Document], bytes] = module.render
    return render


def _place(target: Path, content: bytes, *, keep: bool) -> None:
    """Write a file beside `target` and (with `keep`) put it in its place in one step; else take it away again."""
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        # Not tempfile's: its files are for their owner alone, and so would the report be.
        with beside.open("xb") as file:
            file.write(content)
        if keep:
            beside.replace(target)
        else:
            beside.unlink()
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
