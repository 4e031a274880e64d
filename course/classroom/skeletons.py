"""Turn a reference into the learner's skeleton with its TODOs.

``python -m scripts.skeletons`` writes the skeletons with it. The scanner in ``leaks`` uses it, too: code removed from
a reference here must not leave, and what is handed out must equal what is generated here.

A skeleton is a copy of its reference, comments and layout included, except for four things:

- A function of the syllabus, or a method of a class of the syllabus, keeps its signature, its docstring and a leading
  ``super().__init__()``. The rest of its body becomes a TODO and a ``NotImplementedError`` with its name.
- Private functions, classes and methods (``_name``) are left out: they belong to the solution.
- An import that only the removed code used stays, marked as unused for the linter.
- Every other definition is given code and stays complete.

The TODO sentences are in ``solutions/<slug>.todo.toml``, so that they are not in the text that ``course solution``
shows.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from course import paths, syllabus
from course.compat import tomllib

WIDTH = 120
"""Line length, as in pyproject.toml."""
UNUSED = "  # noqa: F401  (for your use)"

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef


class SkeletonError(ValueError):
    """The reference and its TODO sentences do not make a skeleton."""


@dataclass(frozen=True)
class Edit:
    """Replace lines ``first`` to ``last`` (counted from 1, inclusive); with ``last < first``, insert."""

    first: int
    last: int
    replacement: Sequence[str] = ()


def skeleton(reference: str, todos: Mapping[str, str], functions: Collection[str]) -> str:
    """Remove the code from a reference that the learner has to write.

    Args:
        reference: source of the reference.
        todos: qualified name -> sentence; one for each function or method that becomes a TODO.
        functions: the functions and classes that the syllabus declares.

    Returns:
        Source of the skeleton.

    Raises:
        SkeletonError: a function has no sentence, a sentence has no function, the reference lacks a declared function,
            code that stays uses a private definition, or a statement shares its line with something else.
        SyntaxError: the reference is not valid Python.
    """
    lines = reference.split("\n")
    edits, names, private = [], [], []
    defined = [node for node in ast.parse(reference).body if isinstance(node, Definition)]
    for node in defined:
        if is_private(node):
            private.append(node)
        elif node.name in functions:
            for name, function in functions_of(node):
                if is_private(function):
                    private.append(function)
                elif name in todos:
                    names.append(name)
                    edits.append(body_edit(name, function, lines, todos[name]))
                else:
                    raise SkeletonError(f"{name} has no TODO sentence")
    if missing := [name for name in functions if name not in {node.name for node in defined}]:
        raise SkeletonError(f"the reference does not define {', '.join(missing)}")
    if strays := [name for name in todos if name not in names]:
        raise SkeletonError(f"there is a TODO sentence for {', '.join(strays)}, and no such function")

    lines = edited(lines, edits + [without(node, lines) for node in private])
    tree = ast.parse("\n".join(lines))
    left_out = {node.name for node in private}
    if dangling := sorted(left_out & names_used(tree)):
        raise SkeletonError(f"code that stays in the skeleton uses {', '.join(dangling)}")
    for number in sorted(lines_with_unused_imports(tree)):
        if "F401" not in lines[number - 1]:
            lines[number - 1] += UNUSED
    return "\n".join(lines)


def is_private(node: Definition) -> bool:
    """Return whether a definition belongs to the reference alone; names such as ``__init__`` do not."""
    return node.name.startswith("_") and not node.name.endswith("__")


def functions_of(node: Definition) -> Iterator[tuple[str, Function]]:
    """Yield a function itself, or the methods of a class, with their qualified names."""
    if not isinstance(node, ast.ClassDef):
        yield node.name, node
        return
    for item in node.body:
        if isinstance(item, Function):
            yield f"{node.name}.{item.name}", item


def body_edit(name: str, function: Function, lines: Sequence[str], sentence: str) -> Edit:
    """Return the edit that turns a function's body into a TODO."""
    body = function.body
    for statement in body:
        before = lines[statement.lineno - 1][: statement.col_offset]
        if before.strip():
            raise SkeletonError(f"{name}: a statement in line {statement.lineno} shares it with something else")
    kept = 0 if ast.get_docstring(function) is None else 1
    if body[kept:] and ast.unparse(body[kept]) == "super().__init__()":
        kept += 1
    if kept:
        first = (body[kept - 1].end_lineno or 0) + 1
    else:
        first = first_line(body[0])
        while is_comment_or_blank(lines[first - 2]):  # a comment above the body is about the solution
            first -= 1

    indent = " " * body[0].col_offset
    todo = textwrap.wrap(f"TODO: {sentence}", WIDTH - len(indent) - 2, break_long_words=False, break_on_hyphens=False)
    replacement = [*(f"# {line}" for line in todo), f'raise NotImplementedError("{name}")']
    return Edit(first, last_line(function, lines), [indent + line for line in replacement])


def without(node: Definition, lines: Sequence[str]) -> Edit:
    """Remove a definition, with the comment directly above it and the blank lines before."""
    first = first_line(node)
    while first > 1 and lines[first - 2].startswith(" " * node.col_offset + "#"):
        first -= 1
    while first > 1 and not lines[first - 2].strip():
        first -= 1
    return Edit(first, last_line(node, lines))


def first_line(node: ast.stmt) -> int:
    """Return the first line of a statement, including decorators."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def last_line(node: Definition, lines: Sequence[str]) -> int:
    """Return the last line of a definition, including comments below its last statement if indented like its body."""
    last = node.end_lineno or 0
    indent = " " * node.body[0].col_offset
    for number, line in enumerate(lines[last:], start=last + 1):
        if not is_comment_or_blank(line) or (line.strip() and not line.startswith(indent)):
            break
        if line.strip():
            last = number
    return last


def is_comment_or_blank(line: str) -> bool:
    """Return whether a line outside of strings contains no code."""
    return not line.strip() or line.lstrip().startswith("#")


def edited(lines: Sequence[str], edits: Sequence[Edit]) -> list[str]:
    """Apply all edits, which do not overlap."""
    result = list(lines)
    for edit in sorted(edits, key=lambda edit: edit.first, reverse=True):
        result[edit.first - 1 : edit.last] = edit.replacement
    return result


def names_used(tree: ast.Module) -> set[str]:
    """Return every name and attribute that the code mentions."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def lines_with_unused_imports(tree: ast.Module) -> set[int]:
    """Return the lines that import a name the module does not mention."""
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return {
        alias.lineno
        for node in tree.body
        if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and node.module != "__future__")
        for alias in node.names
        if (alias.asname or alias.name.split(".")[0]) not in used
    }


def sentences(text: str) -> dict[str, str]:
    """Read the TODO sentences from a TOML document, where ``Class.method = "..."`` is a dotted key."""
    found: dict[str, str] = {}
    for name, entry in tomllib.loads(text).items():
        if isinstance(entry, dict):
            found |= {f"{name}.{method}": sentence for method, sentence in entry.items()}
        else:
            found[name] = entry
    return found


def generate(exercise: syllabus.Exercise) -> bytes:
    """Generate the skeleton of one exercise, as it should be on disk.

    Raises:
        SkeletonError: see `skeleton`; the message names the exercise.
    """
    reference = paths.solution(exercise.slug).read_text(encoding="utf-8")
    todos = sentences(paths.todos(exercise.slug).read_text(encoding="utf-8"))
    try:
        return skeleton(reference, todos, exercise.names).encode()
    except SkeletonError as error:
        raise SkeletonError(f"{exercise.slug}: {error}") from None
