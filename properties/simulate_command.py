"""`dialproof simulate`: a random run of a scenario with clocks as a timeline, or the figures of a long one."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dialproof.cli.guard import GuardedCommand
from dialproof.cli.options import debug_option
from dialproof.cli.output import say, tell

if TYPE_CHECKING:
    from properties.simulation import Simulation

_TIMEOUT = 60.0
"""How long each bound is looked for, in seconds."""

_EPILOG = """\b
Example: the first day as a timeline, the figures of a thousand days, how long things took beside what is proved:
  dialproof simulate my.toml
  dialproof simulate my.toml --days 1000 --figures
  dialproof simulate my.toml --days 1000 --plot waits.svg

\b
Exit codes:
    0  the run was made
    2  bad input: a scenario without clocks, the project's configuration
    4  internal error: please report it
"""


@click.command(cls=GuardedCommand, epilog=_EPILOG)
@click.argument("scenario", metavar="SCENARIO", type=click.Path(path_type=Path))
@click.option(
    "--days", type=click.IntRange(min=1), default=1, show_default=True, metavar="N", help="How many days are simulated."
)
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="The same seed gives the same run.")
@click.option("wants_figures", "--figures", is_flag=True, help="Print how long things took and how often, instead of a timeline.")
@click.option("as_json", "--json", is_flag=True, help="Print one JSON object per event, or one for all figures.")
@click.option(
    "--plot",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Draw how long things took, beside the longest time that is proved, as .svg or .png, instead of a timeline.",
)
@click.option(
    "trace",
    "--itf",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the run as a trace in the Informal Trace Format, instead of a timeline.",
)
@debug_option
def simulate(
    scenario: Path,
    days: int,
    seed: int,
    wants_figures: bool,
    as_json: bool,
    plot: Path | None,
    trace: Path | None,
    debug: bool,  # noqa: ARG001  # GuardedCommand reads it
) -> None:
    """Simulate a scenario that counts time: what the router does by its rules, and the world at random.

    This proves nothing: it shows what can happen, and how often it does if the world is as drawn. `dialproof bound` computes
    the longest times that can happen at all.
    """
    from dialproof.core.clock import a_day, clock_time
    from dialproof.core.wording import wording_of
    from properties.checks import open_installation
    from properties.simulation import figures, simulation_of

    simulated = simulation_of(open_installation(scenario))
    router, counts, size = simulated.router, simulated.unit.counts, simulated.unit.size
    until = days * a_day(counts)
    if simulated.says:
        tell(simulated.says)
    if plot is not None or trace is not None:
        _write(simulated, scenario, days, seed, plot, trace)
        if not wants_figures:
            return
    if wants_figures:
        found = figures(simulated, until, seed)
        spans = {
            name: {"spans": sum(lengths.values()), "longest": found.longest(name) * size, "mean": _mean(lengths) * size}
            for name, lengths in found.spans.items()
        }
        if as_json:
            said = {"scenario": str(scenario), "seed": seed, "days": days, "counts": counts}
            say(json.dumps({**said, "measures": spans, "events": dict(sorted(found.events.items()))}))
            return
        for name, one in spans.items():
            say(f"{name}: {one['spans']:,} times, {one['mean']:.1f} {counts}s on average, {one['longest']:,} at the longest")
        for event, times in sorted(found.events.items()):
            say(f"{times:>10,}  {event}")
        return
    wording = wording_of(simulated.system)
    lines = [line.state.variable.name for line in router.lines]
    queues = [route.waiting.variable.name for route in router.routes]
    for step in simulated.run(until, seed):
        if as_json:
            told = {"time": step.time, "event": step.taken.name, "says": wording.action(step.taken)}
            say(json.dumps({**told, **{name: step.state[name] for name in (*lines, *queues)}}))
        else:
            shown = ", ".join(f"{wording.variable(name)}: {wording.value(step.state[name])}" for name in (*lines, *queues))
            say(f"{clock_time(step.time, counts)}  {wording.action(step.taken)}  [{shown}]")


def _write(simulated: "Simulation", scenario: Path, days: int, seed: int, plot: Path | None, trace: Path | None) -> None:
    """Write the picture and the trace, each if it is asked for, and say so. Raises InputError if that is impossible."""
    from dialproof.core.clock import a_day
    from dialproof.core.files import write_whole
    from dialproof.exchange.itf import itf
    from dialproof.views.figures import require_kind, save
    from properties.bounds import bounds_of
    from properties.distribution import distribution

    if plot is not None:
        require_kind(plot)  # before anything is proved
    if trace is not None:
        run, said = simulated.whole(days * a_day(simulated.unit.counts), seed), f"a simulated run, seed {seed}"
        written = itf(run, simulated.router.system, source=str(scenario), description=said)
        write_whole(trace, f"{json.dumps(written, indent=1, ensure_ascii=False)}\n")
        tell(f"wrote {trace}")
    if plot is not None:
        save(distribution(scenario, bounds_of(scenario, timeout=_TIMEOUT), days=days, seed=seed).figure, plot)
        tell(f"wrote {plot}")


def _mean(lengths: "dict[int, int]") -> float:
    total = sum(lengths.values())
    return sum(length * times for length, times in lengths.items()) / total if total else 0.0
