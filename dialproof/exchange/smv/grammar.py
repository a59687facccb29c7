"""The grammar of the SMV subset that is read, after the NuSMV 2.6 user manual, sections 2.2 to 2.4.

Operators bind as there: from `!` over arithmetic, comparisons, the temporal operators, `&`, `|`, `?:` and `<->` to `->`. Words of
SMV that are outside the subset are words here too, so that they can be refused by name instead of being misread.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import NoReturn

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput, UnexpectedToken

from dialproof.core.errors import ModelError, Place, ScenarioError

READ = (
    "it reads MODULE, VAR, IVAR, FROZENVAR, DEFINE, CONSTANTS, ASSIGN, INIT, TRANS, INVAR, FAIRNESS, JUSTICE, COMPASSION, "
    "LTLSPEC and INVARSPEC over boolean, ranges, integer, enumerations, arrays of these with constant bounds, and instances of "
    "modules"
)
"""What is read, in the message that refuses something else; `docs/exchange.md` says it at length."""

_WORDS = "words of bits are not read; write a range of numbers, or a boolean for each bit"

Part = Tree[Token] | Token
"""A piece of a file that was read: a branch with the name of its rule, or a word."""

_GRAMMAR = r"""
start: module+
module: "MODULE" IDENTIFIER [parameters] section*
parameters: "(" [IDENTIFIER ("," IDENTIFIER)*] ")"

?section: "VAR" declaration* -> variables
    | "IVAR" declaration* -> inputs
    | "FROZENVAR" declaration* -> frozen
    | "DEFINE" definition* -> definitions
    | "CONSTANTS" [IDENTIFIER ("," IDENTIFIER)* ";"] -> constants
    | "ASSIGN" assignment* -> assignments
    | "INIT" expression [";"] -> init
    | "TRANS" expression [";"] -> trans
    | "INVAR" expression [";"] -> invar
    | ("JUSTICE" | "FAIRNESS") expression [";"] -> justice
    | "COMPASSION" "(" expression "," expression ")" [";"] -> compassion
    | "LTLSPEC" [label] expression [";"] -> ltlspec
    | "INVARSPEC" [label] expression [";"] -> invarspec
    | OUTSIDE
label: "NAME" IDENTIFIER ":="

declaration: declared ":" type ";"
declared: IDENTIFIER ("." IDENTIFIER)*
type: "boolean" -> boolean
    | "integer" -> integer
    | expression_sum ".." expression_sum -> range
    | set -> enumeration
    | "array" expression_sum ".." expression_sum "of" type -> array
    | path ["(" [expression ("," expression)*] ")"] -> instance
    | OUTSIDE_TYPE
definition: IDENTIFIER ":=" expression ";"
assignment: target ":=" expression ";"
target: "init" "(" path ")" -> starts
    | "next" "(" path ")" -> becomes
    | path -> always_is

?expression: equivalence
    | equivalence IMPLIES expression -> binary
?equivalence: conditional
    | equivalence IFF conditional -> binary
?conditional: disjunction
    | disjunction "?" conditional ":" conditional -> choose
?disjunction: conjunction
    | disjunction (OR | XOR | XNOR) conjunction -> binary
?conjunction: temporal
    | conjunction AND temporal -> binary
?temporal: unary
    | temporal (UNTIL | RELEASES | SINCE | TRIGGERED) unary -> binary_temporal
?unary: comparison
    | looking
?looking: UNARY_TEMPORAL [bound] unary -> unary_temporal
bound: "[" expression_sum "," expression_sum "]"
?comparison: membership
    | comparison (EQUAL | UNEQUAL | LESS | LESS_EQUAL | GREATER | GREATER_EQUAL) membership -> binary
?membership: united
    | membership IN united -> binary
?united: ranged
    | united UNION ranged -> binary
?ranged: expression_sum
    | expression_sum ".." expression_sum -> number_range
?expression_sum: product
    | expression_sum (PLUS | MINUS) product -> binary
?product: negative
    | product (TIMES | DIVIDE | MOD) negative -> binary
?negative: negation
    | MINUS negative -> minus
?negation: primary
    | "!" negation -> negation
    | "!" looking -> negation
?primary: "(" expression ")"
    | TRUE -> true
    | FALSE -> false
    | NUMBER -> number
    | path
    | "next" "(" expression ")" -> next
    | "case" branch+ "esac" -> case
    | set
    | FUNCTION "(" expression ("," expression)* ")" -> function
    | OUTSIDE_EXPRESSION
set: "{" expression ("," expression)* "}"
branch: expression ":" expression ";"
path: (IDENTIFIER | SELF) ("." IDENTIFIER | index)*
index: "[" expression "]"

