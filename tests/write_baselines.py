"""The pictures that are compared with what they looked like before; `python -m tests.write_baselines` writes them anew.

A change of layout shows itself there, before somebody sees it in a report. Look at what was written before you commit it.
"""

from collections.abc import Callable, Mapping
from itertools import permutations
from pathlib import Path

import click
import networkx as nx
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from dialproof.core.actions import Fairness
from dialproof.core.wording import Wording, wording_of
from dialproof.views.distribution import Spread, draw_spreads
from dialproof.views.lasso_graph import draw_lasso
from dialproof.views.machine import draw_machine, machine
from dialproof.views.plots import WaitPoint, draw_wait
from dialproof.views.sequence import draw_sequence
from dialproof.views.state_space import draw_state_space, state_space
from dialproof.views.timeline import draw_timeline
from model.products.exchange_ims.routing_rows import mail_link, mail_row
from model.routing_picture import draw_routing
from tests.views.test_clock import kept, lasso
from tests.views.test_pictures import made_up, office, run_of

FOLDER = Path(__file__).parent / "baselines"

_DPI = 60
_WORDS = Wording(
    {"a0": "a message for {route} arrives", "a1": "the service restarts and reads the whole table", "a2": "the line is dialled"},
    {"n0": "mail waiting for the default route", "c0": "line isp", "b0": "the entry is in force"},
)


def examples() -> Mapping[str, Callable[[], Figure]]:
    """Each picture with its name."""
    return {
        "lasso": lambda: draw_lasso(run_of(made_up(1), 2, 2), _WORDS, "Two steps, then two for ever"),
        "lasso-long": lambda: draw_lasso(run_of(made_up(2), 30, 9), _WORDS, "Thirty steps, then nine for ever"),
        "sequence": lambda: draw_sequence(run_of(made_up(1), 3, 3), made_up(1), _WORDS, "Who does what"),
        "sequence-many": lambda: draw_sequence(run_of(made_up(9, 4), 12, 0), made_up(9, 4, actors=4), _WORDS, "Many"),
        "timeline": lambda: draw_timeline(run_of(made_up(1), 6, 3), made_up(1), _WORDS, "What happens when"),
        "machine": _machine,
        "machine-letters": _many_states,
        "states": _states,
        "sequence-time": lambda: draw_sequence(lasso(), kept(), wording_of(kept()), "Who does what, and when"),
        "timeline-time": lambda: draw_timeline(lasso(12), kept(), wording_of(kept()), "What happens when"),
        "distribution": _distribution,
        "wait": _wait,
        "routing": _routing,
    }


def _machine() -> Figure:
    system, _ = office(Fairness.STRONG)
    return draw_machine(machine(system, "line"), wording_of(system), "The line")


def _many_states() -> Figure:
    graph = nx.MultiDiGraph()
    for number in range(6):
        graph.add_node(f"state {number}", initial=number == 0)
    for number, ends in enumerate(list(permutations(graph, 2))[::2]):
        about = {"action": f"what leads from here to there, number {number}", "fairness": Fairness.NONE, "actor": ""}
        graph.add_edge(*ends, key=f"a{number}", **about)
    return draw_machine(graph, Wording(), "Six states")


def _states() -> Figure:
    system, claim = office()
    return draw_state_space(state_space(system, claim), system, wording_of(system), "The office")


def _wait() -> Figure:
    known = [WaitPoint(setting, setting + 7) for setting in (5, 10, 15, 30)]
    return draw_wait(
        [*known, WaitPoint(45, 60, "unknown"), WaitPoint(60, None, "violated"), WaitPoint(75, None, "unknown")],
        "queued for, minutes",
        "min",
        "The longest wait",
    )


def _distribution() -> Figure:
    calls = Spread(
        "How long a call lasts", {5: 40, 9: 12, 31: 3}, "minute", says="No bound was found", notes=("In all 71 a day.",)
    )
    return draw_spreads(
        [Spread("A wait", {1: 3, 14: 50, 15: 60}, "minute", 15, "At most 15 minutes"), calls], "30 days", "At random."
    )


def _routing() -> Figure:
    rows = [mail_row(None, "host", "smtp.isp.example", "isp"), mail_row("b.example", "etrn")]
    rows += [mail_row("partner.example", "dns", None, "office", added_while_running=True)]
    return draw_routing(rows, [mail_link("isp", "ras", "com1"), mail_link("office", "lan")])


def rendered(figure: Figure) -> np.ndarray:
    """The picture as brightness from 0 to 255, a row after the other, coarse enough to be small."""
    figure.set_dpi(_DPI)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    red, green, blue = (np.asarray(canvas.buffer_rgba())[:, :, place].astype(float) for place in range(3))
    return np.rint(0.299 * red + 0.587 * green + 0.114 * blue).astype(np.uint8)


@click.command()
def main() -> None:
    """Write the pictures that others are compared with anew."""
    for name, draw in examples().items():
        Image.fromarray(rendered(draw())).save(FOLDER / f"{name}.png", optimize=True)
        click.echo(FOLDER / f"{name}.png")


if __name__ == "__main__":
    main(prog_name="python -m tests.write_baselines")
