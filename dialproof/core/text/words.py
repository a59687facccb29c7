"""The words and signs of formulas as text, one table for reading and writing.

What other tools call an operator is understood too (the letters of SPIN and NuSMV, the boxes of the papers); what is written uses
the words alone.
"""

import re

SPELLINGS: dict[str, tuple[str, ...]] = {
    "ALWAYS": ("always", "G", "[]"),
    "EVENTUALLY": ("eventually", "F", "<>"),
    "NEXT": ("next", "X"),
    "ONCE": ("once", "O"),
    "HISTORICALLY": ("historically", "H"),
    "YESTERDAY": ("yesterday", "Y"),
    "UNTIL": ("until", "U"),
    "WEAK_UNTIL": ("weak_until", "W"),
    "RELEASE": ("release", "R", "V"),
    "SINCE": ("since", "S"),
    "LEADS_TO": ("leads_to", "~>"),
    "WITHIN": ("within",),
    "FOR": ("for",),
    "ON": ("on",),
    "NOT": ("not", "!", "~"),
    "AND": ("and", "&&", "&", "/\\"),
    "OR": ("or", "||", "|", "\\/"),
    "XOR": ("xor",),
    "IMPLIES": ("implies", "->", "=>"),
    "IFF": ("iff", "<->", "<=>"),
    "IF": ("if",),
    "THEN": ("then",),
    "ELSE": ("else",),
    "TRUE": ("true",),
    "FALSE": ("false",),
    "ENABLED": ("enabled",),
    "TAKEN": ("taken",),
    "DISTINCT": ("distinct",),
    "EQUAL": ("=", "=="),
    "UNEQUAL": ("!=", "/="),
    "AT_MOST": ("<=",),
    "AT_LEAST": (">=",),
    "LESS": ("<",),
    "MORE": (">",),
    "PLUS": ("+",),
    "MINUS": ("-",),
    "TIMES": ("*",),
    "DIVIDED": ("div", "/"),
    "MODULO": ("mod", "%"),
    "OPEN": ("(",),
    "CLOSE": (")",),
    "COMMA": (",",),
    "DOT": (".",),
}
"""The tokens, each with its spellings; the first is the one that is written."""

TOKENS: dict[str, str] = {spelling: token for token, spellings in SPELLINGS.items() for spelling in spellings}
"""The token that each spelling stands for."""

PLAIN = re.compile(r"[A-Za-z_#][A-Za-z0-9_#]*")
"""A name that needs no quotes, unless it is a word."""

QUOTES = "'\"`"
"""What a name may stand between. No name of a system contains any of them."""

SIGNS = re.compile("|".join(re.escape(sign) for sign in sorted(TOKENS, key=len, reverse=True) if not PLAIN.fullmatch(sign)))
"""The spellings that are no words, the longest first."""


def quoted(name: str) -> str:
    """`name` as it is written in a formula: between quotes, unless it is plain and no word."""
    return name if PLAIN.fullmatch(name) and name not in TOKENS else f"'{name}'"
