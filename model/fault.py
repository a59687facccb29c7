"""Faults: named deviations from the correct rules, each with its source and how sure it is.

The cause of Q230051 was never published. Its hypotheses are guesses; each is a fault of its own, tested against what the article
says, and none is stated as fact. What an article refutes is kept, with the check that refutes it. Each fault is a file of
`model/faults`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import reduce

from dialproof.core.errors import InputError
from model.events import Event
from model.rules import Rules, correct

Build = tuple[int, int, int, int]
"""A build number, as (5, 5, 2591, 0)."""


AND = " + "
"""What stands between the names of faults that are there at once."""


class Certainty(Enum):
    """How sure the mechanism is."""

    STATED = "stated by the source"
    GUESS = "a guess that the source neither states nor excludes"


class Effect(Enum):
    """What a fault does to the dial rule, for a summary that over-approximates it."""

    NARROWS = "the line is never dialled where the correct rule would not dial it"
    WIDENS = "the line may be dialled where the correct rule would not dial it"


@dataclass(frozen=True, eq=False)
class Fault:
    """A deviation: `rewrite` gives the rules that the product has in the place of the correct ones.

    `product` is the product that has it; "" is any. `hypothesis` is its number among the guesses for its article; `refuted_by`
    says what in the article contradicts it ("" if nothing does) and is proved by a theorem; `fixed_in` is the first build without
    it. `changes` are the events that are possible at other times than by the correct rules, or only with the fault.
    """

    name: str
    article: str
    mechanism: str
    certainty: Certainty
    rewrite: Callable[[Rules], Rules]
    effect: Effect = Effect.NARROWS
    changes: frozenset[Event] = frozenset({Event.DIAL})
    product: str = ""
    hypothesis: str = ""
    refuted_by: str = ""
    fixed_in: Build | None = None

    @property
    def is_none(self) -> bool:
        """True for the correct rules, which are no fault."""
        return not self.changes

    @property
    def narrows(self) -> bool:
        """True if the line is never dialled where the correct rule would not dial it."""
        return self.effect is Effect.NARROWS


NONE = Fault(
    "none",
    article="Q156063 section 2.2.11",
    mechanism="a line is dialled if something waits for a route over it",
    certainty=Certainty.STATED,
    rewrite=lambda rules: rules,
    changes=frozenset(),
)
"""The correct rules."""


def fault(
    name: str,
    *,
    article: str,
    certainty: Certainty,
    product: str = "",
    effect: Effect = Effect.NARROWS,
    changes: Sequence[Event] = (Event.DIAL,),
    hypothesis: str = "",
    refuted_by: str = "",
    fixed_in: Build | None = None,
) -> Callable[[Callable[[Rules], Rules]], Fault]:
    """Declare the fault `name`: the function that follows rewrites the rules, and its docstring says the mechanism."""

    def declared(rewrite: Callable[[Rules], Rules]) -> Fault:
        return Fault(
            name,
            article,
            mechanism=_within_a_sentence(rewrite.__doc__ or ""),
            certainty=certainty,
            rewrite=rewrite,
            effect=effect,
            changes=frozenset(changes),
            product=product,
            hypothesis=hypothesis,
            refuted_by=refuted_by,
            fixed_in=fixed_in,
        )

    return declared


_CORRECT = correct()

_DECISIONS: Mapping[str, Callable[[Rules], object]] = {
    "what makes a line be dialled": lambda rules: rules.dials,
    "what keeps a line from being hung up": lambda rules: rules.holds,
    "what is given up": lambda rules: rules.gives_up,
    "what has a time-out": lambda rules: rules.expires,
    "how lines are watched": lambda rules: rules.probing,
    "which default routes keep others out": lambda rules: rules.keeps_out,
    "how lines are started": lambda rules: rules.supervising,
    "how requests of sites are served": lambda rules: rules.serving,
}
"""What one fault alone can replace; that something is forbidden or remembered besides, several can say."""


def _within_a_sentence(text: str) -> str:
    """`text`, a sentence, as a part of another one."""
    short = text.strip().removesuffix(".")
    return short[:1].lower() + short[1:]


def together(faults: Sequence[Fault]) -> Fault:
    """All of `faults` at once, in whatever order; one stands for itself.

    Raises InputError for the same fault twice, for the correct rules beside a fault, and for two faults that replace the same
    decision: one of them would undo what the other does.
    """
    first, *more = faults
    if not more:
        return first
    name = AND.join(one.name for one in faults)
    if len({one.name for one in faults}) < len(faults):
        raise InputError(f"{name!r} names a fault twice; name each once")
    if any(one.is_none for one in faults):
        raise InputError(f'{name!r}: "none" are the correct rules, and no fault is beside them; leave it out')
    for what, decides in _DECISIONS.items():
        deciding = [one.name for one in faults if decides(one.rewrite(_CORRECT)) is not decides(_CORRECT)]
        if len(deciding) > 1:
            raise InputError(f"{name!r}: {' and '.join(deciding)} each decide {what}, and only one of them can; check them apart")
    return replace(
        first,
        name=name,
        article=", ".join(dict.fromkeys(one.article for one in faults)),
        mechanism="; and ".join(one.mechanism for one in faults),
        certainty=Certainty.STATED if all(one.certainty is Certainty.STATED for one in faults) else Certainty.GUESS,
        rewrite=lambda rules: reduce(lambda rewritten, one: one.rewrite(rewritten), faults, rules),
        effect=Effect.NARROWS if all(one.narrows for one in faults) else Effect.WIDENS,
        changes=frozenset().union(*(one.changes for one in faults)),
        hypothesis="",
        refuted_by="",
        fixed_in=None,
    )
