"""A student edition: the grader without references and misconceptions, as it can be handed out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest
from valid import valid

import course.edition
from course import paths, syllabus
from course.result import Result
from tests.merit import specs_of

SLUG = "lora"


def copy_of(root, rooms):
    """Return a function that grades a file (None: a missing one) with a copy of the project without misconceptions."""
    for room in rooms:
        shutil.copytree(paths.ROOT / room, root / room, ignore=shutil.ignore_patterns("__pycache__", "misconceptions"))
    shutil.copy(paths.ROOT / "pyproject.toml", root)

    def grade(source: str | None, *only: str) -> tuple[Result, str]:
        (root / "mine.py").unlink(missing_ok=True)
        if source is not None:
            (root / "mine.py").write_text(source, encoding="utf-8")
        command = [sys.executable, "-m", "course", "grade", SLUG, "--file", "mine.py", "--json", "out.json"]
        done = subprocess.run(
            [*command, *(word for function in only for word in ("--only", function))],
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root), "HF_HUB_OFFLINE": "1", "COLUMNS": "100"},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=300,
        )
        assert not done.stderr, done.stderr
        return Result.from_json(valid(json.loads((root / "out.json").read_text(encoding="utf-8")))), done.stdout

    return grade


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    """Copy the project without references and misconceptions, like a student edition."""
    return copy_of(tmp_path_factory.mktemp("edition"), ("course", "grader", "exercises"))


@pytest.fixture(scope="module")
def without_misconceptions(tmp_path_factory):
    """Copy the project with references, but without misconceptions."""
    return copy_of(tmp_path_factory.mktemp("unexplained"), ("course", "grader", "exercises", "solutions"))


VISIBLE = {spec.id: spec.points for spec in specs_of(SLUG) if spec.visible}
BONUS = sum(VISIBLE[spec] for spec in VISIBLE if spec.partition(".")[0] in syllabus.resolve(SLUG).bonus)
SOURCE = paths.solution(SLUG).read_text(encoding="utf-8")


def test_the_visible_checks_run_and_the_result_says_that_they_are_not_all(edition):
    result, shown = edition(SOURCE)
    assert (result.status, result.edition) == ("passed", "student")
    assert {check.id: check.points for check in result.checks} == VISIBLE
    assert result.points == result.max_points < syllabus.resolve(SLUG).points
    assert "student edition" in shown and "course solution" not in shown


def test_a_file_that_cannot_be_graded_could_have_earned_the_same_points(edition):
    """Whether the command or the grader refuses it makes no difference."""
    for source, words in ((None, "There is no file mine.py"), ("def f(:\n", "invalid syntax")):
        result, _ = edition(source)
        assert (result.status, result.edition, result.points) == ("not_gradable", "student", 0)
        assert words in result.message and result.max_points == sum(VISIBLE.values()) - BONUS


@pytest.mark.parametrize("exercise", syllabus.load(), ids=lambda exercise: exercise.slug)
def test_points_of_the_visible_checks(exercise, monkeypatch):
    assert course.edition.points(exercise) == exercise.points
    monkeypatch.setattr(course.edition, "graded", lambda slug: "student")
    asked = [spec for spec in specs_of(exercise.slug) if spec.function not in exercise.bonus]
    visible = sum(spec.points for spec in asked if spec.visible)
    assert course.edition.points(exercise) == visible > 0


def test_a_grader_without_misconceptions_says_so(without_misconceptions):
    wrong = SOURCE.replace("= alpha / r\n", "= r / alpha\n")
    for source, status in ((wrong, "failed"), (SOURCE, "passed")):
        result, shown = without_misconceptions(source, "LoRALinear")
        assert (result.status, result.edition) == (status, "full")
        assert all(check.mistake is None for check in result.checks)
        assert any(note.startswith("This installation has no misconceptions for exercise-3") for note in result.notes)
        assert "This installation has no misconceptions" in shown


def test_a_wrong_file_fails_without_a_name_for_its_misconception(edition):
    wrong = SOURCE.replace("= alpha / r\n", "= r / alpha\n")
    assert wrong != SOURCE
    result, _ = edition(wrong, "LoRALinear")
    forward = next(check for check in result.checks if check.id == "LoRALinear.forward")
    assert (result.status, forward.status) == ("failed", "failed")
    assert forward.expected and forward.actual and forward.hint
    assert not result.causes() and all(check.mistake is None for check in result.checks)


def test_nothing_of_the_students_is_substituted(edition):
    """Without a reference to substitute for a broken LoRALinear, inject_lora fails with it."""
    assert SOURCE.count("    def __init__(") >= 2
    broken = SOURCE.replace(
        "    def __init__(", "    def __init__(self, *a, **k): raise RuntimeError('broken')\n    def _(", 1
    )
    result, _ = edition(broken, "LoRALinear", "inject_lora")
    statuses = {check.id: check.status for check in result.checks if check.function == "inject_lora"}
    assert statuses and set(statuses.values()) <= {"crashed", "failed", "skipped"}
