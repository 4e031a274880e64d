"""The check of a whole class finds planted faults, and a small class passes it."""

from __future__ import annotations

import json
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sample import thorough

from course import paths
from course.classroom import export
from course.classroom.model import Override
from grader.student import sandbox
from scripts import class_check, class_folder, demo_class
from tests import classes

LEVEL, REASONS = sandbox.available()
needs_sandbox = pytest.mark.skipif(LEVEL != "full", reason=f"no full sandbox here: {'; '.join(REASONS)}")


# --- Marks that a file does not deserve -------------------------------------------------------------------------------


def book_of(expected: list[class_folder.Expected]) -> dict[str, Any]:
    """Return the gradebook that a class deserves, as far as it is checked; each function has two checks of 5 points."""
    students = []
    for one in expected:
        names = ("predict", "predict_batch")
        earned = {"all": names, "some": names[:1], "less": one.honest, "none": ()}[one.points]
        earned = () if one.status == "not_gradable" else earned
        checks = [
            {"id": f"{name}.{part}", "function": name, "points": 5 if name in earned else 0, "bonus": False}
            for name in names
            for part in "ab"
        ]
        points = sum(check["points"] for check in checks)
        cost = class_check.penalty(points, 20, one.late)
        entry = {
            "exercise": one.exercise,
            "status": one.status,
            "attempts": one.attempts,
            "late_seconds": round(one.late.total_seconds()),
            "earned": points,
            "max_points": 20,
            "penalty": float(cost),
            "override": None,
            "result": None if one.kind == "missing" else {"checks": checks},
        }
        row = {"id": one.student.id, "points": float(points - cost), "max_points": 20, "entries": [entry]}
        students.append(row)
    return {"students": students}


