"""Tables from CSV files: read as written or refused with line and column, and reduced without changing what can happen."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from dialproof.core.actions import Fairness
from dialproof.core.claims import ManySystems, OneSystem
from dialproof.core.errors import CertificateError, InputError, ScenarioError
from dialproof.core.family import Family
from dialproof.core.run import FiniteRun, Lasso, Run, State, Step
from dialproof.core.verdict import Holds, Violated
from dialproof.encode.problem import Problem
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found
from dialproof.engines.limits import BmcLimits
from dialproof.evidence.certificates import writing
from dialproof.evidence.certificates.auditing import Auditor
from dialproof.evidence.certificates.writing import write as write_certificates
from dialproof.evidence.outcome import CheckedVerdict
from dialproof.evidence.replay import replay
from dialproof.evidence.solvers import solvers_for
from dialproof.portfolio.check import run_planned
from dialproof.portfolio.portfolio import Portfolio
from dialproof.project.scenarios import load_one
from model.faults import of_product
from model.products.exchange_ims import table_file
from model.products.exchange_ims.compose import build
from model.products.exchange_ims.scenario import EmailDomain, Scenario
from model.products.exchange_ims.table_file import TableFile
from model.products.exchange_ims.whole_file import whole_file
from model.router import Router
from properties.catalogue import catalogue as claims
from properties.checks import plan
from properties.observed import Observed
from tests.tables import DNS, HEADER, HOST, rows, scenario, write

faults = partial(of_product, "exchange-ims")
"""Gives the faults that the connector can have, by name."""

ROOT = Path(__file__).resolve().parents[2]
LINKS = ("isp", "other", "office")
KINDS = [("etrn", ""), *((deliver, link) for deliver in ("host", "dns") for link in LINKS)]


def read(folder: Path, content: bytes) -> TableFile:
    path = folder / "routes.csv"
    path.write_bytes(content)
    return table_file.read(path, LINKS)


def refusals(folder: Path, content: str | bytes) -> list[str]:
    """What is said of a file, with its name in front of each line and column."""
    with pytest.raises(ScenarioError) as caught:
        read(folder, content if isinstance(content, bytes) else content.encode())
    return str(caught.value).replace(f"{folder}/", "").splitlines()


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "end"), [(b"", b"\n"), (b"\xef\xbb\xbf", b"\r\n")], ids=["plain", "byte order mark and CRLF"])
def test_a_table_is_read_as_written(tmp_path: Path, before: bytes, end: bytes) -> None:
    lines = [HEADER.encode(), b"Partner.example,dns,,office", b"", b'"#x.org","host",Relay.X.org,"isp"', b"held.example,etrn,,"]
    for last in (b"", end):
        table = read(tmp_path, before + end.join(lines) + last)
        assert [table[at] for at in range(len(table))] == [
            ("partner.example", "dns", None, "office", 2, True),
            ("#x.org", "host", "relay.x.org", "isp", 4, True),
            ("held.example", "etrn", None, None, 5, True),
        ]


def test_a_row_says_what_an_entry_of_the_scenario_would(tmp_path: Path) -> None:
    read_in = scenario(tmp_path, ["#A.example,host,Relay.example,isp"])
    [entry] = read_in.entries
    assert (entry.domain, entry.deliver, entry.host, entry.link, entry.added) == (
        "#a.example",
        "host",
        "relay.example",
        "isp",
        "at-start",
    )
    assert (entry.line, entry.file) == (2, str(tmp_path / "routes.csv"))


def test_entries_of_the_scenario_come_after_those_of_the_file(tmp_path: Path) -> None:
    more = '[[email_domain]]\ndomain = "own.example"\ndeliver = "dns"\nlink = "isp"\nadded = "while-running"'
    read_in = scenario(tmp_path, rows([("dns", "office")]), more=more)
    assert [entry.domain for entry in read_in.entries] == ["d0.example", "own.example"]
    assert [entry.domain for entry in read_in.with_every_row().entries] == ["d0.example", "own.example"]
    assert [route.name for route in build(read_in, faults()["none"]).routes] == [
        "default",
        "d0.example (file line 2)",
        "own.example",
    ]


FIELDS = st.one_of(
    st.sampled_from(
        ["", "a.example", "#a.example", "A_b.example", "a..b", "a.", "*.a", "a ", "-a", "host", "dns", "etrn", *LINKS]
    ),
    st.text("aA1-_.#* [:\u212a\u00e4", max_size=8),
    st.integers(60, 66).map(lambda length: "a" * length),
    st.integers(248, 256).map(lambda length: ("a" * 62 + ".") * 3 + "b" * 50 + "." + "c" * (length - 240)),
)


@given(st.tuples(FIELDS, st.one_of(st.sampled_from(["host", "dns", "etrn"]), FIELDS), FIELDS, FIELDS))
@settings(deadline=None, max_examples=400)
def test_a_row_is_allowed_just_where_an_entry_with_the_same_keys_is(fields: tuple[str, str, str, str]) -> None:
    said = {key: value for key, value in zip(HEADER.split(","), fields, strict=True) if value or key in ("domain", "deliver")}
    try:
        entry = EmailDomain.model_validate(said)
    except ValidationError:
        entry = None
    if entry is not None and entry.link not in (None, *LINKS):
        entry = None  # what `between_tables` says
    with tempfile.TemporaryDirectory() as folder:
        try:
            row = read(Path(folder), f"{HEADER}\n{','.join(fields)}\n".encode())[0]
        except ScenarioError:
            assert entry is None
        else:
            assert entry is not None
            assert row == (entry.domain, entry.deliver, entry.host, entry.link, 2, True)


# --- what is wrong with a file ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "place", "said"),
    [
        ("a.example,dns,,offise", "2:16", '`link` is "offise": there is no link of this name; allowed: "isp", "other" or "of'),
        ("a.example,dns,,", "2:16", '`link` is empty; allowed: "isp", "other" or "office"'),
        ("a.example,smtp,h,isp", "2:11", '`deliver` is "smtp"; allowed: "host", "dns" or "etrn"'),
        ("a.example,DNS,,isp", "2:11", '`deliver` is "DNS"; allowed: "host", "dns" or "etrn"; did you mean "dns"?'),
        ("a.example,host,,isp", "2:16", '`host` is empty: deliver = "host" needs a host'),
        ("a.example,dns,h,isp", "2:15", '`host` is "h": only deliver = "host" has a host'),
        ("a.example,host,a b,isp", "2:16", '`host` is "a b": allowed: the name or the address of one host'),
        ("a.example,etrn,,isp", "2:17", '`link` is "isp": mail with deliver = etrn is held'),
        ("*.example,dns,,isp", "2:1", '`domain` is "*.example": wildcards are not known'),
        ("a.example.,dns,,isp", "2:1", '`domain` is "a.example.": a dot at the end'),
        ("a.example ,dns,,isp", "2:1", '`domain` is "a.example ": a space at the end'),
        (",dns,,isp", "2:1", '`domain` is "": allowed: labels'),
        ("a.example,dns,isp", "2:1", "3 fields; allowed: 4, domain,deliver,host,link"),
        ("a.example,dns,,isp,", "2:1", "5 fields; allowed: 4"),
        ('"a.example,dns,,isp', "2:1", "a quote that is not closed in its line; a field in quotes ends in the same line"),
        ('"a"b,dns,,isp', "2:1", "broken quotes"),
        ("a..b,smtp,h,isp", "2:1", '; also: `deliver` is "smtp"'),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_with_its_place(tmp_path: Path, line: str, place: str, said: str) -> None:
    [found] = refusals(tmp_path, f"{HEADER}\n{line}\n")
    assert found.startswith(f"routes.csv:{place}: ")
    assert said in found


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "routes.csv:1:1: the file is empty; it must be the header domain,deliver,host,link"),
        ("\n", "routes.csv:1:1: the first line is empty; it must be the header"),
        (HEADER, "routes.csv:1:1: the file has no rows below its header"),
        ("a.example,dns,,isp\n", 'routes.csv:1:1: the header is "a.example,dns,,isp"; allowed: domain,deliver,host,link'),
        ("domain;deliver;host;link\na;dns;;isp", 'the header is "domain;deliver;host;link"; allowed'),
        (f"{HEADER}\n\xe4".encode("latin-1"), "routes.csv:2:1: not UTF-8 (byte 0xe4); save the file with the encoding UTF-8"),
        (f"{HEADER}\na.exämple,\xff".encode().replace(b"\xc3\xbf", b"\xff"), "routes.csv:2:11: not UTF-8 (byte 0xff)"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: str | bytes, said: str) -> None:
    [found] = refusals(tmp_path, content)
    assert said in found


def test_a_line_break_in_quotes_is_refused_in_the_line_where_it_stands(tmp_path: Path) -> None:
    found = refusals(tmp_path, f'{HEADER}\na.example,dns,,isp\n"b\n.example",dns,,isp\n')
    assert [one.partition(" ")[0] for one in found] == ["routes.csv:3:1:", "routes.csv:4:1:"]


def test_every_problem_is_counted_and_the_first_ones_are_listed(tmp_path: Path) -> None:
    found = refusals(tmp_path, f"{HEADER}\n" + "a.example,dns,,nowhere\n" * 1000)
    assert len(found) == table_file.MOST_LISTED + 1
    assert found[-1] == "routes.csv: and 980 more lines with problems"


def test_a_file_that_is_not_there_is_said_of_the_key(tmp_path: Path) -> None:
    path = write(tmp_path, rows([("dns", "isp")]))
    for change, said in (
        ((tmp_path / "routes.csv").unlink, "No such file"),
        ((tmp_path / "routes.csv").mkdir, "directory"),
    ):
        change()
        with pytest.raises(ScenarioError, match=rf"my.toml:2:22: `email_domains_file` is \"routes.csv\": .*{said}"):
            plan(path)


def test_the_command_refuses_a_bad_table_with_one_message(tmp_path: Path) -> None:
    path = write(tmp_path, ["a.example,dns,,nowhere"])
    ran = subprocess.run(
        [sys.executable, "-m", "dialproof.cli.main", "check", path], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f'{tmp_path}/routes.csv:2:16: `link` is "nowhere"')


# --- the reduction ---------------------------------------------------------------------------------------------------

TABLES = st.lists(st.sampled_from(KINDS), min_size=1, max_size=8)
DOMAIN_COUNTS = st.sampled_from([1, 2, 3, 1000])
ADDED = st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(["at-start", "while-running"])), max_size=2)


def own_entries(added: Sequence[tuple[tuple[str, str], str]], name: str = "own") -> str:
    """Entries in the scenario file itself; those called d are for the domains of the file's rows."""
    text = ""
    for number, ((deliver, link), when) in enumerate(added):
        text += f'[[email_domain]]\ndomain = "{name}{number}.example"\ndeliver = "{deliver}"\nadded = "{when}"\n'
        text += f'link = "{link}"\n' if link else ""
        text += 'host = "relay.example"\n' if deliver == "host" else ""
    return text


