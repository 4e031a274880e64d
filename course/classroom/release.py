"""Build the student edition: everything a class is given, and nothing that gives an answer away.

It is an installable package with skeletons, lessons, the visible checks and the grader. It is built next to its
destination, searched by ``leaks``, and moved there only if nothing was found. The same course gives the same bytes.
"""

from __future__ import annotations

import ast
import io
import json
import os
import re
import secrets
import shutil
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from course import errors, paths, syllabus
from course.classroom import catalogues, leaks, visible
from course.compat import tomllib
from course.lesson import INTRO, PICTURE
from course.syllabus import Exercise
from course.text import LANGUAGES, clean, say, say_many

TOP = "transformers-course"
"""Top-level folder in the zip file."""
WHEN = (1980, 1, 1, 0, 0, 0)
"""Timestamp of every file in a zip file."""
MARKER = "course/edition.toml"
"""File that identifies a folder as an edition."""
INSTRUCTOR = ("course/classroom/", "course/formats/", "course/cli/instructor.py")
"""Modules that are included only if a learner's command imports them; the command group ``class`` never is."""
NEVER = ("course/cli/instructor.py", "grader/checks/conftest.py", "grader/judge/authors.py")
"""Modules that no edition has: tools of instructors and authors."""
ENGINE = ("grader", "grader/host", "grader/judge", "grader/student")
"""Folders of the grader whose modules are included unchanged."""
ROOMS = ["course", "exercises", "grader"]
SHOWN = 40
"""Maximum number of leaks listed."""


class Refused(errors.CourseError):
    """The edition would have given something away, or its destination is unusable; nothing was written."""

    exit_code = errors.NOT_PASSED


@dataclass(frozen=True)
class Released:
    """The edition that was written."""

    place: Path
    exercises: tuple[Exercise, ...]
    files: int
    hidden_checks: int
    report: leaks.Report
    known: leaks.Secrets


def release(out: Path, exercises: Sequence[Exercise], *, force: bool = False) -> Released:
    """Build an edition, search it for leaks, and move it to its destination.

    Args:
        out: a folder, or a file that ends in ``.zip``.
        exercises: the exercises to include.
        force: replace an existing edition.

    Raises:
        Refused: something would leak, or the destination is something other than an edition.
        BadDestination: the destination cannot be written.
        NeedsRepository: this is an installed package, and an edition can only be built from the repository.
    """
    zipped = out.suffix.lower() == ".zip"
    _check_place(out, zipped, force)
    edition = build(exercises)
    known = leaks.secrets()
    beside = out.parent / f".{out.name[:60]}.{secrets.token_hex(6)}.tmp"
    try:
        if zipped:
            beside.write_bytes(packed(edition.files))
        else:
            for name, content in edition.files.items():
                (beside / name).parent.mkdir(parents=True, exist_ok=True)
                (beside / name).write_bytes(content)
        report = leaks.scan(beside, known)
        if report.leaks:
            raise Refused(_listed(report.leaks))
        _move(beside, out)
    except OSError as error:
        raise errors.cannot_write(out, error) from error
    finally:
        _remove(beside)
    return Released(out, edition.exercises, len(edition.files), edition.hidden_checks, report, known)


