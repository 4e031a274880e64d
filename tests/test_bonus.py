"""Bonus functions: their points are counted separately, and a file without them loses nothing."""

import json
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from course import advice, syllabus, workspace
from course.cli import Settings, cli
from course.formats import junit
from course.result import Malformed, Result, overall
from course.syllabus import SyllabusError
from course.workspace import Memory
from tests import fake_grader
from tests.fake_grader import check, result, session

ASKED = [check("LoRALinear.forward", max_points=60), check("LoRALinear.merge", max_points=3)]
ABSENT = [check("rslora.scale", "not_started", max_points=3, bonus=True, message="`rslora` is not in your file")]
EARNED = [check("rslora.scale", max_points=3, bonus=True), check("rslora.rank", max_points=2, bonus=True)]
WRONG = [check("rslora.scale", "failed", max_points=3, bonus=True, message="scale is not 4.0", hint="which root?")]


def read(checks, status="passed", **fields):
    return Result.from_json(result(checks, status, **fields))


@pytest.fixture
def grade(tmp_path, monkeypatch):
    monkeypatch.setenv("LANG", "C.UTF-8")
    exercises = [exercise for exercise in syllabus.load() if exercise.slug == "lora"]
    desk, _, _ = workspace.start(tmp_path / "desk", exercises)
    monkeypatch.chdir(desk.root)
    script = tmp_path / "script.json"

    def run(checks, status="passed", *arguments):
        script.write_text(json.dumps(session(checks, status)), encoding="utf-8")
        settings = Settings([sys.executable, str(Path(fake_grader.__file__)), str(script)])
        outcome = CliRunner().invoke(cli, ["grade", "lora", *arguments], obj=settings, prog_name="course")
        return outcome, desk.memory(exercises[0])

    return run


# --- the result -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("extra", "points", "possible"), [(ABSENT, 0, 3), (EARNED, 5, 5), (WRONG, 0, 3)])
def test_the_points_are_counted_apart_and_the_status_ignores_them(extra, points, possible):
    graded = read(ASKED + extra)
    assert (graded.status, graded.points, graded.max_points) == ("passed", 63, 63)
    assert (graded.bonus_points, graded.max_bonus_points) == (points, possible)


def test_only_a_bonus_function_that_was_begun_counts_as_open():
    assert read(ASKED + ABSENT).failed == []
    assert [one.id for one in read(ASKED + WRONG).failed] == ["rslora.scale"]


def test_a_bonus_function_graded_alone_decides():
    assert overall(read(WRONG, "failed").checks) == "failed"
    assert overall(read(EARNED, "passed").checks) == "passed"


def test_a_fault_of_ours_in_a_bonus_function_is_not_passed_over():
    broken = [check("rslora.scale", "grader_error", max_points=3, bonus=True, message="it is our fault")]
    assert read(ASKED + broken, "grader_error").status == "grader_error"
    with pytest.raises(Malformed, match="contradicts"):
        read(ASKED + broken, "passed")


@pytest.mark.parametrize("field", ["points", "bonus_points"])
def test_sums_that_are_not_those_of_the_checks_are_refused(field):
    record = result(ASKED + EARNED, "passed")
    record[field] += 1
    with pytest.raises(Malformed, match="not the sum"):
        Result.from_json(record)


def test_bonus_points_cannot_stand_in_for_missing_points():
    failing = [check("LoRALinear.forward", "failed", max_points=5), *EARNED]
    with pytest.raises(Malformed):
        read(failing, "passed")
    assert (read(failing, "failed").points, read(failing, "failed").bonus_points) == (0, 5)


def test_junit_skips_what_was_left_out():
    suite = ElementTree.fromstring(junit.to_xml(read(ASKED + ABSENT)))[0]
    assert (suite.get("failures"), suite.get("errors"), suite.get("skipped")) == ("0", "0", "1")
    suite = ElementTree.fromstring(junit.to_xml(read(ASKED + EARNED)))[0]
    properties = {one.get("name"): one.get("value") for one in suite.iter("property")}
    assert (properties["points"], properties["bonus_points"], properties["max_bonus_points"]) == ("63", "5", "5")


