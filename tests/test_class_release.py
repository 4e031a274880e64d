"""``course class release``: the student edition holds what it should, lists what it lacks, and works alone."""

from __future__ import annotations

import ast
import gettext
import io
import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from valid import valid

from course import cli, errors, paths, syllabus
from course.classroom import catalogues, leaks, release, visible
from course.compat import tomllib

SECRET = "This is the text that must never leave the house at any time of any day"
READY = [exercise for exercise in syllabus.load() if not exercise.planned]
LORA, TRAINING, INFERENCE = (syllabus.resolve(name) for name in ("lora", "training", "inference"))


@pytest.fixture(scope="module")
def edition() -> release.Edition:
    return release.build(READY)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, edition: release.Edition) -> None:
    """Replace the edition by a few files and one secret; these tests are about building and scanning as a whole."""
    names = ("README.md", "course/edition.toml", "course/hints.py", "exercises/inference.py")
    files = {name: edition.files[name] for name in names}
    known = leaks.Secrets(runs={" ".join(SECRET.lower().split()[:12]): "a secret"})
    monkeypatch.setattr(release, "build", lambda chosen: release.Edition(tuple(chosen), dict(files), {}))
    monkeypatch.setattr(leaks, "secrets", lambda: known)


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli.cli, ["class", "release", *arguments], env={"LANGUAGE": "en", "COLUMNS": "100"})
    assert not done.exception or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


# --- its content ---


def test_it_holds_what_a_learner_needs_and_nothing_else(edition: release.Edition):
    names = set(edition.files)
    for exercise in READY:
        assert {
            f"exercises/{exercise.slug}.py",
            f"grader/checks/check_{exercise.slug}.py",
            f"course/lessons/en/{exercise.slug}.md",
        } <= names
        assert edition.files[f"exercises/{exercise.slug}.py"] == paths.skeleton(exercise.slug).read_bytes()
    pictures = {f"course/lessons/pictures/{path.name}" for path in (paths.COURSE / "lessons/pictures").iterdir()}
    assert pictures <= names
    assert {"pyproject.toml", "README.md", "LICENSE", "constraints.txt", "course/edition.toml"} <= names
    gone = ("solutions/", "tests/", "scripts/", "grader/misconceptions/", "docs/", ".")
    assert not [name for name in names if name.startswith(gone)]
    nouns = {"course/classroom/__init__.py", "course/classroom/model.py"}  # of the result formats
    assert {name for name in names if name.startswith("course/classroom/")} <= nouns
    assert not names & {"course/library.toml", "grader/judge/facts.toml", "grader/checks/conftest.py",
                        "grader/judge/authors.py"}  # fmt: skip
    assert not [name for name in names if name.endswith((".po", ".pyc", "misconceptions.mo"))]


def test_the_visible_checks_are_those_of_the_whole_course(edition: release.Edition):
    """They are read by the grader's own rules: decorators and docstrings, as in the manifest."""
    looked = 0
    for exercise in READY:
        name = f"grader/checks/check_{exercise.slug}.py"
        whole = declared(paths.checks(exercise.slug).read_text(encoding="utf-8"))
        here = declared(edition.files[name].decode())
        assert here == {key: check for key, check in whole.items() if check[1]}, exercise.slug
        hidden = [(key, points) for key, (points, shown, _) in whole.items() if not shown]
        counted = edition.hidden[exercise.slug]
        assert sum(checks for checks, _ in counted.values()) == len(hidden)
        assert sum(points for _, points in counted.values()) == sum(points for _, points in hidden)
        asked = sum(counted.get(function, (0, 0))[1] for function in exercise.functions)
        assert asked + sum(p for (group, _), (p, s, _) in whole.items() if s and group in exercise.functions) == (
            exercise.points
        )
        looked += len(whole)
    assert looked > 300