def _listed(found: Sequence[leaks.Leak]) -> str:
    lines = [clean(str(leak), one_line=True) for leak in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append(say("and {count} more", count=len(found) - SHOWN))
    head = say("this edition would leak something, so it was not written:")
    return "\n  ".join([head, *lines])


# --- destination ---


def _check_place(out: Path, zipped: bool, force: bool) -> None:
    if not out.parent.is_dir():
        raise errors.BadDestination(say("there is no directory {path}.", path=str(out.parent)))
    if not os.path.lexists(out) or (out.is_dir() and not zipped and not any(out.iterdir())):
        return
    ours = not out.is_symlink() and (_is_edition(out) if zipped else (out / MARKER).is_file())
    if not ours:
        raise errors.BadDestination(
            say("{path} already exists and is not an edition. Choose a different path.", path=str(out))
        )
    if not force:
        raise errors.BadDestination(say("{path} already exists. Replace it with --force.", path=str(out)))


def _is_edition(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return f"{TOP}/{MARKER}" in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def _move(beside: Path, out: Path) -> None:
    """Move the new edition to its destination, replacing the old one, if any; the old one is deleted last."""
    if not out.is_dir():
        os.replace(beside, out)
        return
    old = beside.with_suffix(".old")
    os.replace(out, old)
    try:
        os.replace(beside, out)
    except OSError:
        os.replace(old, out)
        raise
    _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of these files; the same files always give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(f"{TOP}/{name}", WHEN)
            info.create_system, info.external_attr = 3, 0o100644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, files[name])
    return out.getvalue()


# --- content ---


@dataclass(frozen=True)
class Edition:
    """An edition that has not been written yet."""

    exercises: tuple[Exercise, ...]
    files: dict[str, bytes]
    """Path inside the edition -> content."""
    hidden: dict[str, dict[str, tuple[int, int]]]
    """Slug -> function -> (hidden checks, their points)."""

    @property
    def hidden_checks(self) -> int:
        """Return the number of hidden checks in all exercises."""
        return sum(checks for functions in self.hidden.values() for checks, _ in functions.values())


def build(exercises: Sequence[Exercise]) -> Edition:
    """Build all files of an edition.

    Raises:
        NeedsRepository: this is an installed package.
        Refused: an exercise has nothing to hand out, or its checks do not have the required form.
    """
    if not (paths.ROOT / "pyproject.toml").is_file() or not (paths.ROOT / "LICENSE").is_file():
        raise errors.NeedsRepository(
            say(
                "an edition is built from the repository, not from the installed package. Clone the "
                "repository and run the command there."
            )
        )
    chosen = tuple(sorted(set(exercises), key=lambda one: one.number))
    files: dict[str, bytes] = {}
    hidden: dict[str, dict[str, tuple[int, int]]] = {}
    shown: dict[str, dict[str, tuple[int, int]]] = {}
    for exercise in chosen:
        shown[exercise.slug], hidden[exercise.slug] = _exercise(exercise, files)
    _lesson(INTRO, files)
    for name in ("grader/fixtures/__init__.py", "course/result.schema.json"):
        files[name] = _bytes(name)
    for folder in ENGINE:
        files |= {name: _bytes(name) for name in _modules(folder) if name not in NEVER}
    files |= _course(files)
    files["course/syllabus.toml"] = _syllabus({one.slug for one in chosen}).encode()
    files[MARKER] = _about(chosen, hidden).encode()
    files |= {name: _bytes(name) for name in ("LICENSE", "constraints.txt")}
    files["pyproject.toml"] = _project().encode()
    files["README.md"] = _readme(chosen, shown, hidden).encode()
    files |= _catalogues(files, {one.english_title for one in syllabus.load()})
    return Edition(chosen, dict(sorted(files.items())), hidden)


def _bytes(name: str) -> bytes:
    return (paths.ROOT / name).read_bytes().replace(b"\r\n", b"\n")


def _modules(folder: str) -> list[str]:
    return [f"{folder}/{path.name}" for path in sorted((paths.ROOT / folder).glob("*.py"))]


Table = dict[str, tuple[int, int]]


def _exercise(exercise: Exercise, files: dict[str, bytes]) -> tuple[Table, Table]:
    """Add the files of one exercise; return its visible and its hidden checks by function."""
    slug = exercise.slug
    name = f"grader/checks/check_{slug}.py"
    try:
        parts = visible.split(_bytes(name).decode(), f"Visible checks of {exercise.id}: {exercise.english_title}.")
    except visible.Unreadable as reason:
        raise Refused(f"{name}: {reason}") from reason
    files[name] = parts.visible.encode()
    files[f"exercises/{slug}.py"] = _bytes(f"exercises/{slug}.py")
    fixtures = f"grader/fixtures/{slug}.py"
    if (paths.ROOT / fixtures).is_file():
        files[fixtures] = visible.needed(_bytes(fixtures).decode(), parts.names).encode()
    _lesson(slug, files)
    return parts.shown, parts.hidden


def _lesson(slug: str, files: dict[str, bytes]) -> None:
    """Add a lesson in every language that it has, with its pictures."""
    for lang in LANGUAGES:
        path = paths.lesson(slug, lang)
        if not path.is_file():
            continue
        files[f"course/lessons/{lang}/{slug}.md"] = _bytes(f"course/lessons/{lang}/{slug}.md")
        for picture in PICTURE.findall(path.read_text(encoding="utf-8")):
            name = (path.parent / picture).resolve().relative_to(paths.ROOT).as_posix()
            files[name] = _bytes(name)


def _course(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the learner's modules, and the instructor's modules that they import."""
    everything = {path.relative_to(paths.ROOT).as_posix() for path in (paths.ROOT / "course").rglob("*.py")}
    taken = {name for name in everything if not name.startswith(INSTRUCTOR)}
    waiting = [*taken, *(name for name in files if name.endswith(".py"))]
    while waiting:
        name = waiting.pop()
        source = files[name] if name in files else _bytes(name)
        for needed in set(_imported(ast.parse(source))) & everything - taken - set(NEVER):
            taken.add(needed)
            waiting.append(needed)
    return {name: _bytes(name) for name in taken}


def _imported(tree: ast.AST) -> Iterator[str]:
    """Yield the files that a module's imports can refer to, including parent packages."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            parts = name.split(".")
            yield "/".join(parts) + ".py"
            for depth in range(1, len(parts) + 1):
                yield "/".join([*parts[:depth], "__init__.py"])


def _syllabus(chosen: Collection[str]) -> str:
    """Return the syllabus; omitted exercises keep their numbers and are only announced."""
    lines: list[str] = []
    for line in _bytes("course/syllabus.toml").decode().split("\n"):
        lines.append(line)
        slug = re.fullmatch(r'slug = "(\w+)"', line.strip())
        if slug and slug[1] not in chosen:
            exercise = syllabus.find(slug[1])
            lines += [] if exercise and exercise.planned else ['state = "planned"']
    return "\n".join(lines)


def _about(chosen: Iterable[Exercise], hidden: Mapping[str, Table]) -> str:
    lines = ["# What this edition holds, and how many hidden checks run at hand-in: [checks, points] by function."]
    lines += ['edition = "student"', f"exercises = {json.dumps([one.slug for one in chosen])}", "", "[hidden]"]
    for slug, functions in hidden.items():
        lines += ["", f"[hidden.{slug}]"]
        lines += [f"{name} = [{checks}, {points}]" for name, (checks, points) in functions.items()]
    return "\n".join(lines) + "\n"


def _catalogues(files: Mapping[str, bytes], titles: Iterable[str]) -> dict[str, bytes]:
    """Return the translations of the messages that this edition can show."""
    said = set(titles)
    for name, content in files.items():
        if name.endswith(".py"):
            said |= set(catalogues.strings(ast.parse(content)))
    found: dict[str, bytes] = {}
    for path in sorted(paths.LOCALE.rglob("*.mo")):
        content = catalogues.restricted(path.read_bytes(), said)
        if len(catalogues.messages(content)) > 1:  # more than the header
            found[path.relative_to(paths.ROOT).as_posix()] = content
    return found


def _project() -> str:
    """Return ``pyproject.toml`` of the edition: the same package without the parts that only the whole course needs."""
    project = tomllib.loads(_bytes("pyproject.toml").decode())
    given = project["project"]
    table = {
        "name": given["name"],
        "version": f"{given['version']}+student",
        "description": "A course on pre-training and fine-tuning Transformers: the edition for students",
        "readme": "README.md",
        "license": given["license"],
        "license-files": given["license-files"],
        "requires-python": given["requires-python"],
        "dependencies": given["dependencies"],
    }
    sections = {
        "build-system": project["build-system"],
        "project": table,
        "project.scripts": given["scripts"],
        "tool.hatch.build.targets.wheel": {"packages": ROOMS},
    }
    return "\n".join(
        f"[{name}]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in values.items())
        for name, values in sections.items()
    )


def _toml(value: str | list[str]) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return "[\n" + "".join(f"    {json.dumps(item, ensure_ascii=False)},\n" for item in value) + "]"


def _readme(chosen: Sequence[Exercise], shown: Mapping[str, Table], hidden: Mapping[str, Table]) -> str:
    """Return the README for students."""
    last = chosen[0]
    rows = []
    for one in chosen:
        seen, kept = (sum(table[one.slug].get(name, (0, 0))[1] for name in one.functions) for table in (shown, hidden))
        rows.append(f"| {one.number} | `{one.slug}.py` | {one.english_title} | {seen} | {kept} |")
    parts = [
        "# " + say("Pre-training and fine-tuning Transformers: student edition"),
        say(
            "You write the functions of each exercise; a grader on your machine tells you what works and what does not."
        ),
        "## " + say("Begin"),
        "    python3 -m venv .venv\n    . .venv/bin/activate\n"
        "    python -m pip install --constraint constraints.txt .\n    course start\n    cd my-course\n    course list",
        say("On Windows, the second line is: {command}", command="`.venv\\Scripts\\activate`"),
        say(
            "Then read a lesson with `course read {number}`, fill in its file, and grade it with `course grade "
            "{number}`.",
            number=last.number,
        ),
        "## " + say("What you hand in"),
        say("Hand in these files from your folder `my-course`, under these names:"),
        "| | | | {visible} | {hidden} |\n|---|---|---|---|---|\n".format(
            visible=say("points of visible checks"), hidden=say("points of hidden checks")
        )
        + "\n".join(rows),
        say(
            "You can run the visible checks on your machine as often as you like, each time with "
            "fresh random inputs. The hidden checks run after you have handed in your work. They "
            "require nothing beyond what the lesson and the docstrings say, but they try cases "
            "that the visible checks do not, so passing all visible checks does not guarantee full "
            "points."
        ),
        say("Bonus functions are counted separately."),
        *_missing(chosen),
    ]
    return "\n\n".join(parts) + "\n"


def _missing(chosen: Sequence[Exercise]) -> list[str]:
    """Return the exercises that the chosen ones build on but this edition does not include."""
    here = {one.slug for one in chosen}
    sentences = [
        say(
            "{exercise} builds on {other} ({title}), which is not part of this edition.",
            exercise=one.id,
            other=other.id,
            title=other.english_title,
        )
        for one in chosen
        for slug in one.requires
        if slug not in here and (other := syllabus.find(slug))
    ]
    return sentences


def summary(done: Released) -> list[str]:
    """Return lines for the instructor: what was written, and what it was compared with."""
    return [
        say_many(
            "{path}: 1 exercise, {files} files; {hidden} hidden checks stay with you.",
            "{path}: {count} exercises, {files} files; {hidden} hidden checks stay with you.",
            count=len(done.exercises),
            path=clean(str(done.place), one_line=True),
            files=done.files,
            hidden=done.hidden_checks,
        ),
        say(
            "No leaks found: the edition was compared with {references} reference functions, {checks} hidden "
            "checks and {misconceptions} misconceptions.",
            references=done.known.references,
            checks=done.known.checks,
            misconceptions=done.known.misconceptions,
        ),
        *_limits(done.known),
    ]


def _limits(known: leaks.Secrets) -> list[str]:
    """Return the limitations of the comparison."""
    lines = []
    if known.given:
        lines.append(
            say("Not secret, because the skeletons contain them in full: {names}.", names=", ".join(known.given))
        )
    if known.small:
        lines.append(
            say("Too small to be recognised if their names are changed: {names}.", names=", ".join(known.small))
        )
    if known.shared:
        lines.append(
            say_many(
                "1 sentence may be public although it also occurs in a secret part: see {path}.",
                "{count} sentences may be public although they also occur in a secret part: see {path}.",
                count=len(known.shared),
                path="course/classroom/shared.toml",
            )
        )
    for path, names in known.alike.items():
        lines.append(
            say(
                "Not looked for in {path}, because visible checks there look the same: {names}.",
                path=path,
                names=", ".join(sorted(names)),
            )
        )
    return lines
