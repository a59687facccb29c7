"""The report's figures: each as an SVG that can stand by itself, with a caption and the same in words."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from dialproof.report.document import Picture
from dialproof.report.plain import plain
from dialproof.report.words import sentence
from dialproof.review.pictures import pictures_of
from dialproof.run import Run
from dialproof.system import System
from dialproof.views.text import run_lines
from dialproof.views.wording import Wording


def of_run(run: Run, system: System, wording: Wording, label: str, place: str) -> tuple[Picture, ...]:
    """The pictures of a run, as a chart, over time and as a graph; `label` is what the report calls it, `place` its id."""
    from dialproof.views.figures import svg_file
    from dialproof.views.lasso_graph import draw_lasso
    from dialproof.views.sequence import describe_sequence, draw_sequence
    from dialproof.views.timeline import describe_timeline, draw_timeline

    lines = " ".join(line.strip() for line in run_lines(run, wording) if line)
    return (
        Picture(
            f"{place}-sequence",
            f"{label}: who does what",
            plain(describe_sequence(run, system, wording)),
            svg_file(draw_sequence(run, system, wording, "")),
        ),
        Picture(
            f"{place}-timeline",
            f"{label} over time",
            plain(describe_timeline(run, system, wording)),
            svg_file(draw_timeline(run, system, wording, "")),
        ),
        Picture(
            f"{place}-graph",
            f"{label} as a state graph",
            plain(lines),
            svg_file(draw_lasso(run, wording, "")),
            is_extra=True,
        ),
    )


def of_scenario(path: Path, hook: Callable[[Path], object], place: str) -> Iterator[Picture]:
    """What the project draws of the scenario at `path`. Raises InputError where its function returns something else."""
    from dialproof.views.figures import svg_file

    named: Counter[str] = Counter()
    for number, drawn in enumerate(pictures_of(path, hook), 1):
        name = sentence(plain(drawn.name).replace("-", " "))
        named[name] += 1
        caption = f"{name} ({named[name]})" if named[name] > 1 else name
        words = plain(drawn.words) or f"The project calls this picture “{name}”, and does not say in words what it shows."
        yield Picture(f"{place}-picture-{number}", caption, words, svg_file(drawn.figure))
