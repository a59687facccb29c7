"""What SMV expressions mean, as z3 terms (NuSMV 2.6 user manual, sections 2.2 and 2.4.3).

Types are strict, as in NuSMV since 2.5: a number is no truth value. `/` and `mod` round towards zero, as its manual says. A set
may stand on the right of an assignment and of `in`; it is a list of values, each with the condition under which it is in the set.
"""

from collections.abc import Mapping
from dataclasses import replace

import z3
from lark import Token, Tree

from dialproof.exchange.smv.context import Context
from dialproof.exchange.smv.grammar import READ, Part
from dialproof.exchange.smv.known import MOST_VALUES, all_values, is_certain
from dialproof.exchange.smv.modules import Array, Flat, Meaning, Placed, Scope, has_index
from dialproof.exchange.smv.operators import BOUNDED, CONNECTIVES, OPERATIONS, PAIRED, UNARY, bounded, quotient
from dialproof.exchange.smv.types import Symbols

Options = list[tuple[z3.BoolRef, z3.ExprRef]]
"""The members of a set: (condition, value)."""

LATER = "'"
"""How the name of a variable's next value ends; no name of a variable has this sign."""

_LONGEST_RANGE = 4096
_DEEPEST = 100


def later(term: z3.ExprRef) -> z3.ExprRef:
    """The constant that stands for the next value of a variable."""
    return z3.Const(term.decl().name() + LATER, term.sort())


