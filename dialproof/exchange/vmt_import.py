"""VMT-LIB files read (Cimatti, Griggio, Tonetta, "The VMT-LIB language and tools", 2022): their properties become checks.

The terms are read by z3, with the annotations blanked out so that every line stays where it is; the annotations are read here.
State variables and inputs are Bool or Int. A next value must be determined by the transition relation or bounded by it; where every
value of a variable keeps bounds, which is shown with z3, the variable has a range. An `:invar-property` is about every
state that can be reached, a `:live-property` (from some time on always) and an `:ltl-property` about the infinite runs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import z3

from dialproof import ltl
from dialproof.claims import Claim, PlannedCheck, Variant
from dialproof.encode.transitions import conjunction
from dialproof.errors import ModelError, Place, ScenarioError
from dialproof.exchange.intervals import proved_bounds
from dialproof.exchange.naming import usable_names
from dialproof.exchange.reading import read_text
from dialproof.exchange.relation import OpenValueError, Relation, RelationSystem, as_system
from dialproof.exchange.sexpr import Node, SmtText
from dialproof.terms import rename, subterms
from dialproof.variables import Domain, Kind, Variable

VARIANT = "none"
"""What the only cause is called: a file of this kind knows no faults."""

_LEFT_ALONE = ("set-logic", "set-option", "set-info")
_HINTS = (":named", ":predicate")
"""Annotations that change nothing."""

_ANNOTATIONS = (":next", ":init", ":trans", ":invar-property", ":live-property", ":ltl-property", *_HINTS)

_OPERATORS = {
    "ltl.X": ltl.next_, "ltl.F": ltl.eventually, "ltl.G": ltl.always, "ltl.U": ltl.until, "ltl.R": ltl.release,
    "ltl.Y": ltl.yesterday, "ltl.O": ltl.once, "ltl.H": ltl.historically, "ltl.S": ltl.since,
}  # fmt: skip


def vmt_checks(path: Path) -> list[PlannedCheck]:
    """One check for each property in the VMT-LIB file at `path`. Raises ScenarioError, and InputError where it cannot be read."""
    return _Import(_Script(SmtText(str(path), read_text(path)))).checks()


@dataclass(frozen=True, eq=False)
class _Mark:
    """An annotation of a definition: which one, its value, and what is defined."""

    annotation: str
    value: str
    name: str
    sort: str
    node: Node


@dataclass(frozen=True, eq=False)
class _Annotated:
    """An annotated term."""

    mark: _Mark
    term: z3.ExprRef


class _Script:
    """The commands of a file: what is declared, and every annotated term as z3 reads it."""

    def __init__(self, text: SmtText) -> None:
        self.text = text
        self.declared: dict[str, Node] = {}
        self._sorts = {"Bool": "Bool", "Int": "Int"}
        self._marks: list[_Mark] = []
        self._blank: list[tuple[int, int]] = []
        nodes = text.nodes()
        for node in nodes:
            self._command(node)
        self.annotated = self._annotated()

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
                allowed = "set-logic, set-option, set-info, declare-fun and declare-const without arguments, define-fun, define-sort, (assert true)"
                self.text.refuse(node, f"{found!r} is outside the part of VMT-LIB that is read; allowed: {allowed}")

    def _declare(self, name: Node, sort: Node) -> None:
        self._sort(sort)
        if _unquoted(name.word) in self.declared:
            self.text.refuse(name, f"{name.word} is declared twice")
        self.declared[_unquoted(name.word)] = name

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
                    self._marks.append(_Mark(keyword, value, name, sort, inner))
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

    def _annotated(self) -> list[_Annotated]:
        """The annotated terms, read by z3 from the text without its annotations: every line stays where it is."""
        plain = list(self.text.text)
        for start, end in self._blank:
            plain[start:end] = ["\n" if sign == "\n" else " " for sign in plain[start:end]]
        prelude = "".join(
            f"(declare-fun {name} ({'Bool ' * (2 if name in ('ltl.U', 'ltl.R', 'ltl.S') else 1)}) Bool)" for name in _OPERATORS
        )
        holes = [
            f"(declare-fun |{_HOLE} {n}| () {mark.sort})(assert (= |{_HOLE} {n}| {mark.name}))"
            for n, mark in enumerate(self._marks)
        ]
        try:
            assertions = z3.parse_smt2_string("\n".join([prelude, "".join(plain), *holes]))
        except z3.Z3Exception as problem:
            raise self._misread(problem) from None
        terms = {}
        for assertion in assertions:
            name = assertion.arg(0).decl().name() if z3.is_eq(assertion) else ""
            if name.startswith(_HOLE):
                terms[int(name.removeprefix(_HOLE))] = assertion.arg(1)
        return [_Annotated(mark, terms[n]) for n, mark in enumerate(self._marks)]

    def _misread(self, problem: z3.Z3Exception) -> ScenarioError:
        """What z3 says of the text, which begins a line later for it than in the file."""
        said = problem.args[0].decode() if isinstance(problem.args[0], bytes) else str(problem.args[0])
        found = re.search(r"line (\d+) column (\d+): (.*?)\"?\)?$", said.splitlines()[0])
        if found is None:
            return ScenarioError(((None, f"{self.text.file}: {said}"),))
        return ScenarioError(((Place(self.text.file, int(found[1]) - 1, int(found[2])), found[3]),), self.text.text)


class _Import:
    """A script on its way to a system and claims."""

    def __init__(self, script: _Script) -> None:
        self._script = script
        self._text = script.text
        self._pairs = [one for one in script.annotated if one.mark.annotation == ":next"]
        self._states = {one.term.decl().name(): one for one in self._pairs}
        self._following = {self._next_of(one): name for name, one in self._states.items()}
        self._names = usable_names([name for name in script.declared if name not in self._following], "a variable")
        self._init = self._conjoined(":init")
        self._steps = self._conjoined(":trans")

    def checks(self) -> list[PlannedCheck]:
        """The checks, in the order of the properties. Raises ScenarioError where there is none."""
        kinds = (":invar-property", ":live-property", ":ltl-property")
        asked = [one for one in self._script.annotated if one.mark.annotation in kinds]
        if not asked:
            self._text.refuse(
                Node(0, 1), "there is no :invar-property and no :live-property in this file, and so nothing to check"
            )
        made, pairs = self._system()
        return [self._check(one, made, pairs) for one in asked]

    def _check(self, one: _Annotated, made: RelationSystem, pairs: list[tuple[z3.ExprRef, z3.ExprRef]]) -> PlannedCheck:
        mark, place = one.mark, self._text.place(one.mark.node)
        self._require_state(one)
        (about,) = rename([_translated(one.term)], pairs)
        assert isinstance(about, z3.BoolRef)
        match mark.annotation:
            case ":invar-property":
                system, formula = made.system, ltl.always(about)
            case ":live-property":
                system, formula = made.infinite, ltl.eventually(ltl.always(about))
            case _:
                system, formula = made.infinite, about
        name = (
            mark.name.strip("|")
            if re.match(r"[A-Za-z_]", mark.name.strip("|"))
            else f"{mark.annotation.removeprefix(':')}-{mark.value}"
        )
        said = " ".join(self._text.text[mark.node.start : mark.node.end].split())
        try:
            system.check_formula(formula, mark.annotation)
        except ModelError as refused:
            self._text.refuse(mark.node, str(refused))
        claim = Claim(name, formula, says=said if len(said) <= _LONGEST_SAYING else "", source=f"line {place.line}")
        return PlannedCheck(self._text.file, place.line, name, None, (Variant(VARIANT, system, claim),))

    # --- the system --------------------------------------------------------------------------------------------------

    def _system(self) -> tuple[RelationSystem, list[tuple[z3.ExprRef, z3.ExprRef]]]:
        """The system, and what every constant of the file is called in it."""
        used = {part.decl().name(): part for part in subterms([self._init, self._steps]) if _is_constant(part)}
        used |= {name: one.term for name, one in self._states.items()}
        inputs = {name: term for name, term in used.items() if name not in self._states and name not in self._following}
        integers = {
            name: (term, self._next_term(name) if name in self._states else None)
            for name, term in {**{name: one.term for name, one in self._states.items()}, **inputs}.items()
            if isinstance(term, z3.ArithRef)
        }
        domains = proved_bounds(integers, self._init, self._steps)  # type: ignore[arg-type]  # the next value has the same sort
        variables = {
            name: Variable(self._names[name], domains.get(name, Domain(Kind.BOOLEAN))) for name in (*self._states, *inputs)
        }
        pairs = [(used[name], variable.term) for name, variable in variables.items()]
        relation = Relation(
            variables=tuple(variables[name] for name in self._states),
            following={variables[name].name: self._next_term(name) for name in self._states},
            inputs=tuple(variables[name] for name in inputs),
            init=rename([self._init], pairs)[0],
            everywhere=z3.BoolVal(True),
            steps=tuple(rename([self._steps], pairs)),
            assigned={},
        )
        try:
            return as_system("main", relation), pairs
        except OpenValueError as refused:
            culprit = next(name for name, variable in variables.items() if variable.name == refused.variable)
            self._text.refuse(self._script.declared[culprit], str(refused))
        except ModelError as refused:
            places = [one.mark.node for one in self._script.annotated if one.mark.annotation == ":trans"]
            self._text.refuse(places[0] if places else Node(0, 1), str(refused))

    def _next_of(self, one: _Annotated) -> str:
        """The name of the next value of a state variable."""
        name = _unquoted(one.mark.value)
        if not _is_constant(one.term) or one.term.decl().name() not in self._script.declared:
            self._text.refuse(one.mark.node, ":next stands behind a declared constant only")
        if name not in self._script.declared:
            self._text.refuse(one.mark.node, f":next names {one.mark.value or 'nothing'}, which is not declared")
        return name

    def _next_term(self, name: str) -> z3.ExprRef:
        return z3.Const(_unquoted(self._states[name].mark.value), self._states[name].term.sort())

    def _conjoined(self, annotation: str) -> z3.BoolRef:
        found = [one for one in self._script.annotated if one.mark.annotation == annotation]
        for one in found:
            if not isinstance(one.term, z3.BoolRef):
                self._text.refuse(one.mark.node, f"{annotation} stands behind a truth value only")
            if annotation == ":init":
                self._require_state(one)
        return conjunction([one.term for one in found if isinstance(one.term, z3.BoolRef)])

    def _require_state(self, one: _Annotated) -> None:
        """Raise ScenarioError where a term that is about the state speaks of something else."""
        for part in subterms([one.term]):
            if _is_constant(part) and part.decl().name() not in self._states:
                what = "the next value of a variable" if part.decl().name() in self._following else "an input"
                self._text.refuse(one.mark.node, f"{one.mark.annotation} is about the state; {part.decl().name()} is {what}")


_HOLE = "dialproof.hole"
_LONGEST_SAYING = 200


def _translated(root: z3.ExprRef) -> z3.ExprRef:
    """`root` with our operators in the place of VMT-LIB's."""
    image: dict[int, z3.ExprRef] = {}
    for part in subterms([root]):
        parts = [image[child.get_id()] for child in part.children()]
        operator = _OPERATORS.get(part.decl().name()) if part.decl().kind() == z3.Z3_OP_UNINTERPRETED else None
        image[part.get_id()] = operator(*parts) if operator else _rebuilt(part, parts)
    return image[root.get_id()]


def _rebuilt(part: z3.ExprRef, parts: list[z3.ExprRef]) -> z3.ExprRef:
    """`part` with other operands of the same sorts."""
    same = all(old.eq(new) for old, new in zip(part.children(), parts, strict=True))
    return part if same else z3.substitute(part, *zip(part.children(), parts, strict=True))


def _all(node: Node) -> Iterator[Node]:
    """`node` and everything in it."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(current.items)


def _is_constant(term: z3.ExprRef) -> bool:
    return term.num_args() == 0 and term.decl().kind() == z3.Z3_OP_UNINTERPRETED


def _unquoted(word: str) -> str:
    return word[1:-1] if word.startswith("|") else word