# --- what a learner sees --------------------------------------------------------------------------------------------


def test_a_file_without_the_bonus_passes(grade):
    outcome, memory = grade(ASKED + ABSENT)
    assert outcome.exit_code == 0
    assert "All 2 checks passed: 63 of 63 points." in outcome.stdout
    assert "rslora (bonus)  not started (1 check)" in outcome.stdout
    assert "counted separately" not in outcome.stdout
    assert (memory.status, memory.points, memory.bonus_points, memory.failed) == ("passed", 63, 0, [])


def test_bonus_points_are_shown_beside_the_others(grade):
    outcome, memory = grade(ASKED + EARNED)
    assert "All 2 checks passed: 63 of 63 points." in outcome.stdout
    assert "Bonus: 5 of 5 points, counted separately." in outcome.stdout
    assert "rslora (bonus)" in outcome.stdout
    assert (memory.points, memory.max_points, memory.bonus_points) == (63, 63, 5)
    listed = CliRunner().invoke(cli, ["list"], prog_name="course").stdout
    assert "passed, bonus 5" in " ".join(listed.split())


def test_a_wrong_bonus_function_is_told_why_and_costs_nothing(grade):
    outcome, memory = grade(ASKED + WRONG)
    assert outcome.exit_code == 0
    assert "Bonus: 0 of 3 points, counted separately." in outcome.stdout
    assert "scale is not 4.0" in outcome.stdout and "which root?" in outcome.stdout
    assert (memory.status, [one["id"] for one in memory.failed]) == ("passed", ["rslora.scale"])


def test_a_bonus_graded_alone_changes_nothing_about_the_others(grade):
    grade(ASKED + ABSENT)
    outcome, memory = grade(EARNED, "passed", "--only", "LoRALinear.forward")  # the fake grader ignores names
    assert outcome.exit_code == 0 and "of 0 points" not in outcome.stdout
    assert (memory.status, memory.points, memory.bonus_points) == ("passed", 63, 5)


# --- the syllabus ---------------------------------------------------------------------------------------------------

ENTRY = """
[[exercise]]
slug = "{slug}"
title = "Title"
functions = ["f", "g"]
preloads = ["torch"]
points = 3
minutes = 20
"""


def test_the_syllabus_knows_bonus_functions_and_prerequisites(syllabus_of):
    first, second = syllabus_of(
        ENTRY.format(slug="a") + ENTRY.format(slug="b") + 'bonus = ["h"]\nbonus_points = 5\nrequires = ["a"]\n',
    )
    assert (first.names, first.bonus_points, first.requires) == (("f", "g"), 0, ())
    assert (second.names, second.bonus_points, second.requires) == (("f", "g", "h"), 5, ("a",))


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('bonus = ["h"]\n', "go together"),
        ("bonus_points = 5\n", "go together"),
        ('bonus = ["f"]\nbonus_points = 5\n', "'f' is both required and a bonus"),
        ('requires = ["a"]\n', "'a', which is no earlier exercise"),
        ('requires = ["zebra"]\n', "'zebra', which is no earlier exercise"),
    ],
)
def test_contradictions_are_refused(syllabus_of, lines, message):
    with pytest.raises(SyllabusError, match=message):
        syllabus_of(ENTRY.format(slug="a") + lines)


def test_what_comes_next_waits_for_its_prerequisites():
    a, b, c = (replace(one, requires=()) for one in syllabus.load()[:3])
    b = replace(b, requires=(c.slug,), planned=False)
    passed = Memory(status="passed", solved=True, graded="2026-01-01T00:00:00+00:00")
    begun = Memory(status="failed", graded="2026-01-02T00:00:00+00:00", failed=[{"id": "f.x", "function": "f"}])
    following = [
        advice.forward((a, b, c), memories)[0].slug
        for memories in ({a.slug: passed}, {a.slug: passed, c.slug: passed}, {a.slug: passed, b.slug: begun})
    ]
    assert following == [c.slug, b.slug, b.slug]
