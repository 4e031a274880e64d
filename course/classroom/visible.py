"""Cut the visible part out of a check file, and the fixtures that visible checks use.

Nothing is imported: a file is read as a syntax tree, and whole statements are cut out of its text, so the rest looks
as its authors wrote it, comments included. Everything that visible checks reach by name stays: helpers, constants and
imports that only hidden checks use are removed. Names are followed generously (an attribute ``x.read`` keeps every
method ``read``, and a class with a base keeps all its methods), so nothing that is needed is removed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

PREFIX = "check_"
"""Prefix of the methods that are checks."""
HOOKS = ("pooled",)
"""Functions of fixtures that the grader calls by name, even without a check."""
SECTION = re.compile(r"\s*# -{2,} .* -{2,}\s*$")
"""A comment that is the heading of several statements."""
WIDTH = 120
"""Maximum line length."""

Function = ast.FunctionDef


@dataclass(frozen=True)
class Split:
    """A check file split into its visible and hidden parts."""

    visible: str
    """Source of a check file with only the visible checks."""
    shown: dict[str, tuple[int, int]]
    """Function -> (visible checks, their points)."""
    hidden: dict[str, tuple[int, int]]
    """Function -> (hidden checks, their points); only functions that have hidden checks."""
    secret: dict[Function, str]
    """The hidden checks and their ids."""
    dropped: list[ast.stmt]
    """Everything that is not in ``visible``, except imports: the hidden checks, and code that only they use."""
    names: frozenset[str]
    """Every name that the visible part mentions, also in strings (a fixture's name can be computed)."""


class Unreadable(ValueError):
    """A check file does not have the required form."""


def split(source: str, docstring: str) -> Split:
    """Split a check file.

    Args:
        source: content of the file.
        docstring: docstring of the visible part, in place of the file's own.

    Raises:
        Unreadable: a check does not state its visibility and points as literals, or a visible check waits
            for a hidden one.
    """
    tree = ast.parse(source)
    secret: dict[Function, str] = {}
    shown: dict[str, tuple[int, int]] = {}
    hidden: dict[str, tuple[int, int]] = {}
    visible_ids: set[str] = set()
    roots: list[ast.stmt] = []
    for group in tree.body:
        if not (isinstance(group, ast.ClassDef) and group.name.startswith("Check")):
            continue
        name = _function(group)
        for method in group.body:
            if not (isinstance(method, Function) and method.name.startswith(PREFIX)):
                continue
            points, visible, after = _declared(group, method)
            table = shown if visible else hidden
            checks, total = table.get(name, (0, 0))
            table[name] = checks + 1, total + points
            if visible:
                full = {one if "." in one else f"{name}.{one}" for one in after}
                if waits := full - visible_ids:
                    raise Unreadable(f"{name}.{method.name} is visible and waits for {min(waits)}, which is not")
                visible_ids.add(f"{name}.{method.name.removeprefix(PREFIX)}")
                roots.append(method)
            else:
                secret[method] = f"{name}.{method.name.removeprefix(PREFIX)}"
    kept = _Kept(tree, roots, secret)
    visible_part = _cut(source, tree, kept, docstring)
    return Split(
        visible=visible_part,
        shown=shown,
        hidden=hidden,
        secret=secret,
        dropped=[node for node in kept.all() if node not in kept.alive],
        names=frozenset(kept.mentioned | _words_in_strings(visible_part)),
    )


def needed(source: str, names: Collection[str]) -> str:
    """Return the part of a fixtures module needed by code that mentions these names."""
    tree = ast.parse(source)
    return _cut(source, tree, _Kept(tree, [], [], {*names, *HOOKS}), None)


def _function(group: ast.ClassDef) -> str:
    for statement in group.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            if any(isinstance(target, ast.Name) and target.id == "function" for target in statement.targets):
                return str(statement.value.value)
    raise Unreadable(f"{group.name} does not say which function it checks")


def _declared(group: ast.ClassDef, method: Function) -> tuple[int, bool, tuple[str, ...]]:
    """Return points, visibility, and the checks that this one waits for."""
    for decorator in method.decorator_list:
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id == "check":
            try:
                given = {str(word.arg): ast.literal_eval(word.value) for word in decorator.keywords}
            except ValueError as error:
                raise Unreadable(f"{group.name}.{method.name}: @check(...) holds more than literals") from error
            return int(given["points"]), given.get("visible", False) is True, tuple(given.get("after", ()))
    raise Unreadable(f"{group.name}.{method.name} has no @check(...)")


# --- selection ---


@dataclass
class _Kept:
    """The statements reached from the roots: at module level, and the methods of classes."""

    tree: ast.Module
    roots: Iterable[ast.stmt]
    secret: Iterable[ast.stmt]
    wanted: Collection[str] = ()
    """Names mentioned from outside."""
    mentioned: set[str] = field(default_factory=set)
    """Names mentioned in the statements that stay."""
    alive: set[ast.stmt] = field(default_factory=set)

    def __post_init__(self) -> None:
        for node in self.roots:
            self._enliven(node)
        for node in self.tree.body:
            if not _bound(node) and not _is_text(node):  # neither a definition nor its description
                self._enliven(node)
        barred = set(self.secret)
        grown = True
        while grown:
            before = len(self.alive)
            reached = self.mentioned | set(self.wanted)
            for node in self.tree.body:
                is_group = isinstance(node, ast.ClassDef) and node.name.startswith("Check")
                if isinstance(node, ast.ClassDef):
                    methods = [one for one in node.body if isinstance(one, Function) and one not in barred]
                    if any(one in self.alive for one in methods) if is_group else node.name in reached:
                        self._enliven(node)
                        for method in methods:
                            special = re.fullmatch("__.*__", method.name) or (node.bases and not is_group)
                            if special or method.name in reached:
                                self._enliven(method)
                elif not isinstance(node, (ast.Import, ast.ImportFrom)) and _bound(node) & reached:
                    self._enliven(node)
            grown = len(self.alive) > before

    def _enliven(self, node: ast.stmt) -> None:
        if node not in self.alive:
            self.alive.add(node)
            self.mentioned |= set(_mentions(node))

    def all(self) -> Iterator[ast.stmt]:
        """Yield every definition: at module level, and methods."""
        for node in self.tree.body:
            if isinstance(node, (ast.Import, ast.ImportFrom)) or _is_text(node):
                continue
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (one for one in node.body if isinstance(one, Function))


def _bound(node: ast.stmt) -> set[str]:
    """Return the names that a module-level statement defines."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}


def _words_in_strings(source: str) -> set[str]:
    nodes = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return {word for value in nodes if isinstance(value, str) for word in re.findall(r"\w+", value) if " " not in value}


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _mentions(node: ast.stmt) -> Iterator[str]:
    """Yield the names and attributes in a statement; for a class, without its methods."""
    waiting: list[ast.AST] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Name):
            yield one.id
        elif isinstance(one, ast.Attribute):
            yield one.attr
        for annotation in (getattr(one, "annotation", None), getattr(one, "returns", None)):
            if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
                waiting.append(ast.parse(annotation.value, mode="eval"))
        inner = list(ast.iter_child_nodes(one))
        if one is node and isinstance(node, ast.ClassDef):
            inner = [child for child in inner if not isinstance(child, Function)]
        waiting += inner


# --- cutting the text ---


def _cut(source: str, tree: ast.Module, kept: _Kept, docstring: str | None) -> str:
    """Return the source without the lines that do not stay."""
    lines = source.split("\n")
    gone: set[int] = set()
    replaced: dict[int, str] = {}
    opening = tree.body[0] if tree.body and _is_text(tree.body[0]) else None
    if docstring is not None:
        if opening is None:
            raise Unreadable("the file has no docstring")
        gone |= set(range(opening.lineno, _end(opening) + 1))
        replaced[opening.lineno] = f'"""{docstring}"""'
    _mark(tree.body, 0, lines, kept, gone, replaced)
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node in kept.alive:
            _mark(node.body, node.lineno, lines, kept, gone, replaced)
    text = "\n".join(
        replaced.get(number, line)
        for number, line in enumerate(lines, start=1)
        if number not in gone or number in replaced
    )
    return _spaced(text)


def _mark(
    body: list[ast.stmt], before: int, lines: list[str], kept: _Kept, gone: set[int], replaced: dict[int, str]
) -> None:
    """Mark the lines of statements in a body that do not stay, with the comments that belong to them."""
    section: tuple[int, ...] = ()
    """Lines of the last heading, as long as nothing below it stays."""
    alive = True
    for node in body:
        start = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
        above = list(range(before + 1, start))
        if any(SECTION.match(lines[number - 1]) for number in above):
            gone |= set(section)
            section = tuple(number for number in above if SECTION.match(lines[number - 1]))
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            alive = _shorten(node, kept, replaced, gone)
        elif not _is_text(node):  # a string after a definition goes with it
            alive = node in kept.alive or (before > 0 and not isinstance(node, Function) and _in_class(node, kept))
        if alive:
            section = () if not _is_text(node) else section
        else:
            gone |= set(range(start, _end(node) + 1)) - set(replaced)
            below_text = before > 0 and isinstance(node, (ast.Import, ast.ImportFrom)) and _is_text(body[0])
            if isinstance(node, (ast.Import, ast.ImportFrom)):  # a blank line above can separate groups of imports
                above = [number for number in above if lines[number - 1].strip()]
            if not (below_text and before == _end(body[0])):
                gone |= {number for number in above if not SECTION.match(lines[number - 1])}
        before = _end(node)
    gone |= set(section)


def _in_class(node: ast.stmt, kept: _Kept) -> bool:
    """Return whether this is a class attribute, which stays with its class."""
    return node not in kept.tree.body


def _shorten(node: ast.Import | ast.ImportFrom, kept: _Kept, replaced: dict[int, str], gone: set[int]) -> bool:
    """Remove the unused names from an import; return whether anything stays."""
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return True
    used = [alias for alias in node.names if (alias.asname or alias.name).split(".")[0] in kept.mentioned]
    if used and len(used) < len(node.names):
        words = [f"{alias.name} as {alias.asname}" if alias.asname else alias.name for alias in used]
        head = f"from {'.' * node.level}{node.module or ''} import " if isinstance(node, ast.ImportFrom) else "import "
        line = head + ", ".join(words)
        if len(line) > WIDTH:
            line = head + "(\n" + "".join(f"    {word},\n" for word in words) + ")"
        gone |= set(range(node.lineno, _end(node) + 1))
        replaced[node.lineno] = line
    return bool(used)


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _spaced(text: str) -> str:
    """Adjust blank lines as a formatter would."""
    text = re.sub(r"\n{4,}", "\n\n\n", text.strip("\n")) + "\n"
    text = re.sub(r"\n{3,}(?=[ ]|import |from )", "\n\n", text)  # inside a class and between imports, one
    text = re.sub(r"(?m)^((?:import|from) .*|\))\n{3,}(?!class |def |@|#)", r"\1\n\n", text)  # after imports, too
    text = re.sub(r"(?<=\n)([ ]{4}[^\n]*\n)\n?(?=# )", r"\1\n\n", text)  # before the heading of a section, two
    return re.sub(r"(?<=\n)((?:class|    def|def) [^\n]*:\n)\n+", r"\1", text)  # none after the first line of a block
