"""From text to a formula. Each part gets its meaning as soon as it is read, and what has none is pointed at."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import z3
from lark import Token
from lark.exceptions import UnexpectedToken

from dialproof.core import ltl
from dialproof.core.actions import enabled, taken
from dialproof.core.errors import FormulaError, ModelError
from dialproof.core.ltl.operators import ON, SIGNATURES
from dialproof.core.system import System
from dialproof.core.text.grammar import parser
from dialproof.core.text.naming import Names
from dialproof.core.text.words import SPELLINGS, TOKENS


def parsed(text: str, system: System) -> z3.BoolRef:
    """The formula that `text` writes down, over the variables and actions of `system`. Raises FormulaError."""
    try:
        tree = parser().parse(text)
    except UnexpectedToken as unexpected:
        raise _unexpected(text, unexpected) from None
    meaning = _Meaning(text, Names(system))
    pieces: dict[int, Part] = {}
    for branch in tree.iter_subtrees():  # the smaller ones before those that they are part of
        parts = [child if isinstance(child, Token) else pieces[id(child)] for child in branch.children]
        pieces[id(branch)] = meaning.of(branch.data, parts)
    formula = meaning.formula(pieces[id(tree)])
    try:
        system.check_formula(formula)
    except ModelError as refused:
        raise FormulaError(text, 0, len(text.rstrip()), str(refused)) from refused
    return formula


@dataclass(frozen=True, eq=False)
class _Piece:
    """A part of the text that has a meaning; `literal` where it is a number as it is written."""

    term: z3.ExprRef
    start: int
    end: int
    literal: bool = False


@dataclass(frozen=True)
class _Name:
    """A name whose meaning depends on what it is compared with: a variable, or a value of a choice."""

    parts: tuple[str, ...]
    start: int
    end: int


Part = _Piece | _Name


class _Meaning:
    """What each rule of the grammar means: the methods are named after the rules."""

    def __init__(self, text: str, names: Names) -> None:
        self._text = text
        self._names = names

    def of(self, rule: str, parts: list[Token | Part]) -> Part:
        """The meaning of what `rule` has made of `parts`."""
        made: Part = getattr(self, rule)(parts)
        return made

    # --- names and numbers -----------------------------------------------------------------------------------------------

    def number(self, parts: list[Token]) -> _Piece:
        token = parts[0]
        return _Piece(z3.IntVal(int(token)), *_span(token), literal=True)

    def constant(self, parts: list[Token]) -> _Piece:
        return _Piece(z3.BoolVal(parts[0].type == "TRUE"), *_span(parts[0]))

    def reference(self, parts: list[Token]) -> _Name:
        names = tuple(_unquoted(part) for part in parts if part.type != "DOT")
        return _Name(names, _span(parts[0])[0], _span(parts[-1])[1])

    def about_action(self, parts: list[Token]) -> _Piece:
        kind, _, name, close = parts
        called = _unquoted(name)
        if not self._names.has_action(called):
            raise self._error(name, self._names.no_action(called))
        atom = (enabled if kind.type == "ENABLED" else taken)(called)
        return _Piece(atom, _span(kind)[0], _span(close)[1])

    def parentheses(self, parts: list[Token | Part]) -> _Piece:
        opened, inner, closed = parts
        assert isinstance(opened, Token)
        assert isinstance(closed, Token)
        return _Piece(self._piece(_part(inner)).term, _span(opened)[0], _span(closed)[1])

    # --- arithmetic ------------------------------------------------------------------------------------------------------

    def negative(self, parts: list[Token | Part]) -> _Piece:
        sign, operand = parts
        assert isinstance(sign, Token)
        piece = self._piece(_part(operand))
        number = self._number(piece, SPELLINGS["MINUS"][0])
        start = _span(sign)[0]
        if piece.literal and isinstance(number, z3.IntNumRef):
            return _Piece(z3.IntVal(-number.as_long()), start, piece.end)
        return _Piece(-number, start, piece.end)

    def arithmetic(self, parts: list[Token | Part]) -> _Piece:
        left, sign, right = self._piece(_part(parts[0])), parts[1], self._piece(_part(parts[2]))
        assert isinstance(sign, Token)
        first, second = self._number(left, sign), self._number(right, sign)
        if sign.type in {"DIVIDED", "MODULO"}:
            divisor = z3.simplify(second)
            if not isinstance(divisor, z3.IntNumRef) or divisor.as_long() == 0:
                raise self._error(right, "divide only by a constant other than 0")
        makers: dict[str, Callable[[z3.ArithRef, z3.ArithRef], z3.ArithRef]] = {
            "PLUS": lambda one, other: one + other,
            "MINUS": lambda one, other: one - other,
            "TIMES": lambda one, other: one * other,
            "DIVIDED": lambda one, other: one / other,
            "MODULO": lambda one, other: one % other,
        }
        return _Piece(makers[sign.type](first, second), left.start, right.end)

    # --- comparisons -----------------------------------------------------------------------------------------------------

    def comparison(self, parts: list[Token | Part]) -> _Piece:
        sign = parts[1]
        assert isinstance(sign, Token)
        if sign.type in {"EQUAL", "UNEQUAL"}:
            left, right = self._alike(_part(parts[0]), _part(parts[2]), sign)
            other = _plain(right.term)
            return _Piece(left.term == other if sign.type == "EQUAL" else left.term != other, left.start, right.end)
        left, right = self._piece(_part(parts[0])), self._piece(_part(parts[2]))
        first, second = self._number(left, sign), self._number(right, sign)
        makers: dict[str, Callable[[z3.ArithRef, z3.ArithRef | int], z3.BoolRef]] = {
            "AT_MOST": lambda one, other: one <= other,
            "AT_LEAST": lambda one, other: one >= other,
            "LESS": lambda one, other: one < other,
            "MORE": lambda one, other: one > other,
        }
        return _Piece(makers[sign.type](first, _plain(second)), left.start, right.end)

    def distinct(self, parts: list[Token | Part]) -> _Piece:
        pieces = [self._piece(part) for part in parts if not isinstance(part, Token)]
        first, last = parts[0], parts[-1]
        assert isinstance(first, Token)
        assert isinstance(last, Token)
        for piece in pieces[1:]:
            self._same_kind(pieces[0], piece, "distinct")
        return _Piece(z3.Distinct([piece.term for piece in pieces]), _span(first)[0], _span(last)[1])

    def _alike(self, left: Part, right: Part, sign: str) -> tuple[_Piece, _Piece]:
        """Both sides of a comparison: a lone name is a value of the choice on the other side, if that has such a value."""
        first, second = self._known(left), self._known(right)
        if first is not None and (value := self._value(right, first)) is not None:
            return first, value
        if second is not None and (value := self._value(left, second)) is not None:
            return value, second
        if first is not None and second is None:
            self._no_such_value(right, first)
        if second is not None and first is None:
            self._no_such_value(left, second)
        pieces = self._piece(left), self._piece(right)
        self._same_kind(*pieces, sign)
        return pieces

    def _value(self, part: Part, other: _Piece) -> _Piece | None:
        """`part` as a value of the choice `other`; None if it is none."""
        if not isinstance(part, _Name) or len(part.parts) != 1:
            return None
        value = self._names.value(other.term.sort(), part.parts[0])
        return None if value is None else _Piece(value, part.start, part.end)

    def _no_such_value(self, part: Part, other: _Piece) -> None:
        """Point at a name that is neither a variable nor a value of the choice that it is compared with."""
        domain = self._names.domain(other.term.sort())
        if isinstance(part, _Name) and len(part.parts) == 1 and domain is not None:
            owner = self._text[other.start : other.end]
            raise self._error(part, self._names.no_value(owner, part.parts[0], domain.values))

    def _same_kind(self, left: _Piece, right: _Piece, sign: str) -> None:
        if not left.term.sort().eq(right.term.sort()):
            raise self._error(
                right, f"{str(sign)!r} compares like with like: this is {self._kind(right)}, the other is {self._kind(left)}"
            )

    # --- connectives and operators ----------------------------------------------------------------------------------------

    def conditional(self, parts: list[Token | Part]) -> _Piece:
        first, test, _, then, _, other = parts
        assert isinstance(first, Token)
        yes, no = self._piece(_part(then)), self._piece(_part(other))
        self._same_kind(yes, no, "if")
        return _Piece(z3.If(self.formula(_part(test), "if"), yes.term, no.term), _span(first)[0], no.end)

    def unary(self, parts: list[Token | Part]) -> _Piece:
        word, operand = parts
        assert isinstance(word, Token)
        inner = _part(operand)
        formula = self.formula(inner, word)
        name = SPELLINGS[word.type][0]
        return _Piece(z3.Not(formula) if name == "not" else _applied(name, formula), _span(word)[0], inner.end)

    def binary(self, parts: list[Token | Part]) -> _Piece:
        word = parts[1]
        assert isinstance(word, Token)
        return self._two(parts, lambda first, second: _applied(SPELLINGS[word.type][0], first, second))

    def bounded(self, parts: list[Token | Part]) -> _Piece:
        word, link, bound, operand = parts
        assert isinstance(word, Token)
        assert isinstance(bound, Token)
        inner = _part(operand)
        name = f"{SPELLINGS[word.type][0]}_{link}"
        return _Piece(_applied(name, z3.IntVal(int(bound)), self.formula(inner, word)), _span(word)[0], inner.end)

    def bounded_on(self, parts: list[Token | Part]) -> _Piece:
        word, link, bound, _, clock, operand = parts
        assert isinstance(word, Token)
        assert isinstance(bound, Token)
        assert isinstance(clock, Token)
        inner = _part(operand)
        variable = self._names.clock(_unquoted(clock))
        if variable is None:
            known = self._names.variable(_unquoted(clock)) is not None
            raise self._error(clock, "a clock is an integer variable" if known else self._names.no_variable(_unquoted(clock)))
        name = f"{SPELLINGS[word.type][0]}_{link}{ON}"
        formula = self.formula(inner, word)
        return _Piece(_applied(name, z3.IntVal(int(bound)), variable, formula), _span(word)[0], inner.end)

    def conjunction(self, parts: list[Token | Part]) -> _Piece:
        return self._many(parts, z3.And)

    def disjunction(self, parts: list[Token | Part]) -> _Piece:
        return self._many(parts, z3.Or)

    def exclusive(self, parts: list[Token | Part]) -> _Piece:
        return self._two(parts, z3.Xor)

    def implication(self, parts: list[Token | Part]) -> _Piece:
        return self._two(parts, z3.Implies)

    def equivalence(self, parts: list[Token | Part]) -> _Piece:
        return self._two(parts, lambda first, second: first == second)

    def leads_to(self, parts: list[Token | Part]) -> _Piece:
        return self._two(parts, ltl.leads_to)

    def _many(self, parts: list[Token | Part], make: Callable[[list[z3.BoolRef]], z3.BoolRef]) -> _Piece:
        operands = [part for part in parts if not isinstance(part, Token)]
        word = next(part for part in parts if isinstance(part, Token))
        return _Piece(make([self.formula(one, word) for one in operands]), operands[0].start, operands[-1].end)

    def _two(self, parts: list[Token | Part], make: Callable[[z3.BoolRef, z3.BoolRef], z3.BoolRef]) -> _Piece:
        left, word, right = _part(parts[0]), parts[1], _part(parts[2])
        assert isinstance(word, Token)
        return _Piece(make(self.formula(left, word), self.formula(right, word)), left.start, right.end)

    # --- kinds ------------------------------------------------------------------------------------------------------------

    def formula(self, part: Part, word: str = "") -> z3.BoolRef:
        """`part`, which has to be a formula: `word` is applied to it."""
        piece = self._piece(part)
        if not isinstance(piece.term, z3.BoolRef):
            wanted = f"{str(word)!r} is about formulas" if word else "a formula says something that is true or false"
            raise self._error(piece, f"{wanted}; this is {self._kind(piece)}")
        return piece.term

    def _number(self, piece: _Piece, sign: str) -> z3.ArithRef:
        if not isinstance(piece.term, z3.ArithRef):
            raise self._error(piece, f"{str(sign)!r} is about numbers; this is {self._kind(piece)}")
        return piece.term

    def _kind(self, piece: _Piece) -> str:
        if isinstance(piece.term, z3.BoolRef):
            return "a formula"
        if isinstance(piece.term, z3.ArithRef):
            return "a number"
        domain = self._names.domain(piece.term.sort())
        return f"one of the values of {domain.sort_name!r}" if domain is not None else "something else"

    def _known(self, part: Part) -> _Piece | None:
        """`part`, as far as it means something by itself; None if it does not."""
        if isinstance(part, _Piece):
            return part
        *owner, last = part.parts
        found = self._names.variable(".".join(part.parts))
        if found is None and owner:
            found = self._names.qualified(".".join(owner), last)
        return None if found is None else _Piece(found, part.start, part.end)

    def _piece(self, part: Part) -> _Piece:
        """`part`, which has to mean something by itself."""
        known = self._known(part)
        if known is not None:
            return known
        assert isinstance(part, _Name)
        *owner, last = part.parts
        values = self._names.values_of(".".join(owner))
        if values:
            raise self._error(part, self._names.no_value(repr(".".join(owner)), last, values))
        raise self._error(part, self._names.no_variable(".".join(part.parts)))

    def _error(self, part: Part | Token, reason: str) -> FormulaError:
        start, end = _span(part) if isinstance(part, Token) else (part.start, part.end)
        return FormulaError(self._text, start, end, reason)


def _part(part: Token | Part) -> Part:
    assert not isinstance(part, Token)
    return part


def _span(token: Token) -> tuple[int, int]:
    assert token.start_pos is not None
    assert token.end_pos is not None
    return token.start_pos, token.end_pos


def _unquoted(token: Token) -> str:
    return token[1:-1] if token.type == "QUOTED" else str(token)


def _plain(term: z3.ExprRef) -> Any:
    """A number as Python's own: between two of z3's, Python would ask the right one first, and turn the comparison round."""
    return term.as_long() if isinstance(term, z3.IntNumRef) else term


def _applied(name: str, *operands: z3.ExprRef) -> z3.BoolRef:
    """The temporal operator called `name`, applied."""
    sorts: dict[str, z3.SortRef] = {"Bool": z3.BoolSort(), "Int": z3.IntSort()}
    applied = z3.Function(name, *(sorts[sort] for sort in SIGNATURES[name]), z3.BoolSort())(*operands)
    assert isinstance(applied, z3.BoolRef)
    return applied


_CHAINLESS = ("UNTIL", "WEAK_UNTIL", "RELEASE", "SINCE", "XOR", "IFF", "LEADS_TO")
_COMPARING = ("EQUAL", "UNEQUAL", "AT_MOST", "AT_LEAST", "LESS", "MORE")


def _unexpected(text: str, unexpected: UnexpectedToken) -> FormulaError:
    """What to say of a token that cannot stand where it stands."""
    token = unexpected.token
    allowed = set(unexpected.accepts or unexpected.expected)
    if token.type == "$END":
        end = len(text.rstrip())
        return FormulaError(text, end, end + 1, f"the formula ends here, where {_wanted(allowed)} is missing")
    start, end = _span(token)
    if token.type == "IF":
        return FormulaError(text, start, end, "put parentheses round if ... then ... else ...")
    if "NAME" in allowed:
        hint = ""
        if token.type in SPELLINGS and TOKENS.get(str(token)) == token.type and str(token)[0].isalpha():
            hint = f"; a variable that is called {str(token)!r} stands in quotes"
        return FormulaError(text, start, end, f"found {str(token)!r} where {_wanted(allowed)} was expected{hint}")
    if token.type in _CHAINLESS:
        return FormulaError(text, start, end, f"{str(token)!r} does not chain: put parentheses round one of the two")
    if token.type in _COMPARING:
        return FormulaError(text, start, end, "comparisons do not chain: write a <= b and b <= c")
    if token.type == "OPEN" and text[:start].rstrip()[-1:].isalnum():
        return FormulaError(text, start, end, "a name with parentheses in it stands in quotes: 'dial(isp)'")
    return FormulaError(text, start, end, f"found {str(token)!r} where {_wanted(allowed)} was expected")


def _wanted(allowed: set[str]) -> str:
    """What may stand somewhere, in words."""
    if "NAME" in allowed and "OPEN" in allowed:
        return "a formula"
    if "NAME" in allowed:
        return "a name"
    if "NUMBER" in allowed:
        return "a number"
    connecting = [token for token in ("CLOSE", "COMMA", "THEN", "ELSE", "WITHIN", "FOR", "OPEN") if token in allowed]
    words = [repr(SPELLINGS[token][0]) for token in connecting]
    words += ["an operator such as 'and'"] if "AND" in allowed else []
    words += ["the end"] if "$END" in allowed else []
    return " or ".join(words) if words else "something else"
