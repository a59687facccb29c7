"""Exim as a product: what a scenario file of it, or its configuration, stands for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dialproof.core.plan import Suspect
from dialproof.project.toml_source import TomlSource
from model import recipients
from model.fault import Fault
from model.grammars import exim
from model.grammars.exim_runs import in_words
from model.on_demand import of_one_message
from model.parts import lines, look_ups, on_demand, queues, requests, retry_times
from model.parts.requests import LASTS
from model.product import Installation, Product
from model.products.exim import compose, importer, scenario, suspects
from model.products.exim.scenario import Scenario
from model.products.exim.suspects import why_it_waits
from model.products.exim.words import WORDS
from model.router import Router
from model.routing_picture import LinkRow, RouteRow
from model.scenario import Check


@dataclass(frozen=True, eq=False)
class Machine(Installation[Scenario]):
    """A machine with Exim as its files configure it."""

    def router(self, fault: Fault) -> Router:
        """The classes of mail and the links, with `fault` in the machine."""
        return compose.build(self.scenario, fault)

    def log(self) -> Path | None:
        """What Exim writes about each message into its main log."""
        return Path(__file__).with_name("log.toml")

    def classes_of(self, address: str) -> tuple[str, ...]:
        """The classes whose domains the address is of, the nearest ones; the default one if it is of none."""
        return recipients.classes_of(address, {mail.name: mail.recipients for mail in self.scenario.mail}, scenario.DEFAULT)

    def for_one_message(self, route: str) -> "Machine":
        """The machine with this class alone and one place in its queue; other mail dials the link as other traffic does."""
        untimed, mail = self.scenario.untimed(), tuple(one for one in self.scenario.mail if one.name == route)
        changes = {"mail": mail, **of_one_message(untimed.connector, untimed.environment)}
        return replace(self, scenario=untimed.model_copy(update=changes))

    def is_held(self, route: str) -> bool:
        """Whether mail of this class waits for a queue run when it comes."""
        return any(self.scenario.waits_for_a_run(mail) for mail in self.scenario.mail if mail.name == route)

    def notes(self) -> Sequence[str]:
        """What waits, who runs the queue, and when mail is returned."""
        runs, said = self.scenario.queue_runs, list(self.scenario.environment.notes)
        for key in ("queue_only", "queue_domains", "queue_smtp_domains", "hold_domains"):
            names = [mail.name for mail in self.scenario.mail if why_it_waits(self.scenario, mail) == key]
            if names:
                said.append(f"mail for {', '.join(names)} waits for a queue run because of {key}")
        running = [f"`exim {runs.on_link_up}` whenever a dial link comes up"] if self.scenario.run_on_link_up else []
        running += [f"`exim {runs.flags}` every {in_words(runs.every)}"] if runs.every is not None else []
        said.append(f"the queue is run by {' and '.join(running) or self._by_nobody}")
        said += self._of_sites()
        cutoff = self.scenario.gives_up_after
        if cutoff == 0:
            said.append("there is no retry rule: what fails once is returned")
        elif not self.scenario.connector.timed:
            said.append(f"mail whose host has failed for {in_words(cutoff)} is returned, which is not counted without times")
        return said

    @property
    def _by_nobody(self) -> str:
        """What it means that nobody runs the queue."""
        if any(map(self.scenario.may_be_asked_for, self.scenario.mail)):
            return "nobody: what waits is sent only if its site asks for it"
        return "nobody: what waits is neither sent nor returned"

    def _of_sites(self) -> Sequence[str]:
        """For which mail a site can ask alone, and what refuses it."""
        found = self.scenario
        names = [mail.name for mail in found.mail if found.may_be_asked_for(mail)]
        if not names:
            return []
        how = "again and again while it waits" if found.environment.etrn == "again-and-again" else "perhaps, or never"
        if found.connector.timed and (every := found.environment.asks_every) is not None:
            how = f"every {in_words(every)}"
        said = [f"mail for {', '.join(names)} is sent too if its site asks for it (ETRN): {how}"]
        if found.main.smtp_etrn_serialize:
            said.append(f"while a run by ETRN goes on its record refuses the same request, up to {in_words(LASTS)}")
        return said

    def suspects(self, check: Check) -> Sequence[Suspect]:
        """The settings that explain it if `check` comes out violated."""
        return suspects.suspects(self.scenario, check)

    def routing(self) -> tuple[Sequence[RouteRow], Sequence[LinkRow], str]:
        """The classes of mail and the links."""
        rows = []
        for mail in self.scenario.mail:
            key = why_it_waits(self.scenario, mail)
            note = "" if key is None else f"waits for a queue run: {key}"
            rows.append(RouteRow(mail.name, "smtp", mail.link, f"Mail for {mail.name}", note=note))
        links = [LinkRow(name, f"{one.kind} link", dials=one.kind == "dial") for name, one in self.scenario.links.items()]
        return rows, links, self.scenario.title or "Mail and links"


def read(source: TomlSource, claims: Collection[str], faults: Collection[str]) -> Machine:
    """The machine that `source` describes. Raises ScenarioError."""
    return Machine(WORDS, scenario.read(source, claims, faults))


PRODUCT = Product(
    "exim",
    WORDS,
    read,
    Scenario,
    template=Path(__file__).with_name("template.toml"),
    parts=(compose, queues, look_ups, requests, retry_times, lines, on_demand, exim, scenario),
    importers=(importer.IMPORTER,),
)
