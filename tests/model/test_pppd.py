"""pppd as a second product: its keys, its states, and that nothing outside its folder asks which product it is."""

import ast
from pathlib import Path

import pytest

from dialproof.core.claims import OneSystem
from dialproof.core.errors import InputError, ScenarioError
from dialproof.core.messages import either
from dialproof.semantics.interpreter import Reader
from model.fault import NONE
from model.faults import named, of_product
from model.parts.lines import DIALLING, DOWN, UP
from model.products import json_schema, products
from model.products.pppd import compose
from model.products.pppd.ppp import ENDED, EXITED, FAILED, HELD_OFF, ppp
from model.products.pppd.scenario import Link, Scenario, parse
from model.products.pppd.words import WORDS
from properties.catalogue import catalogue
from properties.checks import plan
from properties.project import PROJECT

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = either(list(products()))

TEXT = """\
format = 1
[connector]
product = "pppd"
[links.isp]
maxfail = 2
[[traffic]]
name = "web"
link = "isp"
[[check]]
claim = "no-latch"
"""


def scenario(text: str = TEXT) -> Scenario:
    return parse(text, "p.toml", claims=catalogue(WORDS), faults=of_product("pppd"))


# -- files ------------------------------------------------------------------------------------------------------------


def test_without_a_key_the_defaults_are_those_of_the_manual() -> None:
    link = scenario().links["isp"]
    assert (link.demand, link.persists, link.idle, link.holdoff, link.active_filter) == (True, True, 0, 30, None)
    assert Link().maxfail == 10


@pytest.mark.parametrize(
    ("demand", "persist", "goes_on"), [(True, None, True), (False, None, False), (True, False, False), (False, True, True)]
)
def test_demand_implies_persist_unless_the_file_says_otherwise(demand: bool, persist: bool | None, goes_on: bool) -> None:
    assert Link(demand=demand, persist=persist).persists is goes_on


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("maxfail = 2", "maxfail = -1"),
            "p.toml:5:11: `links.isp.maxfail` is -1 (an integer); allowed: an integer from 0 to 1000",
        ),
        (("maxfail = 2", "maxfial = 2"), "unknown key `links.isp.maxfial`; allowed here: demand, persist"),
        (("maxfail = 2", "holdoff = true"), "`links.isp.holdoff` is true (a truth value)"),
        (('link = "isp"', 'link = "ips"'), 'there is no link of this name; allowed: "isp"; did you mean "isp"?'),
        (
            ("maxfail = 2", 'active_filter = ["wbe"]'),
            'no traffic of this name goes over isp; allowed: "web"; did you mean "web"?',
        ),
        (('"no-latch"', '"queued-mail-is-dialled"'), 'did you mean "queued-demand-is-dialled"?'),
        (('product = "pppd"', 'product = "pppd"\nbuild = "5.5.2448.0"'), "unknown key `connector.build`"),
        (('product = "pppd"', 'product = "pppd"\nfault = "permanent-mode"'), "there is no fault of this name"),
        (("[[check]]", '[[traffic]]\nname = "web"\nlink = "isp"\n[[check]]'), "line 6 has a class of this name"),
        (("[links.isp]", '[links.""]\n[links.isp]'), "a link needs a name"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(change: tuple[str, str], message: str) -> None:
    with pytest.raises(ScenarioError) as error:
        scenario(TEXT.replace(*change))
    assert message in str(error.value)


def test_a_file_without_links_says_so(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text(
        TEXT.replace("[links.isp]\nmaxfail = 2\n", "[links]\n").replace('[[traffic]]\nname = "web"\nlink = "isp"\n', "")
    )
    with pytest.raises(ScenarioError, match="declare one under"):
        plan(file)


@pytest.mark.parametrize("product", ['"ppd"', "1", '["pppd"]'])
def test_a_product_that_does_not_exist_is_refused_with_what_there_is(tmp_path: Path, product: str) -> None:
    file = tmp_path / "p.toml"
    file.write_text(TEXT.replace('"pppd"', product))
    with pytest.raises(ScenarioError, match=f"`connector.product` is .*; allowed: {ALLOWED}"):
        plan(file)


@pytest.mark.parametrize("text", ["format = 1\n", "format = 1\nconnector = 1\n", "format = 1\n[connector]\n"])
def test_a_file_without_a_product_says_what_is_missing(tmp_path: Path, text: str) -> None:
    file = tmp_path / "p.toml"
    file.write_text(text)
    with pytest.raises(ScenarioError, match=ALLOWED):
        plan(file)


@pytest.mark.parametrize("product", sorted(products()))
def test_the_template_of_each_product_is_right(tmp_path: Path, product: str) -> None:
    file = tmp_path / "it's mine.toml"
    file.write_text(PROJECT.template(file, product), encoding="utf-8")
    assert plan(file)


def test_a_template_of_a_product_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match=f'there is no product "ppd"; allowed: {ALLOWED}; did you mean "pppd"'):
        PROJECT.template(Path("p.toml"), "ppd")


def test_the_schema_tells_the_products_apart() -> None:
    schema = json_schema()
    assert schema["properties"]["connector"]["properties"]["product"]["enum"] == list(products())
    assert len(schema["allOf"]) == len(products())
    for branch in schema["allOf"]:
        assert branch["then"]["$ref"].removeprefix("#/$defs/") in schema["$defs"]


# -- states -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "states"),
    [
        (Link(idle=1), {FAILED, ENDED, HELD_OFF, EXITED}),
        (Link(idle=1, maxfail=0), {FAILED, ENDED, HELD_OFF}),
        (Link(maxfail=0), {FAILED, HELD_OFF}),
        (Link(maxfail=0, holdoff_after_hang_up=False), {FAILED, ENDED, HELD_OFF}),
        (Link(holdoff=0), {ENDED, EXITED}),
        (Link(persist=False), {FAILED, EXITED}),
        (Link(demand=False, persist=False, idle=1), {FAILED, ENDED, EXITED}),
    ],
)
def test_a_link_has_the_states_that_its_options_lead_to(link: Link, states: set[str]) -> None:
    kind = ppp(link)
    assert set(kind.states) == {DOWN, DIALLING, UP, *states}
    assert {step.target for step in kind.steps} | {DOWN} == set(kind.states)
    assert kind.ending in kind.states


