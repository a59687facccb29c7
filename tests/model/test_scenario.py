"""Scenario files: a good one is read as written, a bad one is refused with file, line and key."""

import pickle
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialproof.core.errors import Place, ScenarioError
from model.products.exchange_ims.links import Link, Links
from model.products.exchange_ims.scenario import Scenario, load, parse
from tests.model.scenario_texts import CLAIMS, FAULTS, GOOD, scenario


def refusals(text: str) -> list[str]:
    """The first line of each finding."""
    with pytest.raises(ScenarioError) as caught:
        scenario(text)
    return [f"{place}: {message}" for place, message in caught.value.problems]


def changed(*changes: tuple[str, str]) -> str:
    text = GOOD
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


# -- good files -------------------------------------------------------------------------------------------------------


def test_a_scenario_is_read_as_written() -> None:
    read = scenario()
    assert (read.source, read.format, read.title) == ("q.toml", 1, "Q230051")
    assert (read.connector.product, read.connector.build, read.connector.fault) == ("exchange-ims", "5.5.2448.0", None)
    assert read.connector.version == (5, 5, 2448, 0) < (5, 5, 2591, 0)
    assert {name: link.kind for name, link in read.links.items()} == {"isp": "ras", "office": "lan"}
    assert (read.default.deliver, read.default.host, read.default.link) == ("host", "smtp.isp.example", "isp")
    [entry] = read.email_domains
    assert (entry.domain, entry.deliver, entry.host, entry.link) == ("partner.example", "dns", None, "office")
    [check] = read.checks
    assert (check.claim, check.expect, check.fault) == ("queued-mail-is-dialled", "violated", None)


def test_defaults() -> None:
    read = scenario(changed(('title = "Q230051"\n', ""), ('expect = "violated"\n', "")))
    assert read.title is None
    assert read.connector.queue_capacity == 2
    assert read.links["isp"].modem is None
    assert read.email_domains[0].added == "at-start"
    assert read.dialling.fairness == "weak"
    assert read.environment.model_dump() == {
        "call_eventually_succeeds": False,
        "delivery_eventually_succeeds": False,
        "calls_eventually_end": False,
        "most_failed_calls": None,
        "restarts": True,
        "reload_shows": None,
        "stops": "never",
        "drops": True,
        "port": "free",
        "dequeue": None,
        "delivery_time": None,
        "deliveries_may_fail": False,
    }
    assert read.checks[0].expect is None


def test_every_key_can_be_set() -> None:
    read = scenario(
        changed(
            ('build = "5.5.2448.0"', 'build = "5.5.2591.0"\nfault = "none"\nqueue_capacity = 1000'),
            ('kind = "ras"', 'kind = "ras"\nmodem = "com1"'),
            ('link = "office"', 'link = "office"\nadded = "while-running"'),
            ("[[check]]", "[dialling]\nfairness = 'strong'\n[environment]\ncalls_eventually_end = true\n\n[[check]]"),
            ('expect = "violated"', 'expect = "holds"\nfault = "dial-slot-overwritten"'),
        ),
    )
    assert (read.connector.fault, read.connector.queue_capacity, read.links["isp"].modem) == ("none", 1000, "com1")
    assert (read.email_domains[0].added, read.dialling.fairness) == ("while-running", "strong")
    assert read.environment.calls_eventually_end
    assert (read.checks[0].expect, read.checks[0].fault) == ("holds", "dial-slot-overwritten")


def test_a_check_of_its_own_fault_overrides_the_connector() -> None:
    read = scenario(
        changed(('5.5.2448.0"', '5.5.2448.0"\nfault = "none"'))
        + '[[check]]\nclaim = "no-mail-is-lost"\nfault = "all-routes-must-dial"\n'
    )
    assert (read.connector.fault, [check.fault for check in read.checks]) == ("none", [None, "all-routes-must-dial"])


def test_tables_know_their_lines() -> None:
    read = scenario(GOOD + "[[check]]\nclaim = 'no-mail-is-lost'\n")
    assert [entry.line for entry in read.email_domains] == [18]
    assert [check.line for check in read.checks] == [23, 26]
    assert [link.line for link in read.links.values()] == [8, 10]


def test_tables_may_be_written_inline() -> None:
    head, _, _ = GOOD.partition("[links.isp]")
    top = 'check = [\n  { claim = "no-mail-is-lost" },\n]\ndefault = { deliver = "dns", link = "isp" }\n'
    top += 'links = { isp.kind = "ras" }\n'
    read = scenario(top + head)
    assert (read.checks[0].line, read.default.deliver, read.links["isp"].kind) == (2, "dns", "ras")