TRUE: "TRUE"
FALSE: "FALSE"
SELF: "self"
IMPLIES: "->"
IFF: "<->"
OR: "|"
XOR: "xor"
XNOR: "xnor"
AND: "&"
UNTIL: "U"
RELEASES: "V"
SINCE: "S"
TRIGGERED: "T"
UNARY_TEMPORAL.2: /(?:G|F|X|Y|Z|H|O)(?![A-Za-z0-9_$#\-])/
EQUAL: "="
UNEQUAL: "!="
LESS: "<"
LESS_EQUAL: "<="
GREATER: ">"
GREATER_EQUAL: ">="
IN: "in"
UNION: "union"
PLUS: "+"
MINUS: "-"
TIMES: "*"
DIVIDE: "/"
MOD: "mod"
FUNCTION.2: /(?:toint|bool|count|abs|max|min)(?![A-Za-z0-9_$#\-])/
OUTSIDE.2: /(?:SPEC|CTLSPEC|PSLSPEC|COMPUTE|ISA|MDEFINE|FUN|PRED|MIRROR|PARSYNTH|CTL|ITYPE)(?![A-Za-z0-9_$#\-])/
OUTSIDE_TYPE.2: /(?:process|word|unsigned|signed|real|clock)(?![A-Za-z0-9_$#\-])/
OUTSIDE_EXPRESSION.2: /(?:EX|AX|EF|AF|EG|AG|A|E|EBF|ABF|EBG|ABG|BU|word1|extend|resize|sizeof)(?![A-Za-z0-9_$#\-])/
    | /(?:uwconst|swconst|floor|typeof|READ|WRITE|CONSTARRAY)(?![A-Za-z0-9_$#\-])/
NUMBER: /[0-9]+(?![0-9_]*[A-Za-z])/
IDENTIFIER: /[A-Za-z_][A-Za-z0-9_$#\-]*/

%ignore /[ \t\f\r\n]+/
%ignore /--[^\n]*/
%ignore /\/--(.|\n)*?--\//
"""


class _OutsideError(Exception):
    """A word of SMV that is outside the subset; `word` is where it stands."""

    def __init__(self, word: Token) -> None:
        self.word = word
        super().__init__(word)


def _refused(word: Token) -> Token:
    raise _OutsideError(word)


@cache
def _parser() -> Lark:
    refused = dict.fromkeys(("OUTSIDE", "OUTSIDE_TYPE", "OUTSIDE_EXPRESSION"), _refused)
    return Lark(_GRAMMAR, parser="lalr", propagate_positions=True, maybe_placeholders=True, lexer_callbacks=refused)


class SmvText:
    """The text of an SMV file, which can point at what is wrong in it."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text

    def parsed(self) -> Tree[Token]:
        """The modules of the file. Raises ScenarioError at the first place that cannot be read."""
        try:
            return _parser().parse(self.text)
        except _OutsideError as outside:
            raise self.error(outside.word, why_outside(str(outside.word))) from None
        except UnexpectedInput as unexpected:
            raise self._unexpected(unexpected) from None

    def _unexpected(self, unexpected: UnexpectedInput) -> ScenarioError:
        if isinstance(unexpected, UnexpectedToken) and unexpected.token.type == "$END":
            place = Place(self.file, max(1, len(self.text.splitlines())))
            return self._error(place, "the file ends in the middle of something")
        found = self.text[unexpected.pos_in_stream] if unexpected.pos_in_stream is not None else ""
        if isinstance(unexpected, UnexpectedToken):
            found = str(unexpected.token)
        message = f"{found!r} cannot stand here in the part of SMV that dialproof reads: {READ}"
        return self._error(Place(self.file, unexpected.line, unexpected.column, max(1, len(found))), message)

    def slice(self, part: Part) -> str:
        """The text of `part`, on one line."""
        start, end = (part.start_pos, part.end_pos) if isinstance(part, Token) else (part.meta.start_pos, part.meta.end_pos)
        return " ".join(self.text[start:end].split())

    @contextmanager
    def at(self, part: Part) -> Iterator[None]:
        """Point at `part` where what is done has no meaning."""
        try:
            yield
        except ModelError as refused:
            raise self._error(self.place(part), str(refused)) from refused

    def refuse(self, part: Part, message: str) -> NoReturn:
        """Raise ScenarioError that points at `part`."""
        raise self.error(part, message)

    def error(self, part: Part, message: str) -> ScenarioError:
        """The error that points at `part`."""
        return self._error(self.place(part), message)

    def place(self, part: Part) -> Place:
        """Where `part` begins."""
        line, column = line_of(part), (part.column if isinstance(part, Token) else part.meta.column)
        end = part.end_column if isinstance(part, Token) else part.meta.end_column
        same_line = (part.end_line if isinstance(part, Token) else part.meta.end_line) == line
        return Place(self.file, line, column or 1, max(1, (end or 0) - (column or 1)) if same_line else 1)

    def _error(self, place: Place, message: str) -> ScenarioError:
        return ScenarioError(((place, message),), self.text)


def line_of(part: Part) -> int:
    """The line on which `part` begins, counted from 1."""
    line = part.line if isinstance(part, Token) else part.meta.line
    return line or 1


def why_outside(word: str) -> str:
    """Why a word of SMV that is not read is refused."""
    why = {
        "SPEC": "branching time is another logic; write LTLSPEC or INVARSPEC",
        "CTLSPEC": "branching time is another logic; write LTLSPEC or INVARSPEC",
        "PSLSPEC": "write LTLSPEC or INVARSPEC",
        "COMPUTE": "it asks for a number and not for a verdict; write LTLSPEC or INVARSPEC",
        "process": "NuSMV itself discourages processes; choose whose turn it is with a variable",
        "real": "numbers are integers here; count in a unit that makes them whole",
        "clock": "time is no part of it; count ticks with an integer",
        "word": _WORDS,
        "unsigned": _WORDS,
        "signed": _WORDS,
        "floor": "numbers are integers here",
        "READ": "arrays have constant bounds: name an element with a[i]",
        "WRITE": "arrays have constant bounds: assign to their elements",
        "CONSTARRAY": "arrays have constant bounds: assign to their elements",
    }.get(word, READ)
    return f"{word} is outside the part of SMV that dialproof reads: {why}"