@pytest.mark.parametrize("holdoff", [0, 30])
@pytest.mark.parametrize("most", [1, 2, 3])
def test_pppd_exits_after_exactly_so_many_failures_in_a_row(most: int, holdoff: int) -> None:
    """Walked in plain Python: the failure before the last one goes on, the last one can only exit."""
    router = compose.build(scenario(TEXT.replace("maxfail = 2", f"maxfail = {most}\nholdoff = {holdoff}")), NONE)
    reader = Reader(router.system)
    state = next(reader.initial_states())

    def take(name: str) -> None:
        nonlocal state
        state = {event.name: after for event, after in reader.events(state)}[name]

    def possible() -> set[str]:
        return {event.name for event, _ in reader.events(state)}

    again = ["hold_off(isp)", "end_hold_off(isp)"] if holdoff else ["await_demand(isp)"]
    for number in range(1, most + 1):
        for name in ("arrive(web)", "dial(isp)", "no_carrier(isp)"):
            take(name)
        assert "arrive(web)" not in possible()
        assert ("exit(isp)" in possible()) is (number == most)
        assert (again[0] in possible()) is (number < most)
        if number < most:
            for name in again:
                take(name)
    take("exit(isp)")
    assert possible() == {"start(isp)", "refuse(web)", "pass_time"}
    take("start(isp)")
    for name in ("arrive(web)", "dial(isp)", "no_carrier(isp)"):
        take(name)
    assert ("exit(isp)" in possible()) is (most == 1), "the count begins anew"


def test_an_answer_begins_the_count_anew() -> None:
    reader = Reader(compose.build(scenario(), NONE).system)
    state = next(reader.initial_states())
    names = ["arrive(web)", "dial(isp)", "no_carrier(isp)", "hold_off(isp)", "end_hold_off(isp)", "arrive(web)", "dial(isp)"]
    for name in [*names, "answer(isp)", "drop_call(isp)"]:
        state = {event.name: after for event, after in reader.events(state)}[name]
    assert "exit(isp)" not in {event.name for event, _ in reader.events(state)}


def test_a_fault_for_any_product_can_be_in_pppd() -> None:
    """A record of an attempt that is never cleared: nothing is dialled after the first failure."""
    router = compose.build(scenario(TEXT.replace("maxfail = 2", "maxfail = 0")), named("pending-record-never-cleared"))
    reader = Reader(router.system)
    state = next(reader.initial_states())
    for name in ("arrive(web)", "dial(isp)", "no_carrier(isp)", "hold_off(isp)", "end_hold_off(isp)", "arrive(web)"):
        state = {event.name: after for event, after in reader.events(state)}[name]
    assert "dial(isp)" not in {event.name for event, _ in reader.events(state)}


# -- no product is known elsewhere ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file", sorted(path for room in ("properties", "model") for path in (ROOT / room).rglob("*.py")), ids=str
)
def test_nothing_outside_the_folder_of_a_product_asks_for_it(file: Path) -> None:
    """No comparison with a product's name, and no import of its folder: claims and pictures see a router."""
    inside = file.is_relative_to(ROOT / "model" / "products") and file.parent != ROOT / "model" / "products"
    if inside or file.is_relative_to(ROOT / "model" / "faults"):
        return
    tree = ast.parse(file.read_text(encoding="utf-8"))
    imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert not [module for module in imported if module.startswith("model.products.")]
    compared = [side for node in ast.walk(tree) if isinstance(node, ast.Compare) for side in (node.left, *node.comparators)]
    assert not [side for side in compared if isinstance(side, ast.Constant) and side.value in products()]


def test_a_link_that_is_never_hung_up_for_idleness_is_not_asked_if_it_is_kept(tmp_path: Path) -> None:
    """Once it was said to be the claim's fault: an action that the system does not have."""
    links = '[links.isp]\nidle = 0\n{more}[[traffic]]\nname = "web"\nlink = "isp"\n[[check]]\nclaim = "needed-line-is-kept"\n'
    text = 'format = 1\n[connector]\nproduct = "pppd"\n' + links
    (tmp_path / "never.toml").write_text(text.format(more=""), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"never.toml:9:1: needed-line-is-kept says nothing here: pppd never hangs a line up"):
        plan(tmp_path / "never.toml")
    (tmp_path / "one.toml").write_text(text.format(more="[links.other]\nidle = 60\n"), encoding="utf-8")
    (planned,) = plan(tmp_path / "one.toml")
    (variant,) = planned.variants
    assert isinstance(variant, OneSystem)
    assert [name for name, _ in variant.claim.witnesses] == ["other is hung up"]
