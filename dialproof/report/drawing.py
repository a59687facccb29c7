"""The report's figures: each as a self-contained SVG, with a caption and a description in words."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dialproof.core.run import Run
from dialproof.core.system import System
from dialproof.core.wording import Wording
from dialproof.project.contract import Drawn
from dialproof.report.document import Picture
from dialproof.report.plain import plain
from dialproof.report.words import sentence
from dialproof.views.text import run_lines

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def of_run(run: Run, system: System, wording: Wording, label: str, place: str) -> tuple[Picture, ...]:
    """The pictures of a run: sequence chart, timeline and state graph; `label` is its label in the report, `place` its id."""
    from dialproof.views.figures import svg_file
    from dialproof.views.lasso_graph import draw_lasso
    from dialproof.views.sequence import describe_sequence, sequence_pages
    from dialproof.views.timeline import describe_timeline, timeline_pages

    lines = " ".join(line.strip() for line in run_lines(run, wording) if line)
    graph = svg_file(draw_lasso(run, wording, ""))
    return (
        *_paged(
            f"{place}-sequence",
            f"{label}: who does what",
            describe_sequence(run, system, wording),
            sequence_pages(run, system, wording, ""),
        ),
        *_paged(
            f"{place}-timeline",
            f"{label} over time",
            describe_timeline(run, system, wording),
            timeline_pages(run, system, wording, ""),
        ),
        Picture(f"{place}-graph", f"{label} as a state graph", plain(lines), graph, is_extra=True),
    )


def _paged(place: str, caption: str, words: str, pages: "Sequence[Figure]") -> Iterator[Picture]:
    """A picture of a long run page by page, so that each can be read on paper; the first has the words for all of them."""
    from dialproof.views.figures import svg_file

    yield Picture(place, caption, plain(words), svg_file(pages[0]))
    for number, page in enumerate(pages[1:], 2):
        yield Picture(
            f"{place}-{number}", f"{caption}, page {number}", "The description of the first page covers this one.", svg_file(page)
        )


def of_scenario(pictures: Sequence[Drawn], place: str) -> Iterator[Picture]:
    """The project's `pictures` of a scenario, whose id in the report is `place`."""
    from dialproof.views.figures import svg_file

    named: Counter[str] = Counter()
    for number, drawn in enumerate(pictures, 1):
        name = sentence(plain(drawn.name).replace("-", " "))
        named[name] += 1
        caption = f"{name} ({named[name]})" if named[name] > 1 else name
        words = plain(drawn.words) or f"A picture of the project, “{name}”, without a description."
        yield Picture(f"{place}-picture-{number}", caption, words, svg_file(drawn.figure))