@pytest.mark.parametrize("extra", ["", "#"])
def test_a_hash_asks_for_an_exact_match(extra: str) -> None:
    [entry] = scenario(changed(("Partner.example", f"{extra}Partner.example"))).email_domains
    assert (entry.domain, entry.name, entry.exact) == (f"{extra}partner.example", "partner.example", bool(extra))


def test_several_hosts_for_one_domain_are_allowed() -> None:
    entry = '[[email_domain]]\ndomain = "mx.example"\ndeliver = "host"\nlink = "isp"\nhost = '
    read = scenario(f'{GOOD}{entry}"10.0.0.1"\n{entry}"10.0.0.2"\n')
    assert [one.host for one in read.email_domains] == [None, "10.0.0.1", "10.0.0.2"]


def test_the_default_may_name_several_hosts_and_an_etrn_entry_none() -> None:
    read = scenario(
        changed(('"smtp.isp.example"', '"A.example, [10.0.0.1]"'), ('deliver = "dns"\nlink = "office"', 'deliver = "etrn"'))
    )
    assert read.default.host == "a.example,[10.0.0.1]"
    assert (read.email_domains[0].host, read.email_domains[0].link) == (None, None)


def test_a_scenario_is_a_frozen_value() -> None:
    read = scenario()
    with pytest.raises(ValueError, match="frozen"):
        read.title = "other"
    assert read == scenario()
    assert hash(read) == hash(scenario())
    assert pickle.loads(pickle.dumps(read)) == read  # what has just been dumped
    assert pickle.loads(pickle.dumps(read)).checks[0].line == 23  # what has just been dumped


def test_a_scenario_survives_being_dumped() -> None:
    assert Scenario.model_validate(scenario().model_dump(by_alias=True)).model_dump() == scenario().model_dump()
    links = scenario().links
    assert repr(links).startswith("Named({'isp': Link(")
    assert (Links({"a": Link(kind="lan")}) == {"a": Link(kind="lan")}, len(links), "isp" in links) == (True, 2, True)


def test_a_file_is_loaded_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "q.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert load(path, claims=CLAIMS, faults=FAULTS).source == str(path)
    with pytest.raises(ScenarioError, match="no such file"):
        load(tmp_path / "other.toml", claims=CLAIMS, faults=FAULTS)
    with pytest.raises(ScenarioError, match="is a directory"):
        load(str(tmp_path), claims=CLAIMS, faults=FAULTS)


def test_a_thousand_entries_take_no_time() -> None:
    entries = "".join(f'[[email_domain]]\ndomain = "d{n}.example"\ndeliver = "dns"\nlink = "office"\n' for n in range(1000))
    start = time.perf_counter()
    assert scenario(GOOD + entries).email_domains[1000].line == 22 + 4 * 1000
    assert time.perf_counter() - start < 10


# -- bad files --------------------------------------------------------------------------------------------------------

