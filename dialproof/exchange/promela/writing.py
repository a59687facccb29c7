"""A problem as Promela, for SPIN (Holzmann, "The model checker SPIN", 1997): the state in globals, and one process.

Every way to take a step is one option of the process's loop, in a d_step that SPIN takes as a whole. Before it changes the
state it notes the truth of the formula's atoms, so that SPIN sees a position (a state together with the action taken in it)
after the step. A deadlock is an option of its own that changes nothing: it idles for ever.

SPIN's own fairness is about processes. Fairness of actions is watched by the model: `turn` waits for one condition after the
other, and `fair` is true where it has come round. Strong fairness takes a guess: at some time the process promises of
some actions that they will be possible no more, and need not take them; where a promise is broken, the run counts no more. The
formulas know no `next` (`dialproof.exchange.delay`), so that a step which changes none of their atoms, such as this guess,
changes nothing for them. A violation is a run with always eventually fair on which the formula is false: SPIN looks for
that with its own translation.
"""

from collections.abc import Iterator, Sequence

import z3

from dialproof.core import ltl
from dialproof.core.actions import Action
from dialproof.core.errors import NotApplicable
from dialproof.core.terms import subterms
from dialproof.core.variables import Kind, Variable
from dialproof.encode.problem import Problem
from dialproof.exchange.counters import without_counters
from dialproof.exchange.delay import DelayedFormulas, atom_name
from dialproof.exchange.infix import PROMELA, disjoined, negated
from dialproof.exchange.past import History
from dialproof.exchange.promela.words import FARTHEST, Arguments, PromelaWords, arguments, type_of
from dialproof.exchange.recurrence import recurring_of

CLAIM = "claim"
"""What the formula is called in the model."""


def to_promela(problem: Problem, remarks: Sequence[str] = ()) -> str:
    """`problem` as a Promela model, with `remarks` in a comment at its top.

    SPIN's search for acceptance cycles finds an error in it if and only if the formula is violated. Raises NotApplicable,
    with the reason, for what cannot be said in Promela.
    """
    return _Model(without_counters(problem)).text(remarks)