def declared(source: str) -> dict[tuple[str, str], tuple[int, bool, str]]:
    """Return (function, check) -> points, visible, source of the check."""
    found, lines = {}, source.split("\n")
    for group in ast.parse(source).body:
        if not isinstance(group, ast.ClassDef) or not group.name.startswith("Check"):
            continue
        function = next(
            one.value.value for one in group.body if isinstance(one, ast.Assign) and one.targets[0].id == "function"
        )
        for method in group.body:
            if isinstance(method, ast.FunctionDef) and method.name.startswith("check_"):
                given = {word.arg: ast.literal_eval(word.value) for word in method.decorator_list[0].keywords}
                text = "\n".join(lines[method.lineno - 1 : method.end_lineno])
                found[function, method.name] = given["points"], given.get("visible", False), text
    return found


def test_what_stays_is_formatted_and_complete(edition: release.Edition, tmp_path: Path):
    """ruff finds undefined names, unused imports, and lines in the wrong place."""
    for name, content in edition.files.items():
        if name.endswith(".py"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(content)
    shutil.copy(paths.ROOT / "pyproject.toml", tmp_path)
    for words in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *words, "--no-cache", "."], cwd=tmp_path, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout


def test_every_import_of_ours_is_there(edition: release.Edition):
    looked = 0
    for name, content in edition.files.items():
        for node in ast.walk(ast.parse(content)) if name.endswith(".py") else ():
            module = getattr(node, "module", None) if isinstance(node, ast.ImportFrom) else None
            if module and module.split(".")[0] in ("course", "grader", "solutions", "exercises", "tests", "scripts"):
                looked += 1
                for alias in node.names:
                    path, deeper = module.replace(".", "/"), f"{module}.{alias.name}".replace(".", "/")
                    known = {f"{path}.py", f"{path}/__init__.py", f"{deeper}.py"} & set(edition.files)
                    optional = (name, alias.name) == ("course/cli/__init__.py", "instructor")
                    submodule = (paths.ROOT / f"{deeper}.py").is_file()
                    assert (f"{deeper}.py" in edition.files if submodule else known) or optional, (name, module)
    assert looked > 100


def test_helpers_of_hidden_checks_do_not_stay():
    source = '''"""Checks."""

import math
import re

from course.text import mark, say

LIMIT = 3
"""Of the visible one."""
SECRET = re.compile("x")
"""Of the hidden one."""


# --- one ---


def shown(x):
    return math.sqrt(x) * LIMIT


# What only a hidden check asks.
def asked(x):
    return SECRET.match(say(x))


class CheckOne:
    """One"""

    function = "one"

    @check(points=2, visible=True)
    def check_seen(self, student):
        """it is seen"""
        # this comment stays
        assert self.half(shown(student))

    @check(points=3)
    def check_unseen(self, student):
        """it is not seen"""
        assert asked(self.third(student))

    def half(self, x):
        return x / 2

    def third(self, x):
        return x / 3


# --- two ---


class CheckTwo:
    """Two"""

    function = "two"

    @check(points=1)
    def check_more(self, student):
        """more"""
'''
    parts = visible.split(source, "Visible.")
    assert (
        parts.visible
        == '''"""Visible."""

import math

LIMIT = 3
"""Of the visible one."""


# --- one ---


def shown(x):
    return math.sqrt(x) * LIMIT


class CheckOne:
    """One"""

    function = "one"

    @check(points=2, visible=True)
    def check_seen(self, student):
        """it is seen"""
        # this comment stays
        assert self.half(shown(student))

    def half(self, x):
        return x / 2
'''
    )
    assert (parts.shown, parts.hidden) == ({"one": (1, 2)}, {"one": (1, 3), "two": (1, 1)})
    assert list(parts.secret.values()) == ["one.unseen", "two.more"]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("@check(points=2, visible=True)", "@check(points=2, visible=SEEN)", "more than literals"),
        ("@check(points=2, visible=True)", '@check(points=2, visible=True, after=("unseen",))', "waits for one.unseen"),
        ("@check(points=2, visible=True)\n    ", "", "has no @check"),
        ('function = "one"', "function = ONE", "which function"),
    ],
)
def test_a_check_file_that_says_too_little_is_refused(old: str, new: str, complaint: str):
    source = '''"""Checks."""


class CheckOne:
    function = "one"

    @check(points=2, visible=True)
    def check_seen(self, student):
        """it is seen"""

    @check(points=3)
    def check_unseen(self, student):
        """it is not seen"""
'''
    assert visible.split(source, "").shown
    assert old in source
    with pytest.raises(visible.Unreadable, match=complaint):
        visible.split(source.replace(old, new), "")


