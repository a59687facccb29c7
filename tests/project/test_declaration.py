"""The table [tool.dialproof] and the object that it names: each mistake is one message that says where and what is allowed."""

from pathlib import Path

import pytest

from dialproof.core.errors import InputError, ScenarioError
from dialproof.project.declaration import read_declaration
from dialproof.project.project import Project, project_of
from tests.gatehouse import OPENS, SHUT, run, scenario, specialize

HEAD = '[tool.dialproof]\nproject = "properties.checks:PROJECT"\n'


def problems(folder: Path, configuration: str) -> list[str]:
    """Each problem of the table, with its line and column."""
    (folder / "pyproject.toml").write_text(configuration)
    with pytest.raises(ScenarioError) as caught:
        read_declaration(folder)
    return [f"{place.line}:{place.column}: {message}" for place, message in caught.value.problems if place is not None]


@pytest.mark.parametrize(
    ("configuration", "said"),
    [
        ("[tool.dialproof]\n", '1:7: `tool.dialproof.project` is missing: name the project\'s object, as "module:OBJECT"'),
        ("[tool]\ndialproof = 1\n", '2:1: `tool.dialproof` is 1; it must be a table, with project = "module:OBJECT"'),
        (
            "[tool.dialproof]\nproject = 1\n",
            '2:11: `tool.dialproof.project` is 1; it must name the project\'s object, as "module:OBJECT"',
        ),
        (
            '[tool.dialproof]\nproject = "properties.checks"\n',
            '2:11: `tool.dialproof.project` is "properties.checks"; it must name the project\'s object, as "module:OBJECT"',
        ),
        (
            f'{HEAD}projekt = "a:b"\n',
            '3:1: unknown key `tool.dialproof.projekt`; allowed: "project" or "commands"; did you mean "project"?',
        ),
        (
            '[tool.dialproof]\nproject = "queue.checks:PROJECT"\n',
            "2:11: `tool.dialproof.project` is \"queue.checks:PROJECT\": Python or dialproof itself has a package 'queue'",
        ),
        (f"{HEAD}commands = 1\n", "3:12: `tool.dialproof.commands` is 1; it must be a table of commands"),
        (
            f'{HEAD}[tool.dialproof.commands]\nring = "a:b"\n',
            '4:8: `tool.dialproof.commands.ring` is "a:b"; it must be a table, with help = "..." and command = ',
        ),
        (
            f'{HEAD}[tool.dialproof.commands.ring]\ncommand = "a:b"\n',
            "3:26: `tool.dialproof.commands.ring.help` is missing: say one line for `dialproof --help`",
        ),
        (
            f'{HEAD}[tool.dialproof.commands.ring]\nhelp = ""\n',
            '3:26: `tool.dialproof.commands.ring.command` is missing: say where the command is, as "module:attribute"',
        ),
        (
            f'{HEAD}[tool.dialproof.commands.ring]\nhelp = 1\ncommand = "a:b"\n',
            "4:8: `tool.dialproof.commands.ring.help` is 1; it must be a line of text",
        ),
        (
            f'{HEAD}[tool.dialproof.commands.ring]\nhelp = ""\ncommand = "bells"\n',
            '5:11: `tool.dialproof.commands.ring.command` is "bells"; it must name the command, as "module:attribute"',
        ),
        (
            f'{HEAD}[tool.dialproof.commands.ring]\nhelp = ""\ncommand = "z3.bells:ring"\n',
            "5:11: `tool.dialproof.commands.ring.command` is \"z3.bells:ring\": Python or dialproof itself has a package 'z3'",
        ),
        (
            f'{HEAD}[tool.dialproof.commands.ring]\nhelp = ""\ncommand = "a:b"\nhlep = ""\n',
            '6:1: unknown key `tool.dialproof.commands.ring.hlep`; allowed: "help" or "command"; did you mean "help"?',
        ),
        (
            f'{HEAD}[tool.dialproof.commands.check]\nhelp = ""\ncommand = "a:b"\n',
            "3:26: `tool.dialproof.commands.check`: dialproof itself has a command 'check'; give the project's another name",
        ),
        (
            f'{HEAD}[tool.dialproof.commands."a b"]\nhelp = ""\ncommand = "a:b"\n',
            '3:26: "a b" is no name of a command: allowed are words of a-z and 0-9, joined by -',
        ),
    ],
)
def test_a_mistake_in_the_table(tmp_path: Path, configuration: str, said: str) -> None:
    (found,) = problems(tmp_path, configuration)
    assert found.startswith(said)


def test_a_table_of_functions_gets_one_message_that_says_how_to_write_it(tmp_path: Path) -> None:
    table = '[tool.dialproof]\nchecks = "properties.checks:plan"\npictures = "properties.checks:pictures"\n'
    (said,) = problems(tmp_path, table)
    assert said.startswith("2:1: `tool.dialproof.checks`: functions are no longer named one by one. Write project = ")
    assert "dialproof.VerificationProject" in said
    assert "[tool.dialproof.commands]" in said


