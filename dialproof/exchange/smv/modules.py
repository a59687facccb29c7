"""The modules of an SMV file put together: every instance's variables, definitions and constraints, under full names.

An instance is a copy of its module in which the parameters stand for what they were given, read where it was given; its own names
begin with the instance's (NuSMV 2.6 user manual, sections 2.3.10 to 2.3.12).
"""

from dataclasses import dataclass, field

from lark import Token, Tree

from dialproof.core.errors import InternalError
from dialproof.exchange.smv.grammar import Part, SmvText


@dataclass(frozen=True, eq=False)
class Placed:
    """A piece of the file and the instance in which its names are to be read."""

    tree: Part
    scope: "Scope"


@dataclass(frozen=True, eq=False)
class Scope:
    """An instance of a module: what each name in it stands for (`Meaning`)."""

    prefix: str
    names: "dict[str, Meaning]" = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Array:
    """An array: its full name, its type as it was written, and what each index stands for, full name of a variable or array.

    `place` is before which of the other variables its elements come.
    """

    name: str
    kind: Placed
    is_input: bool
    is_frozen: bool
    place: int
    elements: "dict[int, str | Array]" = field(default_factory=dict)


Meaning = str | Placed | Scope | Array
"""What a name stands for: the full name of a variable, a piece of the file, an instance of a module, or an array."""


@dataclass(frozen=True, eq=False)
class Declared:
    """A variable: its full name, its type as it was written, and whether it is an input or never changes."""

    name: str
    kind: Placed
    is_input: bool = False
    is_frozen: bool = False


@dataclass(frozen=True, eq=False)
class Spec:
    """A specification: its name ("" where it has none), and whether it is an LTLSPEC or an INVARSPEC."""

    name: str
    formula: Placed
    is_invariant: bool


@dataclass(frozen=True, eq=False)
class Flat:
    """A whole file, instance by instance."""

    text: SmvText
    variables: list[Declared] = field(default_factory=list)
    arrays: list[Array] = field(default_factory=list)
    constants: list[Token] = field(default_factory=list)
    assignments: list[tuple[str, Placed, Placed]] = field(default_factory=list)
    init: list[Placed] = field(default_factory=list)
    trans: list[Placed] = field(default_factory=list)
    invar: list[Placed] = field(default_factory=list)
    justice: list[Placed] = field(default_factory=list)
    compassion: list[tuple[Placed, Placed]] = field(default_factory=list)
    specs: list[Spec] = field(default_factory=list)

    def resolve(self, path: Tree[Token], scope: Scope) -> str | Placed | Array | None:
        """What `path`, in which there is no index, stands for; None for a name of a value, or of nothing at all."""
        found = self._target(self._lookup(path, scope), path)
        if isinstance(found, Scope):
            self.text.refuse(path, f"{_written(path)} is an instance of a module; name something in it")
        return found

    def _lookup(self, path: Tree[Token], scope: Scope) -> Meaning | None:
        names = [part for part in path.children if isinstance(part, Token)]
        found: Meaning | None = scope
        while names:
            name = names.pop(0)
            if name.type == "SELF":
                continue
            found = self._target(found, path)
            if not isinstance(found, Scope):
                self.text.refuse(path, f"{_written(path)}: what stands before {name} is no instance of a module")
            dotted = next((n for n in range(len(names), 0, -1) if ".".join((name, *names[:n])) in found.names), 0)
            whole = ".".join((name, *names[:dotted]))  # a variable may be declared by a name with dots in it
            names = names[dotted:]
            if whole not in found.names and len(path.children) > 1:
                self.text.refuse(path, f"there is no {_written(path)}")
            found = found.names.get(whole)
        return found

    def _target(self, found: Meaning | None, path: Part) -> Meaning | None:
        """What a name stands for in the end, where it stands for another name."""
        for _ in range(_DEEPEST):
            if not isinstance(found, Placed) or not isinstance(found.tree, Tree) or found.tree.data != "path":
                return found
            if has_index(found.tree):  # which element it is may depend on the state
                return found
            following = self._lookup(found.tree, found.scope)
            if following is None:  # a value: it has no other name
                return found
            found = following
        raise self.text.error(path, "this name stands for itself")


def flattened(text: SmvText) -> Flat:
    """The instances of the file's module `main`, and of what it consists of. Raises ScenarioError."""
    tree = text.parsed()
    modules: dict[str, Tree[Token]] = {}
    for module in tree.children:
        assert isinstance(module, Tree)
        name = module.children[0]
        assert isinstance(name, Token)
        if name in modules:
            text.refuse(name, f"there are two modules called {name}")
        modules[name] = module
    if "main" not in modules:
        text.refuse(tree, "there is no MODULE main")
    flat = Flat(text)
    _Flattening(flat, modules).instance(modules["main"], (), Scope(""), tree, 0)
    return flat


