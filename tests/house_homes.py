"""Things that exist once are in their home: they are recognised by syntax, whatever their name and form."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from house import Look, files, nodes, parse

from course.result import CHECK_STATUSES, STATUSES

Find = Callable[[ast.AST], bool]
WORDS = {*STATUSES, *CHECK_STATUSES}


def text_of(node: ast.AST | None) -> str | None:
    """Return the value of a string literal."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def says(whole: str) -> Find:
    """Return a matcher for a string with exactly this value."""
    return lambda node: text_of(node) == whole


def holds(part: str) -> Find:
    """Return a matcher for a string, docstrings included, that contains this."""
    return lambda node: part in (text_of(node) or "")


def called(node: ast.AST) -> str:
    """Return the last part of the called name; an empty string for anything but a call."""
    function = node.func if isinstance(node, ast.Call) else None
    return getattr(function, "attr", None) or getattr(function, "id", "")


def calls(*names: str) -> Find:
    """Return a matcher for a call to a function of this name, wherever it is defined."""
    return lambda node: called(node) in names


def defines(*names: str) -> Find:
    """Return a matcher for a class of this name."""
    return lambda node: isinstance(node, ast.ClassDef) and node.name in names


def assigns(*names: str) -> Find:
    """Return a matcher for a constant of this name."""

    def found(node: ast.AST) -> bool:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        return isinstance(node, (ast.Assign, ast.AnnAssign)) and any(
            isinstance(target, ast.Name) and target.id in names for target in targets
        )

    return found


def lists_statuses(node: ast.AST) -> bool:
    """Return whether a node lists four or more statuses; a mapping from statuses to words does not count."""
    items = node.elts if isinstance(node, (ast.Tuple, ast.List, ast.Set)) else []
    return len({text_of(item) for item in items} & WORDS) >= 4


def starts_a_grader(node: ast.AST) -> bool:
    """Return whether a node is ``-m grader`` in a command, or a command that ``course.compat`` builds for it."""
    if isinstance(node, (ast.List, ast.Tuple)):
        words = [text_of(item) for item in node.elts]
        return any(
            one == "-m" and (two or "").split(".")[0] == "grader" for one, two in zip(words, words[1:], strict=False)
        )
    command = called(node) in ("isolated_command", "module_command")
    return command and (text_of(next(iter(node.args), None)) or "").split(".")[0] == "grader"  # type: ignore[attr-defined]


def listens(node: ast.AST) -> bool:
    """Return whether a node is a loop over the answers of a grader."""
    return isinstance(node, ast.For) and any(
        isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in ("grade", "ask")
        for part in ast.walk(node.iter)
    )


def tells_events_apart(node: ast.AST) -> bool:
    """Return whether a node is a comparison of an event's kind with one of the known kinds."""
    if not isinstance(node, ast.Compare):
        return False
    parts = [node.left, *node.comparators]
    kinds = {text_of(part) for whole in parts for part in ast.walk(whole)}
    event = any(_looks_up(part, "event") or ast.unparse(part) == "kind" for part in parts)
    return event and bool(kinds & {"started", "check", "diagnosis", "result", "fault"})


def _looks_up(node: ast.AST, key: str) -> bool:
    if isinstance(node, ast.Subscript):
        return text_of(node.slice) == key
    return called(node) == "get" and text_of(next(iter(node.args), None)) == key  # type: ignore[attr-defined]


def states_an_exit_code(node: ast.AST) -> bool:
    """Return whether a node is a number with the name of an exit code."""
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return any(text_of(key) == "exit_code" and isinstance(value, ast.Constant) for key, value in pairs)
    if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)):
        return False
    names = "exit_code FAULT_EXIT_CODE MISUSE NOT_PASSED GRADER_FAULT NOT_GRADABLE NOTHING_TO_RUN INTERRUPTED".split()
    return assigns(*names)(node)


def leads_to_a_room(node: ast.AST) -> bool:
    """Return whether a node is a path into a room that is built from parts."""
    rooms = ("solutions", "misconceptions", "checks", "exercises", "fixtures", "lessons", "variants")
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and text_of(node.right) in rooms


@dataclass(frozen=True)
class Home:
    """The file in which something must be, how often it occurs there, and how to recognise it."""

    where: Mapping[str, int]
    find: Find


