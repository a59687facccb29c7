"""The options that several commands share, each defined once."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from dialproof.engines import registry

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def processors() -> int:
    """The number of processors that this process may use, by its affinity mask if the system has one."""
    available = getattr(os, "sched_getaffinity", None)
    return max(1, len(available(0)) if available else os.cpu_count() or 1)


def _finite(_ctx: click.Context, _option: click.Parameter, seconds: float) -> float:
    # No comparison with nan is true, and an infinite wait is no timeout.
    if not seconds < float("inf"):
        raise click.BadParameter(f"{seconds} is not a number of seconds.")
    return seconds


def scenarios_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    """SCENARIO...: files and folders."""
    return click.argument("scenarios", metavar="SCENARIO...", nargs=-1, required=True, type=click.Path(path_type=Path))(function)


def checking_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """--jobs, --timeout, --engine and --second-opinion: how checks are run."""
    options: list[Decorator] = [
        click.option(
            "--jobs", type=click.IntRange(min=1), metavar="N",
            help="The number of worker processes. [default: one per processor]",
        ),
        click.option(
            "--timeout", type=click.FloatRange(min=0, min_open=True), default=300.0, metavar="SECONDS",
            callback=_finite, help="The time limit for one check, under each of its causes. [default: 300]",
        ),
        click.option(
            "engines", "--engine", type=click.Choice(registry.names()), multiple=True,
            help=f"Use this engine only; may be repeated. [default: {_default_engines()}]",
        ),
        click.option("--second-opinion", is_flag=True, help="Have cvc5 audit every proof as well."),
    ]  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def _default_engines() -> str:
    others = [engine.name for engine in registry.REGISTRY if not engine.is_default]
    return f"all but {', '.join(others)}" if others else "all"


def debug_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--debug, which every guarded command has."""
    return click.option("--debug", is_flag=True, help="Show Python's traceback with an error.")(function)
