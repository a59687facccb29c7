"""`dialproof conform`: whether a log is a run of the model, and the first line that is none."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dialproof.cli.guard import GuardedCommand
from dialproof.cli.options import debug_option, kind_option
from dialproof.cli.output import say

if TYPE_CHECKING:
    from datetime import timedelta

    from properties.limits import Limits
    from properties.logs.conformance import Overdue
    from properties.logs.followed import Refusal
    from properties.logs.reading import Conformance

_EPILOG = """\b
Example: is last week's log of pppd what its options allow?
  dialproof conform /etc/ppp/peers/isp --log /var/log/ppp.log
  dialproof conform my.toml --log ppp.log.1.gz --log ppp.log --json

\b
Exit codes:
    0  some run of the model explains every line
    1  no run explains a line: the first one is shown; a message waited longer than is proved
    2  bad input: the scenario, the log, the format of the log
    3  undecided: the program may be in too many states
    4  internal error: please report it
"""


@click.command(cls=GuardedCommand, epilog=_EPILOG)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "logs", "--log", metavar="LOG", required=True, multiple=True, type=click.Path(path_type=Path, dir_okay=False),
    help="A log, plain or compressed by gzip; may be repeated: the files are taken in the order of their times.",
)  # fmt: skip
@kind_option
@click.option(
    "form", "--format", metavar="TOML", type=click.Path(path_type=Path, dir_okay=False),
    help="What the log shows. [default: what is known of the product]",
)  # fmt: skip
@click.option("--year", type=click.IntRange(min=1970, max=9999), help="The year of the first line, if lines have none.")
@click.option("--fault", metavar="NAME", help="Follow the log through the model with this fault.")
@click.option("--from-start", is_flag=True, help="The log begins when the program does. [default: anywhere]")
@click.option("explain", "--run", is_flag=True, help="Show a run that explains the log, since the program was last started.")
@click.option("--message", metavar="ID", help="Of a mail system: show a run that explains what is seen of this message.")
@click.option("bounds", "--bounds", is_flag=True, help="Prove how long a message waits at most, and compare; takes clocks.")
@click.option(
    "growing", "--follow", is_flag=True, help="Watch the log as it grows, until Ctrl-C: say at once what is refused or overdue."
)
@click.option(
    "picture", "--picture", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
    help="Draw what happened when, as .svg or .png.",
)  # fmt: skip
@click.option(
    "anonymised", "--anonymise", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
    help="Write the log without addresses, hosts and other words to a new file, and judge that one.",
)  # fmt: skip
@click.option("as_json", "--json", is_flag=True, help="Print one JSON object.")
@debug_option
def conform(
    file: Path,
    logs: tuple[Path, ...],
    kind: str | None,
    form: Path | None,
    year: int | None,
    fault: str | None,
    from_start: bool,
    explain: bool,
    message: str | None,
    bounds: bool,
    growing: bool,
    picture: Path | None,
    anonymised: Path | None,
    as_json: bool,
    debug: bool,  # noqa: ARG001  # GuardedCommand reads it
) -> None:
    """Say whether a log is a run of the model that FILE describes, without its clocks.

    The log shows some of the actions of the model. If some run has taken those actions, in this order, and any others between
    them, it explains the log. Otherwise the first line that none explains is shown, with what was possible instead.
    """
    from dialproof.core.errors import NotApplicable
    from properties.limits import Limits
    from properties.logs.conformance import conform as follow

    limits = Limits() if bounds else None
    if picture is not None:
        from dialproof.views.figures import require_kind

        require_kind(picture)
    try:
        if growing:
            if len(logs) > 1 or year or from_start or explain or message or anonymised:
                raise click.UsageError("--follow goes with one --log, and with --format, --fault and --bounds only.")
            answer = _watched(file, logs[0], kind, form, fault, limits, as_json=as_json)
        else:
            if anonymised is not None:
                logs, year = (_anonymised(file, logs, kind, form, year, anonymised),), None
            answer = follow(
                file, logs, kind=kind, form=form, year=year, fault=fault, from_start=from_start, explain=explain,
                message=message, limits=limits,
            )  # fmt: skip
    except NotApplicable as reason:
        say(json.dumps({"conforms": None, "reason": str(reason)}) if as_json else f"Undecided: {reason}")
        sys.exit(3)
    if picture is not None:
        from dialproof.views.figures import save
        from properties.logs.picture import draw_log

        save(draw_log(answer, f"The log of {file.name}"), picture)
    say(json.dumps(_plain(answer)) if as_json else "\n".join(_told(answer, explain=explain or message is not None)))
    sys.exit(0 if answer.conforms and not answer.too_long and not answer.overdue else 1)


def _anonymised(file: Path, logs: Sequence[Path], kind: str | None, form: Path | None, year: int | None, new: Path) -> Path:
    """Write the logs without what is private to a file that is `new`."""
    from dialproof.core.errors import InputError
    from properties.checks import open_installation
    from properties.logs.anonymised import anonymised
    from properties.logs.conformance import format_for

    installed = open_installation(file, kind)
    try:
        with new.open("x", encoding="utf-8") as out:
            out.writelines(f"{line}\n" for line in anonymised(installed, format_for(installed, form), logs, year))
    except FileExistsError:
        raise InputError(f"{new}: this file is there already: --anonymise writes a new one") from None
    except OSError as problem:
        raise InputError(f"{new}: cannot be written: {problem.strerror or problem}") from problem
    except BaseException:
        new.unlink()
        raise
    return new


def _watched(
    file: Path, log: Path, kind: str | None, form: Path | None, fault: str | None, limits: "Limits | None", *, as_json: bool
) -> "Conformance":
    """Print each line that is refused and each message that is overdue as soon as it is seen; the answer after Ctrl-C."""
    from dialproof.cli.signals import stopping
    from properties.logs.conformance import watch

    with stopping() as asked:
        watching = watch(file, log, kind=kind, form=form, fault=fault, limits=limits, still=lambda: not asked.wait(1))
        while True:
            try:
                seen = next(watching)
            except StopIteration as end:
                answer: Conformance = end.value
                return answer
            say(_seen(seen, as_json=as_json))


def _seen(seen: "Refusal | Overdue", *, as_json: bool) -> str:
    """What was seen of a growing log, on a line."""
    from properties.logs.conformance import Overdue

    if isinstance(seen, Overdue):
        one, most = seen.waiting, seen.at_most
        since = one.since and one.since.isoformat()
        data = {"overdue": one.message, "class": one.route, "since": since, "at_most_s": most.total_seconds()}
        said = (
            f"Overdue: mail for {one.route} ({one.message}) waits since {one.since}; by proof it waits {_in_words(most)} at most"
        )
    else:
        data = {"refused": seen.why, "file": seen.line.file, "line": seen.line.number}
        said = f"{seen.line}: {seen.why}"
    return json.dumps(data) if as_json else said


def _plain(answer: "Conformance") -> dict[str, object]:
    refusal = answer.refusal
    return {
        "conforms": answer.conforms,
        "lines": answer.lines,
        "of_program": answer.of_program,
        "events": answer.events,
        "first": answer.first and answer.first.isoformat(),
        "last": answer.last and answer.last.isoformat(),
        "times": dict(answer.times),
        "refusal": refusal
        and {
            "file": refusal.line.file,
            "line": refusal.line.number,
            "shows": list(refusal.shows),
            "possible": list(refusal.possible),
            "why": refusal.why,
        },
        "states": answer.states,
        "agreed": {name: list(values) for name, values in answer.agreed.items()},
        "waits": answer.figures(),
        "at_most_s": answer.at_most and answer.at_most.total_seconds(),
        "overdue": [one.message for one in answer.overdue],
        "waiting": [
            {"class": one.route, "message": one.message, "since": one.since and one.since.isoformat()} for one in answer.waiting
        ],
        "unseen": {name: one.value for name, one in answer.unseen.items()},
        "hidden": list(answer.hidden),
    }


def _told(answer: "Conformance", *, explain: bool) -> list[str]:
    """The answer in words: first if it is a run, then what happened, where the program is now, what the log cannot show."""
    says = {action.name: action.says or action.name for system in answer.systems for action in system.actions}
    labels = {variable.name: variable.label for system in answer.systems for variable in system.variables}
    refusal = answer.refusal
    if refusal is None:
        told = [f"The log is a run of the model: {answer.events} events in {answer.of_program} lines."]
        told += [f"  from {answer.first} to {answer.last}"]
    else:
        told = [f"{refusal.line}: {refusal.why}"]
        told += [f"  it shows: {' or '.join(says.get(name, name) for name in refusal.shows)}"] if refusal.shows else []
        told += [f"  possible instead: {says[name]}" for name in refusal.possible]
        told += [f"Before it: {answer.events - 1} events in {answer.of_program - 1} lines, from {answer.first}."]
    told += [f"  {number} time{'' if number == 1 else 's'}: {says[name]}" for name, number in answer.times.items()]
    where = "at the end" if refusal is None else "before this line"
    if answer.agreed:
        told += ["", f"Whatever else happened, {where}:"]
        told += [f"  {labels[name]}: {_one_of(values)}" for name, values in answer.agreed.items()]
    told += _waits_told(answer)
    if explain and refusal is None:
        told += ["", "A run that explains it:", str(answer.run or "  none is shown: too much was seen, or nothing")]
    if answer.unseen:
        told += ["", "What the log does not show of this message:"]
        told += [f"  in {one.value} explanations: {says[name]}" for name, one in answer.unseen.items()]
    return told + (["", "The log does not show:", *(f"  {one}" for one in answer.hidden)] if answer.hidden else [])


def _waits_told(answer: "Conformance") -> list[str]:
    """How long messages waited, and which still wait."""
    told = [""] if answer.waits or answer.waiting else []
    for one in answer.waits:
        times = (
            f", waited {_in_words(one.mean)} on average, {_in_words(one.longest)} at most ({one.longest_of})" if one.mean else ""
        )
        told.append(f"Mail for {one.route}: {one.number} {one.outcome.value}{times}.")
    for route in sorted({one.route for one in answer.waiting}):
        own = [one for one in answer.waiting if one.route == route]
        oldest = min((one for one in own if one.since is not None), key=lambda one: str(one.since), default=None)
        since = f", the oldest ({oldest.message}) since {oldest.since}" if oldest else ""
        told.append(f"Mail for {route}: {len(own)} still waiting{since}.")
    if answer.at_most is not None:
        told.append(f"Proved of this scenario: no message waits longer than {_in_words(answer.at_most)}.")
        told += [f"  Too long: {one.longest_of} for {one.route} waited {_in_words(one.longest)}." for one in answer.too_long]
        told += [f"  Overdue: {one.message} for {one.route} waits since {one.since}." for one in answer.overdue]
    return told


def _in_words(time: "timedelta | None") -> str:
    return str(time).split(".", maxsplit=1)[0]


def _one_of(values: tuple[object, ...]) -> str:
    words = [{True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value) for value in values]
    return words[0] if len(words) == 1 else f"not known: {', '.join(words)}"
