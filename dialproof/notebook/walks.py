"""A run bound to the words of its system: shown as text, as lists and as pictures."""

from dataclasses import dataclass

from dialproof.core.display import Displayed, one_line
from dialproof.core.errors import InputError
from dialproof.core.run import FiniteRun, Lasso, Run
from dialproof.core.system import System
from dialproof.core.verdict import Verdict, Violated
from dialproof.core.wording import Wording, wording_of
from dialproof.evidence.outcome import CheckedVerdict, word
from dialproof.notebook.picture import Picture


@dataclass(frozen=True, eq=False)
class Walk(Displayed):
    """A run with the words for it; `title` says what it shows. `system` is the system of the run, None if it is not known."""

    run: Run
    wording: Wording
    title: str = "A run"
    system: System | None = None

    def __repr__(self) -> str:
        return one_line("Walk", self.title, repr(self.run))

    def graph(self) -> Picture:
        """The run as a state graph that reads downwards, with the loop in a box of its own."""
        from dialproof.views.lasso_graph import draw_lasso

        return Picture(draw_lasso(self.run, self.wording, self.title), f"{self.title}, as a state graph")

    def sequence(self) -> Picture:
        """The run as a sequence chart: who does what. Raises InputError if the system is not known."""
        from dialproof.views.sequence import draw_sequence

        return Picture(
            draw_sequence(self.run, self._known_system(), self.wording, self.title), f"{self.title}, as a sequence chart"
        )

    def timeline(self) -> Picture:
        """Every variable over the steps, the loop shaded. Raises InputError if the system is not known."""
        from dialproof.views.timeline import draw_timeline

        return Picture(draw_timeline(self.run, self._known_system(), self.wording, self.title), f"{self.title}, as a timeline")

    def _known_system(self) -> System:
        if self.system is None:
            raise InputError("this picture needs the system of the run: walk(verdict, system)")
        return self.system


def walk(found: CheckedVerdict | Verdict | Run, system: System | None = None, *, cause: str | None = None) -> Walk:
    """The run that `found` carries, in the words of its system.

    A checked verdict knows its system; `cause` selects one of its causes (default: the first that has a run). A verdict or a
    run does not know its system: without `system` its actions and variables are shown by their names. Raises InputError if
    there is no run to walk.
    """
    if isinstance(found, CheckedVerdict):
        return _walk_of_check(found, cause)
    if cause is not None:
        raise InputError("only a checked verdict has causes to choose from; leave `cause` out")
    words = Wording() if system is None else wording_of(system)
    if isinstance(found, Lasso | FiniteRun):
        return Walk(found, words, system=system)
    if isinstance(found, Violated):
        return Walk(found.lasso, words, "A run that violates the claim", system)
    raise InputError(f"there is no run to walk: the verdict is {word(found)!r}, and only a violation carries a run")


def _walk_of_check(checked: CheckedVerdict, cause: str | None) -> Walk:
    planned = checked.planned
    causes = [variant.name for variant in planned.variants]
    if cause is not None and cause not in causes:
        raise InputError(f"{planned.claim} was not checked under a cause {cause!r}; it was checked under {', '.join(causes)}")
    for variant, verdict in checked.violations:
        if cause in {None, variant.name}:
            under = f", under {variant.name}" if len(causes) > 1 else ""
            return Walk(verdict.lasso, wording_of(variant.system), f"{planned.claim} is violated{under}", variant.system)
    under = f" under {cause}" if cause is not None else ""
    raise InputError(f"there is no run to walk: {planned.claim} is not violated{under}")
