"""Progress on standard error, on a terminal only: how many checks are done, and what the engines are doing."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from dialproof.core.visible import in_one_line

if TYPE_CHECKING:
    from rich.progress import Progress

    from dialproof.core.plan import PlannedCheck
    from dialproof.portfolio.jobs import Progress as Event


class ProgressLine:
    """A progress line while the checks run; it is erased afterwards. Without a terminal it prints nothing."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._progress: Progress | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            from rich.console import Console
            from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
            from rich.table import Column

            self._progress = Progress(
                SpinnerColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis")),
                console=Console(stderr=True),
                transient=True,
                redirect_stdout=False,  # results must reach a pipe, whatever is shown here
                redirect_stderr=False,
            )
            self._progress.add_task("starting", total=self._total)
            self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._progress is not None:
            self._progress.stop()

    def event(self, planned: "PlannedCheck", cause: str, event: "Event") -> None:
        """Show the engine that reported, its check, and the depth that a bounded search has reached."""
        if self._progress is not None:
            at = f"{event.attempt}, depth {event.depth}" if event.depth is not None else str(event.attempt)
            under = f" ({cause})" if len(planned.variants) > 1 else ""
            said = f"{Path(planned.scenario).name} {planned.claim}{under}: {at}"
            self._progress.update(self._progress.task_ids[0], description=in_one_line(said))

    def advance(self) -> None:
        """Count one more check as done."""
        if self._progress is not None:
            self._progress.advance(self._progress.task_ids[0])

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Hide the line within this context, so that results can be written on the same screen."""
        with ExitStack() as after:
            if self._progress is not None:
                self._progress.stop()
                after.callback(self._progress.start)
            yield
