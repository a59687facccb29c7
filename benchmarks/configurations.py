"""`python -m benchmarks.configurations`: many configuration files of mwan3 in one command; prints seconds and verdicts.

The files are made at random from a seed, as files on the web are: one to four lines, failover or balanced, hosts of a few public
resolvers, and in every third file one of the mistakes that are seen. No two files are the same text.
"""

import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import click

HOSTS = ("198.51.100.1", "198.51.100.2", "203.0.113.1", "203.0.113.2")
NAMES = ("wan", "wanb", "lte", "wwan")


def configuration(number: int, seed: int) -> str:
    """The text of file `number`."""
    draw = random.Random(f"{seed}-{number}")  # noqa: S311  # no secret depends on it
    lines = NAMES[: draw.choice((1, 2, 2, 2, 3, 4))]
    mistake = draw.choice(("name", "reliability", "near", "quality", "host", "none")) if number % 3 == 0 else "none"
    metrics = [1 if draw.random() < 0.3 else place for place, _ in enumerate(lines, 1)]  # some share traffic
    text = [f"# file {number}"]
    for name in lines:
        hosts = HOSTS[:1] if mistake == "host" else draw.sample(HOSTS, draw.randint(2, 4))
        spoiled = name == lines[0]
        hosts = ["192.168.1.1", *hosts] if mistake == "near" and spoiled else hosts
        needed = len(hosts) + 1 if mistake == "reliability" and spoiled else 1
        text += [f"config interface '{name}'", "\toption enabled '1'", f"\toption reliability '{needed}'"]
        text += [f"\toption interval '{draw.choice((5, 10))}'", f"\toption down '{draw.randint(2, 5)}'"]
        text += ["\toption check_quality '1'"] if mistake == "quality" and spoiled else []
        text += [f"\tlist track_ip '{host}'" for host in hosts]
    for name, metric in zip(lines, metrics, strict=True):
        meant = "wan0" if mistake == "name" and name == lines[0] else name
        text += [f"config member '{name}_m'", f"\toption interface '{meant}'", f"\toption metric '{metric}'"]
    text += ["config policy 'all'", *(f"\tlist use_member '{name}_m'" for name in lines)]
    text += ["config rule 'everything'", "\toption dest_ip '0.0.0.0/0'", "\toption use_policy 'all'"]
    return "\n".join(text) + "\n"


@click.command(context_settings={"show_default": True})
@click.option("--files", type=click.IntRange(min=1), default=500, help="How many files are made.")
@click.option("--seed", type=int, default=1, help="They are made from this.")
@click.option("--jobs", type=click.IntRange(min=1), default=2, help="Worker processes.")
def main(files: int, seed: int, jobs: int) -> None:
    """Check a folder of configuration files with one command, without the cache, and say how long it took."""
    load = os.getloadavg()[0]
    with TemporaryDirectory() as place:
        for number in range(files):
            (Path(place) / f"router-{number}").write_text(configuration(number, seed), encoding="utf-8")
        command = [sys.executable, "-m", "dialproof", "check", place, "--no-cache", "--jobs", str(jobs)]
        begun = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - begun
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    summary = next((line for line in done.stdout.splitlines() if " checks: " in line), done.stderr.strip())
    click.echo(
        f"{files} files, load {load:.1f}: {seconds:.1f} s by the clock, {used.ru_utime + used.ru_stime:.1f} s of a processor"
    )
    click.echo(summary)


if __name__ == "__main__":
    main()
