"""The options of whoever makes checks. Apart from the others: `audit`, which has those, must know no engine."""

from collections.abc import Callable
from typing import Any

import click

from dialproof.cli.options import Decorator
from dialproof.engines import registry


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


def _finite(_ctx: click.Context, _option: click.Parameter, seconds: float) -> float:
    # No comparison with nan is true, and an infinite wait is no timeout.
    if not seconds < float("inf"):
        raise click.BadParameter(f"{seconds} is not a number of seconds.")
    return seconds
