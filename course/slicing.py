"""Which top-level statements of a notebook are graded: the definitions, and what they use.

A notebook tries things out between its definitions: it prints, plots, trains for ten minutes, or calls a function that
is not written yet. None of that may cost a point or a minute, so it is left out. What stays:

- what binds a name that the caller asks for: the functions and classes of an exercise;
- every statement that binds a name which something that stays uses, or that changes such a value in place
  (``TABLE["x"] = 1``, ``NAMES.append("x")``, ``LoRALinear.forward = faster``);
- other functions, classes and plain values (``RATE = 3e-4``, ``Batch = dict[str, Tensor]``), which cost nothing, if all
  that they use is there anyway;
- imports that one of these uses, and of the others those that can do no harm: a plotting library that the grader lacks
  is then not missed.

Names are those of Python's scopes: a parameter called ``model`` does not use the notebook's ``model``. Not seen: what a
call changes behind the scenes (``register(MyModel)``, ``torch.set_default_dtype(...)``). Nothing is run. The source may
be hostile: CPython's parser answers what is nested too deeply with MemoryError or RecursionError.
"""

from __future__ import annotations

import ast
import builtins
import symtable
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What the parser raises; ValueError for a null byte or half of a surrogate pair."""

AT_HAND = frozenset(sys.stdlib_module_names) | {"numpy", "peft", "torch", "transformers"}
"""Modules whose import costs no point, even if nothing uses them."""

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)
_PLAIN = (
    *(ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Slice, ast.Tuple, ast.List, ast.Set, ast.Dict),
    *(ast.UnaryOp, ast.BinOp, ast.Lambda, ast.expr_context, ast.operator, ast.unaryop),
)
"""What a plain value is made of: neither calls nor comprehensions."""


@dataclass
class Unit:
    """Top-level statements that share a line: nearly always one of them."""

    start: int
    """First line in its cell, from 1; a decorator's, if there is one."""
    end: int
    statements: list[ast.stmt]
    binds: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)
    """Names of the module that it reads, now or when its functions are called."""
    changes: set[str] = field(default_factory=set)
    """Names whose values it changes by storing into them."""
    calls: set[str] = field(default_factory=set)
    """Names whose methods it calls and drops the answer."""
    stays: bool = False

    @property
    def imports(self) -> bool:
        """Whether it only imports."""
        return all(isinstance(statement, _IMPORTS) for statement in self.statements)

    @property
    def defines(self) -> bool:
        """Whether it defines a function or a class, be it in a branch."""
        return any(isinstance(node, _DEFINITIONS) for node in _outside_functions(self.statements))

    @property
    def idle(self) -> bool:
        """Whether nothing happens in it: docstrings, ``pass``, ``...``."""
        return all(
            isinstance(statement, ast.Pass)
            or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
            for statement in self.statements
        )


class TooMany(Exception):
    """There are more statements than anybody writes."""


def units(cell: str, limit: int) -> list[Unit]:
    """The top-level statements of a cell, in order.

    Args:
        cell: Python.
        limit: how many of them there may be.

    Raises:
        TooMany: there are more.
        SyntaxError, ValueError, RecursionError, MemoryError: it does not parse.
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
    """All nodes that run when the module does; of a function only the function itself, of a class the whole."""
    waiting: list[ast.AST] = list(statements)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _FUNCTIONS):
            waiting += ast.iter_child_nodes(node)


def _root(node: ast.expr) -> set[str]:
    """``TABLE`` of ``TABLE["x"].rows[0]``."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def decide(everything: Iterable[Unit], names: Collection[str]) -> None:
    """Set ``stays`` of all units of a notebook.

    Args:
        everything: in order.
        names: what has to be there whatever uses it, an exercise's functions for example.
    """
    everything = list(everything)
    imported = {name for unit in everything if unit.imports for name in unit.binds}
    defined = {name for unit in everything if unit.defines for name in unit.binds}
    # Where none of the names is defined, every definition counts, so that the grader can say what it found instead.
    asked = set(names) & {name for unit in everything for name in unit.binds} or defined
    for unit in everything:
        unit.stays = unit.idle or (bool(unit.binds & asked) and not unit.imports)
    needed = _spread(everything, defined) | set(names)
    for unit in everything:
        unit.stays |= unit.imports and (_always(unit) or bool(unit.binds & needed))
    _add_what_costs_nothing(everything, imported | defined)
    needed |= {name for unit in everything if unit.stays for name in unit.uses}
    elsewhere = {name for unit in everything if not unit.stays for name in unit.uses}
    for unit in everything:
        unit.stays |= unit.imports and (bool(unit.binds & needed) or (_is_at_hand(unit) and not unit.binds & elsewhere))


def _spread(everything: Sequence[Unit], defined: set[str]) -> set[str]:
    """Let stay what those that stay need, and what that needs; return the names that are needed."""
    binding, changing = _by_name(everything, "binds"), _by_name(everything, "changes")
    calling = _by_name(everything, "calls")
    needed: set[str] = set()
    own: set[str] = set()
    """Bound by what stays, imports not counted."""
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


def _add_what_costs_nothing(everything: Sequence[Unit], known: set[str]) -> None:
    """Let definitions and plain values stay too, but nothing that only they use."""
    there = {name for unit in everything if unit.stays or _is_at_hand(unit) for name in unit.binds}.union(dir(builtins))
    bound = {name for unit in everything for name in unit.binds}
    plain = known | set(dir(builtins))
    for unit in everything:
        is_plain = all(_is_plain(statement, plain) for statement in unit.statements)
        plain |= unit.binds if is_plain else set()
        uses = unit.uses & bound if is_plain else unit.uses  # of a plain value, only a lambda uses what is nowhere
        if not unit.stays and not unit.imports and (is_plain or unit.defines) and uses <= there | unit.binds:
            unit.stays = True
            there |= unit.binds


def _is_plain(statement: ast.stmt, known: set[str]) -> bool:
    """Whether it assigns a plain value to a name."""
    if isinstance(statement, ast.Assign):
        targets, value = statement.targets, statement.value
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        targets, value = [statement.target], statement.value
    else:
        return False
    if not all(
        isinstance(node, (ast.Name, ast.Tuple, ast.expr_context)) for target in targets for node in ast.walk(target)
    ):
        return False
    waiting: list[ast.AST] = [value]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, _PLAIN) or (isinstance(node, ast.Name) and node.id not in known):
            return False
        if not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return True


def _is_at_hand(unit: Unit) -> bool:
    """Whether it imports nothing but what Python brings along or the exercises themselves import."""
    modules = {
        (alias.name if isinstance(statement, ast.Import) else statement.module or "").partition(".")[0]
        for statement in unit.statements
        if isinstance(statement, _IMPORTS)
        for alias in statement.names
    }
    return unit.imports and modules <= AT_HAND


def _always(unit: Unit) -> bool:
    """Whether it imports what has no name, or what changes how the rest is read."""
    return any(
        isinstance(statement, ast.ImportFrom)
        and (statement.module == "__future__" or any(name.name == "*" for name in statement.names))
        for statement in unit.statements
    )
