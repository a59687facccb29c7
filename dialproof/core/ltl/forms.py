"""Formulas in negation normal form as data: negation stands only inside literals."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

import z3

from dialproof.core.ltl.operators import Limit, is_operator, is_past
from dialproof.core.terms import subterms


@dataclass(frozen=True, eq=False)
class _Form(ABC):
    """What all forms have in common. Two are equal if they are made alike of the same terms; that is told by `digest`.

    Parts may be shared, many times over: to compare or to hash a form part by part could take time without end.
    """

    digest: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", blake2b(b"|".join([type(self).__name__.encode(), *self._made_of()])).digest())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Form) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.digest.hex()})"

    @abstractmethod
    def _made_of(self) -> list[bytes]:
        """What tells the form from others of its kind."""


@dataclass(frozen=True, eq=False, repr=False)
class Literal(_Form):
    """A Boolean term without future operators, except below past ones. Two are equal if their terms are the same term."""

    term: z3.BoolRef

    def _made_of(self) -> list[bytes]:
        return [b"%d" % self.term.get_id()]  # the term is kept, so that no other one gets its number

    @classmethod
    def of(cls, term: z3.BoolRef) -> "Literal":
        """The literal of `term`."""
        return cls(term)


@dataclass(frozen=True, eq=False, repr=False)
class Both(_Form):
    """All of `parts` hold."""

    parts: tuple["Normal", ...]

    def _made_of(self) -> list[bytes]:
        return [part.digest for part in self.parts]


@dataclass(frozen=True, eq=False, repr=False)
class Either(_Form):
    """One of `parts` holds."""

    parts: tuple["Normal", ...]

    def _made_of(self) -> list[bytes]:
        return [part.digest for part in self.parts]


@dataclass(frozen=True, eq=False, repr=False)
class Next(_Form):
    """`part` holds at the next position."""

    part: "Normal"

    def _made_of(self) -> list[bytes]:
        return [self.part.digest]


@dataclass(frozen=True, eq=False, repr=False)
class Until(_Form):
    """`goal` holds at some position, `hold` at each before it."""

    hold: "Normal"
    goal: "Normal"

    def _made_of(self) -> list[bytes]:
        return [self.hold.digest, self.goal.digest]


@dataclass(frozen=True, eq=False, repr=False)
class Release(_Form):
    """`keep` holds up to and including the first position at which `free` holds; for ever if there is none."""

    free: "Normal"
    keep: "Normal"

    def _made_of(self) -> list[bytes]:
        return [self.free.digest, self.keep.digest]


@dataclass(frozen=True, eq=False, repr=False)
class Within(_Form):
    """`goal` holds at some position, before `limit` is passed."""

    goal: "Normal"
    limit: Limit

    def _made_of(self) -> list[bytes]:
        return [self.goal.digest, repr(self.limit).encode()]


@dataclass(frozen=True, eq=False, repr=False)
class Throughout(_Form):
    """`keep` holds at every position, until `limit` is passed."""

    keep: "Normal"
    limit: Limit

    def _made_of(self) -> list[bytes]:
        return [self.keep.digest, repr(self.limit).encode()]


Normal = Literal | Both | Either | Next | Until | Release | Within | Throughout
"""A formula in negation normal form: negation stands only inside literals."""


def parts_of(formula: Normal) -> tuple[Normal, ...]:
    """The immediate subformulas."""
    match formula:
        case Literal():
            return ()
        case Both(parts) | Either(parts):
            return parts
        case Next(part) | Within(part, _) | Throughout(part, _):
            return (part,)
        case Until(hold, goal):
            return (hold, goal)
        case Release(free, keep):
            return (free, keep)


def all_parts(formula: Normal) -> Iterator[Normal]:
    """`formula` and every part of it, each once."""
    found = {formula: None}
    stack = [formula]
    while stack:
        part = stack.pop()
        yield part
        for inner in parts_of(part):
            if inner not in found:
                found[inner] = None
                stack.append(inner)


def is_co_safe(formula: Normal) -> bool:
    """Whether every run that satisfies `formula` has a finite beginning that already decides so (syntactically).

    So it is where nothing has to hold for ever: no release, nothing throughout a time that need not pass, and no past that
    speaks of the future.
    """
    return all(_is_settled_in_time(part) for part in all_parts(formula))


def _is_settled_in_time(part: Normal) -> bool:
    match part:
        case Release() | Throughout(limit=Limit(clock=str())):
            return False
        case Literal(term):
            return not any(is_operator(inner) and not is_past(inner) for inner in subterms([term]))
    return True
