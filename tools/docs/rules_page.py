"""`docs/rules-of-the-connector.md`: the documented rules of the Internet Mail Service, and what the model makes of each."""

from collections.abc import Iterator

from model.products.exchange_ims.documented import DOCUMENTED, Rule
from tools.docs.running import ROOT

PAGE = ROOT / "docs" / "rules-of-the-connector.md"

_HEAD = """\
# The documented rules of the connector

Every rule about dialling, queues, retries and routes that an article of the Internet Mail Service states. Either tests hold
it, so that one of them fails if the rule is changed in the model, or it is left out, with the reason why that is sound. What no
source states is an option of the [scenario file](scenario-format.md) instead; [domain.md](domain.md) says how sure each fact is.

This page is written from `model/products/exchange_ims/documented.py` by `make docs`.
"""


def page() -> str:
    """The page as it is to be."""
    parts = [_HEAD]
    for subject, rules in DOCUMENTED.items():
        parts.append(f"\n## {subject}\n\n| articles | the rule | in the model |\n|---|---|---|\n")
        parts += [f"| {', '.join(rule.articles)} | {rule.says} | {_held(rule)} |\n" for rule in rules]
    return "".join(parts)


def _held(rule: Rule) -> str:
    """What holds the rule, or why nothing does."""
    return f"left out: {rule.left_out}" if rule.left_out else "; ".join(_named(rule))


def _named(rule: Rule) -> Iterator[str]:
    """Each test in words, as a link to its file."""
    for test in rule.tests:
        file, _, name = test.partition("::")
        yield f"[{name.removeprefix('test_').replace('_', ' ')}](../{file})"
