"""The options that several commands share, each defined once."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def processors() -> int:
    """The number of processors that this process may use, by its affinity mask if the system has one."""
    available = getattr(os, "sched_getaffinity", None)
    return max(1, len(available(0)) if available else os.cpu_count() or 1)


def scenarios_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    """SCENARIO...: files and folders."""
    return click.argument("scenarios", metavar="SCENARIO...", nargs=-1, required=True, type=click.Path(path_type=Path))(function)


def kind_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--as KIND: what the files are, whatever is in them."""
    return click.option(
        "--as", "kind", metavar="KIND",
        help="Take each file for a configuration file of this kind, such as mwan3. [default: by its content]",
    )(function)  # fmt: skip


def debug_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--debug, which every guarded command has."""
    return click.option("--debug", is_flag=True, help="Show Python's traceback with an error.")(function)
