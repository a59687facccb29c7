"""The commands of a VMT-LIB file: what is declared, and every annotated term as z3 reads it.

z3 reads the terms from the text with the annotations blanked out, so that every line stays where it is; the annotations are read
here. What is no command or annotation of the format is refused: nothing is skipped.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import z3

from dialproof.core import ltl
from dialproof.core.errors import Place, ScenarioError
from dialproof.exchange.vmt.sexpr import Node, SmtText

_HINTS = (":named", ":predicate")
"""Annotations that change nothing."""

_ANNOTATIONS = (":next", ":init", ":trans", ":invar-property", ":live-property", ":ltl-property", *_HINTS)

OPERATORS: dict[str, Callable[..., z3.BoolRef]] = {
    "ltl.X": ltl.next_, "ltl.F": ltl.eventually, "ltl.G": ltl.always, "ltl.U": ltl.until, "ltl.R": ltl.release,
    "ltl.Y": ltl.yesterday, "ltl.O": ltl.once, "ltl.H": ltl.historically, "ltl.S": ltl.since,
}  # fmt: skip
"""The temporal operators of VMT-LIB's extension for linear temporal logic."""


_HOLE = "dialproof.hole"


@dataclass(frozen=True, eq=False)
class Mark:
    """An annotation of a definition: which one, its value, and what is defined."""

    annotation: str
    value: str
    name: str
    sort: str
    node: Node


@dataclass(frozen=True, eq=False)
class Annotated:
    """An annotated term."""

    mark: Mark
    term: z3.ExprRef


class Script:
    """The commands of a file: what is declared, and every annotated term as z3 reads it."""

    def __init__(self, text: SmtText) -> None:
        self.text = text
        self.declared: dict[str, Node] = {}
        self._sorts = {"Bool": "Bool", "Int": "Int"}
        self._marks: list[Mark] = []
        self._blank: list[tuple[int, int]] = []
        nodes = text.nodes()
        for node in nodes:
            self._command(node)
        self.annotated = self._read()

    def _command(self, node: Node) -> None:
        match node.head, node.items:
            case (("set-logic" | "set-option" | "set-info"), _):
                self._blank.append((node.start, node.end))
            case "declare-const", (_, name, sort):
                self._declare(name, sort)
            case "declare-fun", (_, name, Node(parts=()), sort):
                self._declare(name, sort)
            case "define-sort", (_, name, Node(parts=()), sort):
                self._sorts[name.word] = self._sort(sort)
            case "define-fun", (_, name, Node(parts=tuple() as given), sort, body):
                for argument in given:
                    self._sort(argument.items[-1] if argument.items else argument)
                self._definition(name.word, self._sort(sort), body, has_arguments=bool(given))
            case "assert", (_, Node(word="true")):
                pass
            case _:
                found = node.head or self.text.text[node.start : node.end][:20]
                allowed = "set-logic, set-option, set-info, declare-fun (), declare-const, define-fun, define-sort, (assert true)"
                self.text.refuse(node, f"{found!r} is outside the part of VMT-LIB that is read; allowed: {allowed}")

    def _declare(self, name: Node, sort: Node) -> None:
        self._sort(sort)
        if unquoted(name.word) in self.declared:
            self.text.refuse(name, f"{name.word} is declared twice")
        self.declared[unquoted(name.word)] = name

    def _sort(self, sort: Node) -> str:
        if sort.word not in self._sorts:
            written = " ".join(self.text.text[sort.start : sort.end].split())
            self.text.refuse(sort, f"the sort {written} is outside the part of VMT-LIB that is read: variables are Bool or Int")
        return self._sorts[sort.word]

    def _definition(self, name: str, sort: str, body: Node, *, has_arguments: bool) -> None:
        inner = body
        while inner.head == "!" and len(inner.items) > 1:
            _, term, *attributes = inner.items
            for keyword, value in self._attributes(attributes):
                if has_arguments and keyword not in _HINTS:
                    self.text.refuse(inner, f"{keyword} stands behind a term with arguments; annotate a term without any")
                if keyword not in _HINTS:
                    self._marks.append(Mark(keyword, value, name, sort, inner))
            self._blank += [(inner.start, term.start), (term.end, inner.end)]
            inner = term
        for node in _all(inner):
            if node.head == "!":
                self.text.refuse(
                    node, "an annotation is read on the whole of a definition only: give this term a definition of its own"
                )

    def _attributes(self, nodes: list[Node]) -> Iterator[tuple[str, str]]:
        """Keywords with their values; the value may be missing."""
        place = 0
        while place < len(nodes):
            keyword = nodes[place]
            if keyword.word not in _ANNOTATIONS:
                self.text.refuse(
                    keyword, f"{keyword.word or 'this'} is no annotation that is read; allowed: {', '.join(_ANNOTATIONS)}"
                )
            has_value = place + 1 < len(nodes) and not nodes[place + 1].word.startswith(":")
            yield keyword.word, nodes[place + 1].word if has_value else ""
            place += 2 if has_value else 1

    def _read(self) -> list[Annotated]:
        """The annotated terms, read by z3 from the text without its annotations: every line stays where it is."""
        plain = list(self.text.text)
        for start, end in self._blank:
            plain[start:end] = ["\n" if sign == "\n" else " " for sign in plain[start:end]]
        prelude = "".join(
            f"(declare-fun {name} ({'Bool ' * (2 if name in ('ltl.U', 'ltl.R', 'ltl.S') else 1)}) Bool)" for name in OPERATORS
        )
        names = [f"{_HOLE} {n}" for n, _ in enumerate(self._marks)]
        holes = [
            f"(declare-fun |{name}| () {mark.sort})(assert (= |{name}| {mark.name}))"
            for name, mark in zip(names, self._marks, strict=True)
        ]
        try:
            assertions = z3.parse_smt2_string("\n".join([prelude, "".join(plain), *holes]))
        except z3.Z3Exception as problem:
            raise self._misread(problem) from None
        terms = {one.arg(0).decl().name(): one.arg(1) for one in assertions if z3.is_eq(one)}
        return [Annotated(mark, terms[name]) for name, mark in zip(names, self._marks, strict=True)]

    def _misread(self, problem: z3.Z3Exception) -> ScenarioError:
        """What z3 says of the text, which begins a line later for it than in the file."""
        said = problem.args[0].decode() if isinstance(problem.args[0], bytes) else str(problem.args[0])
        found = re.search(r"line (\d+) column (\d+): (.*?)\"?\)?$", said.splitlines()[0])
        if found is None:
            return ScenarioError(((None, f"{self.text.file}: {said}"),))
        return ScenarioError(((Place(self.text.file, int(found[1]) - 1, int(found[2])), found[3]),), self.text.text)


def _all(node: Node) -> Iterator[Node]:
    """`node` and everything in it."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(current.items)


def unquoted(word: str) -> str:
    """A symbol without the bars that may stand around it."""
    return word[1:-1] if word.startswith("|") else word
