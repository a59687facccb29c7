"""The rules between the options of a scenario file: what [dialling], [environment] and [connector] may say together.

Each finds its problems in the data as read, beside those that pydantic finds; what has a wrong type is left to pydantic.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dialproof.core.messages import in_toml
from dialproof.project.toml_source import KeyPath, TomlSource, notation
from model.parts.calendar import DAYS
from model.parts.routes import MOST_AGEING
from model.scenario import rows_of


def between_options(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """Find what one option says wrongly beside another, as (key, message)."""
    yield from _options_beside_a_family(source)
    yield from _something_dials(source)
    yield from _one_schedule(source)
    yield from _nothing_is_ignored(source)
    yield from _time_passes(source)
    yield from _ages_are_counted(source)
    yield from _about_the_other_side(source)
    yield from _about_stranded_mail(source)
    yield from _about_reloads(source)
    yield from _priorities_are_there_from_the_start(source)


def _something_dials(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """Without the trigger of queued mail there is a schedule, or nothing would ever dial. `queued_for` is its time."""
    dialling = source.data.get("dialling")
    if not isinstance(dialling, Mapping) or dialling.get("on_queued_mail") is not False:
        return
    if "every" not in dialling and not dialling.get("slots"):
        message = "`dialling.on_queued_mail` is false: nothing would ever dial; give `every` a time, or `slots` some"
        yield ("dialling", "on_queued_mail"), message
    if "queued_for" in dialling:
        yield (
            ("dialling", "queued_for"),
            "`dialling.queued_for` is a time of the trigger that `on_queued_mail = false` switches off",
        )


_NEEDS: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], bool]]] = {
    "spacing": ("`queued_for`, which it is about", lambda said: "queued_for" in said),
    "idle_counts": ("`retrieval`: nothing comes in without it", lambda said: said.get("retrieval", "none") != "none"),
    "retrieval": ("`idle_timeout`, by which a call ends", lambda said: said["retrieval"] == "none" or "idle_timeout" in said),
    "slot_during_call": ("`every` or `slots`, which it is about", lambda said: "every" in said or bool(said.get("slots"))),
}
"""Keys of [dialling] that say nothing without another one."""


def _nothing_is_ignored(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """Keys that would say nothing, because the one that they are about is not there."""
    dialling = source.data.get("dialling")
    if not isinstance(dialling, Mapping):
        return
    for key, (needed, is_there) in _NEEDS.items():
        if key in dialling and not is_there(dialling):
            yield ("dialling", key), f"`dialling.{key}` says nothing without {needed}"
    connector = source.data.get("connector")
    may_fail = bool(_table(source, "environment").get("deliveries_may_fail"))
    if "retry" in dialling and dialling.get("redial") != "by-retry-list" and not may_fail:
        message = '`dialling.retry` says nothing without `redial = "by-retry-list"` or `environment.deliveries_may_fail`'
        yield ("dialling", "retry"), message
    if "deferred_mail" in dialling and not may_fail:
        yield ("dialling", "deferred_mail"), "`dialling.deferred_mail` says nothing without `environment.deliveries_may_fail`"
    is_timed = (
        may_fail
        or any(dialling.get(key) for key in ("queued_for", "every", "slots", "hours", "idle_timeout"))
        or (dialling.get("redial") == "by-retry-list" or (isinstance(connector, Mapping) and "message_timeout" in connector))
    )
    if "attempt" in dialling and not is_timed:
        yield ("dialling", "attempt"), "`dialling.attempt` is a time, and no time is counted: nothing else here is one"


def _time_passes(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """Attempts that take no time are made again at some distance, or time would stop as long as calls fail."""
    dialling, environment = source.data.get("dialling"), source.data.get("environment")
    if not isinstance(dialling, Mapping) or dialling.get("attempt") != 0:
        return
    spaced = "queued_for" in dialling and dialling.get("spacing", "attempts") == "attempts"
    bounded = isinstance(environment, Mapping) and "most_failed_calls" in environment
    if not (spaced or bounded or dialling.get("redial") == "by-retry-list" or dialling.get("on_queued_mail") is False):
        yield (
            ("dialling", "attempt"),
            (
                "`dialling.attempt` is 0, and a call that fails is made again at once: time would stop; allowed: 1 or more, or "
                'with `queued_for` (spacing = "attempts"), `redial = "by-retry-list"`, `on_queued_mail = false` or '
                "`environment.most_failed_calls`"
            ),
        )


def _one_schedule(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """The two forms of the schedule exclude each other; entries that are added later need a restart."""
    dialling, environment = source.data.get("dialling"), source.data.get("environment")
    if isinstance(dialling, Mapping) and "every" in dialling and dialling.get("slots"):
        yield ("dialling", "slots"), "`dialling.slots`: the schedule has times, or a period, `every`; leave one of them out"
    if isinstance(environment, Mapping) and environment.get("restarts") is False:
        for path, row in rows_of(source, "email_domain"):
            if row.get("added") == "while-running":
                where = notation((*path, "added"))
                yield (
                    (*path, "added"),
                    f"`{where}`: it takes effect at a restart, and `environment.restarts` is false; leave one out",
                )


_WRITTEN_OUT: Mapping[str, tuple[str, ...]] = {
    "dialling": ("retrieval", "sends", "deferred_mail"),
    "connector": ("message_timeout", "urgent_timeout", "non_urgent_timeout", "transfer"),
    "environment": ("port", "deliveries_may_fail", "stops", "dequeue", "delivery_time", "reload_shows"),
}
"""Options of a table that is written out, and of no other."""

_TIMES: Mapping[str, tuple[str, ...]] = {
    "dialling": ("queued_for", "every", "slots", "hours", "idle_timeout", "redial"),
    "environment": ("restarts", "most_failed_calls"),
}
"""Options of a table that is written out, and of every table, but not of one from a file."""


def _options_beside_a_family(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """Not every option is there if the table is not written out."""
    for many, refused in (("email_domains", (_WRITTEN_OUT,)), ("email_domains_file", (_WRITTEN_OUT, _TIMES))):
        for options in refused if many in source.data else ():
            for table, keys in options.items():
                for key in keys:
                    if key in _table(source, table):
                        message = f"`{table}.{key}` is there for a table that is written out, and not with `{many}`"
                        yield (table, key), f"{message}; leave one of them out"


def _ages_are_counted(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """With a message time-out each place of a queue has a clock."""
    connector = source.data.get("connector")
    if not isinstance(connector, Mapping) or "message_timeout" not in connector:
        return
    capacity = connector.get("queue_capacity", 2)
    if isinstance(capacity, int) and capacity > MOST_AGEING:
        message = (
            f"`connector.queue_capacity` is {capacity}: with message_timeout each message in a queue has a clock; "
            f"allowed: 1 to {MOST_AGEING}"
        )
        yield ("connector", "queue_capacity"), message


def _about_the_other_side(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """What is assumed of the other side is about something that there is, and does not contradict itself."""
    dialling, environment = _table(source, "dialling"), _table(source, "environment")
    if "dequeue" in environment and dialling.get("retrieval", "none") == "none":
        yield ("environment", "dequeue"), "`environment.dequeue` says nothing without `dialling.retrieval`"
    if environment.get("drops") is False and environment.get("calls_eventually_end"):
        message = "`environment.drops` is false: the other side ends no call, and `calls_eventually_end` says that it does"
        yield ("environment", "drops"), f"{message}; leave one of them out"
    if environment.get("restarts") is False and environment.get("stops", "never") != "never":
        message = "`environment.stops`: a service that is stopped is started again, and `environment.restarts` is false"
        yield ("environment", "stops"), f"{message}; leave one of them out"
    time, idle = environment.get("delivery_time"), dialling.get("idle_timeout")
    if time is not None and not isinstance(idle, int):
        yield (
            ("environment", "delivery_time"),
            "`environment.delivery_time` needs `dialling.idle_timeout`, which is at least as long",
        )
    elif isinstance(time, int) and isinstance(idle, int) and time > idle:
        message = f"`environment.delivery_time` is {time}: after {idle} minutes a line is idle, by `dialling.idle_timeout`"
        yield ("environment", "delivery_time"), f"{message}; allowed: 0 to {idle}"
    if environment.get("port", "free") != "free" and "most_failed_calls" in environment:
        message = "`environment.most_failed_calls`: a call over a port that is taken fails however many have failed"
        yield ("environment", "most_failed_calls"), f"{message}; leave it out, or leave `port` out"


def _about_stranded_mail(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """Mail is stranded by one transfer mode, and it is no second trigger beside that of queued mail."""
    dialling = _table(source, "dialling")
    if "on_stranded_mail" not in dialling:
        return
    key = ("dialling", "on_stranded_mail")
    if _table(source, "connector").get("transfer") != "inbound-only":
        yield key, '`dialling.on_stranded_mail` says nothing without `connector.transfer = "inbound-only"`'
    if dialling.get("on_queued_mail") is False:
        yield key, "`dialling.on_stranded_mail` is about the trigger that `on_queued_mail = false` switches off; leave one out"


def _about_reloads(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """What the wall clock shows matters to a schedule only, and a day of the week to one that has days."""
    dialling, environment = _table(source, "dialling"), _table(source, "environment")
    shown, key = environment.get("reload_shows"), ("environment", "reload_shows")
    if not isinstance(shown, str):
        return
    said = [text for name in ("slots", "hours") for text in dialling.get(name) or () if isinstance(text, str)]
    if not said:
        yield key, "`environment.reload_shows` says nothing without `dialling.slots` or `dialling.hours`"
    elif any(text.startswith(DAYS) for text in said) and not shown.startswith(DAYS):
        message = f"`environment.reload_shows` is {in_toml(shown)}, and the schedule has days of the week"
        yield key, f'{message}; allowed: a time with its day, like "Tue 00:00"'
    if environment.get("restarts") is False:
        yield key, "`environment.reload_shows`: a reload restarts the service, and `environment.restarts` is false; leave one out"


def _priorities_are_there_from_the_start(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """An entry that is added later is one route, and with time-outs by priority it would be several."""
    connector = _table(source, "connector")
    others = [key for key in ("urgent_timeout", "non_urgent_timeout") if key in connector]
    for key in others if "message_timeout" not in connector else ():
        yield ("connector", key), f"`connector.{key}` needs `message_timeout`, which is then that of normal mail"
    if not others:
        return
    for path, row in rows_of(source, "email_domain"):
        if row.get("added") == "while-running":
            message = "with a message time-out for each priority every entry is there from the start; leave one of them out"
            yield (*path, "added"), f"`{notation((*path, 'added'))}`: {message}"


def _table(source: TomlSource, name: str) -> Mapping[str, Any]:
    """The table of this name; an empty one if there is none, or it is no table."""
    found = source.data.get(name)
    return found if isinstance(found, Mapping) else {}
