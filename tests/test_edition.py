"""A student edition: the grader without references and misconceptions, as it can be handed out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest
from valid import valid

from course import paths, syllabus
from course.result import Result
from grader.judge.check import load_file, manifest

SLUG = "lora"


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    """Grades a file with a copy of the project that has neither references nor misconceptions."""
    root = tmp_path_factory.mktemp("edition")
    for room in ("course", "grader", "exercises"):
        shutil.copytree(paths.ROOT / room, root / room, ignore=shutil.ignore_patterns("__pycache__", "misconceptions"))
    shutil.copy(paths.ROOT / "pyproject.toml", root)

    def grade(source: str) -> tuple[Result, str]:
        (root / "mine.py").write_text(source, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "course", "grade", SLUG, "--file", "mine.py", "--json", "out.json"],
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


VISIBLE = {
    spec.id: spec.points
    for spec in manifest(load_file(paths.checks(SLUG), f"grader.checks.check_{SLUG}"))
    if spec.visible
}
SOURCE = paths.solution(SLUG).read_text(encoding="utf-8")


def test_the_visible_checks_run_and_the_result_says_that_they_are_not_all(edition):
    result, shown = edition(SOURCE)
    assert (result.status, result.edition) == ("passed", "student")
    assert {check.id: check.points for check in result.checks} == VISIBLE
    assert result.points == result.max_points < syllabus.resolve(SLUG).points
    assert "student edition" in shown and "course solution" not in shown


def test_a_wrong_file_fails_without_a_name_for_its_misconception(edition):
    wrong = SOURCE.replace("= alpha / r\n", "= r / alpha\n")
    assert wrong != SOURCE
    result, _ = edition(wrong)
    forward = next(check for check in result.checks if check.id == "LoRALinear.forward")
    assert (result.status, forward.status) == ("failed", "failed")
    assert forward.expected and forward.actual and forward.hint
    assert not result.causes() and all(check.mistake is None for check in result.checks)


def test_nothing_of_the_students_is_substituted(edition):
    """Where the reference would stand in for a broken LoRALinear, inject_lora fails with it."""
    assert SOURCE.count("    def __init__(") >= 2
    broken = SOURCE.replace(
        "    def __init__(", "    def __init__(self, *a, **k): raise RuntimeError('broken')\n    def _(", 1
    )
    result, _ = edition(broken)
    statuses = {check.id: check.status for check in result.checks if check.function == "inject_lora"}
    assert statuses and set(statuses.values()) <= {"crashed", "failed", "skipped"}