def drawn(
    kinds: Sequence[tuple[str, str]],
    added: Sequence[tuple[tuple[str, str], str]] = (),
    default: str = HOST,
    domains: int = 1000,
) -> Scenario:
    """The scenario with such a table; with few `domains`, rows and own entries repeat and contradict each other."""
    own = own_entries(added, "d" if domains < len(kinds) else "own")
    with tempfile.TemporaryDirectory() as folder:
        return scenario(Path(folder), rows(kinds, domains), default=default, more=own)


@given(st.lists(st.sampled_from(KINDS), min_size=1, max_size=40))
@settings(deadline=None)
def test_representatives_are_the_ends_of_each_class_and_of_the_table(kinds: list[tuple[str, str]]) -> None:
    table = drawn(kinds).table
    assert table is not None
    chosen = table.representatives
    assert [one.line for one in chosen] == sorted({one.line for one in chosen})
    assert [(one.deliver, one.link) for one in chosen] == [
        (kinds[one.line - 2][0], kinds[one.line - 2][1] or None) for one in chosen
    ]
    for kind in set(kinds):
        places = [number for number, other in enumerate(kinds) if other == kind]
        assert {one.line - 2 for one in chosen if (one.deliver, one.link or "") == kind} == {places[0], places[-1]}
    assert chosen[-1].line - 2 == len(kinds) - 1
    sent = [number for number, (deliver, _) in enumerate(kinds) if deliver != "etrn"]
    assert not sent or sent[-1] in {one.line - 2 for one in chosen}
    assert table.is_reduced == (len(chosen) < len(kinds)) == bool(table.says)


