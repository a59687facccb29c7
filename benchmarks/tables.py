"""`python -m benchmarks.tables`: how long it takes to read, reduce and check a routing table of many rows.

The table is made by a seeded generator: domains and sub-domains, exact entries, rows that repeat others, mail by host, by DNS
and for ETRN, over several links. Each size is measured in a process of its own, so that its memory is its own. Times are of
the processor, so that others who are at work change them little; only the check, which has workers, is by the clock.
"""

import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import click

from benchmarks.families import head

SIZES = (100_000, 1_000_000)

_CHECK = """\
[[check]]
claim = "queued-mail-is-dialled"
expect = "violated"
"""


def scenario(rows: int) -> str:
    """The scenario whose table of so many rows is in a file beside it."""
    top, faulty = 'email_domains_file = "routes.csv"\n', 'fault = "dial-slot-overwritten"\n'
    return head(f"A table of {rows} rows", top=top, connector=faulty, dialled=("isp", "backup")) + _CHECK


def lines(rows: int, seed: int = 1) -> Iterator[str]:
    """The lines of a table with so many rows, the same ones for the same seed. The last row uses DNS over the LAN."""
    draw = random.Random(seed)  # noqa: S311  # a table, no secret
    ends, below = ("example", "com.example", "co.example", "net.example"), ("mail", "sales", "eu", "lab")
    yield "domain,deliver,host,link"
    domain = "first.example"
    for number in range(rows - 1):
        kind = draw.random()
        if kind < 0.15:
            domain = f"{draw.choice(below)}.{domain.removeprefix('#')[-200:]}"
        elif kind < 0.98:
            domain = f"{'#' if kind > 0.93 else ''}site{number}.{draw.choice(ends)}"
        deliver, link = draw.choice(("host", "host", "dns", "etrn")), draw.choice(("isp", "isp", "backup", "office"))
        host = f"relay{draw.randrange(5000)}.example" if deliver == "host" else ""
        yield f"{domain},{deliver},{host},{'' if deliver == 'etrn' else link}"
    yield "last.example,dns,,office"


@click.command(context_settings={"show_default": True})
@click.option("--rows", "sizes", type=click.IntRange(min=3), multiple=True, default=SIZES, help="Rows; may be repeated.")
@click.option("--only", type=click.Path(path_type=Path, exists=True), hidden=True, help="Measure this scenario, in this process.")
def main(sizes: tuple[int, ...], only: Path | None) -> None:
    """Measure how long it takes to read, reduce and check a table of so many rows."""
    if only:
        _measure(only)
        return
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "my.toml"
            path.write_text(scenario(rows), encoding="utf-8")
            (Path(folder) / "routes.csv").write_text("".join(f"{line}\n" for line in lines(rows)), encoding="utf-8")
            subprocess.run([sys.executable, "-m", "benchmarks.tables", "--only", path], check=True)


def _measure(path: Path) -> None:
    """A line for each stage, with what came of it, and one for the memory at the worst moment (as Linux counts it, in KiB)."""
    from dialproof.portfolio.check import check, word
    from model.faults import catalogue as faults
    from model.products.exchange_ims.routing_table import RoutingTable
    from model.products.exchange_ims.scenario import load
    from model.products.exchange_ims.table_findings import findings, summary
    from properties.catalogue import catalogue as claims
    from properties.checks import plan_check

    begun = time.process_time()
    scenario = load(path, claims=claims(), faults=faults())
    assert scenario.table is not None
    read = time.process_time()
    table = RoutingTable(scenario)
    odd = summary(table, findings(table))
    found = time.process_time()
    planned = plan_check(scenario, scenario.checks[0], {})
    built = time.process_time()
    asked = time.monotonic()
    verdict = check(planned.variants[0].system, planned.variants[0].claim)
    checked = time.monotonic() - asked
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{len(scenario.table):,} rows")
    print(f"  read and validated  {read - begun:6.2f} s")
    print(f"  looked over         {found - read:6.2f} s  {odd}")
    print(f"  reduced and built   {built - found:6.2f} s  {len(scenario.entries)} representatives")
    print(f"  checked             {checked:6.2f} s  {word(verdict)}")
    print(f"  memory              {memory:6} MiB")
    assert word(verdict) == planned.expected


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.tables")
