"""The registry of engines: what each can answer, which questions it is asked, and how it is run.

A new engine is a module of `dialproof.engines` and a record here. The portfolio, the command line and the pages read this table;
none of them names an engine for its own sake. Neither a solver nor an engine is imported before `Engine.load` is called.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from dialproof.engines import limits

if TYPE_CHECKING:
    from dialproof.core.hints import StatedHints
    from dialproof.encode.problem import Problem
    from dialproof.engines.candidates import Outcome


class Answer(Enum):
    """What an engine can hand over, as a candidate: the value is what it says of the claim."""

    PROOF = "holds"
    VIOLATION = "violated"


FEW = 10_000
"""If no more states lie within the ranges, those that can be reached are visited at once: to begin a proof would take longer.

Of a safety claim, induction mostly says as much in the same time.
"""


@dataclass(frozen=True)
class Facts:
    """What decides which engines a question is put to.

    `is_safety`: the claim says only what must not happen. `is_finite`: so is the system. `has_hints`: somebody gave hints for a
    response proof. `asked` are the names of all engines that are asked. `n_states`: so many states lie within the ranges, if that
    is known.
    """

    is_safety: bool
    is_finite: bool
    has_hints: bool
    asked: frozenset[str]
    n_states: int | None = None


@dataclass(frozen=True)
class Request:
    """How an engine is to look for an answer: in which round (counted from 0), which says how much it may do.

    A bounded search finds no violation of fewer than `first_steps` steps, and tells `progress` each depth. `hints` are for a
    response proof.
    """

    round: int = 0
    first_steps: int = 0
    hints: "StatedHints | None" = None
    progress: Callable[[int], None] = lambda _depth: None


Run = Callable[["Problem", Request], "Outcome"]
"""An engine at work: what it hands over, a candidate."""


@dataclass(frozen=True)
class Engine:
    """An engine: its `name`, `how` it works in a few words, and what it `answers`.

    `applies` says if a question of these facts is put to it, `urgency` how soon it begins: the smallest number first. It has
    `n_rounds` rounds. Where several engines have an answer of one kind, that of an earlier round counts, and in one round that of
    the engine that stands first in the registry; a search with a `head_start` counts as that many rounds earlier. So does, by one
    round, a run of many steps of which an engine that `may_know_shortest` says that it is a shortest one. Given hints, an engine
    that `takes_hints` comes before all others. `is_look`: its first round ends within about a second. `is_default`: it is asked
    unless somebody names engines. `is_asked_about_ranges`: it is asked if variables stay in their ranges, whoever is asked about
    claims. `missing` says what has to be installed for it; "" if nothing. `load` imports it.
    """

    name: str
    how: str
    answers: frozenset[Answer]
    n_rounds: int
    load: Callable[[], Run]
    applies: Callable[[Facts], bool] = lambda _facts: True
    urgency: Callable[[Facts], int] = lambda _facts: 1
    head_start: int = 0
    may_know_shortest: bool = False
    takes_hints: bool = False
    is_look: bool = False
    is_default: bool = True
    is_asked_about_ranges: bool = False
    missing: Callable[[], str] = lambda: ""

    @property
    def proves(self) -> bool:
        """True if it can hand over a proof."""
        return Answer.PROOF in self.answers


def _bmc() -> Run:
    from dialproof.engines.bmc import search

    return lambda problem, request: search.search(
        problem, limits=limits.BMC[request.round], first=request.first_steps, progress=request.progress
    )


def _induction() -> Run:
    from dialproof.engines import k_induction, signal_correspondence
    from dialproof.engines.candidates import Nothing

    def run(problem: "Problem", request: Request) -> "Outcome":
        outcome = k_induction.prove(problem, limits=limits.INDUCTION[request.round])
        return signal_correspondence.prove(problem) if isinstance(outcome, Nothing) and problem.is_safety else outcome

    return run


def _spacer() -> Run:
    from dialproof.engines.spacer import search

    return lambda problem, request: search.prove(problem, limits.SPACER[request.round])


def _k_liveness() -> Run:
    from dialproof.engines import k_liveness

    return lambda problem, request: k_liveness.prove(problem, limits.K_LIVENESS[request.round])


def _octagons() -> Run:
    from dialproof.engines import octagons

    return lambda problem, request: octagons.prove(problem, limits.OCTAGONS[request.round])


def _response() -> Run:
    from dialproof.engines.response import search

    return lambda problem, request: search.prove(problem, request.hints, limits.RESPONSE[request.round])


def _explicit() -> Run:
    from dialproof.engines import explicit

    return lambda problem, request: explicit.decide_within_ranges(problem, limits.EXPLICIT[request.round].max_positions)


def _abc() -> Run:
    from dialproof.engines import abc

    return lambda problem, request: abc.prove(problem, limits.ABC[request.round])


def _without_abc() -> str:
    from dialproof.exchange.aiger import abc

    missing = abc.missing_tools()
    return missing and f"the engine 'abc' is another program: {missing}; on Debian: apt install berkeley-abc"


def _asks_for_response(facts: Facts) -> bool:
    """True if ranks are looked for: they are hinted at, or liveness to safety proves nothing or is not asked."""
    return not facts.is_safety and (facts.has_hints or not facts.is_finite or "spacer" not in facts.asked)


BOTH = frozenset(Answer)
PROOF = frozenset({Answer.PROOF})

REGISTRY: tuple[Engine, ...] = (
    Engine(
        "bmc",
        "unrolls the system step by step in one solver",
        frozenset({Answer.VIOLATION}),
        len(limits.BMC),
        _bmc,
        urgency=lambda _facts: 0,
        head_start=1,
        is_look=True,
        is_asked_about_ranges=True,
    ),
    Engine(
        "induction",
        "k-induction, and where that is not enough which variables are always equal",
        PROOF,
        len(limits.INDUCTION),
        _induction,
        applies=lambda facts: facts.is_safety,
        is_asked_about_ranges=True,
    ),
    Engine(
        "spacer",
        "asks Z3's engine for Horn clauses for an invariant",
        BOTH,
        len(limits.SPACER),
        _spacer,
        is_asked_about_ranges=True,
    ),
    Engine(
        "octagons",
        "looks for bounds on sums and differences of integers",
        PROOF,
        len(limits.OCTAGONS),
        _octagons,
        applies=lambda facts: facts.is_safety,
        urgency=lambda _facts: 2,
    ),
    Engine(
        "explicit",
        "visits the states that can be reached",
        BOTH,
        len(limits.EXPLICIT),
        _explicit,
        applies=lambda facts: facts.is_finite,
        urgency=lambda facts: 0 if not facts.is_safety and facts.n_states is not None and facts.n_states <= FEW else 1,
        may_know_shortest=True,
        is_look=True,
    ),
    Engine(
        "k-liveness",
        "asks the same engine for a number of rounds that no violation completes",
        PROOF,
        len(limits.K_LIVENESS),
        _k_liveness,
        applies=lambda facts: not facts.is_safety,
        urgency=lambda facts: 2 if facts.is_finite else int(facts.has_hints),  # on unbounded data it serves best
    ),
    Engine(
        "response",
        "looks for helpful actions and ranks",
        BOTH,
        len(limits.RESPONSE),
        _response,
        applies=_asks_for_response,
        urgency=lambda facts: 0 if facts.has_hints else 1,
        takes_hints=True,
    ),
    Engine(
        "abc",
        "asks `pdr` of Berkeley's ABC, another program",
        BOTH,
        len(limits.ABC),
        _abc,
        is_default=False,
        missing=_without_abc,
    ),
)
"""Every engine, in the order in which answers of one round are preferred."""


def names() -> tuple[str, ...]:
    """The engines by name."""
    return tuple(engine.name for engine in REGISTRY)


DEFAULT_ENGINES = tuple(engine.name for engine in REGISTRY if engine.is_default)
"""The engines that are asked unless somebody names some."""


def engine_called(name: str) -> Engine:
    """The engine of that name. Raises KeyError if there is none."""
    for engine in REGISTRY:
        if engine.name == name:
            return engine
    raise KeyError(name)
