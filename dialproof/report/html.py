"""The report as one HTML file that needs nothing else: its style sheet, its script and its drawings are in it.

Its content security policy forbids every fetch, and every script and style sheet except these two, which it names by hash. So no
title of a scenario can load, send or run anything.
"""

import base64
import hashlib
from collections.abc import Mapping
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from dialproof.report import words
from dialproof.report.document import Document
from dialproof.report.inline_svg import Gallery


def render(document: Document) -> bytes:
    """The HTML of the report."""
    gallery = Gallery()
    drawings = {picture.id: gallery.add(picture) for picture in document.pictures}
    script = f"{template_text('stepper.js')}\n{template_text('report.js')}"
    return page(document, drawings, letters=gallery.shared(), looks=gallery.css(), script=script).encode()


def page(document: Document, drawings: Mapping[str, Markup], *, letters: Markup, looks: str = "", script: str = "") -> str:
    """The page with these drawings; `letters` and `looks` are what they share. Without a script it is one for paper."""
    style = f"{template_text('report.css')}\n{looks}"
    return (
        _environment()
        .get_template("report.html")
        .render(
            document=document,
            drawings=drawings,
            letters=letters,
            style=Markup(style),  # noqa: S704  # our own file, and looks of our own drawings
            script=Markup(script),  # noqa: S704  # our own files
            style_hash=_hash(style),
            script_hash=_hash(script),
        )
    )


def template_text(name: str) -> str:
    """One of the files that pages are made of, such as "stepper.js"."""
    return (files("dialproof.report") / "templates" / name).read_text(encoding="utf-8")


def _environment() -> Environment:
    """The templates: whatever is put into them is escaped, and a name that does not exist is an error."""
    made = Environment(
        loader=PackageLoader("dialproof.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"said": words.said, "sentence": words.sentence}
    return made


def _hash(text: str) -> str:
    """The hash by which a content security policy knows a script or a style sheet."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
