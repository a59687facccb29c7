"""The results as JUnit XML, which every build server can show: a suite for each scenario, a case for each check.

It conforms to the Jenkins xUnit plug-in's junit-10.xsd. An expected violation passes. What is not as expected fails, and so
does a check that holds vacuously. An undecided check is an *error*, like a test that could not be carried out: not a failure,
since nothing was shown to be wrong, and not skipped, since build servers show that as green.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as Xml

from dialproof.cli.details import advice, counterexamples, proofs
from dialproof.core.plan import PlannedCheck, Scenario
from dialproof.core.verdict import Violated, seconds_of
from dialproof.core.visible import visible
from dialproof.evidence.outcome import CheckedVerdict, word
from dialproof.review.expectation import Standing, is_vacuous, remark, standing_of

_WIDTH = 100
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document can hold, not even as a reference: most control characters, and half of a pair."""


def junit_xml(scenarios: Sequence[Scenario], results: Sequence[CheckedVerdict]) -> str:
    """The document. A check without a result was not reached, and counts as undecided."""
    known = {checked.planned: checked for checked in results}
    root = Xml.Element("testsuites", name="dialproof")
    total: Counter[str] = Counter()
    for scenario in scenarios:
        suite, counts = _suite(scenario, known)
        root.append(suite)
        total += counts
    _count(root, total, _seconds(results))
    Xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(root, encoding="unicode")}\n'


def _suite(scenario: Scenario, known: Mapping[PlannedCheck, CheckedVerdict]) -> tuple[Xml.Element, Counter[str]]:
    suite = Xml.Element("testsuite", name=_clean(scenario.title or scenario.label), file=_clean(scenario.label))
    counts: Counter[str] = Counter()
    names: Counter[str] = Counter()
    for planned in scenario.checks:
        under = scenario.under(planned)
        name = f"{planned.claim} ({under})" if under else planned.claim
        names[name] += 1
        if names[name] > 1:  # two cases of one name would be taken for one
            name = f"{name} [line {planned.line}]"
        checked = known.get(planned)
        seconds = checked.seconds if checked else 0.0
        case = Xml.SubElement(suite, "testcase", classname=_class(scenario), name=_clean(name), time=f"{seconds:.3f}")
        counts["tests"] += 1
        if checked is None:
            counts["errors"] += 1
            Xml.SubElement(case, "error", type="undecided", message="undecided: the check was not carried out")
        else:
            counts[_judge(case, scenario, checked)] += 1
    _count(suite, counts, _seconds([known[planned] for planned in scenario.checks if planned in known]))
    return suite, counts


def _judge(case: Xml.Element, scenario: Scenario, checked: CheckedVerdict) -> str:
    """Say in `case` how the check came out; returns what it counts as."""
    shown = counterexamples(scenario, [checked], _WIDTH) or [
        [*proofs(scenario, [checked], _WIDTH), *advice(scenario, [checked], _WIDTH)]
    ]
    text = _clean("\n".join(line for lines in shown for line in lines))
    found = word(checked.verdict)
    expected = checked.planned.expected or "holds"
    match standing_of(checked):
        case Standing.AS_EXPECTED:
            Xml.SubElement(case, "system-out").text = text
            return "passed"
        case Standing.UNDECIDED:
            Xml.SubElement(case, "error", type="undecided", message=_clean(remark(checked))).text = text
            return "errors"
        case _:
            kind = "vacuous" if is_vacuous(checked) and not isinstance(checked.verdict, Violated) else found
            said = remark(checked) or f"{checked.planned.claim}: {found}, but {expected} was expected"
            Xml.SubElement(case, "failure", type=kind, message=_clean(said)).text = text
            return "failures"


def _count(element: Xml.Element, counts: Mapping[str, int], seconds: float) -> None:
    for name in ("tests", "failures", "errors"):
        element.set(name, str(counts.get(name, 0)))
    element.set("time", f"{seconds:.3f}")


def _seconds(results: Sequence[CheckedVerdict]) -> float:
    """The wall-clock seconds of these checks together; overlapping times count once."""
    return seconds_of(verdict for checked in results for _, verdict in checked.by_cause)


def _class(scenario: Scenario) -> str:
    """The file's path as build servers show a class: folders with dots between them."""
    parts = [part for part in (*scenario.path.parts[:-1], scenario.path.stem) if part.strip("./")]
    return _clean(".".join(part.replace(".", "_") for part in parts))


def _clean(text: str) -> str:
    """`text` without what XML cannot hold, and without what cannot be seen; each such character as an escape."""
    return _FORBIDDEN.sub(lambda found: repr(found[0])[1:-1], visible(text))
