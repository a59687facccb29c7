"""What a run remembers: of each past operator as much as is needed to tell, at the next position, whether it holds there.

Plain Python for the exhaustive search, which shares nothing with the variables that the symbolic encodings have for the past
(`dialproof.encode.past`). Where an operand speaks of the future, the search guesses its truth at each position, and owes it.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import product

import z3

from dialproof.core import ltl
from dialproof.core.errors import NotApplicable
from dialproof.core.ltl import Normal, normal_form
from dialproof.core.terms import subterms
from dialproof.semantics.evaluate import connect

Memory = tuple[int, ...]
"""One number for each past operator: a truth, or what has passed since its operand held (one more than its limit: too much)."""

Truths = Mapping[int, bool]
"""What is true at a position, by the number of the term: the past operators, and the operands that were guessed."""

Judge = Callable[[z3.BoolRef], bool]
"""The truth of a term without temporal operators at a position."""


MOST = 10
"""How many operands may be guessed at each position; there are as many ways to do so as truths for all of them together."""


class Past:
    """The past operators in some formulas. Raises NotApplicable where more would have to be guessed than can be tried.

    `guesses` are the ways to guess what will be true, each with what is then owed; `debts` is all that can come to be owed.
    """

    def __init__(self, formulas: Sequence[z3.BoolRef]) -> None:
        self._terms = ltl.past_terms(formulas)
        self._names = [ltl.operator(term) for term in self._terms]
        self._limits = [ltl.limit_of(term) for term in self._terms]
        guessed = {part.get_id(): part for term in self._terms for part in ltl.operands(term) if _looks_ahead(part)}
        self._guessed = list(guessed.values())
        if len(self._guessed) > MOST:
            raise NotApplicable(f"the formula speaks of the future of past positions in more than {MOST} places")
        pairs = [(normal_form(part), normal_form(part, negated=True)) for part in self._guessed]
        self.debts: list[Normal] = [debt for pair in pairs for debt in pair]
        self.guesses: list[tuple[tuple[bool, ...], frozenset[Normal]]] = [
            (way, frozenset(pair[0] if value else pair[1] for value, pair in zip(way, pairs, strict=True)))
            for way in product((True, False), repeat=len(pairs))
        ]

    @property
    def start(self) -> Memory:
        """What is remembered at the first position."""
        first = []
        for name, limit in zip(self._names, self._limits, strict=True):
            first.append(limit.bound + 1 if limit is not None else int(name == "historically"))
        return tuple(first)

    def truths(self, memory: Memory, guess: Sequence[bool], judge: Judge) -> Truths:
        """What is true at a position."""
        known = {part.get_id(): value for part, value in zip(self._guessed, guess, strict=True)}
        for term, name, limit, remembered in zip(self._terms, self._names, self._limits, memory, strict=True):
            parts = [holds(part, known, judge) for part in ltl.operands(term)]
            match name, parts:
                case "yesterday", [_]:
                    truth = remembered == 1
                case "once", [part]:
                    truth = part or remembered == 1
                case "historically", [part]:
                    truth = part and remembered == 1
                case "since", [hold, goal]:
                    truth = goal or (hold and remembered == 1)
                case "once_within", [part] if limit is not None:
                    truth = part or remembered <= limit.bound
                case "historically_for", [part] if limit is not None:
                    truth = part and remembered > limit.bound
                case _:
                    raise AssertionError(f"no past operator: {name}")
            known[term.get_id()] = truth
        return known

    def after(self, memory: Memory, truths: Truths, judge: Judge, passed: Callable[[ltl.Limit], int]) -> Memory:
        """What is remembered at the next position."""
        kept = []
        for term, name, limit, remembered in zip(self._terms, self._names, self._limits, memory, strict=True):
            first = holds(ltl.operands(term)[0], truths, judge)
            if limit is not None:
                begins_anew = first == (name == "once_within")
                kept.append(min(limit.bound + 1, passed(limit) + (0 if begins_anew else remembered)))
            else:
                kept.append(int(first if name == "yesterday" else truths[term.get_id()]))
        return tuple(kept)


def holds(term: z3.BoolRef, truths: Truths, judge: Judge) -> bool:
    """Whether `term` is true at a position, given the truth of the past operators and of the guessed operands in it."""
    if term.get_id() in truths:
        return truths[term.get_id()]
    ordered = [(part, [one.get_id() for one in ltl.operands(part)]) for part in subterms([term], stop=truths)]
    temporal: dict[int, bool] = {}
    for part, operands in ordered:
        key = part.get_id()
        temporal[key] = key in truths or ltl.is_operator(part) or any(temporal[one] for one in operands)
    wanted = {term.get_id()}
    for part, operands in reversed(ordered):
        if part.get_id() in wanted and temporal[part.get_id()] and part.get_id() not in truths:
            wanted.update(operands)
    known: dict[int, bool] = {}
    for part, operands in ordered:
        key = part.get_id()
        if key in truths:
            known[key] = truths[key]
        elif key in wanted and isinstance(part, z3.BoolRef):
            known[key] = connect(part, [known[one] for one in operands]) if temporal[key] else judge(part)
    return known[term.get_id()]


def _looks_ahead(term: z3.BoolRef) -> bool:
    """Whether a future operator occurs in `term` that is not below a past one."""
    seen: set[int] = set()
    stack = [term]
    while stack:
        part = stack.pop()
        if part.get_id() in seen or ltl.is_past(part):
            continue
        if ltl.is_operator(part):
            return True
        seen.add(part.get_id())
        stack += ltl.operands(part)
    return False
