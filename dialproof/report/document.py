"""The contents of a report as plain frozen values, independent of its format and of any solver.

`dialproof.report.build` makes a `Document` from a review; the templates of each format only arrange it. A `Ref` links one part
to another: a word, and the `id` of the target.
"""

from collections.abc import Sequence
from dataclasses import dataclass

HOLDS, VIOLATED, UNKNOWN, VACUOUS = "holds", "violated", "unknown", "holds vacuously"
"""What the verdict of a check is called."""


@dataclass(frozen=True)
class Ref:
    """A word that leads to the part of the report with the id `target`."""

    text: str
    target: str


@dataclass(frozen=True)
class Picture:
    """A figure: `svg` is a drawing that can stand by itself, `description` says in words what it shows.

    A picture that `is_extra` adds nothing to the others, and is folded up at first.
    """

    id: str
    caption: str
    description: str
    svg: str
    is_extra: bool = False


@dataclass(frozen=True)
class Fact:
    """Something that has a name and a value, such as a tool and its version."""

    name: str
    value: str


@dataclass(frozen=True)
class Command:
    """A command for the shell, and its purpose."""

    purpose: str
    line: str


@dataclass(frozen=True)
class Scenario:
    """A scenario file: `digest` is the SHA-256 of its content; `facts` describe its model."""

    id: str
    label: str
    title: str
    path: str
    digest: str
    facts: tuple[Fact, ...]
    pictures: tuple[Picture, ...]
    same_pictures: tuple[Ref, ...]


@dataclass(frozen=True)
class Formula:
    """A formula as a solver reads it, and the scenarios in which the claim is this formula."""

    text: str
    scenarios: tuple[Ref, ...]


@dataclass(frozen=True)
class Happening:
    """Something that must be possible for a claim to be meaningful, and (`possible`, in words) in which models it is."""

    says: str
    possible: str


@dataclass(frozen=True)
class Claim:
    """A claim: its sentence, its source, its formula in each scenario, and what must be possible."""

    id: str
    name: str
    says: str
    source: str
    formulas: tuple[Formula, ...]
    happenings: tuple[Happening, ...]


@dataclass(frozen=True)
class Evidence:
    """The evidence for a verdict under `causes` (empty if all checks of the scenario have the same cause)."""

    causes: tuple[str, ...]
    verdict: str
    ref: Ref | None
    reason: str


@dataclass(frozen=True)
class Check:
    """A check and its verdict.

    `expected` is the verdict that the scenario states; `stated` is False if it states none, which counts as "holds". `standing`
    is "as expected", "not as expected" or "undecided". `remark` says why a verdict is unknown or vacuous, `scope` what it
    covers, `substance` whether it says something. `seconds` is the wall-clock time. `suspects` are the settings that explain a
    violation, each with its place.
    """

    id: str
    scenario: Ref
    line: int
    claim: Ref
    causes: tuple[str, ...]
    verdict: str
    expected: str
    stated: bool
    standing: str
    remark: str
    scope: str
    evidence: tuple[Evidence, ...]
    bases: tuple[Ref, ...]
    substance: str
    witnesses: tuple[Ref, ...]
    engine: str
    seconds: float
    suspects: tuple[str, ...] = ()

    @property
    def is_expected(self) -> bool:
        """True if it came out as the scenario expects."""
        return self.standing == "as expected"


@dataclass(frozen=True)
class Step:
    """A step of a run: `number` counts from 1, 0 is the start. `changes` says in words what the step changed.

    `part` is "start", "stem" or "loop"; `time` is what the clock shows after the step, "" if no time is counted.
    """

    number: int
    action: str
    changes: tuple[str, ...]
    part: str
    time: str = ""


