"""`python -m benchmarks.formulas`: what a large formula costs, asked of the universal system, in which everything can happen.

The universal system has one action with a Boolean parameter for each proposition, to which the proposition is set: each sequence
of truths is a run. What is asked of it is whether a formula is valid, from the second position on.
"""

import random
from collections.abc import Callable

import z3

from dialproof import ltl
from dialproof.system import Action, System
from dialproof.variables import Boolean, boolean


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
    system, propositions = universal(8)
    return system, drawn(size, propositions, random.Random(size))  # noqa: S311


def with_past(size: int) -> tuple[System, z3.BoolRef]:
    system, propositions = universal(8)
    return system, drawn(size, propositions, random.Random(size), past=True)  # noqa: S311


def many_drawn(size: int) -> tuple[System, z3.BoolRef]:
    """A conjunction of random formulas of some 20 nodes each, implied to lead to another such."""
    system, propositions = universal(8)
    chance = random.Random(size)  # noqa: S311
    parts = [drawn(19, propositions, chance) for _ in range(max(1, size // 20))]
    return system, z3.Not(z3.And(*parts))


def responses(size: int) -> tuple[System, z3.BoolRef]:
    """`[](p0 -> <>p1)` and so on round, of which the last is missing in what is implied: violated."""
    number = max(2, size // 6)
    system, propositions = universal(number)
    parts = [ltl.leads_to(one, other) for one, other in zip(propositions, propositions[1:], strict=False)]
    return system, z3.Implies(z3.And(parts), ltl.leads_to(propositions[-1], propositions[0]))


def chain(size: int) -> tuple[System, z3.BoolRef]:
    """Responses one after the other imply the response of the last to the first: it holds."""
    number = max(2, size // 6)
    system, propositions = universal(number)
    parts = [ltl.leads_to(one, other) for one, other in zip(propositions, propositions[1:], strict=False)]
    return system, z3.Implies(z3.And(parts), ltl.leads_to(propositions[0], propositions[-1]))


def untils(size: int) -> tuple[System, z3.BoolRef]:
    """`!(p0 U (p1 U (p2 ...)))` and a disjunction of such."""
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
    """A binary counter written as a formula: no run counts and never has all bits set. Violations are 2^n long otherwise."""
    bits = max(2, round((size / 12) ** 0.5) + 2)
    system, propositions = universal(bits)
    carry: z3.BoolRef = z3.BoolVal(True)
    parts: list[z3.BoolRef] = [z3.And([z3.Not(bit) for bit in propositions])]
    for bit in propositions:
        parts.append(ltl.always(ltl.next_(bit) == z3.Xor(bit, carry)))
        carry = z3.And(carry, bit)
    return system, z3.Implies(z3.And(parts), ltl.always(z3.Not(z3.And(propositions[:3]))))


FAMILIES = {f.__name__: f for f in (at_random, with_past, many_drawn, responses, chain, untils, counter)}
