"""The results as JSON Lines: one object per check on one line, in the order of the checks.

The keys are a promise: `dialproof/project/schema/check.schema.json` says what each of them holds.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from dialproof.core.plan import Scenario
from dialproof.core.run import Lasso, Run, Step
from dialproof.core.verdict import Holds, Unknown, Vacuous, Violated
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
        "trace": _trace(verdict.lasso) if isinstance(verdict, Violated) else None,
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


def _trace(run: Run) -> dict[str, object]:
    stem, loop = (run.stem, run.loop) if isinstance(run, Lasso) else (run.steps, ())
    return {"stem": _steps(stem), "loop": _steps(loop)}


def _steps(steps: Sequence[Step]) -> list[dict[str, object]]:
    return [{"action": None if taken is None else str(taken), "state": dict(state)} for taken, state in steps]
