"""The past as variables: what a formula says of earlier positions is computed along, one variable for each past operator.

Each variable is determined by the run so far, so that a past operator costs no choice and its negation is the negated term
(Kesten, Pnueli, Raviv, "Algorithmic verification of linear temporal logic specifications", 1998). Its value at the first position
is where past operators go wrong: `yesterday p` and `once p` start false, `historically p` starts true.

Where a past operator is applied to something that speaks of the future, that is *promised*: an input says at each position
whether it holds there, and a formula of its own demands that the promise is kept, both ways. There is one solution on every run.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import z3

from dialproof.core import ltl
from dialproof.core.ltl import Limit
from dialproof.core.terms import subterms
from dialproof.core.variables import Domain, Kind, Variable
from dialproof.encode.auxiliary import Role, auxiliary
from dialproof.encode.transitions import Encoded, conjunction, disjunction


@dataclass(frozen=True, eq=False)
class PastEncoding(Encoded):
    """An encoding that can read past operators too. `meanings` gives those of the terms that `inner` cannot read, by number."""

    inner: Encoded = field(kw_only=True)
    meanings: Mapping[int, tuple[z3.BoolRef, z3.BoolRef]] = field(kw_only=True)

    def read(self, term: z3.BoolRef) -> z3.BoolRef:
        """`term`, in which no future operator occurs but below a past one, over state and inputs."""
        return _read(term, self.inner, self.meanings)

    def place_of(self, variable: str) -> str:
        """What a variable of the system is called in the transitions."""
        return self.inner.place_of(variable)


def with_past(encoded: Encoded, formulas: Iterable[z3.BoolRef]) -> Encoded:
    """`encoded`, able to read the past operators that occur in `formulas`; the very same where none does."""
    terms = ltl.past_terms(formulas)
    if not terms:
        return encoded
    meanings: dict[int, tuple[z3.BoolRef, z3.BoolRef]] = {}
    promises: list[tuple[z3.BoolRef, z3.BoolRef]] = []
    inputs: list[Variable] = []
    remembered: list[_Remembered] = []
    for number, term in enumerate(terms):
        operands = []
        for operand in ltl.operands(term):
            for promised in _looking_ahead(operand, meanings):
                inputs.append(auxiliary(Role.PROMISE, f"{len(promises)}"))
                promise = z3.Bool(inputs[-1].name)
                promises.append((promise, promised))
                meanings[promised.get_id()] = promised, promise
                meanings[promise.get_id()] = promise, promise
            operands.append(_read(operand, encoded, meanings))
        remembered.append(_remembered(number, term, operands, encoded))
        meanings[term.get_id()] = term, remembered[-1].now
    plain = encoded.transitions
    transitions = replace(
        plain,
        variables=(*plain.variables, *(one.variable for one in remembered)),
        inputs=(*plain.inputs, *inputs),
        init=conjunction([plain.init, *(one.start for one in remembered)]),
        next=dict(plain.next) | {one.variable.name: one.later for one in remembered},
    )
    return PastEncoding(encoded.system, transitions, (), tuple(promises), inner=encoded, meanings=meanings)


def time_passing(encoded: Encoded, limit: Limit) -> z3.ArithRef:
    """What passes in a step: one step, or the time on a clock, as a term over state and inputs."""
    if limit.clock is None:
        return z3.IntVal(1)
    domain = encoded.system.variable(limit.clock).domain
    place = encoded.place_of(limit.clock)
    before, after = z3.Int(place), encoded.transitions.next[place]
    assert isinstance(after, z3.ArithRef)
    if domain.low is None or domain.high is None:
        return z3.If(after >= before, after - before, 0)
    return z3.If(after >= before, after - before, after - before + (domain.high - domain.low + 1))


@dataclass(frozen=True, eq=False)
class _Remembered:
    """A past operator: its `variable` with its first and its next value, and what the operator says `now`."""

    variable: Variable
    start: z3.BoolRef
    now: z3.BoolRef
    later: z3.ExprRef


def _remembered(number: int, term: z3.BoolRef, operands: list[z3.BoolRef], encoded: Encoded) -> _Remembered:
    flag = auxiliary(Role.PAST, f"{number}")
    before = z3.Bool(flag.name)
    limit = ltl.limit_of(term)
    match ltl.operator(term), operands:
        case "yesterday", [part]:
            return _Remembered(flag, z3.Not(before), before, part)
        case "once", [part]:
            now = disjunction([part, before])
            return _Remembered(flag, z3.Not(before), now, now)
        case "historically", [part]:
            now = conjunction([part, before])
            return _Remembered(flag, before, now, now)
        case "since", [hold, goal]:
            now = disjunction([goal, conjunction([hold, before])])
            return _Remembered(flag, z3.Not(before), now, now)
        case "once_within", [part] if limit is not None:
            return _since_when(number, part, limit, encoded)
        case "historically_for", [part] if limit is not None:
            opposite = _since_when(number, z3.Not(part), limit, encoded)
            return replace(opposite, now=z3.Not(opposite.now))
    raise AssertionError(f"no past operator: {term.sexpr()}")


def _since_when(number: int, part: z3.BoolRef, limit: Limit, encoded: Encoded) -> _Remembered:
    """The variable counts what has passed since `part` last held, up to one more than the limit, which also stands for never."""
    over = limit.bound + 1
    count = auxiliary(Role.PAST, f"{number}", Domain(Kind.INTEGER, low=0, high=over))
    ago = z3.Int(count.name)
    later = z3.If(part, z3.IntVal(0), ago) + time_passing(encoded, limit)
    return _Remembered(count, ago == over, disjunction([part, ago <= limit.bound]), z3.If(later < over, later, over))


def _looking_ahead(term: z3.BoolRef, known: Mapping[int, object]) -> list[z3.BoolRef]:
    """The largest parts of `term` that begin with a future operator, but for those that are known already or below a past one."""
    found: dict[int, z3.BoolRef] = {}
    seen: set[int] = set()
    stack = [term]
    while stack:
        part = stack.pop()
        if part.get_id() in known or part.get_id() in seen:
            continue
        seen.add(part.get_id())
        if ltl.is_operator(part):
            found[part.get_id()] = part
        else:
            stack += reversed(ltl.operands(part))
    return list(found.values())


def _read(term: z3.BoolRef, inner: Encoded, meanings: Mapping[int, tuple[z3.BoolRef, z3.BoolRef]]) -> z3.BoolRef:
    """`term` over state and inputs: what has a meaning of its own replaced, state terms read by `inner`."""
    special: dict[int, bool] = {}
    images: dict[int, z3.BoolRef] = {}
    for part in subterms([term], stop=meanings):
        key = part.get_id()
        if key in meanings:
            special[key], images[key] = True, meanings[key][1]
            continue
        special[key] = any(special[child.get_id()] for child in part.children())
        if special[key]:
            operands = ltl.operands(part)
            read = [images[one.get_id()] if special[one.get_id()] else inner.read(one) for one in operands]
            images[key] = part.decl()(*read)  # type: ignore[assignment]  # a connective of Booleans
    return images[term.get_id()] if special[term.get_id()] else inner.read(term)
