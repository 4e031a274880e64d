"""Reading folders of submissions: every file once, for its student and exercise, and nothing hostile is opened."""

from __future__ import annotations

import io
import json
import os
import random
import socket
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from course import paths, submission, syllabus
from course.classroom import archives, export, gradebook, gradescope, names, run, standing, submissions, walk
from course.classroom.model import Found, Student
from course.classroom.store import Key, Store
from course.errors import CourseError
from course.formats import facts
from course.result import Result
from tests import fake_grader

LORA, HEADS = syllabus.resolve("lora"), syllabus.resolve("heads")
BOTH = [LORA, HEADS]
CODE = "def lora_report(shapes, r):\n    return {}\n"
HEAD = "class ConvHead:\n    pass\n"
CLASS = [
    Student("s1", "Ada Lovelace", "ada@x.org"),
    Student("s2", "Grace Hopper", "grace@x.org"),
    Student("s3", "Kim Lee", "kim@x.org"),
    Student("s4", "Kim Lee", "lee@x.org"),
    Student("12345", "Turing, Alan", "alan@x.org"),
]


def lay(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write these files into a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def zipped(files: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 1, 12, 0, 0)), content, method)
    return buffer.getvalue()


def tarred(files: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_772_366_400
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def whose(found: Found) -> set[tuple[str, str, str]]:
    return {(one.student.id, one.exercise, one.origin) for one in found.handed}


def reasons(found: Found) -> dict[str, str]:
    told = {one.origin: one.reason for one in found.refused} | dict(found.ignored)
    assert len(told) == len(found.refused) + len(found.ignored)
    return told


# --- Names ------------------------------------------------------------------------------------------------------------

READINGS = {
    "lora": ("lora", 0),
    "LoRA": ("lora", 0),
    "exercise-3": ("lora", 0),
    "Exercise 3": ("lora", 0),
    "exercise3_alice": ("lora", 0),
    "ex03": ("lora", 0),
    "3": ("lora", 0),
    "3 (2)": ("lora", 2),
    "lora (1)": ("lora", 1),
    "lora-2": ("lora", 2),
    "Lora_final": ("lora", 0),
    "lora_final_v2": ("lora", 2),
    "03_lora": ("lora", 0),
    "lora_2026-03-29T23-59-01": ("lora", 0),
    "exercise_2_lora": (None, 0),
    "exercise-99": (None, 0),
    "solution": (None, 0),
    "alice_3": (None, 0),
}


@pytest.mark.parametrize("stem", READINGS)
def test_what_a_name_tells(stem: str):
    reading = names.read(stem)
    assert (reading.exercise, reading.attempt) == READINGS[stem]


OWNERS = {
    "alice_lora": "alice",
    "lora_alice": "alice",
    "lora-2_alice": "alice",
    "lora_12345": "12345",
    "lora_12": "12",
    "student_12_lora": "student_12",
    "jean-luc_picard_lora_final": "jean-luc_picard",
    "exercise-3-alice": "alice",
    "lora": "",
}


@pytest.mark.parametrize("stem", OWNERS)
def test_whose_a_flat_file_is(stem: str):
    assert names.read(stem, owned=False).rest == OWNERS[stem]


# --- Arrangements -----------------------------------------------------------------------------------------------------

META = """---
submission_11:
  :submitters:
  - :name: Ada Lovelace
    :sid: 's1'
    :email: ada@x.org
  :created_at: 2026-03-01 11:00:00.123456789 Z
  :score: 0.0
  :history: []
submission_12:
  :submitters:
  - {':name': Grace Hopper, ':sid': , ':email': grace@x.org}
  - {':name': Kim Lee, ':sid': s3, ':email': kim@x.org}
  :created_at: 2026-03-01 12:00:00.5 +0100
"""
ARRANGEMENTS: dict[str, tuple[dict[str, str | bytes], set[tuple[str, str, str]]]] = {
    "folders": (
        {"alice/lora.py": CODE, "alice/Heads.PY": HEAD, "bob/hw/week 3/exercise-3.py": CODE, "carol/3.py": CODE},
        {
            ("alice", "lora", "alice/lora.py"),
            ("alice", "heads", "alice/Heads.PY"),
            ("bob", "lora", "bob/hw/week 3/exercise-3.py"),
            ("carol", "lora", "carol/3.py"),
        },
    ),
    "the folder tells the exercise": (
        {"alice/exercise 4/main.py": CODE, "bob/lora/code.py": HEAD},
        {("alice", "heads", "alice/exercise 4/main.py"), ("bob", "lora", "bob/lora/code.py")},
    ),
    "the functions tell": (
        {"alice/mine.py": CODE, "bob/code.py": HEAD + "def broken(:\n"},
        {("alice", "lora", "alice/mine.py"), ("bob", "heads", "bob/code.py")},
    ),
    "flat": (
        {"alice_lora.py": CODE, "heads-alice.py": HEAD, "bob.py": CODE, "lora_12345.py": CODE},
        {
            ("alice", "lora", "alice_lora.py"),
            ("alice", "heads", "heads-alice.py"),
            ("bob", "lora", "bob.py"),
            ("12345", "lora", "lora_12345.py"),
        },
    ),
    "Moodle": (
        {
            "Ada Lovelace_123456_assignsubmission_file_/lora.py": CODE,
            "Kim Lee_123457_assignsubmission_file_/x/heads.py": HEAD,
            "Kim Lee_123458_assignsubmission_file_/heads.py": HEAD,
        },
        {
            ("123456", "lora", "Ada Lovelace_123456_assignsubmission_file_/lora.py"),
            ("123457", "heads", "Kim Lee_123457_assignsubmission_file_/x/heads.py"),
            ("123458", "heads", "Kim Lee_123458_assignsubmission_file_/heads.py"),
        },
    ),
    "Moodle, flat": (
        {"Ada Lovelace_123456_assignsubmission_file_lora.py": CODE},
        {("123456", "lora", "Ada Lovelace_123456_assignsubmission_file_lora.py")},
    ),
    "Canvas": (
        {
            "lovelaceada_12345_678910_lora.py": CODE,
            "lovelaceada_LATE_12345_678911_lora-1.py": CODE + "#",
            "hoppergrace_12346_678912_hw.zip": zipped({"in/heads.py": HEAD}),
        },
        {
            ("12345", "lora", "lovelaceada_12345_678910_lora.py"),
            ("12345", "lora", "lovelaceada_LATE_12345_678911_lora-1.py"),
            ("12346", "heads", "hoppergrace_12346_678912_hw.zip!in/heads.py"),
        },
    ),
    "Gradescope": (
        {"submission_metadata.yml": META, "submission_11/lora.py": CODE, "submission_12/src/heads.py": HEAD},
        {
            ("s1", "lora", "submission_11/lora.py"),
            ("grace@x.org", "heads", "submission_12/src/heads.py"),
            ("s3", "heads", "submission_12/src/heads.py"),
        },
    ),
    "archives of students": (
        {"alice.zip": zipped({"lora.py": CODE, "deep/heads.py": HEAD}), "bob/all.tar.gz": tarred({"./lora.py": CODE})},
        {
            ("alice", "lora", "alice.zip!lora.py"),
            ("alice", "heads", "alice.zip!deep/heads.py"),
            ("bob", "lora", "bob/all.tar.gz!lora.py"),
        },
    ),
    "the class in one archive": (
        {
            "all.zip": zipped(
                {"all/alice/lora.py": CODE, "all/bob/x.zip": zipped({"lora.py": CODE}), "__MACOSX/._all": b"x"}
            )
        },
        {("alice", "lora", "all.zip!all/alice/lora.py"), ("bob", "lora", "all.zip!all/bob/x.zip!lora.py")},
    ),
    "an archive of each assignment": (
        {
            "lora.zip": zipped(
                {"Ada Lovelace_11_assignsubmission_file_/main.py": CODE, "Kim_12_assignsubmission_file_/lora.py": CODE}
            ),
            "exercise-4.tgz": tarred({"alice/main.py": "x = 1", "bob/heads.py": HEAD}),
        },
        {
            ("11", "lora", "lora.zip!Ada Lovelace_11_assignsubmission_file_/main.py"),
            ("12", "lora", "lora.zip!Kim_12_assignsubmission_file_/lora.py"),
            ("alice", "heads", "exercise-4.tgz!alice/main.py"),
            ("bob", "heads", "exercise-4.tgz!bob/heads.py"),
        },
    ),
    "a folder in the folder, beside what an instructor keeps": (
        {
            "submissions/alice/lora.py": CODE,
            "submissions/bob.zip": zipped({"heads.py": HEAD}),
            "roster.csv": "id",
            "policy.toml": "",
            "marks.sqlite-wal": "",
            "README.md": "",
        },
        {("alice", "lora", "submissions/alice/lora.py"), ("bob", "heads", "submissions/bob.zip!heads.py")},
    ),
    "one student alone": (
        {"alice/week 1/lora.py": CODE, "alice/week 2/heads.py": HEAD},
        {("alice", "lora", "alice/week 1/lora.py"), ("alice", "heads", "alice/week 2/heads.py")},
    ),
    "a folder of each exercise": (
        {"lora/alice.py": CODE, "lora/bob/main.py": "x = 1", "heads/alice.py": HEAD},
        {
            ("alice", "lora", "lora/alice.py"),
            ("bob", "lora", "lora/bob/main.py"),
            ("alice", "heads", "heads/alice.py"),
        },
    ),
}


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
def test_arrangements(arrangement: str, tmp_path: Path):
    files, wanted = ARRANGEMENTS[arrangement]
    found = submissions.find(lay(tmp_path, files), BOTH)
    assert (whose(found), found.refused) == (wanted, ())
    assert {one.source.decode() for one in found.handed} <= {
        CODE,
        HEAD,
        CODE + "#",
        HEAD + "def broken(:\n",
        "x = 1",
        "",
    }


@pytest.mark.parametrize("arrangement", ["Moodle", "Canvas", "Gradescope", "folders"])
def test_the_whole_class_as_an_archive(arrangement: str, tmp_path: Path):
    files, wanted = ARRANGEMENTS[arrangement]
    for name, data in {"a.zip": zipped(files), "a.tar.gz": tarred(files)}.items():
        (tmp_path / name).write_bytes(data)
        found = submissions.find(tmp_path / name, BOTH)
        assert whose(found) == {(who, what, f"{name}!{where}") for who, what, where in wanted}


def test_a_roster_knows_them(tmp_path: Path):
    found = submissions.find(
        lay(
            tmp_path,
            {
                "Ada Lovelace_99_assignsubmission_file_/lora.py": CODE,
                "hoppergrace_12399_678910_lora.py": CODE + "#1",
                "turingalan_12345_678911_lora.py": CODE + "#2",
                "ADA@x.org/heads.py": HEAD,
                "kim@x.org_lora_2.py": CODE + "#3",
                "lora_lee.py": CODE + "#4",
                "stranger_lora.py": CODE + "#5",
            },
        ),
        BOTH,
        CLASS,
    )
    assert whose(found) == {
        ("s1", "lora", "Ada Lovelace_99_assignsubmission_file_/lora.py"),
        ("s1", "heads", "ADA@x.org/heads.py"),
        ("s2", "lora", "hoppergrace_12399_678910_lora.py"),
        ("12345", "lora", "turingalan_12345_678911_lora.py"),
        ("s3", "lora", "kim@x.org_lora_2.py"),
        ("s4", "lora", "lora_lee.py"),
        ("stranger", "lora", "stranger_lora.py"),
    }
    assert {one.student.id for one in found.handed if not one.student.in_roster} == {"stranger"}
    assert all(one.student in CLASS for one in found.handed if one.student.in_roster)


def test_two_students_of_one_name_are_refused_and_not_guessed(tmp_path: Path):
    files = {"Kim Lee/lora.py": CODE, "s3/heads.py": HEAD, "Kim Lee_7_assignsubmission_file_/heads.py": HEAD}
    found = submissions.find(lay(tmp_path, files), BOTH, CLASS)
    assert whose(found) == {("s3", "heads", "s3/heads.py")}
    assert all("s3, s4" in reason for reason in reasons(found).values()) and len(found.refused) == 2


def test_students_who_differ_in_capitals_alone_are_refused(tmp_path: Path):
    found = submissions.find(lay(tmp_path, {"alice_lora.py": CODE, "Alice_heads.py": HEAD, "bob_lora.py": CODE}), BOTH)
    assert whose(found) == {("bob", "lora", "bob_lora.py")}
    assert {"Alice; alice" in reason for reason in reasons(found).values()} == {True}


def test_letters_may_be_composed_or_not(tmp_path: Path):
    files = {"lora/Zo\u00eb.py": CODE, "heads/Zoe\u0308.py": HEAD}
    found = submissions.find(lay(tmp_path, files), BOTH)
    assert {(one.student.id, one.exercise) for one in found.handed} == {("Zo\u00eb", "lora"), ("Zo\u00eb", "heads")}


# --- Exercises --------------------------------------------------------------------------------------------------------


def test_the_only_file_is_for_the_only_exercise(tmp_path: Path):
    files = {"alice/main.py": "x = 1", "bob/one.py": "x = 1", "bob/two.py": "x = 2", "carol/heads.py": HEAD}
    found = submissions.find(lay(tmp_path, files), [LORA])
    assert whose(found) == {("alice", "lora", "alice/main.py")}
    assert any("only Python file" in note for note in found.handed[0].notes)
    told = reasons(found)
    assert "say which exercise" in told["bob/one.py"] and "exercise-4 (heads)" in told["carol/heads.py"]


def test_helpers_tests_and_papers_are_put_aside(tmp_path: Path):
    files = {
        "alice/lora.py": CODE,
        "alice/utils.py": "x = 1",
        "alice/test_lora.py": "def test(): pass",
        "alice/report.pdf": b"%PDF",
        "alice/.git/config": "",
        "bob/test_lora.py": CODE,
        "carol/lora.docx": b"PK\3\4",
        "dora/notes.txt": "sorry",
    }
    found = submissions.find(lay(tmp_path, files), BOTH)
    assert whose(found) == {("alice", "lora", "alice/lora.py"), ("bob", "lora", "bob/test_lora.py")}
    assert {(one.student and one.student.id, one.exercise, one.origin) for one in found.refused} == {
        ("carol", "lora", "carol/lora.docx"),
        ("dora", None, "dora/notes.txt"),
    }
    assert {origin for origin, _ in found.ignored} == {
        "alice/utils.py",
        "alice/test_lora.py",
        "alice/report.pdf",
        "alice/.git",
    }
    assert found.litter == {"alice/.git"}


def test_files_that_are_no_python_are_refused_with_the_sentence_of_the_grader(tmp_path: Path):
    bad = {"nul": b"x = '\0'", "latin": "# \xe9".encode("latin-1"), "zip": b"PK\3\4", "large": b"#" * (2**20 + 1)}
    found = submissions.find(lay(tmp_path, {f"{name}/lora.py": data for name, data in bad.items()}), BOTH)
    assert not found.handed and all(one.exercise == "lora" and one.student for one in found.refused)
    for name, reason in reasons(found).items():
        with pytest.raises(submission.NotGradable) as raised:
            submission.read(tmp_path / name)
        assert str(raised.value) == reason


def notebook_of(*cells: str) -> str:
    return json.dumps(
        {
            "cells": [
                {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": cell}
                for cell in cells
            ],
            "metadata": {"kernelspec": {"language": "python", "name": "python3", "display_name": "x"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


def test_notebooks(tmp_path: Path):
    files = {
        "alice/lora.ipynb": notebook_of("%pip install x", CODE),
        "bob/anything.ipynb": notebook_of(HEAD),
        "carol/lora.ipynb": "{}",
        "dora.zip": zipped({"lora.ipynb": notebook_of(CODE)}),
    }
    found = submissions.find(lay(tmp_path, files), BOTH)
    assert {(one.student.id, one.exercise) for one in found.handed} == {
        ("alice", "lora"),
        ("bob", "heads"),
        ("dora", "lora"),
    }
    assert all(one.cells and b"def lora_report" in one.source for one in found.handed if one.exercise == "lora")
    assert len(found.handed[0].notes) > 1  # the magic was dropped
    assert [one.origin for one in found.refused] == ["carol/lora.ipynb"]


# --- Attempts ---------------------------------------------------------------------------------------------------------


def test_an_empty_file_is_refused_unless_it_only_marks_a_package(tmp_path: Path):
    files = {
        "alice/lora.py": " \n",
        "bob/lora.py": CODE,
        "bob/__init__.py": "",
        "bob/new/lora.py": "",
        "carol/main.py": "",
        "lora/dora/__init__.py": "",
        "lora/dora/lora.py": CODE,
    }
    found = submissions.find(lay(tmp_path, files), BOTH)
    assert whose(found) == {("bob", "lora", "bob/lora.py"), ("dora", "lora", "lora/dora/lora.py")}
    assert {(one.exercise, one.origin, one.reason) for one in found.refused} == {
        ("lora", "alice/lora.py", "lora.py is empty."),
        ("lora", "bob/new/lora.py", "lora.py is empty."),
        (None, "carol/main.py", "main.py is empty."),
    }
    assert {one for one, _ in found.ignored} == {"bob/__init__.py", "lora/dora/__init__.py"}


def test_attempts_in_the_order_of_their_times(tmp_path: Path):
    zurich = ZoneInfo("Europe/Zurich")
    files = {
        "alice/2026-03-02T10-00/lora.py": CODE + "#2",
        "alice/2026-03-01T10-00/lora.py": CODE + "#1",
        "alice/lora_2026-03-03T10-00-00Z.py": CODE + "#3",
        "alice/lora (7).py": CODE + "#0",
    }
    os.utime(lay(tmp_path, files) / "alice" / "lora (7).py", (10**9, 10**9))
    found = submissions.find(tmp_path, BOTH, zone=zurich)
    assert [one.source.decode()[-1] for one in found.handed] == list("0123")
    assert [one.submitted for one in found.handed] == [
        datetime.fromtimestamp(10**9, timezone.utc),
        datetime(2026, 3, 1, 10, tzinfo=zurich),
        datetime(2026, 3, 2, 10, tzinfo=zurich),
        datetime(2026, 3, 3, 10, tzinfo=timezone.utc),
    ]
    assert [any("the file's timestamp" in note for note in one.notes) for one in found.handed] == [
        True,
        False,
        False,
        False,
    ]


def test_times_of_platforms_and_archives(tmp_path: Path):
    zurich = ZoneInfo("Europe/Zurich")
    lay(tmp_path, {"submission_metadata.yml": META, "submission_11/lora.py": CODE, "submission_12/heads.py": HEAD})
    found = submissions.find(tmp_path, BOTH)
    assert {one.submitted for one in found.handed} == {datetime(2026, 3, 1, 11, tzinfo=timezone.utc)}
    assert not any("the file's timestamp" in note for one in found.handed for note in one.notes)
    (tmp_path / "all.zip").write_bytes(zipped({"a/lora.py": CODE, "b/lora.py": CODE}))
    found = submissions.find(tmp_path / "all.zip", BOTH, zone=zurich)
    assert {one.submitted for one in found.handed} == {datetime(2026, 3, 1, 12, tzinfo=zurich)}
    (tmp_path / "all.tar.gz").write_bytes(tarred({"a/lora.py": CODE, "b/lora.py": CODE}))
    found = submissions.find(tmp_path / "all.tar.gz", BOTH)
    assert {one.submitted for one in found.handed} == {datetime(2026, 3, 1, 12, tzinfo=timezone.utc)}


def test_earlier_attempts_on_gradescope_are_noted(tmp_path: Path):
    meta = META.replace("  :history: []", "  :history:\n  - :created_at: 2026-02-28 11:00:00 Z\n    :score: 3.0")
    assert meta != META
    lay(tmp_path, {"submission_metadata.yml": meta, "submission_11/lora.py": CODE, "submission_12/heads.py": HEAD})
    found = submissions.find(tmp_path, BOTH)
    assert {one.student.id for one in found.handed if submissions.EARLIER in one.notes} == {"s1"}


def test_a_group_of_moodle_in_front_of_a_name_is_no_part_of_it(tmp_path: Path):
    people = [Student("s1", "Ada Lovelace"), Student("s2", "Anne-Marie Curie")]
    names_of_files = [
        "Lab-2-Ada Lovelace_17_assignsubmission_file_",
        "Lab-2-Anne-Marie Curie_18_assignsubmission_file_",
    ]
    lay(tmp_path, {f"{name}/lora.py": CODE for name in names_of_files})
    assert {one.student.id for one in submissions.find(tmp_path, BOTH, people).handed} == {"s1", "s2"}


def test_what_a_student_packed_was_handed_in_when_the_archive_was(tmp_path: Path):
    os.utime(lay(tmp_path, {"alice/x.zip": zipped({"lora.py": CODE})}) / "alice" / "x.zip", (10**9, 10**9))
    (one,) = submissions.find(tmp_path, BOTH).handed
    assert one.submitted == datetime.fromtimestamp(10**9, timezone.utc)


def test_canvas_counts_attempts(tmp_path: Path):
    files = {
        "adaxx_12345_678910_lora-2.py": CODE + "#2",
        "adaxx_LATE_12345_678911_lora-10.py": CODE + "#3",
        "adaxx_12345_678912_lora.py": CODE + "#1",
    }
    lay(tmp_path, files)
    for at, name in enumerate(sorted(files)):
        os.utime(tmp_path / name, (10**9 - at, 10**9 - at))
    found = submissions.find(tmp_path, BOTH)
    assert [one.source.decode()[-1] for one in found.handed] == list("123")
    assert "Canvas marked this as late." in found.handed[2].notes


def test_copies(tmp_path: Path):
    skeleton = paths.skeleton("lora").read_bytes()
    files = {
        "alice/lora.py": CODE,
        "alice/lora (1).py": CODE,
        "bob/lora.py": CODE,
        "carol/lora.py": skeleton,
        "dora/lora.py": skeleton,
        "submission_metadata.yml": META,
        "submission_12/heads.py": HEAD,
    }
    for at, name in enumerate(files):
        path = lay(tmp_path, {name: files[name]}) / name
        os.utime(path, (10**9 + at, 10**9 + at))
    found = submissions.find(tmp_path, BOTH)
    notes = {one.student.id: " ".join(one.notes) for one in found.handed}
    assert "skeleton" in notes["carol"] and "skeleton" in notes["dora"] and "skeleton" not in notes["alice"]
    assert "group of 2" in notes["s3"]
    assert reasons(found)["alice/lora (1).py"].startswith("Identical to alice/lora.py")
    assert len(found.handed) == 6
    with Store(tmp_path / "class.db", create=True) as store:
        store.register(found, "/hand-ins")
        book = gradebook.build(store)
    same = {entry.student.id: [one.id for one in entry.same] for entry in book if entry.same}
    assert same == {"alice": ["bob"], "bob": ["alice"]}  # no skeleton, and no group
    assert book.entries["alice", "lora"].notes[-1] == "The graded code is identical to the graded code of: bob"
    assert "Identical files: exercise-3: alice = bob" in standing.lines(book)
    for entry in book:
        assert "dentical" not in " ".join(facts.entry_lines(entry))
    (alone,) = export.chosen(book, "alice", "lora")
    assert alone.notes[-1] == "What another student handed in is identical." and not alone.same


def test_a_module_beside_the_file_is_named_to_the_student(tmp_path: Path):
    files = {
        "alice/lora.py": "import torch, utils\n" + CODE,
        "alice/utils.py": "x = 1",
        "bob/src/lora.py": "from .net.layers import Net\n" + CODE,
        "bob/src/net/layers.py": "x = 1",
        "carol/lora.py": CODE + "\n# import utils",
        "carol/utils.py": "x = 1",
    }
    found = submissions.find(lay(tmp_path, files), BOTH)
    told = {one.student.id: one.told for one in found.handed}
    alone = "Only this file is graded; {} next to it is not available. Copy what you need from there into lora.py."
    assert told == {"alice": (alone.format("utils.py"),), "bob": (alone.format("net/"),), "carol": ()}
    with Store(tmp_path / "class.db", create=True) as store:
        store.register(found, "/hand-ins")
        for one in store.submissions():
            result = Result.from_json(fake_grader.result([fake_grader.check("f.c")], "passed"))
            store.record(Key(one.sha256, one.exercise, "b", "{}"), [one.id], result)
        entry = gradebook.build(store).entries["alice", "lora"]
    assert told["alice"][0] in facts.entry_lines(entry) and told["alice"][0] in entry.notes


def test_a_file_for_an_exercise_that_is_not_graded_is_named(tmp_path: Path):
    found = submissions.find(lay(tmp_path, {"alice/main.py": "def prf(): ...\ndef rmse(): ...\n"}), BOTH)
    assert [one.reason for one in found.refused] == [
        "Its functions belong to exercise-7 (evaluation), which is not graded here."
    ]


# --- Hostile archives -------------------------------------------------------------------------------------------------


def patched(data: bytes, **fields: int) -> bytes:
    """Return a zip of one member with other fields in its directory and its header."""
    places = {"flags": (8, 6, "<H"), "method": (10, 8, "<H"), "size": (24, 22, "<I")}
    changed = bytearray(data)
    directory = data.index(b"PK\1\2")
    for name, value in fields.items():
        central, local, form = places[name]
        struct.pack_into(form, changed, directory + central, value)
        struct.pack_into(form, changed, local, value)
    return bytes(changed)


def special(mode: int, content: bytes = b"/etc/passwd") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("lora.py")
        info.create_system, info.external_attr = 3, (mode | 0o644) << 16
        archive.writestr(info, content)
    return buffer.getvalue()


def special_tar(kind: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("lora.py")
        info.type, info.linkname = kind, "/etc/passwd"
        archive.addfile(info)
    return buffer.getvalue()


def twice() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("lora.py", CODE)
        archive.writestr("lora.py", CODE + "#")
    return buffer.getvalue()


def many(count: int) -> bytes:
    return zipped({f"{number}.txt": b"" for number in range(count)}, zipfile.ZIP_STORED)


def nest(depth: int) -> bytes:
    data = zipped({"lora.py": CODE})
    for _ in range(depth):
        data = zipped({"x.zip": data})
    return data


OUTSIDE, DAMAGED = "outside the archive", "damaged"
HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "up and out": ("a.zip", lambda: zipped({"../../lora.py": CODE}), OUTSIDE),
    "up in the middle": ("a.zip", lambda: zipped({"x/../../lora.py": CODE}), OUTSIDE),
    "absolute": ("a.zip", lambda: zipped({"/tmp/lora.py": CODE}), OUTSIDE),
    "with backslashes": ("a.zip", lambda: zipped({"..\\lora.py": CODE}), OUTSIDE),
    "a drive": ("a.zip", lambda: zipped({"C:\\lora.py": CODE}), OUTSIDE),
    "a tar that goes up": ("a.tar.gz", lambda: tarred({"../lora.py": CODE}), OUTSIDE),
    "an absolute tar": ("a.tgz", lambda: tarred({"/tmp/lora.py": CODE}), OUTSIDE),
    "a symbolic link": ("a.zip", lambda: special(stat.S_IFLNK), "link"),
    "a pipe": ("a.zip", lambda: special(stat.S_IFIFO), "device"),
    "a character device": ("a.zip", lambda: special(stat.S_IFCHR), "device"),
    "a symbolic link in a tar": ("a.tar", lambda: special_tar(tarfile.SYMTYPE), "link"),
    "a hard link in a tar": ("a.tar", lambda: special_tar(tarfile.LNKTYPE), "link"),
    "a device in a tar": ("a.tar", lambda: special_tar(tarfile.CHRTYPE), "device"),
    "a pipe in a tar": ("a.tar", lambda: special_tar(tarfile.FIFOTYPE), "device"),
    "encrypted": ("a.zip", lambda: patched(zipped({"lora.py": CODE}), flags=1), "without a password"),
    "another method": ("a.zip", lambda: zipped({"lora.py": CODE}, zipfile.ZIP_LZMA), "ordinary zip"),
    "two of one name": ("a.zip", twice, "several files with this name"),
    "a bomb": ("a.zip", lambda: zipped({"lora.py": b"#" * (2**21)}), "decompression bomb"),
    "a large member": ("a.zip", lambda: patched(zipped({"lora.py": CODE}), size=2**22), "4,194,304"),
    "a size that is a lie": ("a.zip", lambda: patched(zipped({"lora.py": CODE * 9}), size=7), "cannot be unpacked"),
    "many members": ("a.zip", lambda: many(300), "The archive contains more than"),
    "a bomb of many": (
        "a.zip",
        lambda: zipped({f"{n}.txt": b"#" * 2**20 for n in range(10)}),
        "unpacks to more than",
    ),
    "a gzip bomb": ("a.tar.gz", lambda: tarred({"x.txt": bytes(2**24)}), "unpacks to more than"),
    "nested too deeply": ("a.zip", lambda: nest(3), "nested too deeply"),
    "too many folders": ("a.zip", lambda: zipped({"x/" * 40 + "lora.py": CODE}), "nested too deeply"),
    "a long name": ("a.zip", lambda: zipped({"x" * 2_000 + ".py": CODE}), "too long"),
    "no zip": ("a.zip", lambda: b"PK\3\4 and nothing else", DAMAGED),
    "half a zip": ("a.zip", lambda: zipped({"lora.py": CODE})[:-30], DAMAGED),
    "no tar": ("a.tar.gz", lambda: b"nothing", DAMAGED),
    "half a tar": ("a.tar.gz", lambda: tarred({"lora.py": random.Random(1).randbytes(5000)})[:2500], DAMAGED),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_archives_are_refused(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archives, "MEMBER", 2**21)
    monkeypatch.setattr(archives, "FLOOR", 2**23)
    monkeypatch.setattr(archives, "NESTED_MEMBERS", 100)
    name, make, reason = HOSTILE[case]
    lay(tmp_path, {f"alice/{name}": make(), "bob/lora.py": CODE})
    before = sorted(tmp_path.rglob("*"))
    found = submissions.find(tmp_path, BOTH)
    assert whose(found) == {("bob", "lora", "bob/lora.py")}
    assert found.refused and all(one.student and one.student.id == "alice" for one in found.refused)
    for one in found.refused:
        assert reason in one.reason, one.reason
    assert sorted(tmp_path.rglob("*")) == before


def test_one_bad_member_does_not_cost_the_others(tmp_path: Path):
    found = submissions.find(lay(tmp_path, {"alice.zip": zipped({"../x.py": "", "lora.py": CODE})}), BOTH)
    assert whose(found) == {("alice", "lora", "alice.zip!lora.py")} and len(found.refused) == 1


def test_names_in_archives(tmp_path: Path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("Zo\u00eb/lora.py", CODE)
        archive.writestr("bob\\heads.py", HEAD)
    flagged = buffer.getvalue()
    plain = bytearray(flagged)
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = flagged.index(mark)
        struct.pack_into("<H", plain, place + at, 0)  # UTF-8 without the flag for it
    for data in (flagged, bytes(plain)):
        (tmp_path / "all.zip").write_bytes(data)
        found = submissions.find(tmp_path / "all.zip", BOTH)
        assert {one.student.id for one in found.handed} == {"Zo\u00eb", "bob"}


def test_an_archive_of_the_class_must_be_one(tmp_path: Path):
    lay(tmp_path, {"all.zip": b"nothing", "lora.py": CODE})
    for path in (tmp_path / "all.zip", tmp_path / "lora.py", tmp_path / "none"):
        with pytest.raises(CourseError, match=path.name):
            submissions.find(path, BOTH)


def test_a_student_hands_in_no_thousands_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(submissions, "FILES_OF_ONE", 5)
    monkeypatch.setattr(submissions, "BYTES_OF_ONE", 300)
    files = {f"alice/{number}/lora.py": CODE for number in range(6)}
    files |= {"bob/lora.py": CODE, "bob/heads.py": "#" * 280}
    found = submissions.find(lay(tmp_path, files), BOTH)
    assert [one.student.id for one in found.handed] == ["bob"]
    assert {(one.student and one.student.id, one.origin) for one in found.refused} == {
        ("alice", "alice"),
        ("bob", "bob/lora.py"),
    }


def test_the_last_attempts_are_graded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(submissions, "ATTEMPTS_OF_ONE", 2)
    files = {f"alice/2026-03-0{day}T10-00/lora.py": f"{CODE}#{day}" for day in range(1, 6)}
    found = submissions.find(lay(tmp_path, files), BOTH)
    assert [one.source.decode()[-1] for one in found.handed] == ["4", "5"]
    assert len(found.refused) == 3 and all("last 2 attempts" in one.reason for one in found.refused)


@pytest.mark.skipif(os.name == "nt", reason="no such names")
def test_names_that_no_terminal_and_no_encoding_can_bear(tmp_path: Path):
    hostile = os.fsencode(tmp_path) + b"/\xff\x1b[2J\nali\xe2\x80\xaece"
    os.mkdir(hostile)
    for name in (b"lora.py", b"\xffheads.txt", b"l\x1b]0;x\x07.zip"):
        with open(hostile + b"/" + name, "wb") as file:
            file.write(CODE.encode())
    os.mkfifo(hostile + b"/\xfe\x1b[1m.py")
    found = submissions.find(tmp_path, BOTH)
    assert len(found.handed) == 1 and len(found.refused) + len(found.ignored) == 3
    said = [text for one in (*found.handed, *found.refused) for text in (one.origin, one.student and one.student.id)]
    said += [one.reason for one in found.refused] + [text for pair in found.ignored for text in pair]
    assert said
    for text in said:
        assert text and text.encode() and text.isprintable(), repr(text)


def test_long_names_are_not_cut_to_one(tmp_path: Path):
    files = {f"{'x' * 200}{who}/lora.py": CODE + who for who in "ab"}
    found = submissions.find(lay(tmp_path, files), BOTH)
    assert len({one.student for one in found.handed}) == 2


def test_folders_may_not_be_too_deep(tmp_path: Path):
    files = {"alice/" + "x/" * 28 + "lora.py": CODE, "bob/" + "x/" * 29 + "y/lora.py": CODE}
    found = submissions.find(lay(tmp_path, files), BOTH)
    assert [one.student.id for one in found.handed] == ["alice"]
    assert len(found.refused) == 1 and "nested too deeply" in found.refused[0].reason


def test_metadata_that_blows_up(tmp_path: Path):
    bomb = "a: &a {x: 1}\n" + "".join(
        f"{new}: &{new} {{<<: [{', '.join(['*' + old] * 9)}]}}\n"
        for old, new in zip("abcdefghi", "bcdefghij", strict=True)
    )
    assert set(gradescope.submitters(bomb.encode())) == set("abcdefghij")
    for bad in (
        b"[" * 100_000,
        b"{a: " * 100_000,
        b"- " * 100_000,
        b"\xff",
        b"a: [",
        b"a: *b: c",
        b"a: " + b"[" * 200 + b"]" * 200,
    ):
        with pytest.raises(gradescope.Unreadable):
            gradescope.submitters(bad)
    assert gradescope.submitters(b"x: !!python/object/apply:os.system [x]") == {"x": ()}
    found = submissions.find(lay(tmp_path, {names.METADATA: b"a: [", "submission_1/lora.py": CODE}), BOTH)
    assert [one.origin for one in found.refused] == [names.METADATA]
    assert whose(found) == {("submission_1", "lora", "submission_1/lora.py")}


# --- Not a file -------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="no pipes and sockets in folders")
def test_links_pipes_and_sockets_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = lay(tmp_path / "in", {"alice/heads.py": HEAD})
    secret = lay(tmp_path, {"secret.py": CODE}) / "secret.py"
    alice = folder / "alice"
    (alice / "lora.py").symlink_to(secret)
    (alice / "more").symlink_to(tmp_path)
    (alice / "x.zip").symlink_to(secret)
    os.mkfifo(alice / "lora2.py")
    os.mkfifo(alice / "y.zip")
    monkeypatch.chdir(alice)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("lora3.py")
        found = submissions.find(folder, BOTH)
    assert whose(found) == {("alice", "heads", "alice/heads.py")}
    assert {one.origin for one in found.refused} == {
        f"alice/{name}" for name in ("lora.py", "more", "x.zip", "lora2.py", "y.zip", "lora3.py")
    }


def test_an_archive_that_is_replaced_while_it_is_read(tmp_path: Path):
    lay(tmp_path, {"alice.zip": zipped({"lora.py": CODE})})
    (item,) = walk.items(tmp_path, timezone.utc)
    os.replace(lay(tmp_path, {"new": zipped({"lora.py": HEAD})}) / "new", tmp_path / "alice.zip")
    assert item.read
    with pytest.raises(submission.NotGradable, match="another file"):
        item.read(10**6)


# --- Nothing vanishes -------------------------------------------------------------------------------------------------

STEMS = [
    "lora",
    "3",
    "exercise-4",
    "Heads (1)",
    "alice_lora",
    "heads-bob",
    "mine",
    "utils",
    "test_lora",
    "submission_7",
]
SUFFIXES = [".py", ".PY", ".ipynb", ".txt", ".zip", "", ".pdf", ".tar.gz"]
FOLDERS = [
    "alice",
    "Bob",
    "bob",
    "s1",
    "Kim Lee",
    "lora",
    "exercise-4",
    ".git",
    "__MACOSX",
    "submission_11",
    "Ada Lovelace_12_assignsubmission_file_",
    "x.zip",
    "2026-03-01T10-00",
    "caf\u00e9\n",
]


def content(chance: random.Random, suffix: str, depth: int) -> bytes:
    if suffix in (".zip", ".tar.gz") and chance.random() < 0.9:
        inside = {f"{place}{suffix}": data for place, suffix, data in tree(chance, 6, depth + 1)}
        inside = {name.replace("\n", "-"): data for name, data in inside.items()}
        return zipped(inside) if suffix == ".zip" else tarred(inside)
    if suffix == ".ipynb":
        return notebook_of(CODE, f"x = {chance.random()}").encode()
    return chance.choice([CODE, HEAD, "", "x = 1", f"{CODE}#{chance.random()}", "\0"]).encode()


def tree(chance: random.Random, size: int, depth: int = 0) -> Iterator[tuple[str, str, bytes]]:
    taken: set[str] = set()
    for _ in range(size):
        folders = [chance.choice(FOLDERS) for _ in range(chance.choice([0, 1, 1, 2, 3]))]
        suffix = chance.choice(SUFFIXES if depth < 3 else SUFFIXES[:3])
        name = "/".join([*folders, chance.choice(STEMS)])
        if name + suffix not in taken and not any(other.startswith(name + suffix + "/") for other in taken):
            taken.add(name + suffix)
            yield name, suffix, content(chance, suffix, depth)


def leaves(origin: str, suffix: str, data: bytes) -> list[str]:
    """Return the origins of all files in a file, with archives opened as the walk opens them."""
    if suffix not in (".zip", ".tar.gz"):
        return [origin]
    try:
        if suffix == ".zip":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                return [f"{origin}!{name}" for name in archive.namelist()] or [origin]
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            return [f"{origin}!{name}" for name in archive.getnames()] or [origin]
    except (zipfile.BadZipFile, tarfile.TarError):
        return [origin]


@pytest.mark.parametrize("seed", range(24))
def test_every_file_is_accounted_for_exactly_once(seed: int, tmp_path: Path):
    chance = random.Random(seed)
    roster = CLASS if seed % 2 else None
    laid: list[str] = []
    for name, suffix, data in tree(chance, 25):
        try:
            lay(tmp_path, {name + suffix: data})
        except OSError:  # a file is where this one needs a folder
            continue
        laid += leaves((name + suffix).replace("\n", "\\n"), suffix, data)
    graded = BOTH[: chance.choice([1, 2])]
    found = submissions.find(tmp_path, graded, roster)
    told = [one.origin for one in (*found.handed, *found.refused)] + [origin for origin, _ in found.ignored]
    assert len(told) == len(set(told)), "nothing is told twice"
    for origin in laid:
        covering = [one for one in told if origin == one or origin.startswith((f"{one}/", f"{one}!"))]
        inner = [one for one in told if one.startswith(f"{origin}!")]  # an archive in an archive
        assert len(covering) == 1 or (not covering and inner), (origin, covering)
    for one in told:
        assert any(
            one == origin or origin.startswith((f"{one}/", f"{one}!")) or one.startswith(f"{origin}!")
            for origin in laid
        )
    assert all(one.reason for one in found.refused) and all(reason for _, reason in found.ignored)
    assert {one.exercise for one in found.refused} <= {None, *(one.slug for one in graded)}  # else no store keeps it
    assert submissions.find(tmp_path, graded, roster) == found


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("graded", [[LORA], [HEADS], BOTH])
def test_a_file_of_zeros_in_a_folder_of_an_archive_is_refused_or_ignored(tmp_path: Path, pack, graded):
    lay(
        tmp_path,
        {"ann.zip" if pack is zipped else "ann.tgz": pack({"hw/lora.py": bytes(12_000_000), "heads.py": HEAD})},
    )
    found = submissions.find(tmp_path, graded)
    with Store(tmp_path / "class.db", create=True) as store:
        run.take(found, store, "/x", run.Setup(), exercises=[one.slug for one in graded])
        told = [*store.refusals(), *store.submissions()]
        told_of = sorted([one.origin for one in told] + [origin for origin, _ in store.ignored()])
    assert [origin.partition("!")[2] for origin in told_of] == ["heads.py", "hw/lora.py"]


def test_what_one_run_refused_another_one_does_not_call_ignored(tmp_path: Path):
    lay(tmp_path / "in", {"ann.zip": zipped({"hw/lora.py": bytes(12_000_000), "heads.py": HEAD})})
    with Store(tmp_path / "class.db", create=True) as store:
        for graded in (LORA, HEADS):
            run.take(submissions.find(tmp_path / "in", [graded]), store, "/x", run.Setup(), exercises=[graded.slug])
        assert [one.origin for one in store.refusals()] == ["ann.zip!hw/lora.py"] and store.ignored() == []


def test_many_refused_files_of_an_archive_are_told_in_one_line_each_exercise(tmp_path: Path):
    zeros = bytes(2**22)
    bomb = zipped({"zeros": zeros})
    lay(
        tmp_path,
        {
            "ann.zip": zipped({f"{letter}.zip": bomb for letter in "abcdefghijklmnopqrst"}),
            "bob.zip": zipped({**{f"{letter}/lora.py": zeros for letter in "abcd"}, "heads.py": zeros}),
            "cem.zip": zipped({f"{name}.py": zeros for name in ("lora", "lora2", "heads")}),
            "dora/b.py": "\0",
        },
    )
    for name in ("a", "c", "d"):
        (tmp_path / "dora" / name).symlink_to(tmp_path)
    found = submissions.find(tmp_path, BOTH)
    assert len(found.refused) == 20 + 5 + 3 + 4
    told = {(no.origin, no.exercise): no.reason for no in submissions.together(found.refused)}
    assert set(told) == {
        ("ann.zip", None),
        ("bob.zip", "lora"), ("bob.zip!heads.py", "heads"),
        ("cem.zip!lora.py", "lora"), ("cem.zip!lora2.py", "lora"), ("cem.zip!heads.py", "heads"),
        ("dora/", None),
    }  # fmt: skip
    first_ten = "; ".join(f"{letter}.zip!zeros" for letter in "abcdefghij")
    assert told["ann.zip", None].startswith(f"20 files in it were refused ({first_ten} and 10 more). It unpacks to ")
    assert told["bob.zip", "lora"].startswith("4 files in it were refused (a/lora.py; b/lora.py; c/lora.py; d/lora.py)")
    assert told["dora/", None] == "4 files in it were refused (a; b.py; c; d). The first one: " + archives.LINK


def test_nobody_s_folder_is_told_in_one_line(tmp_path: Path):
    lay(tmp_path, {f"s9/{n}.py": CODE for n in range(5)} | {"S9/lora.py": CODE})
    (line, single) = submissions.together(submissions.find(tmp_path, BOTH).refused)
    assert {line.origin, single.origin} == {"s9/", "S9/lora.py"}


def test_the_order_does_not_depend_on_the_order_of_writing(tmp_path: Path):
    names_ = [f"{who}/{what}" for who in "cab" for what in ("lora.py", "heads.py", "lora (1).py", "x.txt")]
    for folder, order in (("one", names_), ("two", list(reversed(names_)))):
        for name in order:
            path = lay(tmp_path / folder, {name: CODE + name}) / name
            os.utime(path, (10**9, 10**9))
    assert submissions.find(tmp_path / "one", BOTH) == submissions.find(tmp_path / "two", BOTH)


# --- Old code pages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["cp932", "cp437", "cp850", "utf-8"])
@pytest.mark.parametrize("name", ["山田太郎", "Jürgen Müller", "Zoë Çelik"])
def test_names_in_a_zip_without_the_flag_for_utf_8_are_read(tmp_path: Path, code: str, name: str):
    try:
        raw = f"{name}/lora.py".encode(code)
    except UnicodeEncodeError:
        pytest.skip(f"{name} has no place in {code}")
    plain = f"{'x' * (len(raw) - 8)}/lora.py"
    data = zipped({plain: CODE, "other/lora.py": CODE}).replace(plain.encode(), raw)
    found = submissions.find(lay(tmp_path, {"class.zip": data}) / "class.zip", BOTH)
    assert {one.student.id for one in found.handed} == {name, "other"}


def test_names_in_an_old_tar_are_read(tmp_path: Path):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT, encoding="cp932") as archive:
        for student in ("山田太郎", "other"):
            info = tarfile.TarInfo(f"{student}/lora.py")
            info.size = len(CODE)
            archive.addfile(info, io.BytesIO(CODE.encode()))
    found = submissions.find(lay(tmp_path, {"class.tar": buffer.getvalue()}) / "class.tar", BOTH)
    assert {one.student.id for one in found.handed} == {"山田太郎", "other"}


# --- Two students in one name ----------------------------------------------------------------------------------------

INSIDE = {"s2/lora.py": CODE}
"""An archive that somebody has packed as if it were Grace Hopper's."""
SMUGGLED = {
    "a zip named by id": ("s1.zip", zipped(INSIDE)),
    "a zip named by name": ("Ada Lovelace.zip", zipped({"Grace Hopper/lora.py": CODE})),
    "a zip with the name in a longer one": ("s1_final.zip", zipped(INSIDE)),
    "a tar": ("s1.tar.gz", tarred(INSIDE)),
    "a zip in a zip": ("s1.zip", zipped({"s2.zip": zipped({"lora.py": CODE})})),
    "a zip in a folder": ("s1/s2.zip", zipped({"lora.py": CODE})),
    "a folder in a folder": ("s1/s2/lora.py", CODE),
    "a file": ("s1/s2_lora.py", CODE),
    "an export of Moodle": ("s1.zip", zipped({"Grace Hopper_77_assignsubmission_file_/lora.py": CODE})),
    "a zip from Moodle": ("Ada Lovelace_77_assignsubmission_file_/s2.zip", zipped({"lora.py": CODE})),
    "a zip from Canvas": ("lovelaceada_77_1234_work.zip", zipped(INSIDE)),
}


@pytest.mark.parametrize("how", SMUGGLED)
def test_what_one_student_packs_under_the_name_of_another_counts_for_neither(tmp_path: Path, how: str):
    name, content = SMUGGLED[how]
    found = submissions.find(lay(tmp_path, {name: content, "s2_lora.py": CODE + "# own\n"}), BOTH, CLASS)
    assert whose(found) == {("s2", "lora", "s2_lora.py")}
    (refused,) = found.refused
    assert refused.student == CLASS[0] and "Grace Hopper (s2)" in refused.reason


@pytest.mark.parametrize("archive", ["homework.zip", "exercise-3.zip", "Ada Lovelac.zip"])
def test_an_archive_without_an_owner_among_those_of_students_counts_for_nobody_else(tmp_path: Path, archive: str):
    found = submissions.find(lay(tmp_path, {archive: zipped(INSIDE), "s2/lora.py": CODE + "# own\n"}), BOTH, CLASS)
    assert {one for one in whose(found) if one[0] in ("s1", "s2")} == {("s2", "lora", "s2/lora.py")}


def test_a_gradescope_export_in_the_archive_of_a_student_counts_for_nobody_else(tmp_path: Path):
    fake = zipped({"submission_metadata.yml": META, "submission_12/lora.py": CODE, "submission_11/lora.py": CODE})
    found = submissions.find(lay(tmp_path, {"homework.zip": fake, "s2/lora.py": CODE + "# own\n"}), BOTH, CLASS)
    assert {origin for student, _, origin in whose(found) if student == "s2"} == {"s2/lora.py"}


def test_without_a_roster_the_names_beside_it_tell_who_else_there_is(tmp_path: Path):
    files = {"s101.zip": zipped({"s102/lora.py": CODE}), "s102_lora.py": CODE + "# own\n"}
    found = submissions.find(lay(tmp_path, files), BOTH)
    assert whose(found) == {("s102", "lora", "s102_lora.py")}
    assert [no.student.id for no in found.refused if no.student] == ["s101"]


def test_the_archive_of_a_class_still_holds_many_students(tmp_path: Path):
    both = zipped({"s2/lora.py": CODE, "s3/lora.py": CODE})
    expected = {("s2", "lora", "late.zip!s2/lora.py"), ("s3", "lora", "late.zip!s3/lora.py")}
    assert whose(submissions.find(lay(tmp_path / "alone", {"late.zip": both}), BOTH, CLASS)) == expected
    beside = lay(tmp_path / "beside", {"late.zip": both, "s1/lora.py": CODE})
    assert whose(submissions.find(beside, BOTH, CLASS)) == {*expected, ("s1", "lora", "s1/lora.py")}


LONGER = {
    "s1_Ada/lora.py": "s1",
    "s1 (final)/lora.py": "s1",
    "week8 s1/lora.py": "s1",
    "s1山田/lora.py": "s1",
    "s1_week8.py": "s1",
    "Lovelace_Ada_s1_lora.py": "s1",
    "Ada_Lovelace_v2/lora.py": "s1",
    "Ada Lovelace - resit/lora.py": "s1",
    "Ada (ada@x.org)/lora.py": "s1",
    "12345 Alan/lora.py": "12345",
    "Kim Lee s3/lora.py": "s3",
    "s1_lora.py.txt": "s1",
}


@pytest.mark.parametrize("path", LONGER)
def test_a_name_may_say_more_than_whose_it_is(tmp_path: Path, path: str):
    found = submissions.find(lay(tmp_path, {path: CODE}), [LORA], CLASS)
    owners = {one.student.id for one in (*found.handed, *found.refused) if one.student}
    assert owners == {LONGER[path]} and len(found.handed) + len(found.refused) == 1


@pytest.mark.parametrize("name", ["s10", "s1x", "Mary Ada Lovelace", "jo.ada@x.org", "ada@x.org.uk", "112345", "3"])
def test_a_part_of_a_longer_name_is_nobody(tmp_path: Path, name: str):
    found = submissions.find(lay(tmp_path, {f"{name} x/lora.py": CODE}), [LORA], [*CLASS, Student("3", "Bo Dee")])
    assert [one.student.in_roster for one in found.handed] == [False]


@pytest.mark.parametrize("name", ["s1 s2", "s1 Grace Hopper", "ada@x.org (s2)", "Kim Lee v2"])
def test_a_name_that_mentions_several_students_is_refused(tmp_path: Path, name: str):
    found = submissions.find(lay(tmp_path, {f"{name}/lora.py": CODE}), [LORA], CLASS)
    assert not found.handed and "matches several students in the roster" in found.refused[0].reason


def test_brackets_in_a_name_stay_whole(tmp_path: Path):
    found = submissions.find(lay(tmp_path, {"s9 (final)/lora.py": CODE, "s8_lora.py.txt": CODE}), [LORA])
    assert [one.student.id for one in (*found.handed, *found.refused) if one.student] == ["s9 (final)", "s8"]
