"""The table of the documented rules: its tests exist, its page is fresh, and no article of the model is missing."""

import ast
import re
from pathlib import Path

import pytest

from model.products.exchange_ims.documented import DOCUMENTED, Rule
from tools.docs.rules_page import PAGE, page

ROOT = Path(__file__).resolve().parents[2]
RULES = [rule for rules in DOCUMENTED.values() for rule in rules]
OF_THE_CONNECTOR = (
    "parts",
    "faults",
    "products/exchange_ims",
    "scenarios/transfer",
    "scenarios/port",
    "scenarios/stops",
    "scenarios/q230051",
)
ARTICLE = re.compile(r"\bQ\d{6}\b")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.says)
def test_a_rule_is_held_by_tests_or_left_out_with_a_reason(rule: Rule) -> None:
    assert rule.articles
    assert bool(rule.tests) != bool(rule.left_out)
    assert rule.says.endswith(".")
    assert not rule.left_out.endswith("."), "the page says it within a line"


@pytest.mark.parametrize("test", sorted({test for rule in RULES for test in rule.tests}))
def test_each_named_test_exists(test: str) -> None:
    file, _, name = test.partition("::")
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_each_article_that_the_model_names_is_in_the_table() -> None:
    listed = {found for rule in RULES for article in rule.articles for found in ARTICLE.findall(article)}
    files = [path for part in OF_THE_CONNECTOR for path in (ROOT / "model" / part).rglob("*") if path.suffix in {".py", ".toml"}]
    files.append(ROOT / "model" / "rules.py")
    of_others = re.compile(r'product="(?!exchange-ims)')  # faults of other products
    files = [path for path in files if not of_others.search(path.read_text(encoding="utf-8"))]
    named = {found for path in files for found in ARTICLE.findall(path.read_text(encoding="utf-8"))}
    assert len(named) > 30
    assert named <= listed, f"not in the table: {sorted(named - listed)}"


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tools.docs.generate"
