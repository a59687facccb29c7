"""The grammar of formulas as text, and its tokens.

From loose to tight: if-then-else; leads_to; iff; implies (to the right); or; xor; and; until, since and their like; not, always,
eventually and all other operators with one operand; comparisons; sums; products; minus. What is not marked chains not at all: who
writes two of them in a row has to put parentheses.
"""

from collections.abc import Iterator
from functools import cache

from lark import Lark, Token
from lark.lexer import Lexer, LexerState

from dialproof.core.errors import FormulaError
from dialproof.core.text.words import PLAIN, QUOTES, SIGNS, SPELLINGS, TOKENS

GRAMMAR = f"""
?start: formula
?formula: leads | IF formula THEN formula ELSE formula -> conditional
?leads: iff | iff LEADS_TO iff -> leads_to
?iff: implication | implication IFF implication -> equivalence
?implication: disjunction | disjunction IMPLIES implication -> implication
?disjunction: exclusive | exclusive (OR exclusive)+ -> disjunction
?exclusive: conjunction | conjunction XOR conjunction -> exclusive
?conjunction: binary | binary (AND binary)+ -> conjunction
?binary: unary | unary (UNTIL | WEAK_UNTIL | RELEASE | SINCE) unary -> binary
?unary: comparison
    | (NOT | ALWAYS | EVENTUALLY | NEXT | ONCE | HISTORICALLY | YESTERDAY) unary -> unary
    | (EVENTUALLY | ONCE) WITHIN NUMBER unary -> bounded
    | (ALWAYS | HISTORICALLY) FOR NUMBER unary -> bounded
    | (EVENTUALLY | ONCE) WITHIN NUMBER ON (NAME | QUOTED) unary -> bounded_on
    | (ALWAYS | HISTORICALLY) FOR NUMBER ON (NAME | QUOTED) unary -> bounded_on
?comparison: sum | sum (EQUAL | UNEQUAL | AT_MOST | AT_LEAST | LESS | MORE) sum -> comparison
?sum: product | sum (PLUS | MINUS) product -> arithmetic
?product: negative | product (TIMES | DIVIDED | MODULO) negative -> arithmetic
?negative: atom | MINUS negative -> negative
?atom: NUMBER -> number
    | (TRUE | FALSE) -> constant
    | (NAME | QUOTED) (DOT (NAME | QUOTED))* -> reference
    | (ENABLED | TAKEN) OPEN (NAME | QUOTED) CLOSE -> about_action
    | DISTINCT OPEN formula (COMMA formula)+ CLOSE -> distinct
    | OPEN formula CLOSE -> parentheses

%declare NAME QUOTED NUMBER {" ".join(SPELLINGS)}
"""


class Words(Lexer):
    """Cuts a text into tokens. Raises FormulaError for a character that begins none."""

    __future_interface__ = 2  # Lark then calls `lex` as its own type says

    def __init__(self, _config: object) -> None:
        """Lark hands over its configuration, of which nothing is needed."""

    def lex(self, lexer_state: LexerState, _parser_state: object) -> Iterator[Token]:
        """The tokens, one by one."""
        return tokens(lexer_state.text.text)


def tokens(text: str) -> Iterator[Token]:
    """The tokens of `text`. Raises FormulaError for a character that begins none."""
    place = 0
    while place < len(text):
        character = text[place]
        if character.isspace():
            place += 1
            continue
        begins = place
        if character in QUOTES:
            end = text.find(character, place + 1)
            if end < 0:
                raise FormulaError(text, place, len(text), f"the name that begins here has no closing {character}")
            kind, place = "QUOTED", end + 1
        elif character.isascii() and character.isdigit():
            while place < len(text) and text[place].isascii() and text[place].isdigit():
                place += 1
            kind = "NUMBER"
        elif plain := PLAIN.match(text, place):
            kind, place = TOKENS.get(plain[0], "NAME"), plain.end()
        elif sign := SIGNS.match(text, place):
            kind, place = TOKENS[sign[0]], sign.end()
        else:
            raise FormulaError(text, place, place + 1, f"no formula has the character {character!r} outside quotes")
        yield Token(kind, text[begins:place], start_pos=begins, end_pos=place)


@cache
def parser() -> Lark:
    """The parser. It neither reads nor leaves a formula by recursion, so that no depth of nesting is too much for it."""
    return Lark(GRAMMAR, parser="lalr", lexer=Words)