def test_catalogues_hold_what_is_said_and_nothing_secret(edition: release.Edition):
    texts = {
        key: text for path in paths.LOCALE.rglob("*.mo") for key, text in catalogues.messages(path.read_bytes()).items()
    }
    kept: dict[str, str] = {}
    for name, content in edition.files.items():
        if name.endswith(".mo"):
            assert gettext.GNUTranslations(io.BytesIO(content)).info()["language"] == "ja"  # the format is right
            kept |= {key.decode(): text.decode() for key, text in catalogues.messages(content).items()}
    assert 200 < len(kept) < len(texts)
    title = "rank 16 on four matrices per BERT-base layer: 1,179,648 LoRA parameters"
    assert title in kept and "LoRA and PEFT" in kept
    for entry in tomllib.loads(paths.misconceptions("lora").read_text(encoding="utf-8"))["misconception"]:
        assert entry["hint"] not in kept and entry["title"] not in kept
    assert "the counts are right when d and k differ, as in a feed-forward block" not in kept
    again = (paths.LOCALE / "ja/LC_MESSAGES/course.mo").read_bytes()
    found = catalogues.messages(again)
    assert catalogues.messages(catalogues.compiled(found)) == found and len(found) > 100
    for broken in (b"", b"not a catalogue", again[:100]):
        with pytest.raises(ValueError, match="catalogue"):
            catalogues.messages(broken)


# --- only some exercises ---


def test_some_exercises_keep_their_numbers(tmp_path: Path):
    some = release.build([TRAINING, LORA])
    assert [one.slug for one in some.exercises] == ["lora", "training"]
    assert "exercises/basics.py" not in some.files and "grader/checks/check_basics.py" not in some.files
    assert "grader/fixtures/basics.py" not in some.files and "course/lessons/pictures/heads.svg" not in some.files
    path = tmp_path / "syllabus.toml"
    path.write_bytes(some.files["course/syllabus.toml"])
    listed = syllabus.load(path)
    assert [(one.slug, one.number) for one in listed] == [(one.slug, one.number) for one in syllabus.load()]
    assert [one.slug for one in listed if not one.planned] == ["lora", "training"]
    readme = some.files["README.md"].decode()
    assert "exercise-6 builds on exercise-5 (Optimisers and schedules), which is not part of this edition." in readme
    assert "`lora.py`" in readme and "`basics.py`" not in readme


# --- how it is written ---


def test_the_same_course_gives_the_same_bytes(small: None, tmp_path: Path):
    for name in ("one.zip", "two.zip"):
        code, shown = run("--out", str(tmp_path / name), "--exercise", "8")
        assert (code, "1 exercise" in shown) == (0, True), shown
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        infos = archive.infolist()
        assert [info.filename for info in infos] == sorted(info.filename for info in infos)
        assert {info.date_time for info in infos} == {release.WHEN}
        assert {info.filename.split("/")[0] for info in infos} == {release.TOP}
        zipped = {info.filename.partition("/")[2]: archive.read(info) for info in infos}
    assert run("--out", str(tmp_path / "folder"), "--exercise", "inference")[0] == 0
    lying = {path.relative_to(tmp_path / "folder").as_posix(): path.read_bytes()
             for path in (tmp_path / "folder").rglob("*") if path.is_file()}  # fmt: skip
    assert lying == zipped
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "one.zip", "two.zip"]  # nothing else is left


@pytest.mark.parametrize("name", ["edition", "edition.zip"])
def test_what_is_there_is_replaced_only_if_it_is_an_edition_and_force_is_given(small: None, tmp_path: Path, name: str):
    out = tmp_path / name
    build: Callable[..., tuple[int, str]] = lambda *more: run("--out", str(out), "--exercise", "8", *more)  # noqa: E731
    assert build()[0] == 0
    code, shown = build()
    assert code == errors.MISUSE and "--force" in shown
    if out.is_dir():
        (out / "mine.txt").write_text("x")
    assert build("--force")[0] == 0
    assert not (out / "mine.txt").exists()
    shutil.rmtree(out) if out.is_dir() else out.unlink()
    if name == "edition":
        out.mkdir()
        (out / "thesis.tex").write_text("x")
    else:
        out.write_text("thesis")
    code, shown = build("--force")
    assert code == errors.MISUSE and "is not an edition" in shown
    assert (out / "thesis.tex").read_text() == "x" if name == "edition" else out.read_text() == "thesis"
    code, shown = run("--out", str(tmp_path / "no" / name))
    assert code == errors.MISUSE and "no directory" in shown