REFUSED: list[tuple[str, tuple[str, str], str]] = [
    ("format-2", ("format = 1", "format = 2"), "q.toml:1:10: `format` is 2; this program reads format 1"),
    ("format-true", ("format = 1", "format = true"), "q.toml:1:10: `format` is true (a truth value); allowed: 1"),
    ("no-format", ("format = 1\n", ""), "q.toml:1:1: `format` is missing; allowed: 1"),
    ("title", ('"Q230051"', "230051"), "q.toml:2:9: `title` is 230051 (an integer); allowed: text in quotes"),
    (
        "no-connector",
        ('[connector]\nproduct = "exchange-ims"\nbuild = "5.5.2448.0"', ""),
        "q.toml:1:1: `connector` is missing; allowed: a table with",
    ),
    (
        "product",
        ('"exchange-ims"', '"exchnge-ims"'),
        'q.toml:5:11: `connector.product` is "exchnge-ims" (text); allowed: "exchange-ims"',
    ),
    ("build", ("5.5.2448.0", "5.5.2448"), 'q.toml:6:9: `connector.build` is "5.5.2448": allowed: four numbers with dots'),
    (
        "build-type",
        ('"5.5.2448.0"', "5.5"),
        "q.toml:6:9: `connector.build` is 5.5 (a number with a fraction); allowed: text in quotes",
    ),
    ("build-digits", ("5.5.2448.0", "5.5.2448.\u0660"), "q.toml:6:9: `connector.build` is"),
    ("build-5.0", ("5.5.2448.0", "5.0.1457.10"), 'q.toml:6:9: `connector.build` is "5.0.1457.10": format 1 describes'),
    ("no-build", ('build = "5.5.2448.0"', ""), "q.toml:4:2: `connector.build` is missing; allowed: text in quotes"),
    (
        "fault",
        ('build = "5.5.2448.0"', 'build = "5.5.2448.0"\nfault = "dial-slot-overwriten"'),
        (
            'q.toml:7:9: `connector.fault` is "dial-slot-overwriten": there is no fault of this name; allowed: '
            '"all-routes-must-dial", "dial-slot-overwritten" or "none"; did you mean "dial-slot-overwritten"?'
        ),
    ),
    (
        "capacity-0",
        ('.0"\n', '.0"\nqueue_capacity = 0\n'),
        "q.toml:7:18: `connector.queue_capacity` is 0 (an integer); allowed: an integer from 1 to 1000",
    ),
    ("capacity-1001", ('.0"\n', '.0"\nqueue_capacity = 1001\n'), "q.toml:7:18: `connector.queue_capacity` is 1001 (an integer)"),
    (
        "capacity-true",
        ('.0"\n', '.0"\nqueue_capacity = true\n'),
        "q.toml:7:18: `connector.queue_capacity` is true (a truth value); allowed",
    ),
    (
        "capacity-hex",
        ('.0"\n', f'.0"\nqueue_capacity = 0x{"f" * 9999}\n'),
        "q.toml:7:18: `connector.queue_capacity` is an integer of 39996 bits",
    ),
    ("kind", ('"ras"', '"rsa"'), 'q.toml:9:8: `links.isp.kind` is "rsa" (text); allowed: "ras" or "lan"; did you mean "ras"?'),
    ("no-kind", ('kind = "ras"', ""), 'q.toml:8:8: `links.isp.kind` is missing; allowed: "ras" or "lan"'),
    (
        "modem",
        ('kind = "lan"', 'kind = "lan"\nmodem = "com1"'),
        'q.toml:12:9: `links.office.modem` is "com1": a link with kind = "lan" has no modem',
    ),
    (
        "modem-empty",
        ('kind = "ras"', 'kind = "ras"\nmodem = ""'),
        'q.toml:10:9: `links.isp.modem` is "" (text); allowed: text in quotes, not empty',
    ),
    (
        "modem-key",
        ('kind = "ras"', 'kind = "ras"\nmodm = "x"'),
        'q.toml:10:1: unknown key `links.isp.modm`; allowed here: kind, modem; did you mean "modem"?',
    ),
    (
        "long-name",
        ("[links.office]", '[links."abcdefghijklmnopqrst "]\nkind = "ras"\n[links.office]'),
        "q.toml:10:8: the product cannot dial the phonebook entry",
    ),
    ("no-name", ("[links.office]", '[links.""]\nkind = "ras"\n[links.office]'), "q.toml:10:8: a link needs a name"),
    (
        "links-3",
        ('[links.isp]\nkind = "ras"\n[links.office]', "[[links]]"),
        "q.toml:8:3: `links` is a list; allowed: tables, each under a header [links.NAME]",
    ),
    (
        "default-deliver",
        ('deliver = "host"', 'deliver = "etrn"'),
        'q.toml:14:11: `default.deliver` is "etrn" (text); allowed: "host" or "dns"',
    ),
    (
        "default-no-host",
        ('host = "smtp.isp.example"', ""),
        'q.toml:13:2: `default.host` is missing: deliver = "host" needs a host',
    ),
    (
        "default-dns-host",
        ('deliver = "host"', 'deliver = "dns"'),
        'q.toml:15:8: `default.host` is "smtp.isp.example": only deliver = "host" has a host; leave the key out for "dns"',
    ),
    (
        "default-host",
        ("smtp.isp.example", "smtp isp"),
        'q.toml:15:8: `default.host` is "smtp isp": allowed: the name or the address of one host',
    ),
    (
        "default-link",
        ('"isp"', '"ips"'),
        'q.toml:16:8: `default.link` is "ips": there is no link of this name; allowed: "isp" or "office"; did you mean "isp"?',
    ),
    ("default-no-link", ('link = "isp"', ""), 'q.toml:13:2: `default.link` is missing; allowed: "isp" or "office"'),
    ("link-type", ('link = "isp"', "link = 1"), "q.toml:16:8: `default.link` is 1 (an integer); allowed: text in quotes"),
    ("domain-dot", ("Partner.example", "partner.example."), "(Q156063 §3.2.15)"),
    ("domain-space", ("Partner.example", "partner.example "), "(Q228998)"),
    (
        "domain-star",
        ("Partner.example", "*.example"),
        'q.toml:19:10: `email_domain[0].domain` is "*.example": wildcards are not known',
    ),
    ("domain-label", ("Partner.example", "a..b"), 'q.toml:19:10: `email_domain[0].domain` is "a..b": allowed: labels of 1 to 63'),
    (
        "domain-newline",
        ("Partner.example", r"a\nb"),
        r'q.toml:19:10: `email_domain[0].domain` is "a\nb": allowed: labels of 1 to 63',
    ),
    ("domain-empty", ("Partner.example", ""), 'q.toml:19:10: `email_domain[0].domain` is "": allowed: labels of 1 to 63'),
    ("domain-at", ("Partner.example", "me@partner.example"), "allowed: labels of 1 to 63"),
    ("domain-umlaut", ("Partner.example", "bücher.example"), "international names in their xn-- form"),
    ("domain-long", ("Partner.example", "a." * 126 + "ab"), "allowed: labels of 1 to 63"),
    (
        "entry-deliver",
        ('deliver = "dns"', 'deliver = "smtp"'),
        'q.toml:20:11: `email_domain[0].deliver` is "smtp" (text); allowed: "host", "dns" or "etrn"',
    ),
    (
        "entry-no-host",
        ('deliver = "dns"', 'deliver = "host"'),
        'q.toml:18:3: `email_domain[0].host` is missing: deliver = "host" needs a host',
    ),
    (
        "entry-dns-host",
        ('link = "office"', 'link = "office"\nhost = "h"'),
        'q.toml:22:8: `email_domain[0].host` is "h": only deliver = "host" has a host',
    ),
    (
        "entry-hosts",
        ('deliver = "dns"', 'deliver = "host"\nhost = "a,b"'),
        'q.toml:21:8: `email_domain[0].host` is "a,b": allowed: the name or the address of one host',
    ),
    (
        "entry-no-link",
        ('link = "office"', ""),
        'q.toml:18:3: `email_domain[0].link` is missing: deliver = "dns" needs the name of a link',
    ),
    (
        "entry-etrn-link",
        ('deliver = "dns"', 'deliver = "etrn"'),
        'q.toml:21:8: `email_domain[0].link` is "office": mail with deliver = "etrn" is held, it uses no link',
    ),
    ("entry-link", ('link = "office"', 'link = "offce"'), 'did you mean "office"?'),
    (
        "entry-added",
        ('link = "office"', 'link = "office"\nadded = "running"'),
        'q.toml:22:9: `email_domain[0].added` is "running" (text); allowed: "at-start" or "while-running"',
    ),
    (
        "entry-single",
        ("[[email_domain]]", "[email_domain]"),
        "q.toml:18:2: `email_domain` is a table; allowed: a list of tables, each under a header [[email_domain]]",
    ),
    (
        "fairness",
        ("[[check]]", '[dialling]\nfairness = "stong"\n[[check]]'),
        'q.toml:24:12: `dialling.fairness` is "stong" (text); allowed: "weak" or "strong"; did you mean "strong"?',
    ),
    (
        "queued_for",
        ("[[check]]", '[dialling]\nqueued_for = "30 min"\n[[check]]'),
        'q.toml:24:14: `dialling.queued_for` is "30 min" (text); allowed: an integer from 1 to 10080',
    ),
    (
        "every",
        ("[[check]]", '[dialling]\nevery = "2 h"\n[[check]]'),
        'q.toml:24:9: `dialling.every` is "2 h" (text); allowed: an integer from 1 to 10080',
    ),
    (
        "idle",
        ("[[check]]", '[dialling]\nidle_timeout = "5 min"\n[[check]]'),
        'q.toml:24:16: `dialling.idle_timeout` is "5 min" (text); allowed: an integer from 1 to 10080',
    ),
    ("any", ("format = 1", 'format = 1\nemail_domains = "any"'), '`email_domain[0]`: with email_domains = "any" every table is'),
    (
        "file",
        ("format = 1", 'format = 1\nemail_domains_file = "a.csv"'),
        'q.toml:2:22: `email_domains_file` is "a.csv": a.csv',
    ),
    (
        "environment",
        ("[[check]]", "[environment]\ncalls_eventually_end = 1\n[[check]]"),
        "q.toml:24:24: `environment.calls_eventually_end` is 1 (an integer); allowed: true or false",
    ),
    (
        "claim",
        ("queued-mail-is-dialled", "queued-mail-is-dialed"),
        'q.toml:24:9: `check[0].claim` is "queued-mail-is-dialed": there is no claim of this name; allowed: "no-mail-is-lost", ',
    ),
    (
        "no-claim",
        ('claim = "queued-mail-is-dialled"', ""),
        'q.toml:23:3: `check[0].claim` is missing; allowed: "no-mail-is-lost", "queued-mail-is-delivered" or "que',
    ),
    (
        "expect",
        ('"violated"', '"hold"'),
        'q.toml:25:10: `check[0].expect` is "hold" (text); allowed: "holds" or "violated"; did you mean "holds"?',
    ),
    (
        "check-fault",
        ('expect = "violated"', 'fault = "non"'),
        'q.toml:25:9: `check[0].fault` is "non": there is no fault of this name',
    ),
    (
        "line-key",
        ('expect = "violated"', "line = 3"),
        "q.toml:25:1: unknown key `check[0].line`; allowed here: claim, expect, bound, fault",
    ),
    ("source-key", ("format = 1", 'format = 1\nsource = "x"'), "q.toml:2:1: unknown key `source`"),
    (
        "by-attribute",
        ("format = 1", "format = 1\nchecks = []"),
        "q.toml:2:1: unknown key `checks`; allowed here: format, title, connector, check, email_domains_file, links, default, ",
    ),
    ("table", ("[default]", "[defaults]"), "q.toml:13:2: unknown key `defaults`"),
    (
        "misplaced",
        ('kind = "lan"', 'kind = "lan"\nfairness = "weak"'),
        "q.toml:12:1: unknown key `links.office.fairness`; allowed here: kind, modem; it belongs in [dialling]",
    ),
    ("broken", ('kind = "ras"', "kind = ras"), "q.toml:9:8: broken TOML: invalid value"),
    (
        "twice",
        ('kind = "ras"', 'kind = "ras"\nkind = "lan"'),
        "q.toml:10:1: broken TOML: `links.isp.kind` is given a second time; the first is in line 9",
    ),
]


