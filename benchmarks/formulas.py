"""`python -m benchmarks.formulas`: what a large formula costs, asked of the universal system, in which everything can happen.

The universal system has one action with a Boolean parameter for each proposition, to which the proposition is set: each sequence
of truths is a run. A formula that it satisfies is valid.
"""

import random
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import click
import z3

from dialproof import check, ltl
from dialproof.core.actions import Action
from dialproof.core.system import System
from dialproof.core.variables import Boolean, boolean
from dialproof.encode.problem import Problem
from dialproof.engines.bmc.unrolling import Unrolling
from dialproof.portfolio.check import word


def universal(number: int) -> tuple[System, list[Boolean]]:
    """The universal system with so many propositions, and the propositions."""
    propositions = [boolean(f"p{place}") for place in range(number)]
    chosen = [boolean(f"next p{place}") for place in range(number)]
    any_truth = Action("choose", z3.BoolVal(True), dict(zip(propositions, chosen, strict=True)), parameters=tuple(chosen))
    return System(f"universal {number}", propositions, z3.BoolVal(True), [any_truth]), propositions


def nodes(formula: z3.BoolRef) -> int:
    """How many nodes the syntax tree of `formula` has; what is shared counts as often as it occurs."""
    sizes: dict[int, int] = {}
    stack: list[z3.ExprRef] = [formula]
    while stack:
        term = stack[-1]
        missing = [child for child in term.children() if child.get_id() not in sizes]
        if missing:
            stack += missing
        else:
            sizes[stack.pop().get_id()] = 1 + sum(sizes[child.get_id()] for child in term.children())
    return sizes[formula.get_id()]


_ONE: tuple[Callable[[z3.BoolRef], z3.BoolRef], ...] = (z3.Not, ltl.always, ltl.eventually, ltl.next_)
_TWO: tuple[Callable[[z3.BoolRef, z3.BoolRef], z3.BoolRef], ...] = (
    z3.And,
    z3.Or,
    z3.Implies,
    ltl.until,
    ltl.release,
    ltl.weak_until,
)
_PAST_ONE: tuple[Callable[[z3.BoolRef], z3.BoolRef], ...] = (ltl.once, ltl.historically, ltl.yesterday)


def drawn(size: int, propositions: list[Boolean], chance: random.Random, *, past: bool = False) -> z3.BoolRef:
    """A random formula of `size` nodes."""
    if size == 1:
        return chance.choice(propositions)
    if size == 2 or chance.random() < 0.35:
        one = (*_ONE, *_PAST_ONE) if past else _ONE
        return chance.choice(one)(drawn(size - 1, propositions, chance, past=past))
    left = chance.randint(1, size - 2)
    two = (*_TWO, ltl.since) if past else _TWO
    return chance.choice(two)(
        drawn(left, propositions, chance, past=past), drawn(size - 1 - left, propositions, chance, past=past)
    )


def at_random(size: int) -> tuple[System, z3.BoolRef]:
    """A random formula of the future over eight propositions."""
    system, propositions = universal(8)
    return system, drawn(size, propositions, random.Random(size))  # noqa: S311


def with_past(size: int) -> tuple[System, z3.BoolRef]:
    """A random formula of the future and the past."""
    system, propositions = universal(8)
    return system, drawn(size, propositions, random.Random(size), past=True)  # noqa: S311