def difference(full: Router, part: Router) -> str:
    """In what `part` is not `full` with the other queues empty for ever; "" where it is."""
    kept = {route.name for route in part.routes}
    others = [route for route in full.routes if route.name not in kept]
    empty = [(z3.Int(f"waiting {route.name}"), z3.IntVal(0)) for route in others]

    def differ(one: z3.ExprRef, other: z3.ExprRef) -> bool:
        solver = z3.Solver()
        solver.add(z3.substitute(one, *empty) != other)
        return solver.check() != z3.unsat

    if differ(full.system.init, part.system.init):
        return "init"
    known = {action.name for action in part.system.actions}
    for action in full.system.actions:
        if action.name in known:
            twin = part.system.action(action.name)
            effects, wanted = dict(action.effects), dict(twin.effects)
            if action.fairness is not twin.fairness or differ(action.guard, twin.guard) or set(effects) != set(wanted):
                return action.name
            if any(differ(effects[name], wanted[name]) for name in effects):
                return action.name
        elif action.fairness is not Fairness.NONE and differ(action.guard, z3.BoolVal(False)):
            return action.name  # a fair run of the part would be unfair in the whole
    return "" if known <= {action.name for action in full.system.actions} else "more actions"


@given(TABLES, ADDED, st.sampled_from([HOST, DNS]), st.sampled_from(sorted(faults())), DOMAIN_COUNTS)
@settings(deadline=None, max_examples=150)
def test_the_part_is_the_whole_with_the_other_queues_empty(
    kinds: list[tuple[str, str]], added: list[tuple[tuple[str, str], str]], default: str, fault: str, domains: int
) -> None:
    """What every run of the reduced table rests on: no rule sees a difference, under no fault."""
    given_table = drawn(kinds, added, default, domains)
    assert difference(build(given_table.with_every_row(), faults()[fault]), build(given_table, faults()[fault])) == ""


