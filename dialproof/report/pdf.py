"""The report as PDF: the page for paper, set for A4 by WeasyPrint, which is optional. Nothing is fetched for it."""

import base64
from typing import TYPE_CHECKING

from markupsafe import Markup

from dialproof.core.errors import InputError
from dialproof.report import html
from dialproof.report.document import Document, Picture
from dialproof.report.inline_svg import width_of

if TYPE_CHECKING:
    from types import ModuleType

_HOW = (
    "a PDF needs WeasyPrint: pip install 'dialproof[pdf]'; and WeasyPrint needs Pango: "
    "apt-get install libpango-1.0-0 libpangoft2-1.0-0 (on Debian). Or write .html, and print it from a browser"
)

_ON_PAPER = 0.8  # pictures are made for a screen; on paper they can be smaller


def require() -> "ModuleType":
    """WeasyPrint, ready to use. Raises InputError, which says what to install, if it or the system's Pango is missing."""
    try:
        import weasyprint
    except ImportError as missing:
        raise InputError(f"WeasyPrint is not installed; {_HOW}") from missing
    except OSError as missing:  # it is there, but the library of the system that it loads is not
        raise InputError(f"WeasyPrint finds no Pango on this system ({missing}); {_HOW}") from missing
    module: ModuleType = weasyprint
    return module


def render(document: Document) -> bytes:
    """The PDF of the report, tagged for screen readers. Raises InputError as `require` does."""
    weasyprint = require()
    # As pictures, each by itself: WeasyPrint draws no outline that stands in another drawing.
    page = html.page(document, {picture.id: _image(picture) for picture in document.pictures}, letters=Markup())
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=("data",), fail_on_errors=True)
    pdf: bytes = weasyprint.HTML(string=page, url_fetcher=fetcher).write_pdf(pdf_tags=True)
    return pdf


def _image(picture: Picture) -> Markup:
    data = base64.b64encode(picture.svg.encode()).decode()
    width = round(width_of(picture) * _ON_PAPER)
    return Markup('<img alt="{}" width="{}" src="data:image/svg+xml;base64,{}">').format(picture.description, width, data)