HOMES = {
    "the name of the result's schema": Home({"course/result.py": 3}, says("course/result/v1")),
    "the classes of a result": Home(
        {"course/result.py": 5}, defines("Result", "CheckResult", "AnnouncedCheck", "Explanation", "Difference")
    ),
    "the statuses, listed": Home({"course/result.py": 2}, lists_statuses),
    "the statuses, by name": Home({"course/result.py": 2}, assigns("STATUSES", "CHECK_STATUSES")),
    "the encoding of a submission": Home({"course/submission.py": 1}, calls("detect_encoding")),
    "how large a submission may be": Home(
        {"course/submission.py": 1}, says("{file} has {size} bytes; a solution needs no more than {limit}.")
    ),
    "the client of the grader": Home({"course/grader.py": 1}, defines("Grader")),
    "starting a grader": Home(
        {
            "course/grader.py": 1,
            "course/classroom/autograder/__main__.py": 1,  # as another user
            "course/classroom/run.py": 1,  # asks only for its sandbox
            "course/doctor.py": 1,  # asks for its features
            "grader/__main__.py": 1,  # starts again, isolated
            "grader/judge/launcher.py": 1,  # a student process, where there is no fork
        },
        starts_a_grader,
    ),
    "the session": Home({"course/session.py": 1}, defines("Grading", "Session")),
    "listening to a grading": Home({"course/session.py": 1}, listens),
    "telling events apart": Home(
        {
            "course/session.py": 5,
            "course/cli/learner.py": 2,  # displays events as they arrive
            "course/classroom/autograder/__main__.py": 1,  # the same
            "course/classroom/run.py": 1,
            "grader/host/forkhost.py": 1,  # recognises the last event
            "grader/judge/proxy.py": 1,  # an answer of the dispatcher, not an event
            "scripts/bench.py": 1,
            "scripts/naming.py": 1,
        },
        tells_events_apart,
    ),
    "a request": Home({"grader/requests.py": 1}, defines("Request")),
    "a fresh seed": Home({"grader/requests.py": 1}, calls("randbelow")),
    "choosing a sandbox level": Home({"grader/student/sandbox.py": 2}, holds("cannot be reached here")),
    "exit codes": Home({"course/errors.py": 6}, states_an_exit_code),
    "looking up a translation": Home({"course/text.py": 1}, calls("GNUTranslations")),
    "where files of an exercise lie": Home(
        {
            "course/paths.py": 7,
            "course/recipes.py": 1,  # the recipes, which belong to no exercise
            "scripts/messages.py": 1,
            "scripts/pictures/__init__.py": 1,  # all pictures
        },
        leads_to_a_room,
    ),
}
"""Thing that exists once -> its home, and the number of similar-looking places elsewhere."""


@functools.lru_cache(maxsize=4096)
def findings(tree: ast.Module) -> dict[str, int]:
    """Return how often each of these things occurs in a module."""
    counts = {what: sum(map(home.find, nodes(tree))) for what, home in HOMES.items()}
    return {what: count for what, count in counts.items() if count}


def guard_single_homes(root: Path) -> Look:
    """Things that the house has once are in their home, and nowhere else."""
    look = Look()
    found_in = {
        path.as_posix(): findings(parse(root / path))
        for path in files(root, ".py")
        if path.parts[0] in ("course", "grader", "solutions", "scripts")
    }
    look.seen = list(found_in)
    for what, home in HOMES.items():
        found = {path: counts[what] for path, counts in found_in.items() if what in counts}
        look.seen += [f"{what}: {path}" for path in found]
        for path in sorted(found.keys() | home.where.keys()):
            here, expected = found.get(path, 0), home.where.get(path, 0)
            if not expected:
                look.offences.append(f"{what} is in {path} too")
            elif here != expected:
                look.offences.append(f"{what} is {here} times in {path}, not {expected}; has it left?")
    return look


READERS = {"read_bytes", "read_text", "open", "fdopen"}
OURS = ("paths.", "/proc", "devnull")
"""Sources that are never a learner's file: our own files, the kernel's, or nothing."""


@functools.lru_cache(maxsize=4096)
def reads(tree: ast.Module) -> tuple[tuple[str, int], ...]:
    """Return the calls that open a file to read it, except those that show that the file is ours."""
    return tuple(_reads(tree))


