"""VMT-LIB files read (Cimatti, Griggio, Tonetta, "The VMT-LIB language and tools", 2022): their properties become checks.

State variables and inputs are Bool or Int. A next value must be determined by the transition relation or bounded by it; where
every value of a variable keeps bounds, which is shown with z3, the variable has a range. An `:invar-property` is about every
state that can be reached, a `:live-property` (from some time on always) and an `:ltl-property` about the infinite runs.
"""

import re
from pathlib import Path

import z3

from dialproof.core import ltl
from dialproof.core.claims import Claim, OneSystem
from dialproof.core.errors import ModelError
from dialproof.core.plan import PlannedCheck
from dialproof.core.terms import rename, subterms
from dialproof.core.variables import Domain, Kind, Variable
from dialproof.encode.transitions import conjunction
from dialproof.exchange.foreign_text import read_text
from dialproof.exchange.intervals import proved_bounds
from dialproof.exchange.naming import usable_names
from dialproof.exchange.relation import Relation, RelationSystem, as_system
from dialproof.exchange.vmt.script import OPERATORS, Annotated, Script, unquoted
from dialproof.exchange.vmt.sexpr import Node, SmtText

VARIANT = "none"
"""What the only cause is called: a file of this kind knows no faults."""

_LONGEST_SAYING = 200


def vmt_checks(path: Path) -> list[PlannedCheck]:
    """One check for each property in the VMT-LIB file at `path`. Raises ScenarioError, and InputError where it cannot be read."""
    return checks_in(SmtText(str(path), read_text(path)))


def checks_in(text: SmtText) -> list[PlannedCheck]:
    """The same for a text. Raises ScenarioError."""
    return _Import(Script(text)).checks()


class _Import:
    """A script on its way to a system and claims."""

    def __init__(self, script: Script) -> None:
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

    def _check(self, one: Annotated, made: RelationSystem, pairs: list[tuple[z3.ExprRef, z3.ExprRef]]) -> PlannedCheck:
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
        return PlannedCheck(self._text.file, place.line, name, None, (OneSystem(VARIANT, system, claim),))

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
        except ModelError as refused:
            places = [one.mark.node for one in self._script.annotated if one.mark.annotation == ":trans"]
            self._text.refuse(places[0] if places else Node(0, 1), str(refused))

    def _next_of(self, one: Annotated) -> str:
        """The name of the next value of a state variable."""
        name = unquoted(one.mark.value)
        if not _is_constant(one.term) or one.term.decl().name() not in self._script.declared:
            self._text.refuse(one.mark.node, ":next stands behind a declared constant only")
        if name not in self._script.declared:
            self._text.refuse(one.mark.node, f":next names {one.mark.value or 'nothing'}, which is not declared")
        return name

    def _next_term(self, name: str) -> z3.ExprRef:
        return z3.Const(unquoted(self._states[name].mark.value), self._states[name].term.sort())

    def _conjoined(self, annotation: str) -> z3.BoolRef:
        found = [one for one in self._script.annotated if one.mark.annotation == annotation]
        for one in found:
            if not isinstance(one.term, z3.BoolRef):
                self._text.refuse(one.mark.node, f"{annotation} stands behind a truth value only")
            if annotation == ":init":
                self._require_state(one)
        return conjunction([one.term for one in found if isinstance(one.term, z3.BoolRef)])

    def _require_state(self, one: Annotated) -> None:
        """Raise ScenarioError where a term that is about the state speaks of something else."""
        for part in subterms([one.term]):
            if _is_constant(part) and part.decl().name() not in self._states:
                what = "the next value of a variable" if part.decl().name() in self._following else "an input"
                self._text.refuse(one.mark.node, f"{one.mark.annotation} is about the state; {part.decl().name()} is {what}")


def _translated(root: z3.ExprRef) -> z3.ExprRef:
    """`root` with our operators in the place of VMT-LIB's."""
    image: dict[int, z3.ExprRef] = {}
    for part in subterms([root]):
        parts = [image[child.get_id()] for child in part.children()]
        operator = OPERATORS.get(part.decl().name()) if part.num_args() > 0 else None
        image[part.get_id()] = operator(*parts) if operator else _rebuilt(part, parts)
    return image[root.get_id()]


def _rebuilt(part: z3.ExprRef, parts: list[z3.ExprRef]) -> z3.ExprRef:
    """`part` with other operands of the same sorts."""
    same = all(old.eq(new) for old, new in zip(part.children(), parts, strict=True))
    return part if same else z3.substitute(part, *zip(part.children(), parts, strict=True))


def _is_constant(term: z3.ExprRef) -> bool:
    return term.num_args() == 0 and term.decl().kind() == z3.Z3_OP_UNINTERPRETED
