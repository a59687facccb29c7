"""The states of a response that is owed, told apart by predicates, and the steps between them; found by asking a solver for each.

What is found holds of every step, whatever the predicates leave open: a step of the graph stands for at least one step from a
state that satisfies the invariant (Graf and Saidi, "Construction of abstract state graphs with PVS", 1997). Nothing is believed:
the cases that are made from the graph are checked premise by premise.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import z3

from dialproof.encode.response import Response
from dialproof.encode.transitions import conjunction, disjunction
from dialproof.engines.limits import QUESTION_RLIMIT
from dialproof.engines.response.predicates import Vocabulary
from dialproof.engines.response.ranking import Condition, Edge, Node
from dialproof.engines.solving import ask, fresh_solver

MOST_NODES, MOST_EDGES = 150, 2000
"""How large a graph may become before it is given up."""


class TooMuchError(Exception):
    """The graph is too large, or a question too hard; says which."""


@dataclass(frozen=True, eq=False)
class Graph:
    """The nodes that a response that is owed can be in, and the steps that it can take between them."""

    nodes: frozenset[Node]
    edges: tuple[Edge, ...]


class Abstraction:
    """A response seen through a vocabulary, given an invariant."""

    def __init__(self, response: Response, words: Vocabulary, invariant: z3.BoolRef, fair: Sequence[str]) -> None:
        """`fair` names the fairness conditions that are looked at."""
        self.response, self.words, self.invariant = response, words, invariant
        form = response.transitions
        wanted = set(fair)
        weak = [(name, condition, z3.BoolVal(True)) for name, condition in form.justice if name in wanted]
        strong = [(name, given, asked) for name, asked, given in form.compassion if name in wanted]
        self.conditions = [Condition(name, False) for name, *_ in weak] + [Condition(name, True) for name, *_ in strong]
        self._after = [response.after(predicate) for predicate in words.predicates]
        self._met = [met for _, met, _ in (*weak, *strong)]
        self._asks = [asks for _, _, asks in (*weak, *strong)]
        later = [response.number_after(number) for number in words.numbers]
        self._down = [after < now for after, now in zip(later, words.numbers, strict=True)]
        self._up = [after > now for after, now in zip(later, words.numbers, strict=True)]

    def graph(self) -> Graph:
        """The graph. Raises TooMuchError."""
        response = self.response
        due = response.transitions.init if response.at_start else self.invariant
        entering, after = self._solver([due, response.cause, response.barren], self._after)
        waiting = list(self._answers(entering, after, MOST_NODES))
        questions = [*self._after, *self._met, *self._asks, *self._down, *self._up]
        stepping, bits = self._solver([self.invariant, response.barren], questions)
        nodes: set[Node] = set(waiting)
        edges: list[Edge] = []
        while waiting:
            node = waiting.pop()
            stepping.push()
            stepping.add(self.cube(node))
            for answer in self._answers(stepping, bits, MOST_EDGES - len(edges)):
                edge = self._edge(node, answer)
                edges.append(edge)
                if edge.end not in nodes:
                    nodes.add(edge.end)
                    waiting.append(edge.end)
            stepping.pop()
            if len(nodes) > MOST_NODES:
                raise TooMuchError(f"more than {MOST_NODES} kinds of states")
        return Graph(frozenset(nodes), tuple(dict.fromkeys(edges)))

    def cube(self, node: Node) -> z3.BoolRef:
        """That a state is of the kind `node`."""
        chosen = zip(self.words.predicates, node, strict=True)
        return conjunction([predicate if truth else z3.Not(predicate) for predicate, truth in chosen])

    def bounded(self, nodes: frozenset[Node], place: int) -> int | None:
        """What has to be added to a number so that it is never negative at `nodes`; None where no small number is enough."""
        solver = self._plain(
            [self.invariant, self.response.transitions.ranges, disjunction([self.cube(node) for node in sorted(nodes)])]
        )
        number = self.words.numbers[place]
        return next((offset for offset in (0, 1, 2) if ask(solver, number + offset < 0) == z3.unsat), None)

    def region(self, nodes: frozenset[Node]) -> z3.BoolRef:
        """A condition for `nodes`: every predicate that can be left out is left out, where the invariant holds."""
        exact = disjunction([self.cube(node) for node in sorted(nodes)])
        outside = self._plain([self.invariant, self.response.transitions.ranges, z3.Not(exact)])
        left, parts = set(nodes), []
        while left:
            node = min(left)
            literals = [
                predicate if truth else z3.Not(predicate) for predicate, truth in zip(self.words.predicates, node, strict=True)
            ]
            places = list(range(len(literals)))
            for place in range(len(literals)):
                fewer = [one for one in places if one != place]
                if ask(outside, conjunction([literals[one] for one in fewer])) == z3.unsat:
                    places = fewer
            parts.append(conjunction([literals[place] for place in places]))
            left = {other for other in left if any(other[place] != node[place] for place in places)}
        return disjunction(parts)

    def _edge(self, start: Node, answer: Node) -> Edge:
        parts: list[Node] = []
        for group in (self._after, self._met, self._asks, self._down, self._up):
            parts.append(answer[: len(group)])
            answer = answer[len(group) :]
        end, met, asks, down, up = parts
        return Edge(start, end, met, asks, tuple(rises - falls for falls, rises in zip(down, up, strict=True)))

    def _plain(self, parts: Sequence[z3.BoolRef]) -> z3.Solver:
        solver = fresh_solver(QUESTION_RLIMIT)
        solver.add(*parts)
        return solver

    def _solver(self, parts: Sequence[z3.BoolRef], questions: Sequence[z3.BoolRef]) -> tuple[z3.Solver, list[z3.BoolRef]]:
        """A solver for `parts`, with a constant for the truth of each of `questions`."""
        solver = self._plain(parts)
        bits = [z3.Bool(f"dialproof.question {place}") for place in range(len(questions))]
        solver.add(*(bit == question for bit, question in zip(bits, questions, strict=True)))
        return solver, bits

    def _answers(self, solver: z3.Solver, bits: Sequence[z3.BoolRef], most: int) -> Iterator[Node]:
        """Every combination of truths of `bits` that is possible. Raises TooMuchError where there are more than `most`."""
        solver.push()
        for _ in range(most):
            answer = ask(solver)
            if answer == z3.unsat:
                solver.pop()
                return
            if answer == z3.unknown:
                raise TooMuchError(f"a question that the solver does not answer ({solver.reason_unknown()})")
            model = solver.model()
            truths = tuple(z3.is_true(model.eval(bit, model_completion=True)) for bit in bits)
            yield truths
            solver.add(disjunction([z3.Not(bit) if truth else bit for bit, truth in zip(bits, truths, strict=True)]))
        raise TooMuchError(f"more than {most} kinds of steps or states")
