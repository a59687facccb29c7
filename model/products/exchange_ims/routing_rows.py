"""The routing table of the Internet Mail Service as rows of a picture."""

from typing import Literal

from model.routing_picture import LinkRow, RouteRow

_KINDS = {"ras": "dial-up: RAS phonebook entry", "lan": "local network (LAN)"}


def mail_row(
    pattern: str | None,
    method: Literal["dns", "host", "etrn"],
    host: str | None = None,
    link: str | None = None,
    *,
    added_while_running: bool = False,
    note: str = "",
) -> RouteRow:
    """The row of the default route (`pattern` is None), or of an entry; `link` is None if its mail is held for ETRN."""
    sort = {"host": "to a host", "dns": "by DNS", "etrn": "held for ETRN"}[method]
    return RouteRow(
        label="all other domains" if pattern is None else pattern,
        how=f"to host {host}" if host else sort,
        link=link,
        says="Mail for all other domains (the default route)" if pattern is None else f"Mail for {pattern}",
        sort=sort,
        is_default=pattern is None,
        added_while_running=added_while_running,
        note=note,
    )


def mail_link(name: str, kind: Literal["ras", "lan"], modem: str | None = None) -> LinkRow:
    """The row of a link."""
    return LinkRow(name, _KINDS[kind], dials=kind == "ras", modem=modem)
