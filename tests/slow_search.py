"""The slow search: the product of a small finite system with the negated claim, as simply as it can be said.

The oracle of the oracle: `dialproof.semantics.product` and its neighbours make the same product with numbers, compiled steps and
what was worked out before; this one judges each term anew in each state, keeps every way to pay, and looks for fair components
when all is there. It shares with them the reader, the normal form, and what is remembered of the past.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import networkx as nx
import z3

from dialproof import ltl
from dialproof.core.actions import Fairness, enabled
from dialproof.core.run import Taken
from dialproof.encode.problem import Problem
from dialproof.ltl import Both, Either, Limit, Literal, Next, Normal, Release, Throughout, Until, Within, normal_form
from dialproof.semantics.interpreter import Reader, Values
from dialproof.semantics.past_values import Memory, Past, Truths, holds


@dataclass(frozen=True)
class Node:
    """A state, what is owed in it, and what is remembered of the states before it."""

    values: Values
    owed: frozenset[Normal]
    memory: Memory = ()


@dataclass(frozen=True)
class Edge:
    """A step out of node `source` into node `target`: the action taken, and the marks it earns.

    `marks` holds the numbers of the fairness conditions met: justice conditions first, then (asked, given) pairs.
    """

    source: int
    target: int
    action: Taken | None
    marks: frozenset[int]


_Payment = tuple[frozenset[Normal], frozenset[Normal]]


@dataclass(frozen=True)
class _Position:
    """What is true at a position, `judge` for state terms and `truths` for the past; and what passes in the step out of it."""

    judge: Callable[[z3.BoolRef], bool]
    truths: Truths
    passed: Callable[[Limit], int]

    def is_true(self, literal: Literal) -> bool:
        return holds(literal.term, self.truths, self.judge) if self.truths else self.judge(literal.term)


class ProductGraph:
    """The reachable product of a finite system with the negated claim."""

    def __init__(self, problem: Problem) -> None:
        self.reader = Reader(problem.system)
        self._predicates: dict[int, Callable[[Values, Taken | None], bool]] = {}
        self._judged: dict[tuple[int, Values, Taken | None], bool] = {}
        parts = [normal_form(assumption.formula) for assumption in problem.system.assumptions] + [problem.negation]
        start = frozenset(parts)
        self._past = Past([problem.formula, *(assumption.formula for assumption in problem.system.assumptions)])
        weak = [action for action in problem.system.actions if action.fairness is Fairness.WEAK]
        strong = [action for action in problem.system.actions if action.fairness is Fairness.STRONG]
        untils = {repr(until): until for part in (*parts, *self._past.debts) for until in _untils(part)}
        self._untils = [untils[text] for text in sorted(untils)]  # in the same order in each run
        self._weak = [(action.name, self.reader.predicate(enabled(action))) for action in weak]
        self._strong = [(action.name, self.reader.predicate(enabled(action))) for action in strong]
        self.justice = list(range(len(self._untils) + len(self._weak)))
        first = len(self.justice)
        self.compassion = [(first + 2 * number, first + 2 * number + 1) for number in range(len(strong))]
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.leaving: list[list[int]] = []
        self.initial = self._explore(start)

    def _explore(self, start: frozenset[Normal]) -> list[int]:
        index: dict[Node, int] = {}

        def number_of(node: Node) -> int:
            if node not in index:
                index[node] = len(self.nodes)
                self.nodes.append(node)
                self.leaving.append([])
            return index[node]

        initial = [number_of(Node(values, start, self._past.start)) for values in self.reader.initial_states()]
        done = 0
        while done < len(self.nodes):
            node = self.nodes[done]
            events: list[tuple[Taken | None, Values]] = [*self.reader.events(node.values)]
            if not events:
                events = [(None, node.values)]
            for action, after in events:
                for memory, (carried, postponed) in self._ways(node, action, after):
                    target = number_of(Node(after, carried, memory))
                    self.leaving[done].append(len(self.edges))
                    self.edges.append(Edge(done, target, action, self._marks(node.values, action, postponed)))
            done += 1
        return initial

    def _ways(self, node: Node, action: Taken | None, after: Values) -> Iterator[tuple[Memory, _Payment]]:
        """Each way to go on from `node` by one event: what is remembered then, and how what is owed is paid."""
        judge = partial(self._judge, node.values, action)
        passed = partial(self._passed, node.values, after)
        for guess, owed in self._past.guesses:
            truths = self._past.truths(node.memory, guess, judge)
            memory = self._past.after(node.memory, truths, judge, passed)
            for payment in self._payments(node.owed | owed, _Position(judge, truths, passed)):
                yield memory, payment

    def _payments(self, owed: frozenset[Normal], position: _Position) -> set[_Payment]:
        """Each way to pay `owed` at this position: what is then owed from the next one on, and which `until` is put off.

        An `until` may be owed from the next position on without being put off: because a `next` asks for it there.
        """
        ways: set[_Payment] = set()
        stack: list[tuple[tuple[Normal, ...], frozenset[Normal], frozenset[Normal]]] = [(tuple(owed), frozenset(), frozenset())]
        while stack:
            debts, carried, postponed = stack.pop()
            if not debts:
                ways.add((carried, postponed))
                continue
            debt, rest = debts[0], debts[1:]
            match debt:
                case Literal():
                    if position.is_true(debt):
                        stack.append((rest, carried, postponed))
                case Both(parts):
                    stack.append(((*parts, *rest), carried, postponed))
                case Either(parts):
                    stack += [((part, *rest), carried, postponed) for part in parts]
                case Next(part):
                    stack.append((rest, carried | {part}, postponed))
                case Until(hold, goal):
                    stack.append(((goal, *rest), carried, postponed))
                    stack.append(((hold, *rest), carried | {debt}, postponed | {debt}))
                case Release(free, keep):
                    stack.append(((keep, free, *rest), carried, postponed))
                    stack.append(((keep, *rest), carried | {debt}, postponed))
                case Within(goal, limit):
                    stack.append(((goal, *rest), carried, postponed))
                    left = limit.bound - position.passed(limit)
                    if left >= 0:
                        shorter = Within(goal, Limit(left, limit.clock))
                        stack.append((rest, carried | {shorter}, postponed | {_whatever_is_left(debt)}))
                case Throughout(keep, limit):
                    left = limit.bound - position.passed(limit)
                    longer = {Throughout(keep, Limit(left, limit.clock))} if left >= 0 else set()
                    stack.append(((keep, *rest), carried | longer, postponed))
        return ways

    def _judge(self, values: Values, action: Taken | None, term: z3.BoolRef) -> bool:
        key = (term.get_id(), values, action)
        if key not in self._judged:
            if term.get_id() not in self._predicates:
                self._predicates[term.get_id()] = self.reader.predicate(term)
            self._judged[key] = self._predicates[term.get_id()](values, action)
        return self._judged[key]

    def _passed(self, before: Values, after: Values, limit: Limit) -> int:
        """What passes in a step: one step, or the time on a clock."""
        if limit.clock is None:
            return 1
        place = self.reader.names[limit.clock]
        earlier, later = before[place], after[place]
        assert isinstance(earlier, int)
        assert isinstance(later, int)
        return ltl.time_passed(earlier, later, self.reader.system.variable(limit.clock).domain)

    def _marks(self, values: Values, action: Taken | None, postponed: frozenset[Normal]) -> frozenset[int]:
        taken_ = None if action is None else action.name
        met = {number for number, until in enumerate(self._untils) if until not in postponed}
        first = len(self._untils)
        met |= {first + n for n, (name, may) in enumerate(self._weak) if taken_ == name or not may(values, action)}
        for (asked, given), (name, may) in zip(self.compassion, self._strong, strict=True):
            met |= {asked} if may(values, action) else set()
            met |= {given} if taken_ == name else set()
        return frozenset(met)

    def fair_positions(self) -> set[int]:
        """The edges that lie on or lead to a fair loop, as the greatest set closed under the feasibility conditions."""
        kept = set(range(len(self.edges)))
        while True:
            before = len(kept)
            for mark in self.justice:
                kept &= self._reaching(kept, {edge for edge in kept if mark in self.edges[edge].marks})
            for asked, given in self.compassion:
                good = self._reaching(kept, {edge for edge in kept if given in self.edges[edge].marks})
                kept = {edge for edge in kept if asked not in self.edges[edge].marks or edge in good}
            sources = {self.edges[edge].source for edge in kept}
            kept = {edge for edge in kept if self.edges[edge].target in sources}
            if len(kept) == before:
                return kept

    def _reaching(self, within: set[int], goal: set[int]) -> set[int]:
        """The edges of `within` from which an edge of `goal` is reached without leaving `within`."""
        arriving: dict[int, list[int]] = {}
        for edge in within:
            arriving.setdefault(self.edges[edge].target, []).append(edge)
        found = set(goal)
        stack = list(goal)
        while stack:
            for edge in arriving.get(self.edges[stack.pop()].source, ()):
                if edge not in found:
                    found.add(edge)
                    stack.append(edge)
        return found


def _untils(formula: Normal) -> list[Normal]:
    """What in `formula` could be put off for ever: each `until`, and what is owed within a time, which may stand still."""
    found: list[Normal] = []
    for part in ltl.all_parts(formula):
        match part:
            case Until():
                found.append(part)
            case Within(_, Limit(clock=str())):
                found.append(_whatever_is_left(part))
    return found


def _whatever_is_left(debt: Within) -> Within:
    """The same debt under one name, however much of its limit is left."""
    return Within(debt.goal, Limit(0, debt.limit.clock))


def is_violated(problem: Problem) -> bool:
    """True if some fair run under the assumptions violates the claim. The components and the fixpoint must agree on it."""
    graph = ProductGraph(problem)
    found = next(fair_components(graph), None) is not None
    assert found == bool(graph.fair_positions())
    return found


def fair_components(graph: ProductGraph) -> Iterator[list[int]]:
    """The edges of each fair component."""
    pending = [list(range(len(graph.edges)))]
    while pending:
        arena = pending.pop()
        arrows = nx.DiGraph()
        arrows.add_edges_from((graph.edges[edge].source, graph.edges[edge].target) for edge in arena)
        component = {node: number for number, nodes in enumerate(nx.strongly_connected_components(arrows)) for node in nodes}
        inside: dict[int, list[int]] = {}
        for edge in arena:
            home = component[graph.edges[edge].source]
            if home == component[graph.edges[edge].target]:
                inside.setdefault(home, []).append(edge)
        for members in inside.values():
            met = frozenset().union(*(graph.edges[edge].marks for edge in members))
            if not met.issuperset(graph.justice):
                continue
            missing = {asked for asked, given in graph.compassion if asked in met and given not in met}
            if not missing:
                yield members
                continue
            rest = [edge for edge in members if not missing & graph.edges[edge].marks]
            if rest:
                pending.append(rest)