def many_drawn(size: int) -> tuple[System, z3.BoolRef]:
    """That some random formula of 19 nodes, of many, is false."""
    system, propositions = universal(8)
    chance = random.Random(size)  # noqa: S311
    parts = [drawn(19, propositions, chance) for _ in range(max(1, size // 20))]
    return system, z3.Not(z3.And(*parts))


def responses(size: int) -> tuple[System, z3.BoolRef]:
    """Responses one after the other imply that the last cause has the first for its effect: violated."""
    number = max(2, size // 6)
    system, propositions = universal(number)
    parts = [ltl.leads_to(one, other) for one, other in pairwise(propositions)]
    return system, z3.Implies(z3.And(parts), ltl.leads_to(propositions[-1], propositions[0]))


def chain(size: int) -> tuple[System, z3.BoolRef]:
    """Responses one after the other imply the response of the last to the first: it holds."""
    number = max(2, size // 6)
    system, propositions = universal(number)
    parts = [ltl.leads_to(one, other) for one, other in pairwise(propositions)]
    return system, z3.Implies(z3.And(parts), ltl.leads_to(propositions[0], propositions[-1]))


def untils(size: int) -> tuple[System, z3.BoolRef]:
    """That some chain of nested untils, of many, is false: violated."""
    system, propositions = universal(8)
    depth = 40
    made = []
    for number in range(max(1, size // (2 * depth))):
        formula: z3.BoolRef = propositions[number % 8]
        for place in range(min(depth, size // 2)):
            formula = ltl.until(propositions[(place + number) % 8], formula)
        made.append(formula)
    return system, z3.Not(z3.And(made))


def counter(size: int) -> tuple[System, z3.BoolRef]:
    """A binary counter implies that its three lowest bits are never set together: violated; the loop has 2^n steps."""
    bits = max(2, round((size / 12) ** 0.5) + 2)
    system, propositions = universal(bits)
    carry: z3.BoolRef = z3.BoolVal(True)
    parts: list[z3.BoolRef] = [z3.And([z3.Not(bit) for bit in propositions])]
    for bit in propositions:
        parts.append(ltl.always(ltl.next_(bit) == z3.Xor(bit, carry)))
        carry = z3.And(carry, bit)
    return system, z3.Implies(z3.And(parts), ltl.always(z3.Not(z3.And(propositions[:3]))))


Family = Callable[[int], tuple[System, z3.BoolRef]]
"""Makes the question of about so many nodes."""

FAMILIES: dict[str, Family] = {
    "at-random": at_random,
    "with-past": with_past,
    "many-drawn": many_drawn,
    "responses": responses,
    "chain": chain,
    "untils": untils,
    "counter": counter,
}
"""The families of formulas by name."""


@dataclass(frozen=True)
class Measurement:
    """What came of one check: `seconds` of processor time of this process and its workers together."""

    family: str
    size: int
    verdict: str
    by: str
    made: float
    seconds: float


def measured(family: str, size: int, timeout: float) -> Measurement:
    """Check one formula: `made` is the processor time until the search for a lasso can begin, without the search."""
    system, formula = FAMILIES[family](size)
    begun = time.process_time()
    _ = Unrolling.in_digits(Problem(system, formula).saved_loop.transitions)
    made = time.process_time() - begun
    before = _spent()
    verdict = check(system, formula, timeout=timeout)
    return Measurement(family, nodes(formula), word(verdict), getattr(verdict, "engine", ""), made, _spent() - before)


def _spent() -> float:
    """The processor time of this process and of those that it has waited for, in seconds."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


@click.command(context_settings={"show_default": True})
@click.option("--size", "sizes", type=click.IntRange(min=2), multiple=True, default=(250, 1000, 4000), help="May be repeated.")
@click.option("--family", "names", type=click.Choice(tuple(FAMILIES)), multiple=True, default=tuple(FAMILIES))
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), default=20.0, help="Seconds for one check.")
def main(sizes: tuple[int, ...], names: tuple[str, ...], timeout: float) -> None:
    """Measure what a check of a large formula costs; prints the rows of a table."""
    click.echo("| family | nodes | made | check | verdict |\n|---|---|---|---|---|")
    for name in names:
        for size in sizes:
            one = measured(name, size, timeout)
            said = f"{one.verdict} ({one.by})" if one.by else one.verdict
            click.echo(f"| `{one.family}` | {one.size:,} | {one.made:.1f} s | {one.seconds:.1f} s | {said} |")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.formulas")
