"""Select the top-level statements of a notebook that are graded: the definitions, and what they use.

A notebook tries things out between its definitions: it prints, plots, trains for ten minutes, or calls a function that
has not been written yet. This must not cost a point or a minute, so it is left out. What stays:

- statements that bind a name the caller asks for: the functions and classes of an exercise;
- every statement that binds a name used by something that stays, or that changes such a value in place
  (``TABLE["x"] = 1``, ``NAMES.append("x")``, ``LoRALinear.forward = faster``);
- other functions, classes and plain values (``RATE = 3e-4``, ``Batch = dict[str, Tensor]``), if everything they use
  stays anyway and running them cannot raise: no calls, no arithmetic, no look-ups;
- imports that one of these uses. A plotting library that the grader lacks is then not needed, nor a name that its
  version of a library does not have.

Names follow Python's scopes: a parameter called ``model`` does not use the notebook's ``model``. Not detected: changes
that a call makes indirectly (``register(MyModel)``, ``torch.set_default_dtype(...)``). Nothing is run. The source can
be hostile: CPython's parser reports too deep nesting with MemoryError or RecursionError.
"""

from __future__ import annotations

import ast
import builtins
import symtable
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""Exceptions of the parser; ValueError for a null byte or a lone surrogate."""

STABLE = frozenset(sys.stdlib_module_names) | {"torch"}
"""Modules that have the same names in every version in use here."""
AT_HAND = STABLE | {"numpy", "peft", "transformers"}
"""Modules that the grader has, whatever a notebook uses."""

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)
_GENERIC = frozenset({"dict", "frozenset", "list", "set", "tuple", "type"})
"""Built-in classes that can be subscripted with anything."""
_CLASSES = frozenset(name for name, value in vars(builtins).items() if isinstance(value, type))
_OF_METHODS = frozenset({"classmethod", "property", "staticmethod"})
"""Decorators that only wrap a function."""


@dataclass
class Unit:
    """Top-level statements that share a line: nearly always just one."""

    start: int
    """First line in its cell, from 1; a decorator's, if there is one."""
    end: int
    statements: list[ast.stmt]
    binds: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)
    """Module-level names that it reads, now or when its functions are called."""
    changes: set[str] = field(default_factory=set)
    """Names whose values it changes by storing into them."""
    calls: set[str] = field(default_factory=set)
    """Names whose methods it calls without using the return value."""
    stays: bool = False

    @property
    def imports(self) -> bool:
        """Return whether it only imports."""
        return all(isinstance(statement, _IMPORTS) for statement in self.statements)

    @property
    def at_hand(self) -> bool:
        """Return whether it imports only the standard library and modules that the exercises import."""
        return self.imports and {module.partition(".")[0] for module, _ in self._imported} <= AT_HAND

    @property
    def stable(self) -> bool:
        """Return whether it only imports what every version has: whole modules, or names of stable ones."""
        return self.at_hand and all(
            module.partition(".")[0] in STABLE or (whole and "." not in module) for module, whole in self._imported
        )

    @property
    def _imported(self) -> Iterator[tuple[str, bool]]:
        """Yield imported modules, and whether the module itself is bound to a name, not something in it."""
        for statement in self.statements:
            if isinstance(statement, ast.Import):
                yield from ((alias.name, True) for alias in statement.names)
            elif isinstance(statement, ast.ImportFrom):
                yield statement.module or "", False

    @property
    def defines(self) -> bool:
        """Return whether it defines a function or a class, even in a branch."""
        return any(isinstance(node, _DEFINITIONS) for node in _outside_functions(self.statements))

    @property
    def idle(self) -> bool:
        """Return whether it does nothing: docstrings, ``pass``, ``...``."""
        return all(
            isinstance(statement, ast.Pass)
            or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
            for statement in self.statements
        )


class TooMany(Exception):
    """There are more statements than anyone writes."""


def units(cell: str, limit: int) -> list[Unit]:
    """Return the top-level statements of a cell, in order.

    Args:
        cell: Python source.
        limit: maximum number of statements.

    Raises:
        TooMany: there are more.
        SyntaxError, ValueError, RecursionError, MemoryError: the source does not parse.
    """
    lines = cell.split("\n")
    found: list[Unit] = []
    body = ast.parse(cell).body
    if len(body) > limit:
        raise TooMany
    for statement in body:
        decorators = getattr(statement, "decorator_list", [])
        start = min([statement.lineno, *(decorator.lineno for decorator in decorators)])
        end = statement.end_lineno or start
        if found and start <= found[-1].end:
            found[-1].statements.append(statement)
            found[-1].end = max(found[-1].end, end)
        else:
            found.append(Unit(start, end, [statement]))
    for unit in found:
        _names(unit, "\n".join(lines[unit.start - 1 : unit.end]) + "\n")
    return found