@pytest.mark.parametrize(("change", "expected"), [pytest.param(*case[1:], id=case[0]) for case in REFUSED])
def test_a_bad_file_is_refused_with_its_line_and_key(change: tuple[str, str], expected: str) -> None:
    found = refusals(changed(change))
    assert any(line.startswith(expected) or ("q.toml" not in expected and expected in line) for line in found), found
    assert all(line.startswith("q.toml:") for line in found)


@pytest.mark.parametrize("text", [GOOD[: GOOD.index("[[check]]")], "check = []\n" + GOOD[: GOOD.index("[[check]]")]])
def test_an_empty_check_list_lists_the_claims(text: str) -> None:
    [found] = refusals(text)
    assert found == (
        "q.toml:1:1: an empty check list: nothing would be checked; write [[check]] with claim = "
        '"no-mail-is-lost", "queued-mail-is-delivered" or "queued-mail-is-dialled"'
    ).replace("1:1", "1:9" if text.startswith("check") else "1:1")


@pytest.mark.parametrize(
    ("second", "what"),
    [
        ('domain = "Partner.example"\ndeliver = "dns"\nlink = "office"', "repeats"),
        ('domain = "partner.EXAMPLE"\ndeliver = "dns"\nlink = "isp"', "contradicts"),
        ('domain = "partner.example"\ndeliver = "etrn"', "contradicts"),
    ],
)
def test_two_entries_for_one_domain_and_host_name_both_lines(second: str, what: str) -> None:
    [found] = refusals(f"{GOOD}[[email_domain]]\n{second}\n")
    assert found.startswith(f"q.toml:27:10: `email_domain[1]` in line 26 {what} `email_domain[0]` in line 18: the same domain")
    assert found.endswith("(Q169781)")


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (
            'domain = "partner.EXAMPLE"\ndeliver = "host"\nhost = "relay.example"\nlink = "office"',
            'deliver = "host" and link = "office" here and by deliver = "dns" and link = "office" there',
        ),
        (
            'domain = "Partner.example"\ndeliver = "host"\nhost = "a.example"\nlink = "isp"\nadded = "while-running"',
            'deliver = "host" and link = "isp" here and by deliver = "dns" and link = "office" there',
        ),
    ],
)
def test_an_entry_that_contradicts_another_is_refused_whatever_its_host(second: str, reason: str) -> None:
    """Here: an entry by host behind one by DNS for the same domain never counts, and no check said a word."""
    [found] = refusals(f"{GOOD}[[email_domain]]\n{second}\n")
    assert found.startswith("q.toml:27:10: `email_domain[1]` in line 26 contradicts `email_domain[0]` in line 18: the same")
    assert reason in found
    assert found.endswith("(Q169781)")


