"""Building blocks of the guards in ``test_house.py``."""

from __future__ import annotations

import ast
import functools
import subprocess
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from course import paths, syllabus


@dataclass
class Look:
    """The files and names that a guard looked at, and the offences that it found."""

    seen: list[str] = field(default_factory=list)
    offences: list[str] = field(default_factory=list)


overlooked: set[str] = set()
"""Folders to hide from the guards; a test checks that every guard then fails."""


def files(root: Path, *suffixes: str, under: str = "") -> list[Path]:
    """Return the project's files, relative to ``root``: those that git tracks or would add, else all but caches."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    found: list[Path] = []
    if (root / ".git").exists():
        names = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split("\0")
        found = [Path(name) for name in names if name]
    else:
        ignored = ("__pycache__", ".venv", "venv", "build", "dist", ".course")
        for path in root.rglob("*"):
            relative = path.relative_to(root)
            if not any(part in ignored or part.endswith("_cache") for part in relative.parts):
                found.append(relative)
    return sorted(
        path
        for path in set(found)
        if (root / path).is_file()
        and not any(path.is_relative_to(folder) for folder in overlooked)
        and (not suffixes or path.suffix in suffixes)
        and (not under or path.is_relative_to(under))
    )


def parse(path: Path) -> ast.Module:
    """Return the tree of a file, which must not be changed: copies of the project with the same file share it."""
    return parsed(path.read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=4096)
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


@functools.lru_cache(maxsize=4096)
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree))


def absolute(node: ast.ImportFrom, package: str) -> str:
    """Return the module that ``from ... import`` names."""
    if not node.level:
        return node.module or ""
    base = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)


def imported(tree: ast.AST, package: str = "") -> Iterator[tuple[str, int]]:
    """Yield the dotted names that a module imports, with lines; relative imports are resolved against ``package``."""
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            module = absolute(node, package)
            yield module, node.lineno
            for alias in node.names:
                yield f"{module}.{alias.name}", node.lineno
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = ast.unparse(node.func)
            if called in ("__import__", "importlib.import_module", "import_module") and isinstance(
                node.args[0].value, str
            ):
                yield node.args[0].value, node.lineno


class NotForTypes(ast.NodeTransformer):
    """Removes code that only a type checker reads."""

    def visit_If(self, node: ast.If) -> ast.AST | None:
        return None if "TYPE_CHECKING" in ast.unparse(node.test) else self.generic_visit(node)


class OnImport(NotForTypes):
    """Removes code that does not run on import: function bodies too."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        return None

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]


@functools.lru_cache(maxsize=8192)
def cut(text: str, knife: type[NotForTypes]) -> ast.Module:
    """Return the tree of a text without some of its parts. Parsing again is faster than copying the existing tree."""
    return knife().visit(ast.parse(text))


def outside_functions(path: Path) -> ast.Module:
    return cut(path.read_text(encoding="utf-8"), OnImport)


def package_of(path: Path) -> str:
    return ".".join(path.parent.parts)


def ready(root: Path) -> list[syllabus.Exercise]:
    return [exercise for exercise in syllabus.load(root / "course" / "syllabus.toml") if not exercise.planned]


def inside(root: Path, path: Path) -> Path:
    """Return the path of ``course.paths`` in another copy of the house."""
    return root / path.relative_to(paths.ROOT)


def modules(root: Path, *rooms: str) -> dict[str, Path]:
    """Return a mapping from dotted name to file for every module of these rooms."""
    return {
        ".".join(path.with_suffix("").parts).removesuffix(".__init__"): path
        for path in files(root, ".py")
        if path.parts[0] in rooms
    }


def leads_to(tree: ast.Module, name: str, package: str, places: Collection[str]) -> set[str]:
    """Return the modules that a module names: in any import, also for types, and where it builds a name from parts.

    ``from package import module`` names only the module: by then, Python has loaded the package in any case.
    """
    found: set[str] = set()
    for whole, otherwise in named_by(tree, name, package):
        if whole.endswith("."):  # any module of this package
            found |= {other for other in places if other.rpartition(".")[0] + "." == whole}
        else:
            found.add(whole if whole in places else otherwise)
    return {other for other in found if other in places and other != name and not other.endswith(".__main__")}


IMPORTERS = {"__import__", "import_module"}


@functools.lru_cache(maxsize=8192)
def named_by(tree: ast.Module, name: str, package: str) -> tuple[tuple[str, str], ...]:
    """Return the dotted names in a module's imports: (a possible module, the module otherwise)."""
    found: list[tuple[str, str]] = []
    known = {"__name__": name, "__package__": package}
    """Values of the module's variables: ``fixtures`` is ``grader.fixtures``."""
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, alias.name) for alias in node.names]
            known |= {f"{alias.asname or alias.name}.__name__": alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = absolute(node, package)
            names = {alias.asname or alias.name: f"{module}.{alias.name}" for alias in node.names}
            known |= {f"{variable}.__name__": whole for variable, whole in names.items()}
            found += [(whole, module) for whole in names.values()]
    for node in nodes(tree):
        function = node.func if isinstance(node, ast.Call) and node.args else None
        if (getattr(function, "attr", None) or getattr(function, "id", None)) not in IMPORTERS:
            continue
        assert isinstance(node, ast.Call)
        parts = node.args[0].values if isinstance(node.args[0], ast.JoinedStr) else [node.args[0]]
        whole = ""
        for part in parts:
            inner = part.value if isinstance(part, (ast.Constant, ast.FormattedValue)) else part
            text = inner if isinstance(inner, str) else known.get(ast.unparse(inner))
            if text is None:  # a variable; the text before it gives the package
                whole = whole if whole.endswith(".") else ""
                break
            whole += text
        whole = package + whole if whole.startswith(".") else whole
        found += [(whole, whole)] if whole else []
    return tuple(found)
