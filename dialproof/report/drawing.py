"""The report's figures: each as an SVG that can stand by itself, with a caption and the same in words."""

from collections.abc import Callable, Iterator
from pathlib import Path

from dialproof.errors import InputError
from dialproof.report.document import Picture
from dialproof.report.plain import plain
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
            svg_file(draw_sequence(run, system, wording, label)),
        ),
        Picture(
            f"{place}-timeline",
            f"{label} over time",
            plain(describe_timeline(run, system, wording)),
            svg_file(draw_timeline(run, system, wording, label)),
        ),
        Picture(f"{place}-graph", f"{label} as a state graph", plain(lines), svg_file(draw_lasso(run, wording, label))),
    )


def of_scenario(path: Path, hook: Callable[[Path], object], place: str) -> Iterator[Picture]:
    """What the project draws of the scenario at `path`. Raises InputError where its function returns something else."""
    from matplotlib.figure import Figure

    from dialproof.views.figures import svg_file

    drawn = hook(path)
    if not isinstance(drawn, list | tuple):
        raise InputError(f"{path}: the project's `pictures` function must return a list of (name, Figure, the same in words)")
    for number, item in enumerate(drawn, 1):
        match item:
            case (str(name), Figure() as figure, str(words)):
                yield Picture(f"{place}-picture-{number}", plain(name), plain(words), svg_file(figure))
            case (str(name), Figure() as figure):
                words = f"The project draws this as “{plain(name)}”, and does not say it in words."
                yield Picture(f"{place}-picture-{number}", plain(name), words, svg_file(figure))
            case _:
                raise InputError(f"{path}: the project's `pictures` function returned {item!r}, not (name, Figure, words)")
