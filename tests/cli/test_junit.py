"""JUnit XML: a build server must show each check for what it is, whatever characters stand in it, however the run ended."""

import re
import signal
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialproof.cli.junit import junit_xml
from dialproof.core.claims import Claim, OneSystem
from dialproof.core.plan import PlannedCheck, Scenario
from dialproof.core.run import FiniteRun, State, Step
from dialproof.core.system import System
from dialproof.core.variables import integer
from dialproof.core.verdict import Unknown, Vacuity, Violated
from dialproof.evidence.outcome import CheckedVerdict
from dialproof.ltl import always
from tests.gatehouse import HARD, OPENS, SHUT, real, run, scenario

# What junit-10.xsd of Jenkins' xUnit plug-in says of the parts that we use: their attributes (with a star: must be there), and
# what may stand in them.
ATTRIBUTES = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name*", "tests*", "failures*", "errors*", "group", "time", "skipped", "timestamp", "hostname", "id",
                  "package", "file", "log", "url"},
    "testcase": {"name*", "time", "classname", "group"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "system-out": set(),
}  # fmt: skip
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testsuite", "properties", "testcase", "system-out", "system-err"},
    "testcase": {"skipped", "error", "failure", "system-out", "system-err"},
}
TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?")


def conforming(text: str) -> Xml.Element:
    """The document, which conforms to the schema, and whose numbers add up."""
    root = Xml.fromstring(text)  # noqa: S314  # our own
    assert root.tag == "testsuites"
    for element in root.iter():
        allowed = ATTRIBUTES[element.tag]
        assert {name for name in allowed if name.endswith("*")} <= {f"{name}*" for name in element.attrib}, element.tag
        assert set(element.attrib) <= {name.rstrip("*") for name in allowed}, element.tag
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set()), element.tag
        if element.tag in ("testsuites", "testsuite"):
            assert TIME.fullmatch(element.attrib["time"])
            assert int(element.attrib["tests"]) == len(list(element.iter("testcase")))
            assert int(element.attrib["failures"]) == len(list(element.iter("failure")))
            assert int(element.attrib["errors"]) == len(list(element.iter("error")))
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(set(names)) == len(names), "two cases of one name would be taken for one"
    return root


def written(*arguments: str) -> Xml.Element:
    run(*arguments, "--junit", "out.xml")
    return conforming(Path("out.xml").read_text(encoding="utf-8"))


def outcomes(root: Xml.Element) -> list[tuple[str | None, str, str | None]]:
    """For each case its name, how it came out, and the kind of that."""
    return [
        (case.get("name"), "passed" if case[0].tag == "system-out" else case[0].tag, case[0].get("type"))
        for case in root.iter("testcase")
    ]


@pytest.mark.usefixtures("project")
def test_each_outcome_is_what_a_build_server_should_make_of_it() -> None:
    checks = [OPENS, SHUT + '\nexpect = "violated"', SHUT, OPENS + '\nexpect = "violated"', 'kind = "empty-premise"']
    root = written(scenario("one.toml", *checks))
    assert outcomes(root) == [
        ("gate-opens", "passed", None),
        ("gate-stays-shut", "passed", None),
        ("gate-stays-shut [line 10]", "failure", "violated"),
        ("gate-opens [line 13]", "failure", "holds"),
        ("gate-opens [line 17]", "failure", "vacuous"),
    ]
    assert [root[0].get(key) for key in ("name", "file", "tests", "failures", "errors")] == [
        "The gate",
        "one.toml",
        "5",
        "3",
        "0",
    ]


@pytest.mark.usefixtures("project")
def test_a_failure_shows_the_counterexample_and_a_pass_the_proof() -> None:
    passed, failed = written(scenario("one.toml", OPENS, SHUT)).iter("testcase")
    assert "proved by" in (passed[0].text or "")
    assert failed[0].get("message") == "gate-stays-shut: violated, but holds was expected"
    assert "The gate opens." in (failed[0].text or "")
    assert "Lost here" in (failed[0].text or "")


