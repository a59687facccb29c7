"""The settings that explain why a claim about Postfix is violated, in the words of its files, each with its line.

They are read off the files, and shown only if the verdict is "violated".
"""

from collections.abc import Iterator

from dialproof.core.messages import suggestion
from dialproof.core.plan import Suspect
from model.grammars.postfix import in_words
from model.products.postfix.scenario import Mail, Scenario
from model.scenario import Check

HOLDS = "main.defer_transports"


def suspects(scenario: Scenario, check: Check) -> list[Suspect]:
    """What explains it if `check` comes out violated, the nearest first."""
    found: list[Suspect] = []
    match check.claim:
        case "queued-mail-is-delivered" | "queued-mail-is-dialled":
            found += _of_services(scenario)
            found += _of_holds(scenario)
        case "queued-mail-is-resolved":
            found += _of_late_mail(scenario)
        case "mail-alone-dials-nothing" | "dials-are-spaced":
            found += _of_free_mail(scenario)
        case _:
            pass
    return list(dict.fromkeys(found))


def _at(scenario: Scenario, key: str, says: str) -> Suspect:
    place = scenario.place_of(key)
    return Suspect(place.file, place.line, says)


def _held(scenario: Scenario) -> list[str]:
    """The transports that are held and by which some mail goes, in the order of the file."""
    used = {mail.transport for mail in scenario.mail}
    return [name for name in dict.fromkeys(scenario.main.defer_transports) if name in used]


def _named(transports: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in transports)


def _of_services(scenario: Scenario) -> Iterator[Suspect]:
    """Transports that are no service."""
    for mail in scenario.mail:
        if not scenario.is_available(mail):
            near = suggestion(mail.transport, list(scenario.master.services or ()))
            waits = in_words(scenario.main.maximal_queue_lifetime)
            says = (
                f"mail for {mail.name} goes by `{mail.transport}`, which is no transport of master.cf{near}: it waits until "
                f"maximal_queue_lifetime ({waits}), and is returned"
            )
            yield Suspect(mail.file, mail.line, says)


def _of_holds(scenario: Scenario) -> Iterator[Suspect]:
    """Why held mail is never sent."""
    held, lifetime = _held(scenario), scenario.main.maximal_queue_lifetime
    if not held:
        return
    yield from _of_refusals(scenario)
    unflushed = [mail for mail in scenario.mail if scenario.is_held(mail) and not scenario.is_flushed(mail)]
    left = [mail for mail in unflushed if not scenario.is_asked_for(mail)]
    until = f"until maximal_queue_lifetime ({in_words(lifetime)}), and is returned"
    if lone := [mail for mail in left if not scenario.may_be_asked_for(mail)]:
        transports = list(dict.fromkeys(mail.transport for mail in lone))
        others = len(lone) < sum(scenario.is_held(mail) for mail in scenario.mail)
        of = f" of mail for {', '.join(mail.name for mail in lone)}" if others else ""
        says = f"defer_transports names {_named(transports)} and nothing flushes the queue{of}: mail waits {until}"
        yield _at(scenario, HOLDS, says)
    for mail in left:
        if scenario.may_be_asked_for(mail):
            says = (
                f"defer_transports names `{mail.transport}`, and mail for {mail.name} goes only if its site asks for it (ETRN): "
                f"nobody promises that it does, and else mail waits {until}"
            )
            yield _at(scenario, HOLDS, says)
    if len(unflushed) == sum(scenario.is_held(mail) for mail in scenario.mail):
        return
    if lifetime == 0:
        says = "maximal_queue_lifetime is 0, so that mail is tried once: the hold is this attempt, and held mail is returned"
        yield _at(scenario, "main.maximal_queue_lifetime", says)
    yield from _of_late_mail(scenario)


def _of_refusals(scenario: Scenario) -> Iterator[Suspect]:
    """Requests for the mail of a site that Postfix refuses."""
    for mail in scenario.mail:
        if mail.name in scenario.flush.sites_on_link_up and scenario.is_held(mail) and not mail.fast_flush:
            says = (
                f"this asks for mail for {mail.name}, which fast_flush_domains does not name: Postfix refuses it, and flushes "
                "nothing"
            )
            yield _at(scenario, "flush.sites_on_link_up", says)


def _of_late_mail(scenario: Scenario) -> Iterator[Suspect]:
    """Why mail waits on though somebody flushes."""
    held, every = _held(scenario), scenario.flush.every
    late = [mail for mail in scenario.mail if scenario.is_held(mail) and scenario.is_flushed(mail)]
    if every is None:
        late = [mail for mail in late if not scenario.is_asked_for(mail)]
    if not late:
        return
    if every is None:
        transports = _named([name for name in held if any(mail.transport == name for mail in late)])
        says = (
            f"defer_transports names {transports}, and only a line that comes up flushes: mail posted while the line is up "
            "waits until it comes up again, and mail asks for no line"
        )
        yield _at(scenario, HOLDS, says)
    elif scenario.main.maximal_queue_lifetime <= every:
        lifetime = in_words(scenario.main.maximal_queue_lifetime)
        says = f"maximal_queue_lifetime ({lifetime}) is no longer than from one flush to the next ({in_words(every)})"
        yield _at(scenario, "main.maximal_queue_lifetime", says)


def _of_free_mail(scenario: Scenario) -> Iterator[Suspect]:
    """Why mail dials by itself."""
    named, used = scenario.main.defer_transports, {mail.transport for mail in scenario.mail}
    line = scenario.place_of(HOLDS).line
    for name in dict.fromkeys(named):
        if name not in used:
            near = suggestion(name, sorted(used))
            yield _at(scenario, HOLDS, f"defer_transports names `{name}`, by which no mail goes{near}: it holds nothing")
    for mail in scenario.mail:
        if _dials(scenario, mail):
            names = f", which defer_transports (line {line}) does not name" if named else ", and defer_transports is empty"
            says = f"mail for {mail.name} goes by `{mail.transport}`{names}: each message and each retry dials"
            yield Suspect(mail.file, mail.line, says)


def _dials(scenario: Scenario, mail: Mail) -> bool:
    return scenario.links[mail.link].kind == "dial" and not scenario.is_held(mail) and scenario.is_available(mail)
