"""Filter expressions of pcap, as far as their reading goes: what `and`, `or` and `not` hold together.

Grammar: pcap-filter(7). `not` binds most; `and` and `or` bind alike, from left to right, unlike in most languages. What stands
between them, such as `tcp[13] & 4 != 0`, is one condition, and nothing is asked of it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_AND, _OR, _NOT = ("and", "&&"), ("or", "||"), ("not", "!")
_TOKEN = re.compile(r"\s*(\|\||&&|!=|[()!]|\w*\[[^\]]*\]|[^\s()!&|\[\]]+|[&|\[\]])")
_DEEPEST = 50


@dataclass(frozen=True)
class Reading:
    """A filter in full parentheses. `depends_on_order`: it reads otherwise if `and` bound more than `or`, as elsewhere."""

    text: str
    depends_on_order: bool


def reading(expression: str) -> Reading | None:
    """How pcap reads an expression; None if it is none as far as that can be seen here."""
    tokens = _TOKEN.findall(expression)
    if "".join(tokens) != re.sub(r"\s+", "", expression) or not tokens:
        return None
    reader = _Reader(tokens)
    text = reader.expression(0)
    return None if text is None or reader.at < len(tokens) else Reading(text, reader.depends_on_order)


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens, self.at, self.depends_on_order = tokens, 0, False

    def _next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def expression(self, depth: int) -> str | None:
        """Terms joined by `and` and `or`."""
        made, before = self._term(depth), ""
        while made is not None and self._next() in (*_AND, *_OR):
            word = "and" if self._next() in _AND else "or"
            self.depends_on_order |= (before, word) == ("or", "and")
            before = "or" if before == "or" else word
            self.at += 1
            other = self._term(depth)
            made = None if other is None else f"({made} {word} {other})"
        return made

    def _term(self, depth: int) -> str | None:
        negated = 0
        while self._next() in _NOT:
            negated, self.at = negated + 1, self.at + 1
        made = self._group(depth + 1) if self._next() == "(" and self._is_logical() else self._condition()
        return None if made is None else "not " * negated + made

    def _group(self, depth: int) -> str | None:
        if depth > _DEEPEST:
            return None
        self.at += 1
        made = self.expression(depth)
        if made is None or self._next() != ")":
            return None
        self.at += 1
        return made

    def _is_logical(self) -> bool:
        """The parentheses that begin here hold conditions: no operator of arithmetic or comparison follows them."""
        end = self._closing()
        return end is not None and (end + 1 == len(self.tokens) or self.tokens[end + 1] in (*_AND, *_OR, ")"))

    def _closing(self) -> int | None:
        depth = 0
        for at in range(self.at, len(self.tokens)):
            depth += (self.tokens[at] == "(") - (self.tokens[at] == ")")
            if not depth:
                return at
        return None

    def _condition(self) -> str | None:
        parts: list[str] = []
        while (word := self._next()) and word not in (*_AND, *_OR, *_NOT, ")"):
            if word == "(":
                end = self._closing()
                if end is None:
                    return None
                parts.append(" ".join(self.tokens[self.at : end + 1]))
                self.at = end + 1
                continue
            parts.append(word)
            self.at += 1
        return " ".join(parts) or None