@pytest.mark.parametrize(
    ("kinds", "fault", "differs"),
    [
        ([("dns", "office"), ("dns", "isp"), ("dns", "isp"), ("dns", "office")], "dial-slot-overwritten", "dial(isp)"),
        ([("dns", "isp"), ("dns", "other"), ("dns", "isp"), ("dns", "isp")], "other-queue-counted", "dial(other)"),
        ([("dns", "isp"), ("etrn", ""), ("dns", "isp"), ("etrn", "")], "other-queue-counted", "dial(isp)"),
    ],
)
def test_a_part_without_the_last_rows_is_told_apart(kinds: list[tuple[str, str]], fault: str, differs: str) -> None:
    """The foil of the comparison: with the first row of each class alone, the last row of the table is another one."""
    whole = drawn(kinds).with_every_row()
    firsts = tuple(entry for number, entry in enumerate(whole.entries) if kinds.index(kinds[number]) == number)
    part = whole.model_copy(update={"email_domains": firsts})
    assert difference(build(whole, faults()[fault]), build(part, faults()[fault])) == differs


def in_the_whole(observed: Observed, run: Run) -> Run:
    """`run` as one of the whole table: the queues that it does not have stay empty."""
    names = [variable.name for variable in observed.system.variables]

    def steps(given_steps: Sequence[Step]) -> tuple[Step, ...]:
        return tuple(Step(action, State.of({name: state.get(name, 0) for name in names})) for action, state in given_steps)

    return Lasso(steps(run.stem), steps(run.loop)) if isinstance(run, Lasso) else FiniteRun(steps(run.steps))


def is_violated(given_table: Scenario, fault: str, claim: str, last: int = 4) -> bool:
    """Whether the claim is violated on the reduced table within a few steps; the run is replayed on the whole table."""
    part = claims()[claim](build(given_table, faults()[fault]))
    outcome = bmc.search(Problem(part.system, part.claim.formula), BmcLimits(last))
    if not isinstance(outcome, Found):
        return False
    whole = claims()[claim](build(given_table.with_every_row(), faults()[fault]))
    replay(Problem(whole.system, whole.claim.formula), in_the_whole(whole, outcome.run))
    return True


REDUCED = [("host", "other"), ("dns", "isp"), ("host", "other"), ("etrn", ""), ("host", "other"), *[("dns", "office")] * 4]


@pytest.mark.parametrize(
    ("fault", "claim", "default"),
    [
        ("none", "queued-mail-is-delivered", HOST),
        ("dial-slot-overwritten", "queued-mail-is-dialled", HOST),
        ("dialler-wants-only-ras", "router-is-never-stuck", HOST),
        ("permanent-mode", "queued-mail-is-delivered", HOST),
        ("other-queue-counted", "queued-mail-is-dialled", HOST),
        ("dns-default-counts-no-demand", "queued-mail-is-dialled", DNS),
        ("every-entry-is-dialled", "no-dial-without-demand", HOST),
    ],
)
def test_a_violation_of_the_reduced_table_is_one_of_the_whole(fault: str, claim: str, default: str) -> None:
    given_table = drawn(REDUCED, default=default)
    assert given_table.table is not None
    assert given_table.table.is_reduced
    assert is_violated(given_table, fault, claim)