def _names(unit: Unit, text: str) -> None:
    top = symtable.symtable(text, "<cell>", "exec")
    for symbol in top.get_symbols():
        if symbol.is_assigned() or symbol.is_imported():
            unit.binds.add(symbol.get_name())
        if symbol.is_referenced():
            unit.uses.add(symbol.get_name())
    inner = list(top.get_children())
    while inner:
        table = inner.pop()
        inner += table.get_children()
        unit.uses |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
    for node in _outside_functions(unit.statements):
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            unit.changes |= _root(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            if isinstance(node.value.func, ast.Attribute):
                unit.calls |= _root(node.value.func)


def _outside_functions(statements: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """Yield all nodes that run at import: of a function only the definition itself, of a class everything."""
    waiting: list[ast.AST] = list(statements)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _FUNCTIONS):
            waiting += ast.iter_child_nodes(node)


def _root(node: ast.expr) -> set[str]:
    """Return the names at the root, such as ``TABLE`` of ``TABLE["x"].rows[0]``."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def decide(everything: Iterable[Unit], names: Collection[str]) -> None:
    """Set ``stays`` of all units of a notebook.

    Args:
        everything: the units, in order.
        names: names to keep whether or not they are used, such as an exercise's functions.
    """
    everything = list(everything)
    defined = {name for unit in everything if unit.defines for name in unit.binds}
    # If none of the names is defined, every definition counts, so that the grader can say what it found instead.
    asked = set(names) & {name for unit in everything for name in unit.binds} or defined
    for unit in everything:
        unit.stays = unit.idle or (bool(unit.binds & asked) and not unit.imports)
    needed = _spread(everything, defined) | set(names)
    for unit in everything:
        unit.stays |= unit.imports and (_always(unit) or bool(unit.binds & needed))
    _add_what_cannot_raise(everything)
    needed |= {name for unit in everything if unit.stays for name in unit.uses}
    for unit in everything:
        unit.stays |= unit.imports and bool(unit.binds & needed)


def _spread(everything: Sequence[Unit], defined: set[str]) -> set[str]:
    """Keep everything that the kept units need, directly or indirectly; return the names that are needed."""
    binding, changing = _by_name(everything, "binds"), _by_name(everything, "changes")
    calling = _by_name(everything, "calls")
    needed: set[str] = set()
    own: set[str] = set()
    """Names bound by units that stay, not counting imports."""
    waiting = [unit for unit in everything if unit.stays and not unit.imports]
    while waiting:
        unit = waiting.pop()
        asked: list[Unit] = []
        for name in unit.uses - needed:
            asked += binding.pop(name, [])
        for name in unit.binds - own:
            asked += changing.pop(name, [])
            asked += [] if name in defined else calling.pop(name, [])
        needed |= unit.uses
        own |= unit.binds
        for one in asked:
            if not one.stays and not one.imports:
                one.stays = True
                waiting.append(one)
    return needed


def _by_name(everything: Sequence[Unit], which: str) -> dict[str, list[Unit]]:
    found: dict[str, list[Unit]] = {}
    for unit in everything:
        for name in getattr(unit, which):
            found.setdefault(name, []).append(unit)
    return found


def _add_what_cannot_raise(everything: Sequence[Unit]) -> None:
    """Keep other definitions and plain values that cannot raise, but not statements that only they use."""
    there = {name for unit in everything if unit.stays or unit.stable for name in unit.binds}.union(dir(builtins))
    bound = {name for unit in everything for name in unit.binds}
    scope = _Scope(names={*dir(builtins)} - bound, classes={*_CLASSES} - bound)
    for unit in everything:
        if not unit.stays and not unit.imports and all(map(scope.is_safe, unit.statements)):
            uses = unit.uses if unit.defines else unit.uses & bound  # only lambdas can use undefined names
            if uses <= there | unit.binds:
                unit.stays = True
                there |= unit.binds
        if unit.stays or unit.stable:
            scope.add(unit)


@dataclass
class _Scope:
    """The names bound where a statement is, to decide whether running it can raise.

    An attribute of an import (``torch.Tensor``) is assumed to exist in a signature and as a base class, since otherwise
    hardly any helper could stay; as a value it is not.
    """

    names: set[str]
    classes: set[str]
    """Names in ``names`` that stand for classes."""
    modules: set[str] = field(default_factory=set)
    """Imported names: modules, and their members."""

    def add(self, unit: Unit) -> None:
        """Add the names that an executed statement binds."""
        self.names |= unit.binds
        self.modules = self.modules | unit.binds if unit.imports else self.modules - unit.binds
        if any(isinstance(statement, ast.ClassDef) for statement in unit.statements):
            self.classes |= unit.binds
        else:
            self.classes -= unit.binds

    def is_safe(self, statement: ast.stmt) -> bool:
        """Return whether a statement cannot raise: a definition, or an assignment of a plain value."""
        try:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                return not statement.decorator_list and self._is_safe_function(statement)
            if isinstance(statement, ast.ClassDef):
                return self._is_safe_class(statement)
            return self._is_safe_value(statement)
        except RecursionError:  # a union of very many types
            return False

    def _is_safe_function(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        arguments = function.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        types = [function.returns, *(one.annotation for one in every if one)]
        return not getattr(function, "type_params", None) and all(
            self._is_type(one) for one in [*types, *arguments.defaults, *arguments.kw_defaults] if one
        )

    def _is_safe_class(self, node: ast.ClassDef) -> bool:
        bases = [base for base in node.bases if isinstance(base, (ast.Name, ast.Attribute)) and self._is_class(base)]
        if node.decorator_list or node.keywords or len(node.bases) > 1 or len(bases) < len(node.bases):
            return False
        inside = _Scope({*self.names}, {*self.classes}, {*self.modules})
        for statement in node.body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                known = [one for one in statement.decorator_list if isinstance(one, ast.Name) and one.id in _OF_METHODS]
                if len(known) < len(statement.decorator_list) or not inside._is_safe_function(statement):
                    return False
                inside.names.add(statement.name)
            elif isinstance(statement, ast.AnnAssign) and statement.value is None:
                if not isinstance(statement.target, ast.Name) or not inside._is_type(statement.annotation):
                    return False
            elif inside._is_safe_value(statement):
                stored = [one for one in ast.walk(statement) if isinstance(one, ast.Name) and _is_stored(one)]
                inside.names |= {one.id for one in stored}
            elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                if not isinstance(statement, ast.Pass):
                    return False
        return True

    def _is_safe_value(self, statement: ast.stmt) -> bool:
        """Return whether it assigns literal values to names."""
        if isinstance(statement, ast.Assign):
            targets, value = statement.targets, statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            targets, value = [statement.target], statement.value
            if not self._is_type(statement.annotation):
                return False
        else:
            return False
        count = len(value.elts) if isinstance(value, (ast.Tuple, ast.List)) else None
        fit = all(
            isinstance(target, ast.Name)
            or (isinstance(target, ast.Tuple) and len(target.elts) == count and all(map(_is_stored, target.elts)))
            for target in targets
        )
        return fit and self._is_value(value)

    def _is_value(self, node: ast.expr | None) -> bool:
        """Return whether an expression is a plain value: literals, bound names, and containers and lambdas of these."""
        if isinstance(node, ast.Name):
            return node.id in self.names
        if isinstance(node, (ast.Tuple, ast.List)):
            return all(map(self._is_value, node.elts))
        if isinstance(node, ast.Set):
            return all(map(_is_literal, node.elts))
        if isinstance(node, ast.Dict):
            return all(map(_is_literal, node.keys)) and all(map(self._is_value, node.values))
        if isinstance(node, ast.Lambda):
            return all(self._is_value(one) for one in [*node.args.defaults, *node.args.kw_defaults] if one)
        if isinstance(node, ast.Subscript):
            return self._is_generic(node.value) and self._is_value(node.slice)
        return _is_literal(node)

    def _is_type(self, node: ast.expr | None) -> bool:
        """Return whether it is a plain value, or a type as in a signature: ``torch.Tensor``, ``list[str] | None``."""
        if isinstance(node, ast.Attribute):
            return self._is_imported(node)
        if isinstance(node, (ast.Tuple, ast.List)):
            return all(map(self._is_type, node.elts))
        if isinstance(node, ast.Subscript):
            return (self._is_generic(node.value) or self._is_imported(node.value)) and self._is_type(node.slice)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            left, right = self._is_class(node.left), self._is_class(node.right)
            return (left and (right or _is_none(node.right))) or (right and _is_none(node.left))
        return self._is_value(node)

    def _is_class(self, node: ast.expr) -> bool:
        """Return whether it is a type that can be a base class or an operand of ``|``."""
        if isinstance(node, ast.Name):
            return node.id in self.classes or node.id in self.modules
        return not isinstance(node, (ast.Constant, ast.Tuple, ast.List)) and self._is_type(node)

    def _is_imported(self, node: ast.expr) -> bool:
        return bool(_root(node) & self.modules) and all(
            isinstance(one, (ast.Name, ast.Attribute, ast.expr_context)) for one in ast.walk(node)
        )

    def _is_generic(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in _GENERIC & self.classes


def _is_literal(node: ast.AST | None) -> bool:
    """Return whether it is a constant that can be a key: a string, a number with or without sign, a tuple of these."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        return isinstance(node.operand, ast.Constant) and type(node.operand.value) in (int, float, complex)
    if isinstance(node, ast.Tuple):
        return all(map(_is_literal, node.elts))
    return isinstance(node, ast.Constant)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_stored(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _always(unit: Unit) -> bool:
    """Return whether it is an import without a name, or one that changes how the rest is read."""
    return any(
        isinstance(statement, ast.ImportFrom)
        and (statement.module == "__future__" or any(name.name == "*" for name in statement.names))
        for statement in unit.statements
    )