@pytest.mark.parametrize("name", ["edition", "edition.zip"])
def test_a_leak_is_listed_and_nothing_is_written(small: None, tmp_path: Path, name: str, monkeypatch):
    whole = release.build

    def leaking(exercises):
        made = whole(exercises)
        made.files["README.md"] += ("\n" + SECRET.replace("must ", "must\n") + ".\n").encode()
        made.files["tests/test_x.py"] = b"x = 1\n"
        return made

    monkeypatch.setattr(release, "build", leaking)
    code, shown = run("--out", str(tmp_path / name), "--exercise", "8")
    assert code == errors.NOT_PASSED
    assert "README.md: text of a secret" in shown and "tests/test_x.py: a file from tests/" in shown
    assert list(tmp_path.iterdir()) == []


def test_an_installed_package_cannot_be_released(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    with pytest.raises(errors.NeedsRepository, match="repository"):
        release.build([LORA])


# --- it works alone ---


class Alone:
    """The edition, installed where the whole course cannot be reached."""

    def __init__(self, root: Path, archive: Path) -> None:
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(root)
        self.source = root / release.TOP
        venv.create(root / "venv", with_pip=False, symlinks=True)
        self.python = root / "venv" / "bin" / "python"
        site = next((root / "venv" / "lib").glob("python*")) / "site-packages"
        libraries = Path(pytest.__file__).parents[1]
        subprocess.run(
            [sys.executable, "-m", "pip", "--python", str(self.python), "install", "--quiet", "--no-index", "--no-deps",
             "--no-build-isolation", "--disable-pip-version-check", str(self.source)],
            check=True, cwd=root, env={**clean(), "PYTHONPATH": str(libraries)}, timeout=300,
        )  # fmt: skip
        (site / "libraries.pth").write_text(f"{libraries}\n")  # torch and others; offline, none can be installed
        shutil.rmtree(self.source)
        self.desk = root / "desk"
        self.home = root

    def course(self, *arguments: str, cwd: Path | None = None) -> tuple[int, str]:
        done = subprocess.run(
            [str(self.python), "-m", "course", *arguments], cwd=cwd or self.desk, env=clean(), capture_output=True,
            encoding="utf-8", check=False, timeout=300,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def grade(self, slug: str, source: str) -> tuple[int, str, dict]:
        (self.desk / f"{slug}.py").write_text(source, encoding="utf-8")
        code, shown = self.course("grade", slug, "--json", "out.json")
        return code, shown, valid(json.loads((self.desk / "out.json").read_text(encoding="utf-8")))


def clean() -> dict[str, str]:
    environ = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return {**environ, "HF_HUB_OFFLINE": "1", "COLUMNS": "80", "LANGUAGE": "en", "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Alone:
    root = tmp_path_factory.mktemp("alone")
    code, shown = run("--out", str(root / "edition.zip"))
    assert code == 0, shown
    made = Alone(root, root / "edition.zip")
    code, shown = made.course("start", "desk", cwd=root)
    assert code == 0, shown
    return made


@pytest.mark.slow
def test_the_installed_edition_is_the_one_that_runs(alone: Alone):
    where = "import course, grader, exercises, sys; print(course.__file__); print([*course.__path__, *grader.__path__])"
    done = subprocess.run([str(alone.python), "-c", where], cwd=alone.desk, env=clean(), capture_output=True, text=True)
    assert str(alone.home / "venv") in done.stdout and str(paths.ROOT) not in done.stdout, done
    done = subprocess.run(
        [str(alone.python), "-c", "import solutions"], cwd=alone.desk, env=clean(), capture_output=True, text=True
    )
    assert "ModuleNotFoundError" in done.stderr
    code, shown = alone.course("--version")
    assert (code, "+student" in shown) == (0, True)


@pytest.mark.slow
def test_its_commands_say_what_it_lacks(alone: Alone):
    code, shown = alone.course("--help")
    assert code == 0 and "edition for students" in " ".join(shown.split())
    for name in ("solution", "class", "figures", "misunderstood"):
        assert name not in shown
    for words in (
        ["solution", "3"],
        ["diff", "3"],
        ["run", "finetune"],
        ["figures", "3"],
        ["solution", "3", "--give-up"],
    ):
        code, shown = alone.course(*words)
        assert code == errors.MISUSE and "not part of this edition" in shown, shown
    assert alone.course("run", "--help")[0] == 0
    assert alone.course("class", "release", "--out", "x")[0] == errors.MISUSE
    code, shown = alone.course("list")
    assert code == 0 and "LoRA and PEFT" in shown
    code, shown = alone.course("read", "3")
    assert code == 0 and "Pictures" in shown
    code, shown = alone.course("doctor")
    assert code == 0 and "For training" not in shown
    code, shown = alone.course("read", "3", "--lang", "ja")
    assert code == 0


@pytest.mark.slow
def test_a_skeleton_is_not_started(alone: Alone):
    code, shown, result = alone.grade("lora", paths.skeleton("lora").read_text(encoding="utf-8"))
    assert (code, result["status"], result["edition"]) == (1, "not_started", "student")
    assert "solution" not in shown


@pytest.mark.slow
@pytest.mark.parametrize("exercise", READY, ids=lambda one: one.slug)
def test_a_right_file_passes_all_visible_checks(alone: Alone, exercise: syllabus.Exercise):
    code, shown, result = alone.grade(exercise.slug, paths.solution(exercise.slug).read_text(encoding="utf-8"))
    assert (code, result["status"], result["edition"]) == (0, "passed", "student"), shown
    parts = visible.split(paths.checks(exercise.slug).read_text(encoding="utf-8"), "")
    assert len(result["checks"]) == sum(checks for checks, _ in parts.shown.values())
    assert {check["visibility"] for check in result["checks"]} == {"visible"}
    assert all(check["status"] == "passed" for check in result["checks"])
    hidden = [parts.hidden.get(name, (0, 0)) for name in exercise.functions]
    checks, points = sum(one for one, _ in hidden), sum(one for _, one in hidden)
    assert f"All visible checks passed: {exercise.points - points} of {exercise.points - points} points." in shown
    assert f"{checks} hidden checks run when you hand in your work ({points} points)." in shown
    assert "solution" not in shown and "misconception" not in shown


@pytest.mark.slow
def test_a_wrong_file_fails_a_visible_check(alone: Alone):
    source = paths.solution("lora").read_text(encoding="utf-8")
    wrong = source.replace("= alpha / r\n", "= r / alpha\n")
    assert wrong != source
    code, shown, result = alone.grade("lora", wrong)
    assert (code, result["status"]) == (1, "failed")
    failed = {check["id"]: check for check in result["checks"] if check["status"] == "failed"}
    assert failed["LoRALinear.forward"]["hint"] and not failed["LoRALinear.forward"]["mistake"]
    assert "hidden checks run when you hand in" in shown
    assert "solution" not in shown and "misunderstood" not in shown
    code, shown = alone.course("hint", "lora")
    assert code == 0 and "LoRALinear" in shown


@pytest.mark.slow
def test_an_exercise_that_is_left_out_is_named(tmp_path: Path):
    code, shown = run("--out", str(tmp_path / "some"), "--exercise", "6", "--exercise", "lora")
    assert code == 0, shown

    def course(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "course", *arguments], cwd=tmp_path, capture_output=True, encoding="utf-8",
            env={**clean(), "PYTHONPATH": str(tmp_path / "some")}, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    code, shown = course("grade", "5")
    assert (
        code == errors.NOTHING_TO_RUN and "exercise-5 (Optimisers and schedules) is not part of this edition" in shown
    )
    code, shown = course("list")
    assert code == 0 and shown.count("not in this edition") == len(READY) - 2
    code, shown = course("start", "desk")
    assert code == 0 and shown.count("copied") == 2
