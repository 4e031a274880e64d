"""The generated class is as described: found under every naming scheme, late as expected, graded as expected."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from course import session, syllabus
from course.classroom import policy, roster, submissions
from course.classroom.model import Found, Handed, Student
from course.grader import Grader
from scripts import class_folder

LORA = syllabus.resolve("lora")


def read(folder: Path, expected: list[class_folder.Expected], slugs: tuple[str, ...] = ("lora",)) -> Found:
    students = roster.parse(class_folder.roster(expected).encode(), "roster.csv")
    rules = policy.parse(class_folder.policy(slugs), "policy.toml")
    return submissions.find(folder, [syllabus.resolve(slug) for slug in slugs], students, zone=rules.time_zone)


def attempts(found: Found, student: Student, slug: str) -> list[Handed]:
    return [one for one in found.handed if (one.student, one.exercise) == (student, slug)]


@pytest.mark.parametrize("style", [*class_folder.STYLES, "mixed"])
def test_every_submission_is_found_again(style: str, tmp_path: Path):
    slugs = ("lora", "heads") if style in ("folders", "mixed") else ("lora",)
    expected = class_folder.write(tmp_path, 40, 3, style, slugs)
    found = read(tmp_path, expected, slugs)
    rules = policy.parse(class_folder.policy(slugs), "policy.toml")
    for one in expected:
        handed = attempts(found, one.student, one.exercise)
        assert len(handed) == one.attempts, one
        if handed:
            assert handed[-1].origin.split("!")[0] == one.files[-1]
            assert rules.late(handed[-1].submitted, one.student, one.exercise) == one.late
    assert len(found.handed) == sum(one.attempts for one in expected)
    assert len(found.refused) == sum(one.status == "refused" for one in expected)
    owners: dict[tuple[str, str], set[str]] = {}
    for handed_in in found.handed:
        owners.setdefault((handed_in.exercise, handed_in.sha256), set()).add(handed_in.student.id)
    skeletons = {slug: submissions.skeleton(slug) for slug in slugs}
    copies = {who for (slug, sha), ids in owners.items() if len(ids) > 1 and sha != skeletons[slug] for who in ids}
    assert len(copies) == 2 and any(one.student.id in copies for one in expected if one.kind == "duplicate")


def test_the_first_twelve_show_every_kind(tmp_path: Path):
    twelve = Counter(one.kind for one in class_folder.write(tmp_path / "a", 12))
    assert set(twelve) == set(class_folder.EVERY) and len(twelve) == 12
    many = class_folder.write(tmp_path / "b", 120)
    kinds = Counter(one.kind for one in many)
    assert set(kinds) == {*class_folder.EVERY, "unreadable"} and kinds["hostile"] == 7
    assert len({one.misconception for one in many if one.misconception}) > 30
    assert len({one.student.name for one in many}) == 120


@pytest.mark.parametrize("slug", [one.slug for one in syllabus.load() if not one.planned])
def test_hostile_files_attack_the_exercise(slug: str, tmp_path: Path):
    """Every function of the exercise is honest or an attack, and the reference comes before the attack."""
    hostile = [one for one in class_folder.write(tmp_path, 120, style="flat", exercises=[slug]) if one.attack]
    assert {one.attack for one in hostile} >= {class_folder.HANGING, *class_folder.ATTACKS[:7]}
    names = syllabus.resolve(slug).names
    for one in hostile:
        tree = ast.parse((tmp_path / one.files[0]).read_text(encoding="utf-8"))
        bound = {}
        for node in tree.body:
            if isinstance(node, ast.Assign):
                bound |= {target.id: ast.unparse(node.value) for target in node.targets if isinstance(target, ast.Name)}
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                bound[node.name] = "its own"
        assert bound["attack"] == "its own"
        assert [name for name in names if bound[name] == "attack"] == [name for name in names if name not in one.honest]
        assert one.honest and bound[names[0]] == "attack" and all(bound[name] == "its own" for name in one.honest)


def test_the_same_seed_gives_the_same_class(tmp_path: Path):
    def laid(name: str, seed: int) -> dict[str, tuple[bytes, float]]:
        class_folder.write(tmp_path / name, 24, seed)
        folder = tmp_path / name
        return {
            str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime if path.suffix == ".py" else 0)
            for path in folder.rglob("*")
            if path.is_file()
        }

    assert laid("a", 1) == laid("b", 1) != laid("c", 2)


def test_the_command_writes_what_a_grading_needs(tmp_path: Path):
    assert class_folder.main([str(tmp_path), "--students", "13", "--style", "canvas"]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"submissions", "roster.csv", "policy.toml", "expected.json"}
    assert len(roster.load(tmp_path / "roster.csv")) == 13 and policy.load(tmp_path / "policy.toml").exercises == (
        "lora",
    )


@pytest.mark.slow
def test_the_grader_says_what_was_expected(tmp_path: Path):
    expected = class_folder.write(tmp_path / "in", 12)
    found = read(tmp_path / "in", expected)
    with Grader() as grader:
        for one in expected:
            if one.status in ("missing", "refused"):
                continue
            file = tmp_path / "lora.py"
            file.write_bytes(attempts(found, one.student, "lora")[-1].source)
            result = session.run(grader, LORA, file, seed=1)
            share = result.points / result.max_points
            assert result.status == one.status, (one.kind, result.message)
            assert {"all": share == 1, "some": 0 < share < 1, "less": share < 1, "none": share == 0}[one.points], (
                one.kind
            )
            if one.misconception:
                assert one.misconception in {cause.id for cause in result.causes()}
            if one.attack:
                assert {check.function for check in result.checks if check.points} <= {*one.honest}