@dataclass(frozen=True)
class Run:
    """A run that is evidence: step by step, and drawn.

    `loop` is the number of the loop's first step (0 for a finite run); behind the last step the run goes on there, for ever.
    `begins` stands above it; `round` is how long the loop takes, "" if that is not known, or no time.
    `shows` names the checks that it shows to be violated, `gives_substance` those that it shows not to be vacuous.
    """

    id: str
    label: str
    claims: tuple[str, ...]
    shows: tuple[Ref, ...]
    gives_substance: tuple[Ref, ...]
    steps: tuple[Step, ...]
    loop: int
    begins: str
    round: str
    ending: str
    summary: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Proof:
    """A certificate: how it proves, what it uses, how large it is, its text, and who checked it.

    `digest` is its SHA-256; `parts` are the certificates of the conjuncts, if the claim has several.
    """

    id: str
    label: str
    method: str
    explained: str
    facts: tuple[Fact, ...]
    fairness: tuple[str, ...]
    invariant: str
    digest: str
    checked_by: tuple[str, ...]
    parts: tuple["Proof", ...]
    proves: tuple[Ref, ...]


@dataclass(frozen=True)
class Basis:
    """What verdicts rest on: names of fair actions, and assumptions with their reasons; `checks` rest on it."""

    id: str
    label: str
    weak: tuple[str, ...]
    strong: tuple[str, ...]
    assumptions: tuple[Fact, ...]
    checks: tuple[Ref, ...]


@dataclass(frozen=True)
class Action:
    """An action of the model and the runs that take it.

    `fairness` is "none", "weak" or "strong"; several if scenarios differ. `possible` says in words in which models it can be
    taken, `runs` are the runs of this report that take it.
    """

    name: str
    says: str
    actor: str
    source: str
    fairness: tuple[str, ...]
    possible: str
    runs: tuple[Ref, ...]


@dataclass(frozen=True)
class Tally:
    """The number of checks by verdict and by standing."""

    checks: int
    holds: int
    violated: int
    unknown: int
    as_expected: int
    different: int
    undecided: int


@dataclass(frozen=True)
class Document:
    """The whole report. `made` is its date, in UTC; `summary` is one paragraph; `attention` are the checks to look at first."""

    title: str
    made: str
    summary: str
    tally: Tally
    attention: tuple[Check, ...]
    scenarios: tuple[Scenario, ...]
    claims: tuple[Claim, ...]
    checks: tuple[Check, ...]
    runs: tuple[Run, ...]
    proofs: tuple[Proof, ...]
    bases: tuple[Basis, ...]
    actions: tuple[Action, ...]
    not_asked: tuple[str, ...]
    notes: tuple[str, ...]
    left_out: tuple[str, ...]
    commands: tuple[Command, ...]
    tools: tuple[Fact, ...]
    words: tuple[Fact, ...]
    seconds: float

    def checks_of(self, scenario: Scenario, claim: Claim) -> tuple[Check, ...]:
        """The checks of `claim` in `scenario`: the cell of the table of verdicts."""
        return tuple(c for c in self.checks if c.scenario.target == scenario.id and c.claim.target == claim.id)

    def by_claim(self, refs: Sequence[Ref]) -> tuple[tuple[str, tuple[Ref, ...]], ...]:
        """These checks grouped: the name of each claim, with the scenarios in which it is checked."""
        known = {check.id: check for check in self.checks}
        groups: dict[str, list[Ref]] = {}
        for ref in refs:
            check = known[ref.target]
            alone = sum(1 for other in self.checks if (other.claim, other.scenario) == (check.claim, check.scenario)) == 1
            under = "" if alone or len(check.causes) != 1 else f" under {check.causes[0]}"
            groups.setdefault(check.claim.text, []).append(Ref(f"{check.scenario.text}{under}", check.id))
        return tuple((claim, tuple(places)) for claim, places in groups.items())

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Every picture, in the order of the page."""
        return (
            *(picture for run in self.runs for picture in run.pictures),
            *(picture for scenario in self.scenarios for picture in scenario.pictures),
        )

    @property
    def methods(self) -> tuple[tuple[str, str], ...]:
        """The proof rules that are used, each with its explanation."""
        every = [part for proof in self.proofs for part in (proof, *proof.parts)]
        return tuple(dict.fromkeys((proof.method, proof.explained) for proof in every))

    @property
    def counterexamples(self) -> tuple[Run, ...]:
        """The runs that show a violation."""
        return tuple(run for run in self.runs if run.shows)

    @property
    def witnesses(self) -> tuple[Run, ...]:
        """The runs that only show that a verdict is not vacuous."""
        return tuple(run for run in self.runs if not run.shows)
