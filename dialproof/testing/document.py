"""`--proof-report`: the theorems of a test run with their verdicts and evidence, as a file for people or for programs.

Unlike `dialproof report`, which is about the checks of scenarios, it is about tests: it lists the verdict that each test states
and the verdict that was found, for any system. It is made from records only, so it is the same for any number of processes.
"""

import base64
import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from dialproof._version import __version__
from dialproof.core.errors import InputError
from dialproof.report.plain import plain
from dialproof.testing.records import Record
from dialproof.testing.summary import causes_told, duration, notes_of, standing_of, total, verdict_of

SUFFIXES = (".html", ".md", ".pdf", ".json", ".jsonl")
"""What a report can be, by the suffix of its file."""

_TOOLS = ("z3-solver", "cvc5", "pytest")


@dataclass(frozen=True)
class Document:
    """The contents of the report: the distinct verdicts, the tests that ended in an error, whether the run was interrupted."""

    theorems: tuple[Record, ...]
    errors: tuple[tuple[str, str], ...]
    interrupted: bool
    made: datetime

    @property
    def tools(self) -> dict[str, str]:
        """The versions of the tools that made it."""
        found = {"dialproof": __version__}
        for name in _TOOLS:
            try:
                found[name] = version(name)
            except PackageNotFoundError:
                continue
        return found


def check_target(path: Path) -> None:
    """Raise InputError if no report can be written: better before the tests than after them."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(f"--proof-report={path}: the name must end in one of {', '.join(SUFFIXES)}")
    if path.is_dir():
        raise InputError(f"--proof-report={path}: this is a folder; name a file in it")
    folder = path.absolute().parent
    if not folder.is_dir():
        raise InputError(f"--proof-report={path}: there is no folder {folder}; make it first: mkdir -p {folder}")
    if not os.access(folder, os.W_OK):
        raise InputError(f"--proof-report={path}: the folder {folder} cannot be written to")
    if suffix == ".pdf":
        from dialproof.report.pdf import require

        require()


def write(document: Document, path: Path) -> None:
    """Write the report, in the format that the suffix of `path` names. Raises InputError if it cannot be written."""
    content = _FORMATS[path.suffix.lower()](document)
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError(f"--proof-report={path}: cannot be written: {error.strerror or error}") from error


def _json(document: Document) -> bytes:
    content = {
        "made": document.made.isoformat(timespec="seconds"),
        "tools": document.tools,
        "interrupted": document.interrupted,
        "errors": [{"test": test, "message": message} for test, message in document.errors],
        "theorems": [theorem.as_data() for theorem in document.theorems],
    }
    return (json.dumps(content, indent=2) + "\n").encode()


def _json_lines(document: Document) -> bytes:
    return "".join(f"{json.dumps(theorem.as_data())}\n" for theorem in document.theorems).encode()


def _page(document: Document) -> str:
    from markupsafe import Markup

    from dialproof.report.html import template_text

    style = template_text("report.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    # Our own style sheet, and the hash by which the page's policy lets it in and nothing else.
    return _rendered("proofs.html", document, autoescape=True, style=Markup(style), style_hash=f"sha256-{digest}")  # noqa: S704


def _html(document: Document) -> bytes:
    return _page(document).encode()


def _markdown(document: Document) -> bytes:
    from dialproof.report.markdown import Ready, code, escaped, fenced

    def finalize(value: object) -> object:
        return escaped(value) if isinstance(value, str) and not isinstance(value, Ready) else value

    text = _rendered("proofs.md", document, autoescape=False, finalize=finalize, code=code, fenced=fenced, ready=Ready)
    return f"{text.strip()}\n".encode()


def _pdf(document: Document) -> bytes:
    from dialproof.report.pdf import require

    weasyprint = require()
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=(), fail_on_errors=True)
    pdf: bytes = weasyprint.HTML(string=_page(document), url_fetcher=fetcher).write_pdf(pdf_tags=True)
    return pdf


def _rendered(
    name: str, document: Document, *, autoescape: bool, finalize: Callable[[object], object] | None = None, **more: object
) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("dialproof.testing"),
        autoescape=autoescape,  # noqa: S701  # Markdown has signs of its own, and `finalize` for them
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"duration": duration, "plain": plain, "standing": standing_of, "text": _text}
    environment.filters |= {"verdict": verdict_of, "causes": causes_told(document.theorems)} | {
        filter_: made for filter_, made in more.items() if callable(made)
    }
    theorems = document.theorems
    return environment.get_template(name).render(
        document=document,
        made=document.made.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        total=total(theorems) if theorems else "No test has asked for a verdict",
        notes=notes_of(theorems),
        attention=[theorem for theorem in theorems if theorem.standing in {"different", "undecided"}],
        **more,
    )


def _text(lines: Sequence[str]) -> str:
    """Lines as they are, but for letters that cannot be seen."""
    return "\n".join(f"{line[: len(line) - len(line.lstrip())]}{plain(line)}" for line in lines)


_FORMATS = {".json": _json, ".jsonl": _json_lines, ".html": _html, ".md": _markdown, ".pdf": _pdf}
assert set(_FORMATS) == set(SUFFIXES)
