"""What is no model is refused at once, and says where it is wrong and what is allowed."""

from collections.abc import Callable

import pytest
import z3

from dialproof import ltl
from dialproof.core.actions import Action, Assumption, Fairness
from dialproof.core.errors import ModelError
from dialproof.core.system import System
from dialproof.core.variables import boolean, choice, integer

TRUE = z3.BoolVal(True)
COUNT = integer("count", 0, 3)
FLAG = boolean("flag")
LIGHT = choice("light", ["red", "green"])
STRANGER = boolean("stranger")


def system(*actions: Action, variables: tuple[object, ...] = (COUNT, FLAG)) -> System:
    return System("box", variables, TRUE, actions)  # type: ignore[arg-type]  # some of them are wrong on purpose


def go(**parts: object) -> Action:
    return Action("go", **{"guard": TRUE, "updates": {}} | parts)  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: go(guard=COUNT + 1), "the guard must be a Boolean term"),
        (lambda: go(updates={COUNT: 1, boolean("count"): True}), "updates a variable twice: count, count"),
        (lambda: go(updates={z3.Int("count"): 1}), "which was not made by boolean, choice or integer"),
        (lambda: go(updates={COUNT: True}), "gives 'count' the value True; allowed"),
        (lambda: go(updates={FLAG: 1}), "gives 'flag' the value 1; allowed"),
        (lambda: go(updates={COUNT: "1"}), "gives 'count' the value '1'; allowed"),
        (lambda: go(updates={LIGHT: COUNT}), "gives 'light' the value count; allowed"),
        (lambda: go(parameters=(z3.Int("at"),)), "parameter at must be a boolean, a choice or an integer"),
        (lambda: system(variables=(z3.Bool("flag"),)), "flag is not a state variable: make it with boolean, choice or integer"),
        (lambda: system(variables=(FLAG, boolean("flag"))), "each variable needs a name of its own; repeated: 'flag'"),
        (lambda: system(go(), go()), "each action needs a name of its own; repeated: 'go'"),
        (lambda: system(go(updates={STRANGER: True})), "updates 'stranger', which is no variable of the system"),
        (lambda: system(go(updates={integer("flag", 0, 1): 1})), "updates 'flag', which is no variable of the system"),
        (lambda: system(go(guard=STRANGER)), "'stranger' is neither a variable nor a known atom"),
        (lambda: system(go(guard=z3.Exists([z3.Int("n")], z3.Int("n") > COUNT))), "quantifiers have no meaning here"),
        (lambda: system(go(guard=z3.ToReal(COUNT) > 1)), "is not supported in models"),
        (lambda: system(go(guard=COUNT / FLAG_AS_NUMBER == 1)), "divide only by a constant other than 0"),
        (lambda: system(go(guard=COUNT % 0 == 1)), "divide only by a constant other than 0; found (mod count 0)"),
        (lambda: system(go(parameters=(integer("count", 0, 1),))), "each variable or parameter needs a name of its own"),
        (
            lambda: system(go(parameters=(integer("by", 0, 1),)), Action("back", TRUE, {}, parameters=(boolean("by"),))),
            "two actions have a parameter 'by' of different types",
        ),
        (
            lambda: system(variables=(choice("one", ["a", "b"], sort="kind"), choice("two", ["a", "c"], sort="kind"))),
            "two choices called 'kind' have different values",
        ),
        (lambda: system(go()).check_formula(COUNT), "formula: count is not a Boolean term"),  # type: ignore[arg-type]
        (lambda: system(go()).action("come"), "has no action 'come'; there is go"),
        (lambda: system(go()).variable("come"), "has no variable 'come'"),
        (lambda: system(go()).fair(Fairness.WEAK, "come"), "has no action 'come'"),
        (lambda: system(go()).assuming(Assumption("calm", STRANGER, "why")), "assumption 'calm': 'stranger' is neither"),
        (lambda: choice("light", []), "needs a list of different, non-empty values"),
        (lambda: choice("light", ["red", "red"]), "non-empty values; got ['red', 'red']"),
        (lambda: integer("count", 3, 0), "3..0 is empty; give low <= high"),
        (lambda: COUNT.variable.domain.term(4), "4 is no value of"),
        (lambda: ltl.eventually_within(-1, FLAG), "takes a number of at least 0 as its bound; got -1"),
        (lambda: ltl.once_within(1, FLAG, clock=FLAG), "takes a variable made by `integer` as its clock"),  # type: ignore[arg-type]
        (lambda: ltl.always_for(1, COUNT), "takes a Boolean term; got count"),  # type: ignore[arg-type]
        (lambda: ltl.normal_form(z3.If(ltl.always(FLAG), COUNT, 0) == 1), "stands inside a term that is no formula"),
        (lambda: ltl.normal_form(z3.Distinct(ltl.always(FLAG), FLAG, STRANGER)), "cannot stand under 'distinct'"),
    ],
)
def test_what_is_no_model_is_refused_and_says_why(make: Callable[[], object], says: str) -> None:
    with pytest.raises(ModelError) as caught:
        make()
    assert says in str(caught.value)


FLAG_AS_NUMBER = z3.If(FLAG, z3.IntVal(1), z3.IntVal(2))


def test_the_type_of_a_parameter_may_be_used_again() -> None:
    again = Action("back", TRUE, {}, parameters=(integer("by", 0, 2),))
    assert len(system(go(parameters=(integer("by", 0, 1),)), again).actions) == 2, "an integer of other bounds is an integer"
