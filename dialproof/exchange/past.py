"""The past in Promela: a variable for each part of a formula that speaks of earlier positions, brought up to date at each one.

What has happened is known: "once p" is true if it was true before or p is true now, and so on. A number of steps is a row of
earlier values.
"""

from collections.abc import Callable, Iterator, Sequence

import z3

from dialproof.core import ltl
from dialproof.core.errors import InternalError
from dialproof.exchange.delay import steps_of


class History:
    """The variables h0, h1, ... for the past `terms`, inner ones before outer ones."""

    def __init__(self, terms: Sequence[z3.BoolRef]) -> None:
        self._terms = tuple(terms)
        self._numbers = {term.get_id(): number for number, term in enumerate(terms)}

    def name(self, term: z3.ExprRef) -> str | None:
        """The variable that says whether a past term is true now; None for any other term."""
        number = self._numbers.get(term.get_id())
        return None if number is None else f"h{number}"

    def declarations(self) -> Iterator[str]:
        """The variables as they start: nothing has been yet."""
        for number, term in enumerate(self._terms):
            start = "true" if ltl.operator(term) in ("historically", "historically_for") else "false"
            rows = [f"h{number}", *(f"h{number}_{age}" for age in range(1, _length(term) + 1))]
            yield f"bool {', '.join(f'{row} = {start}' for row in rows)};"

    def updates(self, text: Callable[[z3.BoolRef], str]) -> Iterator[str]:
        """The statements that bring every variable up to date; `text` writes an operand."""
        for number, term in enumerate(self._terms):
            name, parts = f"h{number}", [text(part) for part in ltl.operands(term)]
            rows = [f"{name}_{age}" for age in range(1, _length(term) + 1)]
            match ltl.operator(term), parts:
                case "once", [part]:
                    yield f"{name} = {name} || {part};"
                case "historically", [part]:
                    yield f"{name} = {name} && {part};"
                case "since", [hold, goal]:
                    yield f"{name} = {goal} || ({hold} && {name});"
                case "yesterday", [part]:
                    yield f"{name} = {rows[0]};"
                    yield from _shift(rows, part)
                case "once_within", [part]:
                    yield f"{name} = {' || '.join([part, *rows])};"
                    yield from _shift(rows, part)
                case "historically_for", [part]:
                    yield f"{name} = {' && '.join([part, *rows])};"
                    yield from _shift(rows, part)
                case operator, _:
                    raise InternalError(f"{operator!r} is no past operator that Promela's export knows")


def _length(term: z3.BoolRef) -> int:
    """How many earlier values of its operand an operator looks at."""
    if ltl.operator(term) == "yesterday":
        return 1
    return steps_of(term) if ltl.limit_of(term) is not None else 0


def _shift(rows: list[str], newest: str) -> Iterator[str]:
    for row, younger in reversed(list(zip(rows, [newest, *rows], strict=False))):
        yield f"{row} = {younger};"
