"""What if: a scenario with other settings is checked as one that was written so, and bad settings are refused by place."""

import gc
from pathlib import Path

import pytest

from dialproof import InputError, Review, ScenarioError
from dialproof.evidence.outcome import word
from dialproof.notebook.display import mimebundle
from dialproof.report import write
from dialproof.review.what_if import compare, with_settings
from tests import tables
from tests.gatehouse import specialize

PARTNER = Path(__file__).resolve().parents[2] / "docs" / "examples" / "partner.toml"
CLAIM = "queued-mail-is-dialled"
FIXED = {"connector.build": "5.5.2591.0"}


@pytest.fixture(scope="module")
def shipped() -> Review:
    return with_settings(PARTNER, {})


@pytest.fixture(scope="module")
def fixed() -> Review:
    return with_settings(PARTNER, FIXED)


def test_a_build_that_has_no_fault_turns_the_verdict(shipped: Review, fixed: Review) -> None:
    before = PARTNER.read_bytes()
    assert word(shipped[CLAIM].verdict) == "violated"
    assert word(fixed[CLAIM].verdict) == "holds"
    assert PARTNER.read_bytes() == before, "the file itself stays as it is"


def test_it_is_what_the_changed_file_gives(tmp_path: Path, fixed: Review) -> None:
    copy = tmp_path / "copy.toml"
    copy.write_text(PARTNER.read_text(encoding="utf-8").replace("5.5.2448.0", "5.5.2591.0"), encoding="utf-8")
    written = Review.of(copy)
    assert word(written[CLAIM].verdict) == word(fixed[CLAIM].verdict)
    assert written.scenarios[0].digest == fixed.scenarios[0].digest


def test_the_text_of_a_scenario_will_do() -> None:
    given = with_settings(PARTNER.read_text(encoding="utf-8"), {"email_domain[0]": None})
    assert word(given[CLAIM].verdict) == "holds"
    assert given.scenarios[0].label == "scenario text with no email_domain[0]"


def test_it_is_called_by_what_was_changed_and_its_own_file_is_named_nowhere(fixed: Review) -> None:
    label = f'{PARTNER} with connector.build = "5.5.2591.0"'
    assert fixed.scenarios[0].label == label
    assert fixed[CLAIM].planned.scenario == label
    for text in (*mimebundle(fixed).values(), *mimebundle(fixed.scenarios[0]).values()):
        assert str(fixed.scenarios[0].path) not in text


def test_its_file_is_there_for_reports_and_pictures_and_goes_with_it(tmp_path: Path) -> None:
    review = with_settings(PARTNER, {"email_domain[0].link": "isp"})
    path = review.scenarios[0].path
    assert 'link = "isp"' in path.read_text(encoding="utf-8")
    assert write(review, tmp_path / "review.md").is_file()
    del review
    gc.collect()
    assert not path.exists()
    assert not path.parent.exists()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"connector.biuld": "5.5.2591.0"}, [":5:1: unknown key `connector.biuld`", 'did you mean "build"?', "    5 | biuld ="]),
        ({"connector.build": "6"}, [':6:9: `connector.build` is "6"', "four numbers with dots", "^^^"]),
        ({"email_domain[0].link": "offise"}, ['allowed: "isp" or "office"; did you mean "office"?']),
        ({"email_domain[3].link": "isp"}, ["there is no `email_domain[3]`: the list has 1, counted from 0"]),
        ({"check[0].claim": "no-such-claim"}, ['`check[0].claim` is "no-such-claim"', "there is no claim of this name"]),
        ({"check[0]": None}, ["an empty check list: nothing would be checked"]),
        ({"default.link": "office"}, ["queued-mail-is-dialled says nothing here: no route goes over a dial link"]),
    ],
)  # fmt: skip
def test_bad_settings_are_refused_with_the_place_in_the_changed_text(settings: dict[str, str | None], says: list[str]) -> None:
    with pytest.raises(ScenarioError) as refused:
        with_settings(PARTNER, settings)
    message = str(refused.value)
    assert str(PARTNER) in message
    assert "/dialproof-" not in message, "where it was written is nobody's business"
    for part in says:
        assert part in message
    assert all(place is None or place.file.startswith(str(PARTNER)) for place, _ in refused.value.problems)


def test_a_file_beside_the_scenario_is_found_from_the_changed_copy(tmp_path: Path) -> None:
    path = tables.write(tmp_path, tables.rows([("dns", "office")]), fault="dial-slot-overwritten")
    assert word(with_settings(path, {"connector.fault": "none"})[CLAIM].verdict) == "holds"
    (tmp_path / "other.csv").write_text(f"{tables.HEADER}\n{tables.row(1, 'dns', 'isp')}\n")
    review = with_settings(path, {"email_domains_file": "other.csv"})
    assert word(review[CLAIM].verdict) == "holds"
    assert "d1.example (file line 2)" in str(review[CLAIM].planned.variants[0].system.variables)


@pytest.mark.parametrize("returned", ["None", "[1]"])
def test_keys_of_files_are_text(project: Path, returned: str) -> None:
    specialize(project, "file_keys(self)", returned)
    Path("my.toml").write_text('title = "A gate"\n[[check]]\nkind = "opens"\n')
    with pytest.raises(InputError, match="it must return a list of keys, as text"):
        with_settings("my.toml", {})


def test_a_file_that_is_not_there_is_refused_as_on_the_command_line() -> None:
    with pytest.raises(ScenarioError, match=r'no such file; did you mean "partner.toml"\?'):
        with_settings(PARTNER.with_name("partners.toml"), {})


def test_text_that_is_no_toml_is_refused_with_its_line() -> None:
    with pytest.raises(ScenarioError, match=r"scenario text:2:\d+: broken TOML"):
        with_settings("format = 1\ntitle = \n", {})


def test_a_comparison_has_a_row_for_each_check_and_says_which_differ(shipped: Review, fixed: Review) -> None:
    comparison = compare({"before": shipped, "after": fixed})
    assert comparison.labels == ("before", "after")
    assert [(row.claim, row.differs) for row in comparison.rows] == [(CLAIM, True)]
    assert mimebundle(comparison)["text/plain"].splitlines()[1:3] == [
        "  claim                   before    after  remark",
        "  queued-mail-is-dialled  violated  holds  differs",
    ]
    assert not compare({"before": shipped, "again": shipped}).differences


def test_a_check_that_one_scenario_does_not_make_is_no_verdict(shipped: Review) -> None:
    more = with_settings(PARTNER, {"check[1].claim": "line-never-dials-again"})
    comparison = compare({"one": shipped, "two": more})
    assert comparison.rows[1].results[0] is None
    assert comparison.rows[1].differs
    assert "not asked" in mimebundle(comparison)["text/plain"]


def test_claims_asked_for_several_times_are_told_apart_by_their_cause() -> None:
    settings = {"check[1].claim": CLAIM, "check[1].fault": "none"}
    twice = with_settings(PARTNER, settings)
    comparison = compare({"shipped": twice, "fixed": with_settings(PARTNER, settings | FIXED)})
    assert [row.claim for row in comparison.rows] == [CLAIM, f"{CLAIM} (under none)"]
    assert [row.differs for row in comparison.rows] == [True, False]


def test_only_reviews_of_one_scenario_each_can_be_compared(small_review: Review) -> None:
    with pytest.raises(InputError, match="'both' is a review of 2 scenarios"):
        compare({"both": small_review})
    with pytest.raises(InputError, match="there is nothing to compare"):
        compare({})
