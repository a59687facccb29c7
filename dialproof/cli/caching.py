"""The cache folder of a command: from its options, else from the environment, else the user's cache folder."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dialproof.cli.output import tell

if TYPE_CHECKING:
    from dialproof.portfolio.cache import Cache

VARIABLE = "DIALPROOF_CACHE"
"""The environment variable that names the cache folder; if it is set to the empty string, there is no cache."""


def cache_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """--cache and --no-cache."""
    for option in (
        click.option("--no-cache", is_flag=True, help="Neither use evidence of earlier checks nor keep any."),
        click.option(
            "cache_folder", "--cache", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
            help=f"Keep evidence in this folder for later checks. [default: {VARIABLE}, or ~/.cache/dialproof]",
        ),
    ):  # fmt: skip
        function = option(function)
    return function


def cache_for(folder: Path | None, *, no_cache: bool, engines: tuple[str, ...]) -> "Cache | None":
    """The cache that the options select; None for no cache. If engines are named there is no cache, so that those engines work.

    Raises click.UsageError for options that contradict each other. A later problem with the cache is reported once, on
    standard error.
    """
    from dialproof.portfolio.cache import Cache

    if folder is not None and (no_cache or engines):
        other = "--no-cache" if no_cache else "--engine, which asks that engine and no cache"
        raise click.UsageError(f"--cache cannot be used together with {other}.")
    place = None if no_cache or engines else folder or default_folder()
    return None if place is None else Cache(place, on_trouble=lambda said: tell(f"warning: {said}"))


def default_folder() -> Path | None:
    """The folder that the environment names; None if it asks for no cache, or if the user has no home folder.

    Without DIALPROOF_CACHE it is `dialproof` in the user's cache folder (the XDG Base Directory Specification, 0.8).
    """
    if (named := os.environ.get(VARIABLE)) is not None:
        return Path(named) if named else None
    shared = os.environ.get("XDG_CACHE_HOME", "")
    if Path(shared).is_absolute():  # a relative one must be ignored
        return Path(shared) / "dialproof"
    try:
        return Path.home() / ".cache" / "dialproof"
    except RuntimeError:
        return None