@pytest.mark.usefixtures("project")
def test_what_is_undecided_is_an_error() -> None:
    checks = [OPENS + '\ncauses = ["stuck", "none"]', HARD]
    root = written(scenario("one.toml", *checks), "--timeout", "6")
    assert outcomes(root) == [
        ("gate-opens (under each of 2 causes: stuck, none)", "error", "undecided"),
        ("never-zero (under none)", "error", "undecided"),
    ]
    split, late = root.iter("error")
    assert split.get("message") == "undecided: depends on the cause: violated under stuck, holds under none"
    assert "no answer within 6 s" in (late.get("message") or "")


@pytest.mark.usefixtures("project")
def test_a_suite_is_a_scenario_and_a_class_its_path() -> None:
    scenario("all/a.v2.toml", OPENS, title="")
    scenario("all/deep/b.toml", OPENS)
    root = written("./all")
    assert [suite.get("name") for suite in root] == ["all/a.v2.toml", "The gate"]
    assert [case.get("classname") for case in root.iter("testcase")] == ["all.a_v2", "all.deep.b"]


@pytest.mark.usefixtures("project")
def test_json_and_junit_go_together() -> None:
    result = run(scenario("one.toml", OPENS), "--json", "--junit", "out.xml")
    assert result.stdout.count("\n") == 1
    conforming(Path("out.xml").read_text(encoding="utf-8"))


# --- characters ------------------------------------------------------------------------------------------------------

waiting = integer("waiting", 0, 1)
SYSTEM = System("s", [waiting], waiting == 0, [])


@given(st.text(st.characters(), min_size=1), st.text(st.characters()), st.text(st.characters()))
def test_every_text_makes_a_well_formed_document(name: str, title: str, reason: str) -> None:
    claim = Claim(name, always(waiting == 1), says=title)
    planned = [PlannedCheck("s.toml", line, name, None, (OneSystem("none", SYSTEM, claim),)) for line in (1, 2)]
    lost = Violated(FiniteRun((Step(None, State.of({title: 0})),)), vacuity=Vacuity(True))
    results = [CheckedVerdict(planned[0], (("none", Unknown(reason)),)), CheckedVerdict(planned[1], (("none", lost),))]
    root = conforming(junit_xml([Scenario(Path(f"{reason}/s.toml".replace("\0", "")), title, tuple(planned))], results))
    assert outcomes(root)[0][1:] == ("error", "undecided")
    assert outcomes(root)[1][1:] == ("failure", "violated")


@pytest.mark.usefixtures("project")
def test_a_character_that_xml_cannot_hold_is_written_as_python_writes_it() -> None:
    Path("one.toml").write_text(f'title = "a \\u001B & <b> \\uFFFF"\n\n[[check]]\n{OPENS}\n')
    assert written("one.toml")[0].get("name") == "a \\x1b & <b> \\uffff"


# --- the file --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(("place", "said"), [("nowhere/out.xml", "there is no folder nowhere"), ("folder", "is a directory")])
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_checked(place: str, said: str) -> None:
    Path("folder").mkdir()
    result = run(scenario("one.toml", SHUT), "--junit", place)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


@pytest.mark.usefixtures("project")
def test_an_old_file_is_replaced_and_nothing_else_is_left() -> None:
    Path("out.xml").write_text("old")
    written(scenario("one.toml", OPENS))
    assert sorted(path.name for path in Path().iterdir()) == ["one.toml", "out.xml", "properties", "pyproject.toml"]


@pytest.mark.usefixtures("project")
def test_an_interrupted_run_says_in_the_file_what_is_known() -> None:
    names = [scenario("a.toml", SHUT + '\nexpect = "violated"'), scenario("b.toml", HARD)]
    process = real("check", *names, "--json", "--junit", "out.xml")
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    root = conforming(Path("out.xml").read_text(encoding="utf-8"))
    assert outcomes(root) == [("gate-stays-shut", "passed", None), ("never-zero", "error", "undecided")]
    (error,) = root.iter("error")
    assert error.get("message") == "undecided: interrupted"


def test_a_check_that_nobody_came_to_is_undecided() -> None:
    planned = PlannedCheck("s.toml", 1, "c", None, (OneSystem("none", SYSTEM, Claim("c", always(waiting == 1), "says")),))
    root = conforming(junit_xml([Scenario(Path("s.toml"), "", (planned,))], []))
    assert outcomes(root) == [("c", "error", "undecided")]