class Expressions:
    """Turns pieces of the file into terms over `constants`, by full name; `inputs` are those of them that have no next value.

    `ranges` is what is known of the variables. All methods raise ScenarioError, at the place where something is wrong.
    """

    def __init__(
        self, flat: Flat, symbols: Symbols, constants: Mapping[str, z3.ExprRef], inputs: frozenset[str], ranges: list[z3.BoolRef]
    ) -> None:
        self._flat = flat
        self._text = flat.text
        self._symbols = symbols
        self._constants = constants
        self._inputs = inputs
        self._ranges = ranges

    def condition(self, placed: Placed, *, may_step: bool = False) -> z3.BoolRef:
        """A truth value; `may_step` says that `next` may stand in it."""
        return self._truth(placed.tree, Context(placed.scope, may_step=may_step))

    def formula(self, placed: Placed) -> z3.BoolRef:
        """A formula of linear temporal logic."""
        return self._truth(placed.tree, Context(placed.scope, is_formula=True))

    def options(self, placed: Placed, *, may_step: bool = False) -> Options:
        """The members of a set; the one value of an expression that is none."""
        context = Context(placed.scope, may_step=may_step)
        if not self._is_set(placed.tree, context):
            return [(z3.BoolVal(True), self._term(placed.tree, context))]
        return self._options(placed.tree, context)

    def number(self, placed: Placed) -> int:
        """A number that is known without looking at any variable."""
        value = z3.simplify(self._integer(placed.tree, Context(placed.scope)))
        if not isinstance(value, z3.IntNumRef):
            self._text.refuse(placed.tree, "a number is needed here that depends on no variable")
        return value.as_long()

    def variable(self, placed: Placed) -> str | None:
        """The full name of the variable that a path names; None for anything else. An index must be a number."""
        found: Meaning | None = placed
        while isinstance(found, Placed):
            tree, scope = found.tree, found.scope
            if not isinstance(tree, Tree) or tree.data != "path":
                return None
            if has_index(tree):
                found, indices = self._array(tree, scope)
                for part in indices:
                    found = self._element(found, self.number(Placed(part, scope)), part)
            elif (found := self._flat.resolve(tree, scope)) is not None and isinstance(found, Placed) and found.tree is tree:
                return None
        return found if isinstance(found, str) else None

    # --- sets --------------------------------------------------------------------------------------------------------

    def _options(self, tree: Part, context: Context) -> Options:
        match tree:
            case Tree(data="set", children=parts):
                return [option for part in parts for option in self._options(part, context)]
            case Tree(data="binary", children=[first, Token(type="UNION"), second]):
                return self._options(first, context) + self._options(second, context)
            case Tree(data="number_range", children=[low, high]):
                ends = [self.number(Placed(end, context.scope)) for end in (low, high)]
                if ends[1] - ends[0] > _LONGEST_RANGE:
                    self._text.refuse(tree, f"a set of more than {_LONGEST_RANGE} numbers is not written out")
                return [(z3.BoolVal(True), z3.IntVal(number)) for number in range(ends[0], ends[1] + 1)]
            case Tree(data="case" | "choose"):
                branches = self._branches(tree, context)
                return [
                    (z3.And(when, also), value)
                    for when, branch in branches
                    for also, value in self._options(branch, context.knowing(when))
                ]
            case Tree(data="path") if not has_index(tree):
                found = self._flat.resolve(tree, context.scope)
                if isinstance(found, Placed) and found.tree is not tree:
                    return self._options(found.tree, self._deeper(tree, context, found.scope))
        return [(z3.BoolVal(True), self._term(tree, context))]

    def _is_set(self, tree: Part, context: Context) -> bool:
        """True if an expression can have several values; a case has one where each of its branches has."""
        match tree:
            case Tree(data="set", children=parts):
                return len(parts) > 1 or self._is_set(parts[0], context)
            case Tree(data="number_range") | Tree(data="binary", children=[_, Token(type="UNION"), _]):
                return True
            case Tree(data="choose", children=[_, then, other]):
                return self._is_set(then, context) or self._is_set(other, context)
            case Tree(data="case", children=branches):
                return any(self._is_set(branch.children[1], context) for branch in branches if isinstance(branch, Tree))
            case Tree(data="path") if not has_index(tree):
                found = self._flat.resolve(tree, context.scope)
                if isinstance(found, Placed) and found.tree is not tree:
                    return self._is_set(found.tree, self._deeper(tree, context, found.scope))
        return False

    def _branches(self, tree: Tree[Token], context: Context) -> list[tuple[z3.BoolRef, Part]]:
        """The branches of a case, each with the condition under which it applies and none before it."""
        if tree.data == "choose":
            test, then, other = tree.children
            holds = self._truth(test, context)
            return [(holds, then), (z3.Not(holds), other)]
        branches: list[tuple[z3.BoolRef, Part]] = []
        before: list[z3.BoolRef] = []
        for branch in tree.children:
            assert isinstance(branch, Tree)
            test, value = branch.children
            passed = [z3.Not(one) for one in before]
            holds = self._truth(test, context.knowing(*passed))
            branches.append((z3.And(*passed, holds), value))
            before.append(holds)
        if not is_certain(z3.Or(before), self._known(context)):
            self._text.refuse(tree, "no branch of this case may apply; end it with TRUE : ...")
        return branches

    # --- terms -------------------------------------------------------------------------------------------------------

    def _term(self, tree: Part, context: Context) -> z3.ExprRef:
        match tree:
            case Tree(data="true"):
                return z3.BoolVal(True)
            case Tree(data="false"):
                return z3.BoolVal(False)
            case Tree(data="number", children=[Token() as number]):
                return z3.IntVal(int(number))
            case Tree(data="path"):
                return self._named(tree, context)
            case Tree(data="next", children=[inner]):
                if not context.may_step or context.is_next:
                    self._text.refuse(
                        tree, "next(...) can stand in TRANS and in assignments to next(...) only, and not in itself"
                    )
                return self._term(inner, replace(context, is_next=True))
            case Tree(data="negation", children=[inner]):
                return z3.Not(self._truth(inner, context))
            case Tree(data="minus", children=[_, inner]):
                return -self._integer(inner, context)
            case Tree(data="binary"):
                return self._binary(tree, context)
            case Tree(data="unary_temporal" | "binary_temporal"):
                if not context.is_formula:
                    self._text.refuse(tree, "temporal operators can stand in LTLSPEC only")
                return self._temporal(tree, context)
            case Tree(data="function", children=[name, *parts]):
                return self._function(tree, str(name), parts, context)
            case Tree(data="case" | "choose"):
                return self._chosen(tree, context)
            case Tree(data="set", children=[only]):
                return self._term(only, context)
            case Tree(data="set" | "number_range"):
                self._text.refuse(tree, "a set can stand on the right of an assignment or of `in` only")
        raise self._text.error(tree, f"this is outside the part of SMV that dialproof reads: {READ}")

    def _chosen(self, tree: Tree[Token], context: Context) -> z3.ExprRef:
        branches = [(when, self._term(value, context.knowing(when))) for when, value in self._branches(tree, context)]
        result = branches[-1][1]
        for when, value in reversed(branches[:-1]):
            if not value.sort().eq(result.sort()):
                self._text.refuse(tree, "the branches have values of different types")
            result = z3.If(when, value, result)
        return result

    def _named(self, tree: Tree[Token], context: Context) -> z3.ExprRef:
        if has_index(tree):
            return self._indexed(tree, context)
        names = tree.children
        found = self._flat.resolve(tree, context.scope)
        if isinstance(found, Placed) and found.tree is not tree and not self._is_symbol(found):
            return self._term(found.tree, self._deeper(tree, context, found.scope))
        if isinstance(found, Array):
            self._text.refuse(tree, f"{found.name} is an array; name one of its elements: {found.name}[...]")
        if isinstance(found, str):
            return self._value(found, tree, context)
        path = found.tree if isinstance(found, Placed) else tree
        assert isinstance(path, Tree)
        symbol = self._symbols.term(".".join(part for part in path.children if isinstance(part, Token)))
        if symbol is None:
            hint = (
                "; a name goes on behind a minus sign: write blanks around it for a difference" if "-" in str(names[-1]) else ""
            )
            self._text.refuse(tree, f"nothing is called {'.'.join(str(name) for name in names)}{hint}")
        return symbol

    def _value(self, name: str, tree: Part, context: Context) -> z3.ExprRef:
        """The constant for a variable."""
        if name not in self._constants:
            self._text.refuse(tree, f"{name} is a variable; a constant is needed here")
        if context.is_next and name in self._inputs:
            self._text.refuse(tree, f"{name} is an input: it has no next value")
        return later(self._constants[name]) if context.is_next else self._constants[name]

    def _array(self, tree: Tree[Token], scope: Scope) -> tuple[Array, list[Part]]:
        """The array that a path with an index begins with, and the indices."""
        place = next(number for number, part in enumerate(tree.children) if isinstance(part, Tree))
        indices = [part.children[0] for part in tree.children[place:] if isinstance(part, Tree)]
        found = self._flat.resolve(Tree("path", tree.children[:place], tree.meta), scope)
        if isinstance(found, Placed) and isinstance(found.tree, Tree) and found.tree.data == "path" and has_index(found.tree):
            array, before = self._array(found.tree, found.scope)
            element: str | Array = array
            for part in before:
                element = self._element(element, self.number(Placed(part, found.scope)), part)
            found = element
        if not isinstance(found, Array) or len(indices) < len(tree.children) - place:
            self._text.refuse(tree, "an index can stand behind the name of an array only, and nothing but an index behind it")
        return found, indices

    def _element(self, found: "Meaning | None", index: int, tree: Part) -> str | Array:
        if not isinstance(found, Array):
            self._text.refuse(tree, "there are more indices than the array has")
        if index not in found.elements:
            self._text.refuse(
                tree, f"{found.name} has no element {index}; its first is {min(found.elements)}, its last {max(found.elements)}"
            )
        return found.elements[index]

    def _indexed(self, tree: Tree[Token], context: Context) -> z3.ExprRef:
        """An element of an array. NuSMV ends with an error where an index is out of bounds: it must be shown that none is."""
        array, indices = self._array(tree, context.scope)
        chosen: list[tuple[z3.BoolRef, str | Array]] = [(z3.BoolVal(True), array)]
        for part in indices:
            index = z3.simplify(self._integer(part, context))
            if isinstance(index, z3.IntNumRef):
                chosen = [(when, self._element(found, index.as_long(), part)) for when, found in chosen]
                continue
            arrays = [(when, found) for when, found in chosen if isinstance(found, Array)]
            if len(arrays) < len(chosen):
                self._text.refuse(part, "there are more indices than the array has")
            numbers = list(arrays[0][1].elements)
            if not is_certain(z3.And(index >= numbers[0], index <= numbers[-1]), self._known(context)):
                self._text.refuse(
                    part,
                    f"this index may be outside {numbers[0]}..{numbers[-1]}; put what rules that out before it: "
                    f"i <= {numbers[-1]} & ...",
                )
            chosen = [(z3.And(when, index == number), found.elements[number]) for when, found in arrays for number in numbers]
        if not all(isinstance(found, str) for _, found in chosen):
            self._text.refuse(tree, f"{array.name} has more indices than that: this is an array, and a value is needed here")
        *others, last = [(when, self._value(str(found), tree, context)) for when, found in chosen]
        result = last[1]
        for when, value in reversed(others):
            result = z3.If(when, value, result)
        return result

    def _known(self, context: Context) -> list[z3.BoolRef]:
        """What holds wherever the value of the expression makes a difference."""
        return [*self._ranges, *context.given]

    def _is_symbol(self, placed: Placed) -> bool:
        tree = placed.tree
        return isinstance(tree, Tree) and tree.data == "path" and self._flat.resolve(tree, placed.scope) is None

    def _deeper(self, tree: Part, context: Context, scope: Scope) -> Context:
        if context.depth > _DEEPEST:
            self._text.refuse(tree, "this definition stands for itself")
        return replace(context, scope=scope, depth=context.depth + 1)

    def _truth(self, tree: Part, context: Context) -> z3.BoolRef:
        term = self._term(tree, context)
        if not isinstance(term, z3.BoolRef):
            self._text.refuse(
                tree, "a truth value is needed here; numbers are none in NuSMV since 2.5: compare it with something"
            )
        return term

    def _integer(self, tree: Part, context: Context) -> z3.ArithRef:
        term = self._term(tree, context)
        if not isinstance(term, z3.ArithRef):
            self._text.refuse(tree, "a number is needed here")
        return term

    def _binary(self, tree: Tree[Token], context: Context) -> z3.ExprRef:
        first, sign, second = tree.children
        assert isinstance(sign, Token)
        match sign.type:
            case "AND" | "OR":
                return self._chain(tree, sign.type, context)
            case "IMPLIES":
                cause = self._truth(first, context)
                return z3.Implies(cause, self._truth(second, context.knowing(cause)))
            case "IFF" | "XOR" | "XNOR":
                return CONNECTIVES[sign.type](self._truth(first, context), self._truth(second, context))
            case "EQUAL" | "UNEQUAL":
                one, other = self._term(first, context), self._term(second, context)
                if not one.sort().eq(other.sort()):
                    self._text.refuse(
                        tree,
                        "values of different types are never equal: numbers, truth values, symbols of different enumerations",
                    )
                return one == other if sign.type == "EQUAL" else one != other
            case "IN":
                value = self._term(first, context)
                options = self._options(second, context)
                if not all(member.sort().eq(value.sort()) for _, member in options):
                    self._text.refuse(tree, "the values of the set are of another type")
                return z3.Or([z3.And(when, value == member) for when, member in options])
            case "UNION":
                self._text.refuse(tree, "a set can stand on the right of an assignment or of `in` only")
        one, other = self._integer(first, context), self._integer(second, context)
        if sign.type in ("DIVIDE", "MOD"):
            return self._divided(tree, sign.type, one, other, context)
        return OPERATIONS[sign.type](one, other)

    def _chain(self, tree: Tree[Token], kind: str, context: Context) -> z3.BoolRef:
        """A row of the same connective, however long."""
        row: list[Part] = []
        current: Part = tree
        while isinstance(current, Tree) and current.data == "binary" and getattr(current.children[1], "type", "") == kind:
            first, _, second = current.children
            row.append(second)
            current = first
        parts: list[z3.BoolRef] = []
        for part in (current, *reversed(row)):
            parts.append(self._truth(part, context))
            context = context.knowing(parts[-1] if kind == "AND" else z3.Not(parts[-1]))
        return z3.And(parts) if kind == "AND" else z3.Or(parts)

    def _divided(self, tree: Tree[Token], kind: str, first: z3.ArithRef, second: z3.ArithRef, context: Context) -> z3.ExprRef:
        """A quotient or a remainder. A divisor that depends on variables is written out, value by value; none may be 0."""
        values = all_values(second, self._known(context))
        if values is None or not all(values):
            self._text.refuse(
                tree,
                f"divide only by what is never 0 and has at most {MOST_VALUES} values; what rules others out can stand before "
                "it: d != 0 & ...",
            )
        *others, last = values
        result = quotient(kind, first, last)
        for value in others:
            result = z3.If(second == value, quotient(kind, first, value), result)
        return result

    def _function(self, tree: Tree[Token], name: str, parts: list[Part], context: Context) -> z3.ExprRef:
        match name, parts:
            case "toint", [part]:
                term = self._term(part, context)
                return z3.If(term, z3.IntVal(1), z3.IntVal(0)) if isinstance(term, z3.BoolRef) else self._integer(part, context)
            case "bool", [part]:
                return self._integer(part, context) != 0
            case "count", _:
                return z3.Sum([z3.If(self._truth(part, context), z3.IntVal(1), z3.IntVal(0)) for part in parts])
            case "abs", [part]:
                number = self._integer(part, context)
                return z3.If(number >= 0, number, -number)
            case (("max" | "min"), [first, second]):
                one, other = self._integer(first, context), self._integer(second, context)
                return z3.If(one >= other, *((one, other) if name == "max" else (other, one)))
        raise self._text.error(tree, f"{name}(...) takes another number of arguments")

    # --- formulas ----------------------------------------------------------------------------------------------------

    def _temporal(self, tree: Tree[Token], context: Context) -> z3.BoolRef:
        context = replace(context, given=())  # what holds here need not hold at the positions that are spoken of
        if tree.data == "binary_temporal":
            first, sign, second = tree.children
            assert isinstance(sign, Token)
            one, other = self._truth(first, context), self._truth(second, context)
            return PAIRED[sign.type](one, other)
        sign, bound, inner = tree.children
        operand = self._truth(inner, context)
        if bound is None:
            return UNARY[str(sign)](operand)
        assert isinstance(bound, Tree)
        low, high = (self.number(Placed(end, context.scope)) for end in bound.children)
        if str(sign) not in BOUNDED or not 0 <= low <= high:
            self._text.refuse(tree, "a bound is [low, high] with 0 <= low <= high, behind F, G, O or H")
        return bounded(str(sign), low, high, operand)
