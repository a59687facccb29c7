"""S-expressions with their places in the text: as much of SMT-LIB's syntax as it takes to find commands and annotations."""

import re
from dataclasses import dataclass
from typing import NoReturn

from dialproof.core.errors import Place, ScenarioError

_TOKEN = re.compile(r'(?P<blank>\s+|;[^\n]*)|(?P<open>\()|(?P<close>\))|(?P<atom>\|[^|]*\||"(?:[^"]|"")*"|[^\s()";|]+)')


@dataclass(frozen=True)
class Node:
    """A word, or a list (`parts`); it takes the text from `start` to before `end`."""

    start: int
    end: int
    word: str = ""
    parts: "tuple[Node, ...] | None" = None

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return self.parts is not None

    @property
    def items(self) -> "tuple[Node, ...]":
        """The parts of a list; a word has none."""
        return self.parts or ()

    @property
    def head(self) -> str:
        """The first word of a list; "" where there is none."""
        return self.items[0].word if self.items else ""


class SmtText:
    """The text of a file in the syntax of SMT-LIB, which can point at what is wrong in it."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text

    def nodes(self) -> tuple[Node, ...]:
        """Everything in the file. Raises ScenarioError where brackets do not match or a word does not end."""
        open_lists: list[tuple[int, list[Node]]] = [(0, [])]
        place = 0
        while place < len(self.text):
            token = _TOKEN.match(self.text, place)
            if token is None:
                self.refuse(Node(place, place + 1), "this word does not end")
            if token["open"]:
                open_lists.append((place, []))
            elif token["close"]:
                start, parts = open_lists.pop()
                if not open_lists:
                    self.refuse(Node(place, place + 1), "there is no bracket that this one closes")
                open_lists[-1][1].append(Node(start, token.end(), parts=tuple(parts)))
            elif token["atom"]:
                open_lists[-1][1].append(Node(place, token.end(), word=token["atom"]))
            place = token.end()
        if len(open_lists) > 1:
            self.refuse(Node(open_lists[-1][0], open_lists[-1][0] + 1), "this bracket is never closed")
        return tuple(open_lists[0][1])

    def refuse(self, node: Node, message: str) -> NoReturn:
        """Raise ScenarioError that points at `node`."""
        raise ScenarioError(((self.place(node), message),), self.text)

    def place(self, node: Node) -> Place:
        """Where `node` begins."""
        before = self.text[: node.start]
        line = before.count("\n") + 1
        column = node.start - (before.rfind("\n") + 1) + 1
        shown = self.text[node.start : node.end].split("\n", 1)[0]
        return Place(self.file, line, column, max(1, len(shown)))