def _reads(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in nodes(tree):
        if not isinstance(node, ast.Call) or called(node) not in READERS:
            continue
        said = ast.unparse(node)
        modes = [
            text_of(item) or "" for item in [*node.args, *(word.value for word in node.keywords if word.arg == "mode")]
        ]
        writes = any(mode and set(mode) <= set("wxab+") and set(mode) & set("wxa") for mode in modes)
        if not writes and not any(part in said for part in OURS):
            yield said, node.lineno


READ = {
    # The one reader of submissions, and the readers of a class's hand-ins, which follow the same rules.
    "course/submission.py": 2,
    "course/classroom/archives.py": 2,
    "course/classroom/disguises.py": 2,
    "course/classroom/walk.py": 1,
    # Files that an instructor names: a policy, a roster, a sheet, a result, a store.
    "course/classroom/autograder/__init__.py": 5,
    "course/classroom/autograder/__main__.py": 1,
    "course/classroom/commands.py": 1,
    "course/classroom/policy.py": 1,
    "course/classroom/roster.py": 1,
    "course/classroom/store.py": 2,
    "course/classroom/verify.py": 1,
    "course/cli/instructor.py": 2,
    "course/formats/classroom50.py": 1,
    "course/formats/gradescope.py": 1,
    # Our own files: lessons, references, catalogues, state, locks, earlier output.
    "course/bundle.py": 1,
    "course/classroom/leaks.py": 3,
    "course/classroom/release.py": 2,
    "course/classroom/similarity.py": 2,
    "course/classroom/sources.py": 2,
    "course/destinations.py": 2,
    "course/lesson.py": 1,
    "course/locks.py": 3,
    "course/recipes.py": 1,
    "course/syllabus.py": 1,
    "course/text.py": 1,
    "course/workspace.py": 2,  # the state; a learner's file only to copy it, once it is known to be a regular file
    # The judge's snapshot of a submission, references and misconceptions, descriptors.
    "grader/host/forkhost.py": 1,
    "grader/host/forkserver.py": 2,
    "grader/judge/compiling.py": 1,
    "grader/judge/diagnose.py": 2,
    "grader/judge/launcher.py": 1,
    "grader/student/process.py": 2,
    "grader/student/sandbox.py": 3,
    "grader/student/scratch.py": 1,
    # Data, and files that the recipes have written.
    "solutions/recipes/__main__.py": 1,
    "solutions/recipes/compare/cell.py": 1,
    "solutions/recipes/compare/page.py": 1,
    "solutions/recipes/compare/running.py": 2,
    "solutions/recipes/compare/store.py": 1,
    "solutions/recipes/contention.py": 1,
    "solutions/recipes/data.py": 1,
    "solutions/recipes/files.py": 2,
    "solutions/recipes/functions.py": 1,  # the reference
    "solutions/recipes/gpu/check.py": 3,
    "solutions/recipes/journal.py": 2,
    "solutions/recipes/memory.py": 1,
    "solutions/recipes/preflight.py": 6,
    "solutions/recipes/ratings.py": 3,
    "solutions/recipes/sections.py": 1,
    "solutions/recipes/speedrun/scoreboard.py": 3,
}
"""File -> number of reads that do not show whose file it is. Before adding one, ask: can it be a learner's file?"""


def guard_reading(root: Path) -> Look:
    """A learner's file is read by ``course.submission``: any other code that reads files is listed with its reads."""
    look = Look()
    for path in files(root, ".py"):
        if path.parts[0] not in ("course", "grader") and path.parts[:2] != ("solutions", "recipes"):
            continue
        found = reads(parse(root / path))
        look.seen.append(path.as_posix())
        look.seen += [f"{path.as_posix()}:{line} {said}" for said, line in found]
        if len(found) != READ.get(path.as_posix(), 0):
            told = "; ".join(f"{said} in line {line}" for said, line in found)
            look.offences.append(
                f"{path.as_posix()} reads {len(found)} files, not {READ.get(path.as_posix(), 0)}: {told}"
            )
    return look


SHARED = "grader/fixtures/__init__.py"


def guard_shared_fixtures(root: Path) -> Look:
    """``grader.fixtures`` itself holds what several exercises use; what a single one uses is in its module."""
    look = Look()
    tree = parse(root / SHARED)
    users: dict[str, set[str]] = {
        node.name: set() for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }
    for definition in tree.body:
        used = {part.id for part in nodes(definition) if isinstance(part, ast.Name)} & users.keys()
        for name in used - {getattr(definition, "name", "")}:
            users[name] |= {"others that are shared", "and so are these"}
    for path in [*files(root, ".py", under="grader/checks"), *files(root, ".py", under="grader/fixtures")]:
        if path.as_posix() == SHARED:
            continue
        look.seen.append(path.as_posix())
        for node in nodes(parse(root / path)):
            names = [node.attr] if isinstance(node, ast.Attribute) and _is_fixtures(node.value) else []
            if isinstance(node, ast.ImportFrom) and node.module == "grader.fixtures":
                names = [alias.name for alias in node.names]
            for name in names:
                if name in users:
                    users[name].add(path.stem.removeprefix("check_"))
    look.seen += list(users)
    for name, exercises in users.items():
        if len(exercises) < 2:
            look.offences.append(f"{SHARED}: {name} is used by {', '.join(exercises) or 'nobody'} only")
    return look


def _is_fixtures(node: ast.AST) -> bool:
    return (getattr(node, "attr", None) or getattr(node, "id", None)) == "fixtures"