PLANTED = {
    "a status": ("hostile", {"status": "passed"}, "(patch_pytest): passed instead of failed"),
    "an attempt": ("empty", {"attempts": 1}, "(empty): 1 attempts instead of 0"),
    "lateness": ("late", {"late_seconds": 0}, "(late): late by 0 s instead of {late}"),
    "a penalty": ("late", {"penalty": 0.0}, "(late): lateness cost 0.0 points instead of {cost}"),
    "points": ("right", {"earned": 15}, "(right): 15 of 20 points, expected all"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_mark_that_a_file_does_not_deserve_is_found(name: str, tmp_path: Path):
    expected = class_folder.write(tmp_path, 12, exercises=["inference"])
    book = book_of(expected)
    assert list(class_check.differences(expected, book)) == []
    kind, wrong, says = PLANTED[name]
    number = next(place for place, one in enumerate(expected) if one.kind == kind)
    late = expected[number].late
    says = says.format(late=late, cost=class_check.penalty(20, 20, late))
    book["students"][number]["entries"][0] |= wrong
    found = list(class_check.differences(expected, book))
    assert len(found) == 1 and says in found[0]


def test_a_hostile_file_earns_nothing_but_with_what_it_leaves_right(tmp_path: Path):
    expected = class_folder.write(tmp_path, 12, exercises=["inference"])
    book = book_of(expected)
    for one, row in zip(expected, book["students"], strict=True):
        if one.attack:
            assert one.honest and "predict" not in one.honest
            row["entries"][0]["result"]["checks"][0]["points"] = 5
    found = [what for what in class_check.differences(expected, book) if "which is an attack" in what]
    assert len(found) == 2 and all("5 points for predict.a" in what for what in found)


def test_a_student_who_is_lost_or_there_twice_is_found(tmp_path: Path):
    expected = class_folder.write(tmp_path, 12, exercises=["inference"])
    for change in (list.pop, lambda rows: rows.append(rows[0])):
        book = book_of(expected)
        change(book["students"])
        assert list(class_check.differences(expected, book)) == [
            "the students of the gradebook are not those of the class, each once"
        ]


@pytest.mark.parametrize(("late", "cost"), [(0, "0"), (1, "2.00"), (24, "2.00"), (25, "4.00"), (24 * 30, "10.00")])
def test_the_penalty_is_computed_once_more(late: int, cost: str):
    assert class_check.penalty(20, 20, timedelta(hours=late)) == Decimal(cost)


# --- Exports that differ ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Export a fabricated class in every format: full marks, a penalty with decimals, an override, no submission."""
    folder = tmp_path_factory.mktemp("exported")
    expected = class_folder.write(folder / "in", 5)
    ada, bob, cem, dora, eve = (one.student for one in expected)
    checks = [classes.check("lora_report.a", points=40), classes.check("lora_report.b", "failed", points=23)]
    book = classes.gradebook(
        classes.entry(ada, classes.result([classes.check("lora_report.a", points=63)])),
        classes.entry(bob, classes.result(checks), late=timedelta(hours=1), penalty=Decimal("6.30")),
        classes.entry(cem, classes.result(checks), override=Override(Decimal("50.5"), "oral", "me", "2026-03-02")),
        classes.entry(dora, max_points=63),
        classes.entry(eve, classes.result([classes.check("lora_report.a", "failed", points=63)])),
        graded_at="2026-03-02T10:00:00Z",
    )
    sheets = {"canvas": class_folder.canvas(expected), "moodle": class_folder.moodle(expected)}
    for kind, name in class_check.EXPORTS.items():
        roster = sheets[kind].encode() if kind in sheets else None
        options = export.Options(roster=roster, roster_name="sheet.csv", zip=name.endswith(".zip"))
        (folder / name).write_bytes(export.render(book, kind, options).content)
    return folder, json.loads((folder / class_check.EXPORTS["json"]).read_text(encoding="utf-8"))


def test_every_export_is_recounted(exported: tuple[Path, dict[str, Any]]):
    folder, book = exported
    assert list(class_check.recount(book, folder)) == []
    everybody = {"10001": Decimal(63), "10002": Decimal("33.70"), "10003": Decimal("50.50"), "10005": Decimal(0)}
    looked_at = 0
    for kind, name in class_check.EXPORTS.items():
        found = class_check.totals(kind, folder / name, 63)
        if kind == "classroom50":
            assert found == {**everybody, "10002": 34, "10003": 51}
        elif kind != "html":
            assert {who: points for who, points in found.items() if who != "10004"} == everybody, kind
        looked_at += found is not None
    assert looked_at == len(class_check.EXPORTS) - 1 == 10


def test_a_total_that_is_not_the_sum_is_found_in_every_format(exported: tuple[Path, dict[str, Any]]):
    folder, book = exported
    changed = json.loads(json.dumps(book))
    changed["students"][1]["entries"][0]["result"]["checks"][0]["points"] -= 1
    found = list(class_check.recount(changed, folder))
    assert len(found) == len(class_check.EXPORTS) - 1
    for kind, name in class_check.EXPORTS.items():
        assert kind == "html" or any(what.startswith("10002: 3") and what.endswith(f" in {name}") for what in found)


# --- The rest ---------------------------------------------------------------------------------------------------------


def test_what_no_edition_may_hold_is_found(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "edition.zip", "w") as archive:
        for name in (
            "e/exercises/lora.py",
            "e/solutions/lora.py",
            "e/grader/misconceptions/lora.toml",
            "e/course/x.py",
        ):
            archive.writestr(name, "")
    assert list(class_check.edition(tmp_path / "edition.zip")) == [
        "e/solutions/lora.py is in the student edition",
        "e/grader/misconceptions/lora.toml is in the student edition",
    ]


def test_pages_that_name_nobody_or_somebody_else_are_found(tmp_path: Path):
    expected = class_folder.write(tmp_path / "in", 3)
    names = [one.student.name for one in expected]
    (tmp_path / "feedback").mkdir()
    for page in ("report.html", class_check.EXPORTS["html"]):
        (tmp_path / page).write_text(" ".join(names), encoding="utf-8")
    rows = [f"{one.student.id},{one.student.id}.html" for one in expected]
    (tmp_path / "feedback" / "index.csv").write_text("\n".join(["id,file", *rows]), encoding="utf-8")
    for one in expected:
        (tmp_path / "feedback" / f"{one.student.id}.html").write_text(one.student.name, encoding="utf-8")
    assert list(class_check.pages(expected, tmp_path)) == []
    (tmp_path / "report.html").write_text(" ".join(names[1:]), encoding="utf-8")
    (tmp_path / "feedback" / "10001.html").write_text(" ".join(names[:2]), encoding="utf-8")
    assert list(class_check.pages(expected, tmp_path)) == [
        f"report.html does not name {names[0]}",
        f"the feedback for 10001 names {names[1]}",
    ]


def test_without_a_browser_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert list(class_check.screenshot(tmp_path / "report.html")) == []
    assert "screenshot: not taken, since none of these is installed: chromium" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="a script of a Unix shell stands for the browser")
@pytest.mark.parametrize(("size", "problems"), [(0, 1), (100, 1), (class_check.LEAST_PICTURE, 0)])
def test_an_empty_screenshot_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, problems: int):
    browser = tmp_path / "chromium"
    browser.write_text(f'#!/bin/sh\nhead -c {size} /dev/zero > "{tmp_path}/report.png"\n')
    browser.chmod(browser.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(shutil, "which", lambda name: str(browser))
    assert len(list(class_check.screenshot(tmp_path / "report.html"))) == problems


# --- With the real grader ---------------------------------------------------------------------------------------------


@needs_sandbox
@thorough
def test_a_small_class_is_as_expected(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Eight students, one of them hostile, from release to report, with a kill in the middle."""
    assert class_check.main([str(tmp_path / "c"), "--students", "8", "--exercise", "strategy", "--jobs", "2"]) == 0
    told = capsys.readouterr().out
    assert "8 students compared, 0 problems" in told and "killed after 2 gradings" in told


@needs_sandbox
@pytest.mark.slow
def test_a_class_of_120_is_as_expected(tmp_path: Path):
    assert class_check.main([str(tmp_path / "c"), "--jobs", "2"]) == 0


# --- The worked example -----------------------------------------------------------------------------------------------

PAGE = paths.ROOT / "docs" / "classroom.md"
DRAWN = re.compile(r"seed \d+|\d+ files;")
"""Numbers that differ in every run, or whenever the course has grown."""


def quoted() -> dict[str, list[str]]:
    """Return the lines that the page quotes from each command's output; "…" stands for any lines."""
    section = PAGE.read_text(encoding="utf-8").partition("\n## A class of twelve\n")[2].partition("\n## ")[0]
    found: dict[str, list[str]] = {}
    for block in re.findall(r"^```console\n(.*?)^```$", section, re.MULTILINE | re.DOTALL):
        command, *lines = block.replace("\\\n      ", "").splitlines()
        assert command.startswith("$ ") and command not in found
        found[command.removeprefix("$ ")] = lines
    return found


def test_the_page_shows_the_commands_of_the_demonstration(tmp_path: Path):
    expected = class_folder.write(tmp_path, 12, exercises=[demo_class.SLUG])
    commands = [*demo_class.before(demo_class.SLUG), *demo_class.after(demo_class.SLUG, expected)]
    shown = list(quoted())
    assert [command for command in commands if "similarity" not in command or command in shown] == shown
    assert len(shown) >= 9 and all(lines for lines in quoted().values())


@needs_sandbox
@pytest.mark.slow
def test_the_page_shows_what_the_demonstration_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("copydetect")
    environ = {**class_check.environ(), "COLUMNS": "100", "LANG": "C.UTF-8"}
    words = [sys.executable, "-m", "scripts.demo_class", str(tmp_path / "class")]
    done = subprocess.run(
        words, cwd=paths.ROOT, env=environ, encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert done.returncode == 0, done.stdout[-3000:]
    parts = {}
    for part in done.stdout.replace(f"{tmp_path}/class/", "").split("\n$ ")[1:]:
        command, _, output = part.partition("\n")
        parts[command] = output
    for command, lines in quoted().items():
        printed = {DRAWN.sub("#", line).strip() for line in parts[command].splitlines()}
        missing = [line for line in lines if line.strip() != "…" and DRAWN.sub("#", line).strip() not in printed]
        assert missing == [], command
