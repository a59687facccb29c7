"""Hints for a response proof: what somebody who knows a system thinks that makes it progress.

Hints are candidates and nothing more. Where they make a proof, the audit says so, as of any other proof; where they do not, the
verdict is Unknown, and its reason shows the premise that fails as a step of the system. No hint can make a claim true.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import z3

from dialproof.core.actions import Action
from dialproof.core.certificates import Case
from dialproof.core.display import counted, one_line
from dialproof.core.errors import ModelError
from dialproof.core.ltl.parts import conjuncts
from dialproof.core.system import System
from dialproof.core.terms import check_terms


@dataclass(frozen=True, eq=False)
class Helpful:
    """In `region`, while the response is owed, taking `action` makes `rank` smaller, and no other step makes it larger.

    `action` is a fair action, its name, or "dialproof.assumed " with the name of an assumption; None says that every step makes
    the rank smaller. `rank` is an integer term or several, compared from left to right, none of them negative in the region.
    Where `action` is strongly fair and not always enabled, `inner` says why it is enabled again and again.
    """

    action: Action | str | None
    region: z3.BoolRef | bool = True
    rank: z3.ArithRef | int | Sequence[z3.ArithRef | int] = 0
    inner: Sequence["Helpful"] = ()

    def __repr__(self) -> str:
        name = self.action.name if isinstance(self.action, Action) else self.action
        rank = self.rank if isinstance(self.rank, Sequence) else (self.rank,)
        said = f"rank ({', '.join(str(number) for number in rank)})"
        return one_line("Helpful", name or "every step", said, counted(len(self.inner), "inner case"))


@dataclass(frozen=True, eq=False)
class Hints:
    """What may help to prove that something is reached.

    `invariant` is thought to hold in every reachable state. `cases` are a whole proof; without them `predicates` tell states
    apart and `ranks` are integers that become smaller, and the engine looks for the rest. `parts` are hints for parts of the
    claim: the part (a conjunct, as it stands in the claim), and what is thought of it, in the place of all else.
    """

    invariant: z3.BoolRef | bool = True
    cases: Sequence[Helpful] = ()
    predicates: Sequence[z3.BoolRef] = ()
    ranks: Sequence[z3.ArithRef] = ()
    parts: Sequence["tuple[z3.BoolRef, Hints]"] = ()

    def __repr__(self) -> str:
        given = "" if self.invariant is True else "an invariant"
        counts = ((self.cases, "case"), (self.predicates, "predicate"), (self.ranks, "rank"), (self.parts, "part"))
        return one_line("Hints", given, *(counted(len(found), what) for found, what in counts))

    def stated(self, system: System) -> "StatedHints":
        """The hints as text. Raises ModelError where they speak of anything but the variables of `system`."""
        for part in (self.invariant, *self.predicates):
            _check(system, part, z3.BoolRef | bool)
        for number in self.ranks:
            _check(system, number, z3.ArithRef | int)
        return StatedHints(
            _text(self.invariant),
            tuple(_case(system, case) for case in self.cases),
            tuple(_text(one) for one in self.predicates),
            tuple(_text(one) for one in self.ranks),
            tuple((part.sexpr(), hints.stated(system)) for whole, hints in self.parts for part in conjuncts(whole)),
        )


@dataclass(frozen=True)
class StatedHints:
    """Hints as SMT-LIB terms, which cross processes and can be compared."""

    invariant: str = "true"
    cases: tuple[Case, ...] = ()
    predicates: tuple[str, ...] = ()
    ranks: tuple[str, ...] = ()
    parts: tuple[tuple[str, "StatedHints"], ...] = ()

    def about(self, part: z3.BoolRef) -> "StatedHints":
        """What is hinted of this part of the claim."""
        if not self.parts:
            return self
        return dict(self.parts).get(part.sexpr(), StatedHints())


def _case(system: System, hint: Helpful) -> Case:
    rank = tuple(hint.rank) if isinstance(hint.rank, Sequence) else (hint.rank,)
    _check(system, hint.region, z3.BoolRef | bool)
    for number in rank:
        _check(system, number, z3.ArithRef | int)
    helpful = "" if hint.action is None else hint.action if isinstance(hint.action, str) else hint.action.name
    inner = tuple(_case(system, one) for one in hint.inner)
    return Case(_text(hint.region), tuple(_text(number) for number in rank), helpful, inner)


def _check(system: System, term: object, kind: object) -> None:
    wanted = "an integer" if kind == z3.ArithRef | int else "a Boolean"
    if not isinstance(term, kind) or (isinstance(term, bool) and wanted == "an integer"):  # type: ignore[arg-type]  # a union
        raise ModelError(f"a hint for system {system.name!r} must be {wanted} term over its variables; found {term!r}")
    if isinstance(term, z3.ExprRef):
        known = system.constants
        check_terms(
            [term],
            f"a hint for system {system.name!r}",
            lambda name, part: name in known and known[name].eq(part),
        )


def _text(term: z3.ExprRef | bool | int) -> str:
    if isinstance(term, bool):
        return "true" if term else "false"
    return z3.IntVal(term).sexpr() if isinstance(term, int) else term.sexpr()