class _Model:
    """The parts of the model."""

    def __init__(self, problem: Problem) -> None:
        self._system = system = problem.system
        recurring, assumed = recurring_of(system)
        self._weak = [one for one in recurring if one.asked is None]
        self._strong = [(one, one.asked) for one in recurring if one.asked is not None]
        self._formulas = DelayedFormulas()
        self._claimed = self._formulas.written(problem.formula)
        self._assumed = [self._formulas.written(formula) for formula in assumed]
        conditions = [*(one.given for one in recurring), *(asked for _, asked in self._strong)]
        self._history = History(ltl.past_terms([*self._formulas.atoms, *conditions]))
        self._words = PromelaWords(system, self._history)
        self._given = _given(system.variables, system.init)

    def text(self, remarks: Sequence[str]) -> str:
        """The whole model."""
        loop = [*self._options(), *self._promises()]
        return "\n\n".join(
            [
                _comment(remarks),
                _comment([f"{given} stands for the {kind} {name!r}" for given, kind, name in self._words.rows]),
                "\n".join(self._words.definitions()),
                "\n".join(self._declarations()),
                "\n".join(["inline position(taken) {", *(f"  {line}" for line in self._position()), "}"]),
                "\n".join(["active proctype system() {", *self._start(), "  do", *loop, "  od", "}"]),
                self._claim(),
                "",
            ]
        )

    # --- the state ---------------------------------------------------------------------------------------------------

    def _declarations(self) -> Iterator[str]:
        for variable in self._system.variables:
            value = self._given.get(variable.name)
            start = "" if value is None else f" = {self._words.term(value)}"
            yield f"{type_of(variable.domain)} {self._words.variables[variable.name]}{start};"
            kind = "byte" if variable.domain.kind is Kind.BOOLEAN else type_of(variable.domain)  # SPIN hides no bool
            yield f"hidden {kind} new_{self._words.variables[variable.name]};"
        for number in range(len(self._formulas.atoms)):
            names = [atom_name(number, age) for age in range(self._formulas.register(number) + 1)]
            yield f"bool {', '.join(names)};"
        yield from self._history.declarations()
        yield f"byte seen;  /* positions, up to {self._formulas.delay + 1}: from then on the atoms mean something */"
        yield f"#define begun (seen == {self._formulas.delay + 1})"
        yield "bool fair;"
        yield f"{'byte' if len(self._weak) + len(self._strong) < 2**8 else 'short'} turn;"
        if self._strong:
            yield "byte phase;  /* 0: nothing is promised yet; 1: promises are made; 2: one is broken */"
        for number, (strong, _) in enumerate(self._strong):
            yield f"bool never_{number};  /* the promise that spares {_plain(strong.says)} */"

    def _start(self) -> Iterator[str]:
        """What is not given at the start is chosen, and then has to fit."""
        for variable in self._system.variables:
            if variable.name not in self._given:
                if not variable.domain.is_finite:
                    raise NotApplicable(
                        f"{variable.name!r} may start anywhere and is unbounded; Promela would have to list its values"
                    )
                name = self._words.variables[variable.name]
                choices = [f":: {name} = {self._words.literal(variable.domain, value)}" for value in variable.domain.members()]
                yield f"  if {' '.join(choices)} fi;"
        if len(self._given) < len(self._system.variables):
            yield f"  {self._words.term(self._system.init)};"

    # --- the steps ---------------------------------------------------------------------------------------------------

    def _options(self) -> Iterator[str]:
        for action in self._system.actions:
            for inner in arguments(action):
                guard = self._words.guard(action, inner)
                if guard != "false":
                    given = ", ".join(f"{name}={value}" for name, value in inner.items())
                    yield self._option(f"{action.name}({given})" if given else action.name, guard, action, inner)
        stuck = negated(disjoined([self._words.may(action) for action in self._system.actions], PROMELA), PROMELA)
        if stuck != "false":
            yield self._option("no action is possible: the system idles", stuck, None, {})

    def _option(self, label: str, guard: str, action: Action | None, inner: Arguments) -> str:
        changes = [] if action is None else list(self._changes(action, inner))
        counts = "phase < 2 && " if self._strong else ""
        lines = [f"{counts}{guard} ->  /* {_plain(label)} */", f"position({self._words.number(action)});", *changes]
        return "  :: d_step {\n" + "\n".join(f"       {line}" for line in lines) + "\n     }"

    def _position(self) -> Iterator[str]:
        """What is noted of a position: the truth of the atoms (older ones move on), and as many turns as it can give."""
        yield from self._history.updates(self._words.term)
        for number, atom in enumerate(self._formulas.atoms):
            for age in range(self._formulas.register(number), 0, -1):
                yield f"{atom_name(number, age)} = {atom_name(number, age - 1)};"
            yield f"{atom_name(number, 0)} = {self._words.term(atom)};"
        yield f"if :: seen <= {self._formulas.delay} -> seen++ :: else fi;"
        counts = "phase == 1 && " if self._strong else ""
        for number, (_, asked) in enumerate(self._strong):
            yield f"if :: {counts}never_{number} && {self._words.term(asked)} -> phase = 2 :: else fi;"
        conditions = [self._words.term(weak.given) for weak in self._weak]
        conditions += [disjoined([f"never_{n}", self._words.term(one.given)], PROMELA) for n, (one, _) in enumerate(self._strong)]
        for number, condition in enumerate(conditions):
            yield f"if :: {counts}turn == {number} && {condition} -> turn = {number + 1} :: else fi;"
        yield f"if :: {counts}turn == {len(conditions)} -> turn = 0; fair = true :: else -> fair = false fi;"

    def _changes(self, action: Action, inner: Arguments) -> Iterator[str]:
        """The updates, all at once: where one is read by another's, each new value is made before any is put in its place."""
        names = {name for name, _ in action.effects}
        read = {part.decl().name() for _, effect in action.effects for part in subterms([effect]) if part.num_args() == 0}
        aside = len(names) > 1 and bool(names & read)
        for name, effect in action.effects:
            yield f"{'new_' if aside else ''}{self._words.variables[name]} = {self._words.term(effect, inner)};"
        for name, _ in action.effects if aside else ():
            yield f"{self._words.variables[name]} = new_{self._words.variables[name]};"
        for name, _ in action.effects:
            if not self._system.variable(name).domain.is_finite:
                value = self._words.variables[name]
                yield f"assert({value} >= -{FARTHEST} && {value} <= {FARTHEST});"

    def _promises(self) -> Iterator[str]:
        """The guess that strong fairness takes; no position, since it changes no atom."""
        if self._strong:
            choices = "\n".join(f"     if :: never_{number} = true :: skip fi;" for number in range(len(self._strong)))
            yield f"  :: phase == 0 && begun ->\n{choices}\n     phase = 1;"

    # --- the claim ---------------------------------------------------------------------------------------------------

    def _claim(self) -> str:
        """That no fair run meets the assumptions and not the formula."""
        wrong = ["([] <> fair)", *(assumed() for assumed in self._assumed), f"!{self._claimed()}"]
        return f"ltl {CLAIM} {{ !( {' && '.join(wrong)} ) }}"


def _given(variables: Sequence[Variable], init: z3.BoolRef) -> dict[str, z3.ExprRef]:
    """The values that variables have in every initial state; none where there is no such state."""
    solver = z3.Solver()
    solver.add(init, *(variable.domain.restriction(variable.term) for variable in variables))
    if solver.check() != z3.sat:
        return {}
    model = solver.model()
    given = {}
    for variable in variables:
        value = model.eval(variable.term, model_completion=True)
        if solver.check(variable.term != value) == z3.unsat:
            given[variable.name] = value
    return given


def _plain(text: str) -> str:
    """`text` without what would begin or end a comment."""
    return text.replace("*/", "* /").replace("/*", "/ *")


def _comment(lines: Sequence[str]) -> str:
    return "\n".join(["/*", *(f" * {_plain(line)}".rstrip() for line in lines), " */"])