SEARCHED = ["queued-mail-is-dialled", "queued-mail-is-delivered", "queued-mail-is-resolved", "no-dial-without-demand"]
SEARCHED += ["router-is-never-stuck", "mail-goes-by-the-table-in-force", "line-never-dials-again", "no-latch", "no-mail-is-lost"]


@given(TABLES, ADDED, st.sampled_from([HOST, DNS]), st.sampled_from(sorted(faults())), st.sampled_from(SEARCHED), DOMAIN_COUNTS)
@settings(deadline=None, max_examples=30)
def test_violations_of_random_reduced_tables_are_ones_of_the_whole(
    kinds: list[tuple[str, str]], added: list[tuple[tuple[str, str], str]], default: str, fault: str, claim: str, domains: int
) -> None:
    """`replay` raises where a run is none of the whole table, or does not violate the claim there."""
    is_violated(drawn(kinds, added, default, domains), fault, claim, last=3)


# --- the family of a whole file ----------------------------------------------------------------------------------------


def members_of(given_table: Scenario, family: Family) -> dict[str, list[str]]:
    """The rows that are no singles as members of the family, under names that stand for the routes of the whole table."""
    table = given_table.table
    assert table is not None
    members: dict[str, list[str]] = {}
    for number in range(len(table)):
        kind = table.classes[table.kinds[number]]
        if number != kind.last:
            way = {"host": f"to a host over {kind.link}", "dns": f"by DNS over {kind.link}", "etrn": "held for ETRN"}
            what = "a row" if kind.gets_mail else "a further row"
            members.setdefault(f"{what} {way[kind.deliver]}", []).append(
                f"{table[number].domain} (file line {table[number].line})"
            )
    assert set(members) == {one.name for one in family.components}
    return members


@given(TABLES, ADDED, st.sampled_from([HOST, DNS]), st.sampled_from(sorted(faults())), DOMAIN_COUNTS)
@settings(deadline=None, max_examples=60)
def test_the_whole_table_is_one_of_its_family_under_every_fault(
    kinds: list[tuple[str, str]], added: list[tuple[tuple[str, str], str]], default: str, fault: str, domains: int
) -> None:
    """Action by action: the same guard, effects and fairness; but mail may come for each entry, also where lookup sends none.

    So what is proved of the family holds of the table.
    """
    given_table = drawn(kinds, added, default, domains)
    family, _ = whole_file(given_table, faults()[fault])
    instance = family.instance(members_of(given_table, family))
    whole = build(given_table.with_every_row(), faults()[fault]).system
    assert {one.name for one in instance.variables} == {one.name for one in whole.variables}
    assert {one.name for one in instance.actions} == {one.name for one in whole.actions}
    ranges = z3.And([one.domain.restriction(one.term) for one in whole.variables])

    def same(one: z3.ExprRef, other: z3.ExprRef) -> bool:
        solver = z3.Solver()
        solver.add(ranges, one != other)
        return solver.check() == z3.unsat

    assert same(instance.init, whole.init)
    for action in whole.actions:
        twin = instance.action(action.name)
        effects, wanted = dict(twin.effects), dict(action.effects)
        assert action.fairness is twin.fairness, action.name
        never = z3.is_false(z3.simplify(action.guard)) and action.name.startswith(("arrive(", "refuse("))
        assert never or same(action.guard, twin.guard), action.name
        assert set(effects) == set(wanted), action.name
        assert all(same(effects[name], wanted[name]) for name in effects), action.name


def checked(folder: Path, kinds: Sequence[tuple[str, str]], fault: str) -> CheckedVerdict:
    with Portfolio(1, timeout=60) as portfolio:
        [answer] = run_planned(portfolio, plan(write(folder, rows(kinds), fault=fault)))
    return answer


def test_a_reduced_table_is_proved_whole(tmp_path: Path) -> None:
    """And a table of which every row is a representative is proved as ever."""
    [small] = plan(write(tmp_path, rows([("dns", "office")] * 2), fault="none"))
    assert isinstance(small.variants[0], OneSystem)
    answer = checked(tmp_path, [("dns", "office")] * 3, "none")
    assert isinstance(answer.verdict, Holds)
    assert any(note.startswith("proved of all 3 rows of ") for note in answer.planned.notes)
    assert answer.as_expected


