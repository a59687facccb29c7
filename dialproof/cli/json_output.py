"""The results as JSON Lines: one object per check on one line, in the order of the checks.

The keys are a promise: `dialproof/project/schema/check.schema.json` says what each of them holds.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from dialproof.core.plan import Scenario
from dialproof.core.run import Lasso, Run
from dialproof.core.run_clock import clock_of
from dialproof.core.system import System
from dialproof.core.verdict import Holds, Unknown, Vacuous, Violated
from dialproof.core.wording import wording_of
from dialproof.evidence.findings import by_causes
from dialproof.portfolio.check import CheckedVerdict, word
from dialproof.review.expectation import basis_of, cached_from, engines_of, is_vacuous


def json_line(scenario: Scenario, checked: CheckedVerdict, paths: Sequence[Path] = ()) -> str:
    """The object for one check, without a line break. Letters beyond ASCII are escaped, so that every terminal takes it.

    `paths` are the files to which its evidence was written, in the order of the causes: certificates, or traces.
    """
    verdict = checked.verdict
    content: dict[str, object] = {
        "scenario": str(scenario.path),
        "claim": checked.planned.claim,
        "verdict": word(verdict),
        "expected": checked.planned.expected,
        "engine": engines_of(checked) or None,
        "seconds": round(checked.seconds, 3),
        "vacuous": None if isinstance(verdict, Unknown) else is_vacuous(checked),
        "assumptions": list(basis_of(checked).lines()),
        "evidence": _evidence(checked, paths),
        "trace": _trace(verdict.lasso, next(checked.violations)[0].shown) if isinstance(verdict, Violated) else None,
        "reason": verdict.reason if isinstance(verdict, Unknown) else None,
        "findings": [
            {
                "kind": found.kind.value,
                "subject": found.subject,
                "causes": list(causes),
                "decided": found.decided,
                "says": found.says,
            }
            for found, causes in by_causes(checked.findings).items()
        ],
    }
    content["notes"] = list(checked.planned.notes)
    if isinstance(verdict, Violated) and checked.planned.suspects:
        content["suspects"] = [asdict(suspect) for suspect in checked.planned.suspects]
    if scenario.under(checked.planned):
        content["causes"] = {cause: word(one) for cause, one in checked.by_cause}
    if promised := [promise for promise in basis_of(checked).fairness() if promise.name]:
        content["promises"] = [{"name": one.name, "fairness": one.kind, "actions": list(one.actions)} for one in promised]
    if not isinstance(verdict, Holds | Vacuous) and verdict.depth >= 0:
        content["depth"] = verdict.depth
    if cached := cached_from(checked):
        content["cached"] = cached
    return json.dumps(content)


def _evidence(checked: CheckedVerdict, paths: Sequence[Path]) -> dict[str, object] | None:
    verdict = checked.verdict
    if isinstance(verdict, Unknown):
        return None
    kind = "certificate" if isinstance(verdict, Holds | Vacuous) else "lasso" if isinstance(verdict.lasso, Lasso) else "run"
    said: dict[str, object] = {"kind": kind, "path": str(paths[0]) if paths else None, "checked_by": list(verdict.checked_by)}
    return said if len(checked.by_cause) == 1 or not paths else {**said, "paths": [str(path) for path in paths]}


def _trace(run: Run, system: System) -> dict[str, object]:
    """The run as plain data; if its system counts time, with the time at which each state begins, and that of a round."""
    steps: list[dict[str, object]] = [
        {"action": None if taken is None else str(taken), "state": dict(state)} for taken, state in run.steps
    ]
    clock = clock_of(run, wording_of(system))
    if clock is not None:
        steps = [{"time": time, **step} for time, step in zip(clock.at, steps, strict=False)]
    stem = len(run.stem) if isinstance(run, Lasso) else len(steps)
    trace: dict[str, object] = {"stem": steps[:stem], "loop": steps[stem:]}
    if clock is not None:
        trace["counts"] = clock.counts
        if clock.period is not None:
            trace["period"] = clock.period
    return trace
