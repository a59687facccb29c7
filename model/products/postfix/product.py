"""Postfix as a product: what a scenario file of it, or its configuration, stands for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from dialproof.core.plan import Suspect
from dialproof.project.toml_source import TomlSource
from model.fault import Fault
from model.grammars import postfix as grammar
from model.grammars.postfix import in_words
from model.parts import lines, on_demand, queues
from model.product import Installation, Product
from model.products.postfix import compose, importer, scenario, suspects
from model.products.postfix.scenario import Scenario
from model.products.postfix.words import WORDS
from model.router import Router
from model.routing_picture import LinkRow, RouteRow
from model.scenario import Check


@dataclass(frozen=True, eq=False)
class Machine(Installation[Scenario]):
    """A machine with Postfix as its files configure it."""

    def router(self, fault: Fault) -> Router:
        """The classes of mail and the links, with `fault` in the machine."""
        return compose.build(self.scenario, fault)

    def notes(self) -> Sequence[str]:
        """What is held, what flushes it, and what a number means that means something else."""
        main, flush = self.scenario.main, self.scenario.flush
        said = list(self.scenario.environment.notes)
        held = [mail.name for mail in self.scenario.mail if self.scenario.is_held(mail)]
        if held:
            flushing = ["whenever a dial link comes up"] if flush.on_link_up else []
            flushing += [f"every {in_words(flush.every)}"] if flush.every is not None else []
            said.append(f"mail for {', '.join(held)} is held; the queue is flushed {' and '.join(flushing) or 'by nobody'}")
        if main.maximal_queue_lifetime == 0:
            said.append("maximal_queue_lifetime = 0 means that mail is tried once, and returned if that fails")
        elif not self.scenario.connector.timed:
            said.append(
                f"mail that nothing can send is returned after maximal_queue_lifetime ({in_words(main.maximal_queue_lifetime)})"
            )
        free = [mail for mail in self.scenario.mail if not self.scenario.is_held(mail)]
        if any(self.scenario.links[mail.link].kind == "dial" for mail in free):
            least, most = in_words(main.minimal_backoff_time), in_words(main.maximal_backoff_time)
            names = ", ".join(mail.name for mail in free if self.scenario.links[mail.link].kind == "dial")
            said.append(f"mail for {names} dials by itself: each message, and each retry, {least} to {most} after the last")
        return said

    def suspects(self, check: Check) -> Sequence[Suspect]:
        """The settings that explain it if `check` comes out violated."""
        return suspects.suspects(self.scenario, check)

    def routing(self) -> tuple[Sequence[RouteRow], Sequence[LinkRow], str]:
        """The classes of mail and the links."""
        rows = [
            RouteRow(
                mail.name,
                mail.transport,
                mail.link,
                f"Mail for {mail.name}",
                note="held until a flush" if self.scenario.is_held(mail) else "",
            )
            for mail in self.scenario.mail
        ]
        links = [LinkRow(name, f"{one.kind} link", dials=one.kind == "dial") for name, one in self.scenario.links.items()]
        return rows, links, self.scenario.title or "Mail and links"


def read(source: TomlSource, claims: Collection[str], faults: Collection[str]) -> Machine:
    """The machine that `source` describes. Raises ScenarioError."""
    return Machine(WORDS, scenario.read(source, claims, faults))


PRODUCT = Product(
    "postfix",
    WORDS,
    read,
    Scenario,
    template=Path(__file__).with_name("template.toml"),
    parts=(compose, queues, lines, on_demand, grammar, scenario),
    importers=(importer.IMPORTER,),
)
