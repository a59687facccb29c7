"""The input of a report: the scenarios with their models, and the claims with their formulas and witnesses."""

from collections.abc import Iterator, Mapping, Sequence

from dialproof.core import plan as given
from dialproof.core.claims import Variant
from dialproof.evidence.findings import Kind
from dialproof.report import coverage, drawing
from dialproof.report.coverage import Model
from dialproof.report.document import Claim, Fact, Formula, Picture, Ref, Scenario
from dialproof.report.plain import plain
from dialproof.review.session import Review

_MOST_VARIABLES = 16
_LONGEST_FORMULA = 2000


def scenario_refs(review: Review) -> dict[given.Scenario, Ref]:
    """The label of each scenario in the report: S1, S2 and so on, or the file's name if there is only one."""
    alone = len(review.scenarios) == 1
    return {
        scenario: Ref(plain(scenario.path.name) if alone else f"S{number}", f"scenario-{number}")
        for number, scenario in enumerate(review.scenarios, 1)
    }


def models(review: Review, refs: Mapping[given.Scenario, Ref]) -> dict[given.Scenario, tuple[Model, ...]]:
    """The model of each scenario under each of its causes."""
    found = {}
    for scenario, ref in refs.items():
        by_cause: dict[str, list[Variant]] = {}
        for planned in scenario.checks:
            for variant in planned.variants:
                by_cause.setdefault(variant.name, []).append(variant)
        proved = {
            (finding.cause, finding.subject)
            for checked in review.of_scenario(scenario)
            for finding in checked.actions
            if finding.kind is Kind.ACTION_NEVER_ENABLED and finding.decided
        }
        several = len(by_cause) > 1
        found[scenario] = tuple(
            Model(ref, plain(cause) if several else "", variants, frozenset(name for under, name in proved if under == cause))
            for cause, variants in by_cause.items()
        )
    return found


def scenarios(
    review: Review, refs: Mapping[given.Scenario, Ref], visited: Mapping[given.Scenario, Sequence[Model]]
) -> Iterator[Scenario]:
    """Each scenario with the facts of its model and the project's pictures; equal pictures are shown once."""
    shown: dict[tuple[str, str], Ref] = {}
    for scenario, ref in refs.items():
        own: list[Picture] = []
        same: list[Ref] = []
        for picture in drawing.of_scenario(review.project.pictures(scenario.path), ref.target):
            first = shown.setdefault((picture.caption, picture.svg), Ref(f"{picture.caption} in {ref.text}", picture.id))
            if first.target == picture.id:
                own.append(picture)
            else:
                same.append(first)
        yield Scenario(
            id=ref.target,
            label=ref.text,
            title=plain(scenario.title) or plain(scenario.path.name),
            path=plain(scenario.label),
            digest=scenario.digest,
            facts=tuple(_facts(visited[scenario])),
            pictures=tuple(own),
            same_pictures=tuple(same),
        )


def _facts(models_: Sequence[Model]) -> Iterator[Fact]:
    system = models_[0].system
    told = [f"{plain(variable.label)}: {variable.domain}" for variable in system.variables[:_MOST_VARIABLES]]
    rest = len(system.variables) - len(told)
    yield Fact("Variables", "; ".join([*told, f"and {rest} more"] if rest else told))
    yield Fact("Actions", str(len(system.actions)))
    states: dict[str, list[str]] = {}
    for model in models_:
        count = f"{model.coverage.states:,}" if model.coverage.is_complete else "too many to visit for a report"
        states.setdefault(count, []).append(model.cause)
    counts = [f"{count} under {', '.join(causes)}" if len(states) > 1 else count for count, causes in states.items()]
    yield Fact("Reachable states", "; ".join(counts))


def claims(refs: Mapping[given.Scenario, Ref], visited: Mapping[given.Scenario, Sequence[Model]]) -> tuple[Claim, ...]:
    """Every claim that was checked, in order of appearance."""
    by_name: dict[str, list[tuple[Ref, Variant]]] = {}
    for scenario, ref in refs.items():
        for planned in scenario.checks:
            by_name.setdefault(planned.claim, []).extend((ref, variant) for variant in planned.variants)
    every = [model for models_ in visited.values() for model in models_]
    made = []
    for number, (name, variants) in enumerate(by_name.items(), 1):
        claim = variants[0][1].claim
        formulas: dict[str, list[Ref]] = {}
        for ref, variant in variants:
            formulas.setdefault(variant.claim.formula.sexpr(), []).append(ref)
        made.append(
            Claim(
                id=f"claim-{number}",
                name=plain(name),
                says=plain(claim.says),
                source=plain(claim.source),
                formulas=tuple(Formula(_shortened(text), tuple(dict.fromkeys(where))) for text, where in formulas.items()),
                happenings=coverage.happenings(claim.name, every),
            )
        )
    return tuple(made)


def _shortened(text: str) -> str:
    rest = len(text) - _LONGEST_FORMULA
    return f"{text[:_LONGEST_FORMULA]} ... and {rest:,} more characters" if rest > 0 else text


def left_out(review: Review) -> tuple[str, ...]:
    """What the models leave out, by the project's account, each line once. Raises InputError if it is not lines of text."""
    lines = (line for scenario in review.scenarios for line in review.project.left_out(scenario.path))
    return tuple(dict.fromkeys(plain(line) for line in lines))
