"""Transitions laid out frame by frame in one solver: what bounded search and k-induction ask their questions of.

A term is taken apart once: its variables and inputs become numbered places, and each frame fills these places anew. To look
for every variable in every frame would cost more than to solve what comes of it. A search lays out what is finite in binary.
"""

import z3

from dialproof.core.variables import Value
from dialproof.encode.bitblast.transitions import Digital, in_digits
from dialproof.encode.transitions import Transitions
from dialproof.encode.z3_lowlevel import substituted
from dialproof.engines.solving import fresh_solver, fresh_truth_solver


class Unrolling:
    """Transitions laid out frame by frame in one solver, from an initial state or from `anywhere` within the ranges."""

    def __init__(self, transitions: Transitions, *, anywhere: bool = False, digital: Digital | None = None) -> None:
        """`digital`: where `transitions` are those of it, and stand for others."""
        self.transitions = transitions
        self._digital = digital
        self._anywhere = anywhere
        self.solver = fresh_solver() if digital is None else fresh_truth_solver()
        self.frames: list[dict[str, z3.ExprRef]] = []
        self._described = (*transitions.variables, *transitions.inputs)
        here = [variable.term for variable in self._described]
        following = [z3.Const(f"dialproof.next {term.decl().name()}", term.sort()) for term in here[: len(transitions.variables)]]
        self._sorts = [term.sort() for term in here]
        self._terms = (*here, *following)
        self._places = [z3.Var(place, term.sort()) for place, term in enumerate(self._terms)]
        named = {term.decl().name(): after for term, after in zip(here, following, strict=False)}
        equations = [named[name] == value for name, value in transitions.next.items()]
        self._step = substituted(z3.And(transitions.allowed, *equations), self._terms, self._places)
        self._opened: dict[int, tuple[z3.BoolRef, z3.ExprRef]] = {}

    def _constants(self, frame: int) -> dict[str, z3.ExprRef]:
        constants = {
            variable.name: z3.Const(f"{variable.name}@{frame}", sort)
            for variable, sort in zip(self._described, self._sorts, strict=True)
        }
        for variable in self._described:
            limits = variable.domain.restriction(constants[variable.name])
            if not z3.is_true(limits):
                self.solver.add(limits)
        return constants

    @classmethod
    def in_digits(cls, transitions: Transitions) -> "Unrolling":
        """`transitions` laid out in binary, where they are finite; `values` gives what they stand for."""
        if not transitions.is_finite:
            return cls(transitions)
        digital = in_digits(transitions)
        return cls(digital.transitions, digital=digital)

    def values(self, model: z3.ModelRef, frame: int) -> dict[str, Value]:
        """The value of every variable and input in `frame`."""
        constants = self.frames[frame]
        if self._digital is not None:
            digits = {name: z3.is_true(model.eval(term, model_completion=True)) for name, term in constants.items()}
            return self._digital.values(digits)
        return {
            variable.name: variable.domain.value(model.eval(constants[variable.name], model_completion=True))
            for variable in self._described
        }

    def digits(self, name: str, frame: int) -> list[z3.BoolRef]:
        """The literals that spell a variable or input in `frame`, the highest first; of a number that is not in binary none."""
        if self._digital is not None:
            return [z3.Bool(f"{digit}@{frame}") for digit in reversed(self._digital.names[name])]
        constant = self.frames[frame][name]
        return [constant] if isinstance(constant, z3.BoolRef) else []

    def at(self, term: z3.BoolRef, frame: int) -> z3.BoolRef:
        """`term` about the state and the inputs of `frame`."""
        key = term.get_id()
        if key not in self._opened:
            present = len(self._described)
            self._opened[key] = term, substituted(term, self._terms[:present], self._places[:present])
        moved = z3.substitute_vars(self._opened[key][1], *self.frames[frame].values())
        assert isinstance(moved, z3.BoolRef)
        return moved

    def grow(self) -> None:
        """Add a frame: the first one initial, each other one step after the one before."""
        number = len(self.frames)
        self.frames.append(self._constants(number))
        if self._digital is not None:
            self.solver.add(self.at(self._digital.within, number))
        if number == 0:
            if not self._anywhere:
                self.solver.add(self.at(self.transitions.init, 0))
            return
        before, here = list(self.frames[number - 1].values()), list(self.frames[number].values())
        step = z3.substitute_vars(self._step, *before, *here[: len(self.transitions.variables)])
        assert isinstance(step, z3.BoolRef)
        self.solver.add(step)