_DEEPEST = 50
"""How deep instances may stand in each other, and how often a name may stand for another one."""


class _Flattening:
    """Collects what the modules say, instance by instance."""

    def __init__(self, flat: Flat, modules: dict[str, Tree[Token]]) -> None:
        self._flat = flat
        self._text = flat.text
        self._modules = modules
        self._full: set[str] = set()

    def instance(self, module: Tree[Token], given: tuple[Placed, ...], scope: Scope, where: Part, depth: int) -> None:
        """Add everything in `module` under the names of `scope`, with `given` for its parameters."""
        name, parameters, *sections = module.children
        formal = [part for part in parameters.children if isinstance(part, Token)] if isinstance(parameters, Tree) else []
        if len(formal) != len(given):
            self._text.refuse(where, f"module {name} takes {len(formal)} parameters; {len(given)} are given")
        if depth > _DEEPEST:
            self._text.refuse(where, f"module {name} contains itself")
        for parameter, placed in zip(formal, given, strict=True):
            self._name(scope, parameter, placed)
        for section in sections:
            assert isinstance(section, Tree)
            self._section(section, scope, depth)

    def _section(self, section: Tree[Token], scope: Scope, depth: int) -> None:
        match section.data:
            case "variables" | "inputs" | "frozen":
                for declaration in _trees(section):
                    self._declaration(declaration, scope, depth, section.data)
            case "definitions":
                for name, meaning in (definition.children for definition in _trees(section)):
                    assert isinstance(name, Token)
                    self._name(scope, name, Placed(meaning, scope))
            case "constants":
                self._flat.constants.extend(part for part in section.children if isinstance(part, Token))
            case "assignments":
                for target, value in (assignment.children for assignment in _trees(section)):
                    assert isinstance(target, Tree)
                    self._flat.assignments.append((target.data, Placed(target.children[0], scope), Placed(value, scope)))
            case "init" | "trans" | "invar" | "justice" as kind:
                getattr(self._flat, kind).append(Placed(section.children[0], scope))
            case "compassion":
                asked, granted = section.children
                self._flat.compassion.append((Placed(asked, scope), Placed(granted, scope)))
            case "ltlspec" | "invarspec":
                label, formula = section.children
                named = str(label.children[0]) if isinstance(label, Tree) else ""
                is_invariant = section.data == "invarspec"
                self._flat.specs.append(Spec(scope.prefix + named if named else "", Placed(formula, scope), is_invariant))
            case kind:
                raise InternalError(f"the grammar knows a section {kind!r} that nothing reads")

    def _declaration(self, declaration: Tree[Token], scope: Scope, depth: int, section: str) -> None:
        declared, kind = declaration.children
        assert isinstance(declared, Tree)
        assert isinstance(kind, Tree)
        first = declared.children[0]
        assert isinstance(first, Token)
        name = first.update(value=_written(declared))
        full = scope.prefix + name
        if full in self._full:
            self._text.refuse(first, f"{full} is declared twice")
        self._full.add(full)
        if kind.data == "array":
            where = len(self._flat.variables)
            array = Array(full, Placed(kind, scope), section == "inputs", section == "frozen", where)
            self._name(scope, name, array)
            self._flat.arrays.append(array)
            return
        if kind.data != "instance":
            self._name(scope, name, full)
            self._flat.variables.append(Declared(full, Placed(kind, scope), section == "inputs", section == "frozen"))
            return
        path, *given = kind.children
        assert isinstance(path, Tree)
        if has_index(path):
            self._text.refuse(kind, "an index cannot stand in the name of a module")
        if _written(path) not in self._modules:
            self._text.refuse(kind, f"there is neither a type nor a module called {_written(path)}")
        inner = Scope(f"{full}.")
        self._name(scope, name, inner)
        arguments = tuple(Placed(part, scope) for part in given if part is not None)
        self.instance(self._modules[_written(path)], arguments, inner, kind, depth + 1)

    def _name(self, scope: Scope, name: Token, meaning: Meaning) -> None:
        if name in scope.names:
            self._text.refuse(name, f"{scope.prefix}{name} is declared twice")
        scope.names[str(name)] = meaning


def has_index(path: Tree[Token]) -> bool:
    """True if a path names an element of an array."""
    return any(isinstance(part, Tree) for part in path.children)


def _trees(section: Tree[Token]) -> list[Tree[Token]]:
    return [part for part in section.children if isinstance(part, Tree)]


def _written(path: Tree[Token]) -> str:
    return ".".join(part for part in path.children if isinstance(part, Token))