def test_an_entry_in_other_letters_repeats_it() -> None:
    [found] = refusals(f'{GOOD}[[email_domain]]\ndomain = "PARTNER.example"\ndeliver = "dns"\nlink = "office"\n')
    assert " repeats " in found


def test_an_entry_over_another_link_contradicts_also_between_hosts() -> None:
    entry = '[[email_domain]]\ndomain = "far.example"\ndeliver = "host"\n'
    over = [f'{entry}host = "{host}.example"\nlink = "{link}"\n' for host, link in (("a", "isp"), ("b", "isp"), ("c", "office"))]
    assert len(scenario("".join([GOOD, *over[:2]])).email_domains) == 3
    [found] = refusals("".join([GOOD, *over]))
    assert "`email_domain[3]`" in found
    assert "contradicts `email_domain[1]`" in found


def test_an_exact_entry_and_one_for_the_sub_domains_are_two() -> None:
    read = scenario(GOOD + '[[email_domain]]\ndomain = "#partner.example"\ndeliver = "dns"\nlink = "isp"\n')
    assert len(read.email_domains) == 2


def test_all_problems_are_reported_in_the_order_of_their_lines() -> None:
    found = refusals(
        changed(
            ('"Q230051"', "1"),
            ("5.5.2448.0", "6"),
            ('link = "isp"', 'link = "ips"'),
            ("Partner.example", "a."),
            ('link = "office"', 'lnk = "office"'),
            ("queued-mail-is-dialled", "no-mail-lost"),
            ('"violated"', "false"),
        ),
    )
    places = [tuple(map(int, line.split(":")[1:3])) for line in found]
    assert places == sorted(places)
    assert [line for line, _ in places] == [2, 6, 16, 18, 19, 21, 24, 25]


