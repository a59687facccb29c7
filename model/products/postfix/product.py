"""Postfix as a product: what a scenario file of it, or its configuration, stands for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dialproof.core.plan import Suspect
from dialproof.project.toml_source import TomlSource
from model import recipients
from model.fault import Fault
from model.grammars import postfix as grammar
from model.grammars.postfix import in_words
from model.on_demand import of_one_message
from model.parts import lines, on_demand, queues
from model.product import Installation, Product
from model.products.postfix import compose, flushing, importer, scenario, suspects
from model.products.postfix.scenario import Mail, Scenario
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

    def log(self) -> Path | None:
        """What Postfix writes about each message."""
        return Path(__file__).with_name("log.toml")

    def classes_of(self, address: str) -> tuple[str, ...]:
        """The classes whose domains the address is of, the nearest ones; the default one if it is of none."""
        return recipients.classes_of(address, {mail.name: mail.recipients for mail in self.scenario.mail}, scenario.DEFAULT)

    def for_one_message(self, route: str) -> "Machine":
        """The machine with this class alone and one place in its queue; other mail dials the link as other traffic does."""
        scenario, mail = self.scenario.untimed(), tuple(one for one in self.scenario.mail if one.name == route)
        changes = {"mail": mail, **of_one_message(scenario.connector, scenario.environment)}
        return replace(self, scenario=scenario.model_copy(update=changes))

    def is_held(self, route: str) -> bool:
        """Whether mail of this class waits for a flush."""
        return any(self.scenario.is_held(mail) for mail in self.scenario.mail if mail.name == route)

    def times(self) -> Mapping[str, int]:
        """The lifetime of mail, and how often the queue is flushed."""
        main, every = self.scenario.main, self.scenario.flush.every
        return {"maximal_queue_lifetime": main.maximal_queue_lifetime} | ({} if every is None else {"every": every})

    def notes(self) -> Sequence[str]:
        """What is held, what flushes it, and what a number means that means something else."""
        main, flush = self.scenario.main, self.scenario.flush
        said = list(self.scenario.environment.notes)
        held = [mail for mail in self.scenario.mail if self.scenario.is_held(mail)]
        if held:
            names = ", ".join(mail.name for mail in held)
            flushing = ["whenever a dial link comes up"] if flush.on_link_up else []
            flushing += [f"every {in_words(flush.every)}"] if flush.every is not None else []
            said.append(f"mail for {names} is held; the queue is flushed {' and '.join(flushing) or 'by nobody'}")
        said += self._of_sites(held)
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

    def _of_sites(self, held: Sequence[Mail]) -> Sequence[str]:
        """For which mail a site, or a script, can ask alone."""
        found, flush = self.scenario, self.scenario.flush
        said = []
        if names := [mail.name for mail in held if mail.name in flush.sites_on_link_up and found.is_flushed_on_link_up(mail)]:
            said.append(f"mail for {', '.join(names)} is asked for by the name of its site whenever a dial link comes up")
        if names := [mail.name for mail in held if found.may_be_asked_for(mail)]:
            how = "again and again while it waits" if found.environment.etrn == "again-and-again" else "perhaps, or never"
            said.append(f"mail for {', '.join(names)} is sent too if its site asks for it (ETRN): {how}")
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
    parts=(compose, flushing, queues, lines, on_demand, grammar, scenario),
    importers=(importer.IMPORTER,),
)