def test_every_mistake_is_reported_at_once(tmp_path: Path) -> None:
    table = '[tool.dialproof]\nprojekt = "a:b"\n[tool.dialproof.commands.check]\nhelp = 1\n'
    assert len(problems(tmp_path, table)) == 5


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("nowhere.checks:PROJECT", "there is no module 'nowhere.checks' in"),
        ("properties.checks:PROJEKT", "there is no object 'PROJEKT' in"),
        ("properties.checks:PROJEKT", 'checks.py; did you mean "PROJECT"?'),
        ("properties.needy:PROJECT", "it needs a module 'no_such_module'"),
        ("properties.broken:PROJECT", "importing 'properties.broken' fails: ZeroDivisionError: division by zero ("),
        ("properties.typo:PROJECT", "importing 'properties.typo' fails: SyntaxError"),
        (
            "properties.checks:plan",
            "that is a function; it must be an object of a class derived from dialproof.VerificationProject",
        ),
        ("properties.checks:Gatehouse", "that is a class; name an object of it, such as PROJECT = Gatehouse()"),
        ("properties.unfinished:PROJECT", "importing 'properties.unfinished' fails: TypeError: Can't instantiate abstract class"),
    ],
)
def test_an_object_that_cannot_be_had(project: Path, named: str, said: str) -> None:
    (project / "pyproject.toml").write_text(f'[tool.dialproof]\nproject = "{named}"\n')
    (project / "properties" / "needy.py").write_text("import no_such_module\n")
    (project / "properties" / "broken.py").write_text("1 / 0\n")
    (project / "properties" / "typo.py").write_text("def plan(:\n")
    unfinished = "from dialproof import VerificationProject\n\nclass Mine(VerificationProject): ...\n\nPROJECT = Mine()\n"
    (project / "properties" / "unfinished.py").write_text(unfinished)
    result = run(scenario("one.toml", OPENS))
    assert result.exit_code == 2
    assert f'pyproject.toml:2:11: `tool.dialproof.project` is "{named}": ' in result.stderr
    assert said in result.stderr


@pytest.mark.parametrize("configuration", ["[tool.dialproof\n", "[tool.dialproof]\nproject = 1\n"])
def test_a_broken_table_ends_a_check_with_its_place(project: Path, configuration: str) -> None:
    (project / "pyproject.toml").write_text(configuration)
    result = run(scenario("one.toml", OPENS))
    assert result.exit_code == 2
    assert "pyproject.toml:" in result.stderr


# --- what a project returns ------------------------------------------------------------------------------------------


@pytest.fixture
def returning(project: Path) -> Project:
    """A project that returns what a test writes into `value.py`, whatever it is asked."""
    methods = ("checks(self, path)", "pictures(self, path)", "left_out(self, path)", "file_keys(self)", "schema(self)")
    lines = [f"    def {method}: return VALUE" for method in (*methods, "template(self, path, product)")]
    text = "\n".join(["class Special(VerificationProject):", *lines, "", "PROJECT = Special()"])
    (project / "properties" / "special.py").write_text(
        f"from properties.value import VALUE\nfrom dialproof import VerificationProject\n\n{text}\n"
    )
    (project / "pyproject.toml").write_text('[tool.dialproof]\nproject = "properties.special:PROJECT"\n')
    found = project_of([project / "one.toml"])
    found.activate()
    return found


NO_VARIANT = "PlannedCheck('one.toml', 1, 'opens', None, ())"
ODD_VARIANT = "PlannedCheck('one.toml', 1, 'opens', None, (1,))"
NO_LIST = "PlannedCheck('one.toml', 1, 'opens', None, 1)"


@pytest.mark.parametrize(
    ("method", "value", "said"),
    [
        ("checks", "None", "a list of PlannedCheck, each with a variant"),
        ("checks", "'text'", "a list of PlannedCheck, each with a variant"),
        ("checks", "[1]", "a list of PlannedCheck, each with a variant"),
        ("checks", f"[{NO_VARIANT}]", "a list of PlannedCheck, each with a variant"),
        ("checks", f"[{ODD_VARIANT}]", "a list of PlannedCheck, each with a variant"),
        ("checks", f"[{NO_LIST}]", "a list of PlannedCheck, each with a variant"),
        ("pictures", "None", "a list of Drawn"),
        ("pictures", "'x'", "a list of Drawn"),
        ("pictures", "[('plan', None)]", "a list of Drawn"),
        ("pictures", "[Drawn('plan', 1)]", "each with a name and a matplotlib Figure"),
        ("pictures", "[Drawn(1, Figure())]", "each with a name and a matplotlib Figure"),
        ("pictures", "[Drawn('plan', Figure(), None)]", "a list of Drawn"),
        ("pictures", "[Drawn('plan', Figure(), '', 'a graph')]", "a list of Drawn"),
        ("left_out", "'a line'", "a list of lines of text"),
        ("left_out", "[1]", "a list of lines of text"),
        ("file_keys", "'key'", "a list of keys, as text"),
        ("file_keys", "[None]", "a list of keys, as text"),
        ("schema", "[]", "a JSON Schema as a dictionary"),
        ("template", "b''", "the text of a scenario file"),
    ],
)
def test_what_a_project_must_not_return_is_named(project: Path, returning: Project, method: str, value: str, said: str) -> None:
    (project / "properties" / "value.py").write_text(
        f"from matplotlib.figure import Figure\nfrom dialproof import Drawn, PlannedCheck\n\nVALUE = {value}\n"
    )
    arguments: list[object] = [] if method in ("file_keys", "schema") else [Path("one.toml")]
    with pytest.raises(InputError) as caught:
        getattr(returning, method)(*arguments, *([None] if method == "template" else []))
    message = str(caught.value)
    assert f"`{method}` of the verification project properties.special:PROJECT in {project} returned " in message
    assert "it must return " in message
    assert said in message


def test_a_project_that_only_plans_has_nothing_else(project: Path) -> None:
    found = project_of([project / "one.toml"])
    found.activate()
    assert (found.left_out(Path("one.toml")), found.file_keys()) == ((), ())


def test_a_project_that_plans_nothing_says_so(project: Path) -> None:
    specialize(project, "checks(self, path)", "[]")
    result = run(scenario("one.toml", SHUT))
    assert result.exit_code == 2
    assert "one.toml: there is nothing to check: the project plans no check for it" in result.stderr