def test_another_format_is_not_judged_by_this_one() -> None:
    assert refusals("format = 2\nnew = true\n") == ["q.toml:1:10: `format` is 2; this program reads format 1"]


def test_the_caret_stands_under_the_value() -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario(changed(('link = "isp"', 'link = "ips"')))
    assert str(caught.value).splitlines()[1:] == ['   16 | link = "ips"', "      |        ^^^^^"]
    assert caught.value.problems[0][0] == Place("q.toml", 16, 8, 5)


def test_without_claims_or_faults_nothing_is_allowed() -> None:
    with pytest.raises(ScenarioError, match="there is no claim of this name; allowed: nothing"):
        parse(GOOD, "q.toml", claims=[], faults=[])


# -- any text ---------------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [*GOOD.splitlines(keepends=True), "[", "]", "=", '"', "{", "}", "\n", "1", "true", "links", "check", ".", "x = [[1]]\n"]
)

VALUES = st.sampled_from(
    ["true", "1", "-1.5", '""', '"#"', "[]", "{}", "[[1]]", "[{}]", "1979-05-27", "nan", "0x" + "f" * 99, "{a.b = [{}]}"]
)


def survives(text: str) -> None:
    try:
        assert isinstance(scenario(text), Scenario)
    except ScenarioError as error:
        assert error.problems  # noqa: PT017  # most texts are refused, some are scenarios
        assert str(error).startswith("q.toml:")  # noqa: PT017


@given(st.text() | st.lists(PIECES).map("".join))
@settings(deadline=None)
def test_any_text_is_a_scenario_or_refused(text: str) -> None:
    survives(text)


@given(st.data())
@settings(deadline=None, max_examples=300)
def test_any_value_for_any_key_is_accepted_or_refused(data: st.DataObject) -> None:
    lines = GOOD.splitlines()
    at = data.draw(st.sampled_from([number for number, line in enumerate(lines) if line]))
    key, equals, _ = lines[at].partition(" = ")
    name = key.strip("[]") if not equals else key
    lines[at] = data.draw(st.sampled_from([f"{name} = {data.draw(VALUES)}", f"[{name}]", f"[[{name}]]", ""]))
    survives("\n".join(lines))
