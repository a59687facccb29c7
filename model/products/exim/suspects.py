"""The settings that explain why a claim about Exim is violated, in the words of its files, each with its line.

They are read off the files, and shown only if the verdict is "violated".
"""

from collections.abc import Iterator

from dialproof.core.plan import Suspect
from model.grammars.exim_runs import QueueRun, in_words
from model.parts.requests import LASTS
from model.products.exim.scenario import ALL, Mail, Scenario
from model.scenario import Check

RECORD_LEFT = "etrn-record-left"
"""The fault by which a run that dies leaves its record."""

_LISTS = ("hold_domains", "queue_domains", "queue_smtp_domains")


def suspects(scenario: Scenario, check: Check) -> list[Suspect]:
    """What explains it if `check` comes out violated, the nearest first."""
    found: list[Suspect] = []
    match check.claim:
        case "queued-mail-is-delivered" | "queued-mail-is-dialled" | "queued-mail-is-resolved" | "resolved-within":
            found += _of_mail_that_nobody_tries(scenario)
            found += _of_records(scenario, check)
            found += _of_the_retry_rule(scenario, check)
            found += _of_runs_on_link_up(scenario)
        case "mail-alone-dials-nothing" | "dials-are-spaced":
            found += _of_free_mail(scenario)
            found += _of_look_ups(scenario)
        case _:
            pass
    return list(dict.fromkeys(found))


def why_it_waits(scenario: Scenario, mail: Mail) -> str | None:
    """The option because of which mail of this class waits, the strongest first; None if it is tried when it comes."""
    for key in _LISTS[:1]:
        if _names(scenario, key, mail):
            return key
    if scenario.main.queue_only:
        return "queue_only"
    return next((key for key in _LISTS[1:] if _names(scenario, key, mail)), None)


def _names(scenario: Scenario, key: str, mail: Mail) -> bool:
    named: tuple[str, ...] = getattr(scenario.main, key)
    return ALL in named or mail.name in named


def _runs(scenario: Scenario) -> list[tuple[QueueRun, str]]:
    """The queue runs that there are, each in words."""
    found = []
    runs = scenario.queue_runs
    if scenario.run_on_link_up is not None:
        found.append((scenario.run_on_link_up, f"`exim {runs.on_link_up}` when the line comes up"))
    if scenario.run_by_daemon is not None:
        found.append((scenario.run_by_daemon, f"`exim {runs.flags}{in_words(runs.every or 0)}` of the daemon"))
    return found


def _of_mail_that_nobody_tries(scenario: Scenario) -> Iterator[Suspect]:
    """Mail that no queue run takes."""
    runs = _runs(scenario)
    for mail in scenario.mail:
        if scenario.is_tried_again(mail):
            continue
        key = why_it_waits(scenario, mail)
        file, line = (mail.file, mail.line) if key is None else scenario.line_of(f"main.{key}")
        waits = (
            f"mail for {mail.name} is tried once, when it comes"
            if key is None
            else f"mail for {mail.name} waits because of {key}"
        )
        if scenario.may_be_asked_for(mail) and not runs:
            says = f"{waits}, and goes only if its site asks for it (ETRN): nobody promises that it does"
            yield Suspect(file, line, says)
            continue
        if not runs:
            yield Suspect(file, line, f"{waits}, and nobody runs the queue: what waits is neither sent nor returned")
            continue
        why = "which tries no message twice" if any(run.is_of_new_mail for run, _ in runs) else "which sends nothing over a line"
        why = "which does not insist: it takes f (-qf)" if key == "hold_domains" else why
        yield Suspect(file, line, f"{waits}, and the queue is run by {' and '.join(says for _, says in runs)}, {why}")


def _of_records(scenario: Scenario, check: Check) -> Iterator[Suspect]:
    """What refuses a site that asks for its mail, though no run for it goes on."""
    names = [mail.name for mail in scenario.mail if scenario.may_be_asked_for(mail)]
    if names and scenario.main.smtp_etrn_serialize and RECORD_LEFT in (check.fault or scenario.connector.fault or ""):
        file, line = scenario.line_of("main.smtp_etrn_serialize")
        says = (
            f"smtp_etrn_serialize is on: a run by ETRN for {', '.join(names)} that dies leaves its record, and requests are "
            f"refused for {in_words(LASTS)}; off, no record refuses them"
        )
        yield Suspect(file, line, says)


def _of_the_retry_rule(scenario: Scenario, check: Check) -> Iterator[Suspect]:
    """Mail that is returned too early."""
    file, line = scenario.line_of("retry.rules")
    if check.claim == "queued-mail-is-resolved":
        return
    if not scenario.gives_up_after:
        yield Suspect(file, line, "there is no retry rule, so that mail is returned after the first attempt that fails")
    elif scenario.connector.timed:
        yield Suspect(file, line, f"the retry rule ends after {in_words(scenario.gives_up_after)}: what fails then is returned")


def _of_runs_on_link_up(scenario: Scenario) -> Iterator[Suspect]:
    """Why mail waits on though the queue is run when a line comes up."""
    run = scenario.run_on_link_up
    if run is None or scenario.run_by_daemon is not None:
        return
    file, line = scenario.line_of("queue_runs.on_link_up")
    if not run.is_forced:
        yield Suspect(
            file,
            line,
            f"`exim {scenario.queue_runs.on_link_up}` passes over mail before its retry time, and only a line that comes up "
            "runs the queue: -qf insists",
        )
    if any(scenario.waits_for_a_run(mail) for mail in scenario.mail):
        yield Suspect(
            file, line, "only a line that comes up runs the queue: mail that comes while it is up waits until it comes up again"
        )
    else:
        yield Suspect(file, line, "only a line that comes up runs the queue: what fails waits until it comes up again")


def _of_free_mail(scenario: Scenario) -> Iterator[Suspect]:
    """Why mail dials by itself."""
    for mail in scenario.mail:
        if scenario.links[mail.link].kind == "dial" and why_it_waits(scenario, mail) is None:
            says = (
                f"mail for {mail.name} is in none of queue_domains, queue_smtp_domains and hold_domains, and queue_only is off: "
                "each message dials when it comes"
            )
            yield Suspect(mail.file, mail.line, says)


def _of_look_ups(scenario: Scenario) -> Iterator[Suspect]:
    """Why mail that waits dials all the same."""
    for mail in scenario.mail:
        if scenario.links[mail.link].kind == "dial" and scenario.is_routed_at_once(mail):
            file, line = scenario.line_of("main.queue_smtp_domains")
            says = (
                f"mail for {mail.name} waits because of queue_smtp_domains, and is routed before: that looks a name up, and "
                "dials; queue_domains routes nothing, and a host by its address needs no name"
            )
            yield Suspect(file, line, says)