def test_a_violation_of_a_reduced_table_is_a_violation(tmp_path: Path) -> None:
    answer = checked(tmp_path, [("dns", "office")] * 3, "dial-slot-overwritten")
    assert isinstance(answer.verdict, Violated)
    assert any("its 3 rows are 1 class of method and link; 2 rows stand for them" in note for note in answer.planned.notes)


def test_a_certificate_holds_the_table_and_is_refused_for_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, rows([("dns", "office")] * 2), fault="none")
    loaded = load_one(path, plan)
    with Portfolio(1, timeout=60) as portfolio:
        [answer] = run_planned(portfolio, loaded.checks)
    [folder] = write_certificates(tmp_path / "evidence", loaded, answer)
    [read] = loaded.reads

    def audit(original: Path | None) -> None:
        Auditor(lambda given_path: load_one(given_path, plan), solvers_for(second_opinion=False, seconds=60)).audit(
            folder, original
        )

    audit(None)  # all that it takes is in the folder
    audit(path)
    same = (tmp_path / read).read_bytes()
    (tmp_path / read).write_bytes(same.replace(b"1.example", b"9.example"))
    with pytest.raises(CertificateError, match=f"it belongs to another scenario: {read}, from which it is read, is not the file"):
        audit(path)  # rows of the same classes, of which the same is provable, and yet another table
    (tmp_path / read).write_bytes(same)
    (folder / read).write_bytes(same + b"c.example,dns,,office\n")
    for original in (None, path):
        with pytest.raises(CertificateError, match=f"the copy of {read} was altered"):
            audit(original)
    monkeypatch.setattr(writing, "MOST_BESIDE", len(same) - 1)
    [again] = write_certificates(tmp_path / "large", loaded, answer)
    assert not (again / read).exists()
    folder = again
    audit(path)
    with pytest.raises(CertificateError, match="its scenario cannot be used"):
        audit(None)
    (tmp_path / read).unlink()
    with pytest.raises(InputError, match=read):
        write_certificates(tmp_path / "gone", loaded, answer)


# --- mail that lookup never brings -----------------------------------------------------------------------------------

OWN = '[[email_domain]]\ndomain = "a.example"\ndeliver = "host"\nhost = "{}"\nlink = "{}"\n'


@pytest.mark.parametrize(
    ("lines", "more", "getting"),
    [
        (["a.example,dns,,office", "a.example,dns,,other"], "", [True, False]),
        (["a.example,dns,,office", "a.example,dns,,office"], "", [True, False]),
        (["a.example,host,h1,isp", "a.example,host,h2,isp", "a.example,host,h1,isp"], "", [True, True, False]),
        (["a.example,host,h1,isp", "a.example,host,h2,other", "a.example,host,h2,isp"], "", [True, False, True]),
        (["a.example,host,h1,isp", "#a.example,host,h1,other"], "", [True, True]),
        (["a.example,host,h1,isp"], OWN.format("h2", "isp"), [True, True]),
        (["a.example,host,h1,isp"], OWN.format("h1", "isp"), [True, False]),
        (["a.example,host,h1,isp"], OWN.format("h2", "other"), [True, False]),
        (["a.example,host,h1,isp", "a.example,host,h2,other"], OWN.format("h2", "isp"), [True, False, True]),
        (["b.example,host,h1,isp"], OWN.format("h1", "other"), [True, True]),
    ],
)
def test_mail_arrives_only_where_lookup_may_bring_it(tmp_path: Path, lines: list[str], more: str, getting: list[bool]) -> None:
    """An entry that repeats or contradicts an earlier one stands in the table, and no run shows mail in its queue."""
    connector = build(scenario(tmp_path, lines, more=more).with_every_row(), faults()["none"])
    guards = [connector.system.action(f"arrive({route.name})").guard for route in connector.routes[1:]]
    solver = z3.Solver()
    assert [solver.check(guard) == z3.sat for guard in guards] == getting


def test_that_no_mail_comes_is_no_ground_for_a_proof(tmp_path: Path) -> None:
    """No source says what becomes of entries that contradict each other: a violation stands without them, a proof does not."""
    path = write(tmp_path, ["a.example,dns,,office", "a.example,dns,,other"])
    [planned] = plan(path)
    assert planned.variants
    for variant in planned.variants:
        assert isinstance(variant, ManySystems)
        acts = {action.name: action.guard for action in variant.shown.actions if action.name.startswith("arrive(")}
        assert not any(z3.is_false(z3.simplify(guard)) for guard in acts.values()), "mail may come for every row"
