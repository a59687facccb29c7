"""`python -m benchmarks.product_states`: how long the explicit search takes for 100,000 states with what a run owes in them.

Counters that each go round, in any order, under weak fairness: as many states as there are ways to set them, and as many steps
out of each as there are counters. The claim holds, so that every state is visited; its audit visits them once more.
"""

import time

import click
import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.certificates import Exhaustive
from dialproof.core.system import System
from dialproof.core.variables import integer
from dialproof.encode.problem import Problem
from dialproof.engines import explicit
from dialproof.engines.candidates import Proved
from dialproof.evidence.audit import audit
from dialproof.ltl import always, eventually
from dialproof.semantics.product import LIMIT


def counters(n_counters: int, highest: int) -> Problem:
    """Whether the first of so many fair counters comes to its highest value again and again."""
    counts = [integer(f"n{place}", 0, highest) for place in range(n_counters)]
    steps = [
        Action(f"count {place}", z3.BoolVal(True), {n: z3.If(n < highest, n + 1, 0)}, Fairness.WEAK)
        for place, n in enumerate(counts)
    ]
    system = System("counters", counts, z3.And([n == 0 for n in counts]), [*steps, Action("idle", z3.BoolVal(True), {})])
    return Problem(system, always(eventually(counts[0] == highest)))


@click.command(context_settings={"show_default": True})
@click.option("--counters", "n_counters", type=click.IntRange(min=1), default=3, help="How many counters.")
@click.option("--highest", type=click.IntRange(min=1), default=37, help="The value from which a counter starts again.")
def main(n_counters: int, highest: int) -> None:
    """Measure one search and one audit, in seconds of processor time."""
    problem = counters(n_counters, highest)
    begun = time.process_time()
    outcome = explicit.decide(problem, 10 * LIMIT)
    searched = time.process_time() - begun
    if not isinstance(outcome, Proved) or not isinstance(outcome.certificate, Exhaustive):
        raise click.ClickException(f"the search must prove the claim; it says {outcome}")
    begun = time.process_time()
    audit(problem, outcome.certificate)
    audited = time.process_time() - begun
    click.echo(f"{outcome.certificate.states:,} positions: search {searched:.1f} s, audit {audited:.1f} s")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.product_states")
