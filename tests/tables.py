"""Scenarios with a table in a CSV file, for the tests of reading, reducing and looking up."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from model.faults import catalogue as faults
from model.products.exchange_ims.scenario import Scenario, load
from properties.catalogue import catalogue as claims

HEADER = "domain,deliver,host,link"

BASE = """\
format = 1
email_domains_file = "routes.csv"
[connector]
product = "exchange-ims"
build = "5.5.2448.0"
queue_capacity = 1
{fault}
[links.isp]
kind = "ras"
[links.other]
kind = "ras"
[links.office]
kind = "lan"
[default]
{default}
link = "isp"
{more}
[[check]]
claim = "queued-mail-is-dialled"
"""

EVERY_TABLE_UNDER_A_FAULT = """\
format = 1
email_domains = "any"
[connector]
product = "exchange-ims"
build = "5.5.2448.0"
fault = "other-queue-counted"
[links.isp]
kind = "ras"
[links.office]
kind = "lan"
[default]
deliver = "host"
host = "smtp.isp.example"
link = "isp"
[[check]]
claim = "no-latch"
expect = "holds"
"""

TWO_BOUNDS = """\
format = 1
[connector]
product = "exchange-ims"
build = "5.5.2650.21"
queue_capacity = 1
[links.isp]
kind = "ras"
[default]
deliver = "host"
host = "smtp.isp.example"
link = "isp"
[dialling]
queued_for = 2
[[check]]
claim = "dialled-within"
bound = 2
[[check]]
claim = "dialled-within"
bound = 3
[[check]]
claim = "dialled-within"
bound = 1
expect = "violated"
[[check]]
claim = "dialled-within"
bound = 3
"""
"""One claim with several bounds, and twice with the same."""

HOST = 'deliver = "host"\nhost = "smtp.isp.example"'
DNS = 'deliver = "dns"'


def row(number: int, deliver: str, link: str) -> str:
    """A row whose domain no other row has."""
    host = f"relay{number}.example" if deliver == "host" else ""
    return f"d{number}.example,{deliver},{host},{link}"


def rows(kinds: Iterable[tuple[str, str]], domains: int = 1000) -> list[str]:
    """A row for each method and link; with fewer `domains` than rows, some rows are for a domain that has one already."""
    lines = [row(number, deliver, link) for number, (deliver, link) in enumerate(kinds)]
    return [f"d{number % domains}{line[line.index('.') :]}" for number, line in enumerate(lines)]


def write(folder: Path, lines: Sequence[str], *, default: str = HOST, more: str = "", fault: str = "") -> Path:
    """A scenario file with a table of these lines beside it; returns the scenario."""
    (folder / "routes.csv").write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    path = folder / "my.toml"
    path.write_text(BASE.format(default=default, more=more, fault=fault and f'fault = "{fault}"'), encoding="utf-8")
    return path


def scenario(folder: Path, lines: Sequence[str], *, default: str = HOST, more: str = "") -> Scenario:
    """The same, read."""
    return load(write(folder, lines, default=default, more=more), claims=claims(), faults=faults())
