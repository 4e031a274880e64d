"""The store of a class: what it refuses, what survives a kill, and that nothing is counted twice."""

import contextlib
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from course import bundle, paths, syllabus
from course.classroom import gradebook, policy, standing
from course.classroom.model import Found, Override, Refused, Student
from course.classroom.run import failed
from course.classroom.store import Key, Store, StoreError
from course.classroom.submissions import CANVAS_LATE, EARLIER, TIME_OF_THE_FILE
from course.formats import facts
from course.result import Result
from tests.class_desk import Desk, by_sqlite, day, handed
from tests.fake_grader import check, result

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "class.db", create=True) as store:
        yield store


def graded(points, status=None):
    checks = [check(f"f.c{n}", "passed" if n < points else "failed") for n in range(10)]
    return Result.from_json(result(checks, status or ("passed" if points == 10 else "failed")))


def key(one, bundle="b" * 64, seed="fresh"):
    return Key(one.sha256, one.exercise, bundle, "{}", seed)


def put(store, *files, refused=(), folder="/hand-ins", exercises=None):
    store.register(Found(tuple(files), tuple(refused)), folder, exercises)
    return store.submissions()


def mark(store, one, points, **options):
    return store.record(key(one, **options), [one.id], graded(points))


# --- What is no store -------------------------------------------------------------------------------------------------


def test_another_file_is_refused_and_left_as_it_was(tmp_path):
    for name, content in {"essay.txt": b"Call me Ishmael. " * 100, "short": b"x"}.items():
        file = tmp_path / name
        file.write_bytes(content)
        with pytest.raises(StoreError, match="is not a store of class results"):
            Store(file, create=True)
        assert file.read_bytes() == content
    other = tmp_path / "other.db"
    with contextlib.closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE song (title TEXT)")
    before = other.read_bytes()
    with pytest.raises(StoreError, match="is not a store of class results"):
        Store(other, create=True)
    assert other.read_bytes() == before
    with pytest.raises(StoreError, match="not a plain file"):
        Store(tmp_path, create=True)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StoreError, match="not a plain file"):
        Store(tmp_path / "pipe", create=True)
    with pytest.raises(StoreError, match="no folder"):
        Store(tmp_path / "no" / "class.db", create=True)
    with pytest.raises(StoreError, match="there is no store"):
        Store(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()


def test_a_store_of_another_version_is_named(tmp_path):
    Store(tmp_path / "class.db", create=True).close()
    by_sqlite(tmp_path / "class.db", "PRAGMA user_version = 7")
    with pytest.raises(StoreError, match="its tables have version 7, but this course needs version 1"):
        Store(tmp_path / "class.db")


def test_what_a_kill_during_its_making_left_is_taken_over(tmp_path):
    (tmp_path / "class.db").touch()
    Store(tmp_path / "class.db", create=True).close()
    with contextlib.closing(sqlite3.connect(tmp_path / "second.db")) as db:
        db.execute("PRAGMA journal_mode = WAL")  # creation was killed after this
    with Store(tmp_path / "second.db", create=True) as store:
        assert store.submissions() == []


def test_a_damaged_store_is_a_sentence(tmp_path):
    desk = Desk(tmp_path)
    with Store(desk.store_path, create=True) as store:
        for number in range(40):
            (one,) = put(store, handed("ada", f"x = {number}"))
            mark(store, one, 4)
    with desk.store_path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(4096)
        file.write(os.urandom(size - 4096))
    outcome = desk("regrade", "--store", str(desk.store_path))
    assert outcome.exit_code == 2 and "class.db cannot be used as a store: " in outcome.stderr


@pytest.mark.skipif(os.name == "nt", reason="no permission bits")
def test_nobody_else_may_read_a_class(tmp_path):
    with Store(tmp_path / "class.db", create=True) as store, store.alone():
        put(store, handed("ada", "x = 1"))
        modes = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.iterdir()}
    assert len(modes) == 4 and set(modes.values()) == {0}, modes


def test_only_one_command_grades_into_a_store(tmp_path):
    with Store(tmp_path / "class.db", create=True) as store, store.alone():
        code = (
            "import sys; from pathlib import Path; from course.classroom.store import Store, StoreError\n"
            "store = Store(Path(sys.argv[1]))\n"
            "try:\n  with store.alone(): print('alone')\n"
            "except StoreError as error: print(error.message)"
        )
        command = [sys.executable, "-c", code, str(tmp_path / "class.db")]
        told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
        assert "another command is grading into" in told
    assert subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout == "alone\n"


# --- What was handed in -----------------------------------------------------------------------------------------------


def test_reading_a_folder_again_changes_nothing(store):
    files = [handed("ada", "x = 1"), handed("bob", "x = 2"), handed("ada", "x = 3", "heads")]
    first = put(store, *files)
    assert put(store, *files) == first
    assert store.source(first[0].sha256) == b"x = 1"
    assert [one.student for one in first] == ["ada", "bob", "ada"]


def test_what_is_gone_from_the_folder_no_longer_counts_and_other_folders_stay(store):
    put(store, handed("ada", "x = 1"), handed("bob", "x = 2"))
    put(store, handed("cem", "x = 3"), folder="/later")
    left = put(store, handed("ada", "x = 1"))
    assert [one.student for one in left] == ["ada", "cem"]
    assert [student.id for student in store.students()] == ["ada", "cem"]
    assert [one.student for one in put(store, handed("bob", "x = 2"))] == ["bob", "cem"]  # it came back


def test_one_exercise_alone_leaves_the_others_alone(store):
    put(store, handed("ada", "x = 1"), handed("ada", "y = 1", "heads"))
    left = put(store, handed("ada", "y = 2", "heads"), exercises=["heads"])
    assert [(one.exercise, store.source(one.sha256)) for one in left] == [("lora", b"x = 1"), ("heads", b"y = 2")]


def test_the_roster_wins_over_names_of_files(store):
    put(store, handed("bob", "x"), handed("ada", "x"))
    store.enrol([Student("cem", "Cem"), Student("ada", "Ada L.", "ada@x.org", timedelta(days=1))])
    put(store, handed("bob", "x"), handed("ada", "x"))
    assert store.students() == [
        Student("cem", "Cem"),
        Student("ada", "Ada L.", "ada@x.org", timedelta(days=1)),
        Student("bob", "Name of bob", in_roster=False),
    ]
    store.enrol([Student("ada", "Ada L.")])
    assert [(one.id, one.in_roster) for one in store.students()] == [("ada", True), ("bob", False)]


def test_names_that_are_no_text_can_be_kept(store):
    weird = os.fsdecode(b"caf\xe9")
    refusal = Refused(Student(weird), "lora", weird, "no", None)
    (one,) = put(store, handed(weird, "x"), refused=[refusal])
    assert one.student == "caf\\udce9"
    assert [no.origin for no in store.refusals()] == ["caf\\udce9"]


# --- Gradings ---------------------------------------------------------------------------------------------------------


def test_a_grading_is_found_under_its_whole_key_only(store):
    (one,) = put(store, handed("ada", "x = 1"))
    mark(store, one, 4)
    assert store.find(key(one)).points == 4
    for other in (
        Key("0" * 64, "lora", "b" * 64, "{}"), Key(one.sha256, "heads", "b" * 64, "{}"),
        Key(one.sha256, "lora", "c" * 64, "{}"), Key(one.sha256, "lora", "b" * 64, "torch"),
        Key(one.sha256, "lora", "b" * 64, "{}", "5"),
    ):  # fmt: skip
        assert store.find(other) is None


def test_the_same_key_is_never_counted_twice(store):
    (one,) = put(store, handed("ada", "x = 1"))
    first = mark(store, one, 4)
    assert mark(store, one, 9) == first  # graded a second time: the first result stands
    assert store.result(first).points == 4 and store.regradings() == []


def test_our_fault_is_kept_until_a_grading_succeeds_and_replaces_nothing(store):
    (one,) = put(store, handed("ada", "x = 1"))
    number = store.record(key(one), [one.id], failed(key(one), "the grader died"))
    assert store.find(key(one)) is None and store.result(number).message == "the grader died"
    assert mark(store, one, 4) == number and store.find(key(one)).points == 4
    later = key(one, bundle="c" * 64)
    store.record(later, [one.id], failed(later, "again"))
    (one,) = store.submissions()
    assert store.result(one.grading).points == 4 and store.regradings() == []


def test_a_grading_by_other_checks_is_a_regrading_and_back_again(store):
    (one,) = put(store, handed("ada", "x = 1"))
    first = mark(store, one, 4)
    second = mark(store, one, 6, bundle="c" * 64)
    assert [(one.student, before, after) for _, one, before, after in store.regradings()] == [("ada", first, second)]
    assert store.reuse(key(one), [one.id])
    (one,) = store.submissions()
    assert one.grading == first and len(store.regradings()) == 2


def test_a_transaction_is_whole_or_nothing(store):
    (one,) = put(store, handed("ada", "x = 1"))
    with pytest.raises(RuntimeError):
        store.enrol(students_until_an_error())
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        store.record(Key("0" * 64, "lora", "b", "{}"), [one.id], graded(3))
    assert store.submissions() == [one] and [student.id for student in store.everybody()] == ["ada"]


def students_until_an_error():
    yield Student("bob")
    raise RuntimeError


# --- The gradebook ----------------------------------------------------------------------------------------------------

POLICY = """
deadline = 2026-03-10T23:59:59Z
penalty_per_day = 10
attempts = "{attempts}"
"""


def book(store, attempts="last"):
    return gradebook.build(store, policy.parse(POLICY.format(attempts=attempts), "policy.toml"))


def test_the_attempt_that_counts(store):
    """Of 63 points: 9 on time, then 10 a day late (a penalty of 6.30), and 2 in between, on time."""
    ones = put(
        store,
        handed("ada", "good = 1", origin="a/1/lora.py", submitted=day(9)),
        handed("ada", "late = 1", origin="a/2/lora.py", submitted=day(11)),
        handed("ada", "bad = 1", origin="a/3/lora.py", submitted=day(10)),
    )
    for one, points in zip(ones, (9, 10, 2), strict=True):
        mark(store, one, points)
    seen = {}
    for which in ("last", "best", "last-on-time"):
        entry = book(store, which).entries["ada", "lora"]
        seen[which] = (entry.origin, entry.points, entry.penalty, entry.late > timedelta(), entry.attempts)
    assert seen == {
        "last": ("a/2/lora.py", Decimal("3.70"), Decimal("6.30"), True, 3),
        "best": ("a/1/lora.py", Decimal("9.00"), Decimal(0), False, 3),
        "last-on-time": ("a/3/lora.py", Decimal("2.00"), Decimal(0), False, 3),
    }


def test_who_would_have_more_points_with_another_attempt_is_told(store):
    """Bob's draft came later than his full mark, Cem's is not graded yet, Dora's points were set by hand."""
    ones = put(
        store,
        handed("ada", "1", origin="a/1", submitted=day(8)),
        handed("ada", "2", origin="a/2", submitted=day(9)),
        *(
            handed(name, f"{name}{n}", origin=f"{name}/{n}", submitted=day(8 + n))
            for name in ("bob", "dora")
            for n in (1, 3)
        ),
    )
    for one, points in zip(ones, (5, 9, 10, 8, 10, 8), strict=True):
        mark(store, one, points)
    mark(store, put(store, handed("cem", "1", submitted=day(8)), folder="/c")[0], 9)
    put(store, handed("cem", "2", submitted=day(9)), folder="/d")
    store.override("dora", "lora", Override(Decimal(10), "the draft was a mistake", "me", "2026-03-12"))
    assert book(store).entries["bob", "lora"].better == 10
    (said,) = (line for line in told(store) if "worth more" in line)
    assert said == (
        "Another attempt is worth more than the attempt that counts: Name of bob (1.7 instead of 10). To let the best "
        'attempt count, set attempts = "best" in the policy.'
    )
    assert not any("worth more" in line for line in told(store, "best"))


def test_one_file_in_two_folders_is_one_attempt(store):
    put(store, handed("ada", "x", submitted=day(9)))
    put(store, handed("ada", "x", submitted=day(9)), folder="/copy")
    assert book(store).entries["ada", "lora"].attempts == 1


def test_a_copied_folder_changes_nothing(store):
    """The files of the copy have the date of copying, long after the deadline."""
    for one, points in zip(
        put(
            store,
            handed("ada", "v1 = 1", origin="a/v1/lora.py", submitted=day(8)),
            handed("ada", "v2 = 1", origin="a/v2/lora.py", submitted=day(9)),
        ),
        (9, 10),
        strict=True,
    ):
        mark(store, one, points)
    before = book(store).entries["ada", "lora"]
    put(
        store,
        handed("ada", "v2 = 1", origin="a/v2/lora.py", submitted=day(20)),
        handed("ada", "v1 = 1", origin="a/v1/lora.py", submitted=day(20, 13)),
        folder="/copy",
    )
    after = book(store).entries["ada", "lora"]
    assert (after.points, after.late, after.attempts) == (before.points, before.late, 2) == (10, timedelta(), 2)
    assert after.origin == "a/v2/lora.py" and after.submitted == day(9)


def test_work_that_is_handed_in_again_unchanged_is_as_early_as_before(store):
    ones = put(
        store,
        handed("ada", "v1 = 1", origin="a/1/lora.py", submitted=day(9)),
        handed("ada", "v2 = 1", origin="a/2/lora.py", submitted=day(9, 13)),
        handed("ada", "v1 = 1", origin="a/3/lora.py", submitted=day(20)),
    )
    for one, points in zip(ones, (10, 2, 10), strict=True):
        mark(store, one, points)
    entry = book(store).entries["ada", "lora"]
    assert (entry.points, entry.late, entry.attempts, entry.origin) == (10, timedelta(), 3, "a/3/lora.py")


def test_of_files_of_one_moment_the_one_with_the_highest_number_counts(store):
    chains = (
        ("lora.py", "lora (1).py"),
        ("lora (2).py", "lora (10).py", "lora.py", "lora (1).py"),
        ("lora_v2.py", "lora.py"),
        ("lora.py", "a_lora.py"),
    )
    for names, last in zip(chains, ("lora (1)", "lora (10)", "lora_v2", "lora"), strict=True):
        ones = put(
            store,
            *(handed("ada", f"{last} {name}", origin=f"class.zip!ada/{name}", submitted=day(9)) for name in names),
            folder="/hand-ins",
        )
        for one in ones:
            mark(store, one, 10 if Path(one.origin).stem == last else 1)
        entry = book(store).entries["ada", "lora"]
        assert entry.points == 10 and Path(entry.origin).stem == last
        which, tie = entry.notes
        assert which == f"Of {len(names)} attempts, this one counts: {entry.origin}"
        assert tie.startswith("class.zip!ada/") and ": same time" in tie and "Their names were used" in tie
        assert all(name in tie for name in names if Path(name).stem != last)
        assert len(book(store, "best").entries["ada", "lora"].notes) == 1  # the points decided


def test_what_is_removed_from_its_folder_no_longer_counts(store):
    good, bad = handed("ada", "good = 1", submitted=day(8)), handed("ada", "bad = 1", origin="b", submitted=day(9))
    for one, points in zip(put(store, good, bad), (9, 2), strict=True):
        mark(store, one, points)
    assert book(store).entries["ada", "lora"].points == 2
    put(store, good)
    assert book(store).entries["ada", "lora"].points == 9


def test_a_refused_file_of_no_exercise_is_noted_where_nothing_was_handed_in(store):
    page = Refused(Student("bob", in_roster=False), None, "bob/page.html", "It is a page.")
    put(store, handed("ada", "x"), handed("ada", "y", "heads"), refused=[page], folder="/one")
    whole = book(store)
    assert [whole.entries["bob", slug].notes for slug in whole.exercises] == [
        ("A file was refused, so it does not count: bob/page.html: It is a page.",)
    ] * 2
    assert whole.entries["ada", "lora"].notes == () and whole.refused == (page,)
    put(store, handed("ada", "x"), refused=[page], folder="/one")
    put(store, refused=[page], folder="/copy")
    entry = book(store).entries["bob", "lora"]
    assert (entry.status, entry.attempts, len(entry.refused)) == ("refused", 0, 1)  # of a class with one exercise


NUL = "lora.py is not a text file: it contains NUL bytes."


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        (day(9), f"A newer file was refused, so it does not count: {NUL}"),
        (None, f"A file was refused, so it does not count: {NUL}"),
        (day(7), None),
    ],
)
@pytest.mark.parametrize("which", ["last", "best", "last-on-time"])
def test_the_last_file_that_could_be_read_counts_and_a_newer_refused_one_is_named(store, which, when, sentence):
    ada = Student("ada", "Ada")
    (one,) = put(store, handed(ada, "x", submitted=day(8)), refused=[Refused(ada, "lora", "ada/2/lora.py", NUL, when)])
    mark(store, one, 9)
    whole = book(store, which)
    entry = whole.entries["ada", "lora"]
    assert (entry.status, entry.points, entry.attempts) == ("failed", 9, 1)
    assert any(f"refused, so it does not count: ada/2/lora.py: {NUL}" in note for note in entry.notes)
    lines, told_of = facts.entry_lines(entry), standing.lines(whole)
    line = "Also handed in a file that was refused and does not count: Ada"
    assert ([line for line in lines if "refused" in line], line in told_of) == (
        [sentence] * bool(sentence),
        bool(sentence),
    )
    assert not [line for line in (*lines, *told_of, *entry.notes) if "ttempt" in line]  # refused files are not attempts


def test_who_handed_in_only_what_was_refused_has_a_status_of_their_own(store):
    store.enrol([Student("ada", "Ada"), Student("bob", "Bob"), Student("cem", "Cem")])
    page = Refused(Student("bob"), None, "bob/page.html", "It is a page.")  # of no particular exercise
    refused = [Refused(Student("ada"), "lora", "ada/lora.docx", "lora.docx is a document."), page]
    (one, two) = put(store, handed("dan", "x"), handed("dan", "y", "heads"), refused=refused)
    mark(store, one, 10)
    mark(store, two, 10)
    whole = book(store)
    assert [[whole.entries[who, slug].status for slug in ("lora", "heads")] for who in ("ada", "bob", "cem")] == [
        ["refused", "missing"], ["refused", "refused"], ["missing", "missing"],
    ]  # fmt: skip
    assert [standing.cell(whole.entries[who, "lora"]) for who in ("ada", "bob", "cem")] == ["0 R", "0 R", "-"]
    assert facts.entry_lines(whole.entries["ada", "lora"]) == [
        "Nothing that could be graded was handed in.",
        "A file was refused, so it does not count: lora.docx is a document.",
    ]
    assert facts.entry_lines(whole.entries["bob", "heads"])[1].endswith("does not count: page.html: It is a page.")
    assert facts.entry_lines(whole.entries["cem", "lora"]) == ["Nothing was handed in."]
    told_of = standing.lines(whole)
    assert "On the roster: 3; handed in: 2; nothing from: Cem" in told_of
    assert "Handed in only files that were refused: Ada; Bob" in told_of


def test_an_exercise_is_of_the_class_only_as_long_as_its_override_holds(store):
    put(store, handed("ada", "x"))
    store.override("ada", "heads", Override(Decimal(3), "oral"))
    assert store.exercises() == {"lora", "heads"}
    store.override("ada", "heads", None)
    assert store.exercises() == {"lora"}


# --- Messages about the class as a whole ------------------------------------------------------------------------------


def told(store, attempts="last", more=""):
    rules = policy.parse(POLICY.format(attempts=attempts) + more, "policy.toml")
    return standing.lines(gradebook.build(store, rules), rules)


def test_who_is_missing_late_unknown_or_came_twice_is_told(store):
    store.enrol([Student(name, name.title(), f"{name}@x.org") for name in ("ada", "bob", "cem", "dan")])
    ones = put(
        store,
        handed(Student("ada"), "a", submitted=day(11), notes=[TIME_OF_THE_FILE]),
        handed(Student("bob"), "b1", origin="b/1", submitted=day(8)),
        handed(Student("bob"), "b2", origin="b/2", submitted=day(9)),
        handed(Student("cem"), "c", notes=[CANVAS_LATE]),
        handed(Student("eve", in_roster=False), "e", submitted=day(9)),
    )
    for one in ones:
        mark(store, one, 10)
    extensions = '[extensions]\ns7 = "1d"\n"BOB@x.org" = "1d"\n'
    assert told(store, "best", extensions) == [
        "On the roster: 4; handed in: 3; nothing from: Dan",
        "Not on the roster: eve. Is one of them missing above under a different name?",
        "Late: 1 (Ada), at a cost of 6.3 points in total",
        "For 1 of them, only the timestamp of the file says so. Copying or unpacking files changes it.",
        "For 1 submission, the only known time is the timestamp of its file. Copying or unpacking files changes it.",
        "Marked as late by Canvas, but without a penalty here: Cem",
        "More than one attempt: 1 (Bob)",
        "The policy gives an extension to s7, but no student has this id or e-mail address.",
    ]


def test_an_extension_that_changes_nothing_is_told(store):
    put(store, *(handed(name, name, exercise) for name in "abcd" for exercise in ("lora", "heads")))
    early, late = "2026-03-10T12:00:00Z", "2026-03-12T12:00:00Z"
    lines = [f"a = {early}", f"b = {late}", f"c = {{ lora = {early} }}", 'd = "1d"']
    more = "\n".join(["deadlines = { heads = 2026-03-09T12:00:00Z }", "[extensions]", *lines])
    (said,) = (line for line in told(store, more=more) if "extension" in line)
    assert said == "The extension that the policy gives to c does not end after the deadline, so it changes nothing."
    (said,) = (line for line in told(store, more="\n".join(["[extensions]", *lines])) if "extension" in line)
    assert " a; c " in said


def test_equal_files_are_told_by_exercise_and_notebooks_by_what_was_compared(store):
    put(store, *(handed(name, "x", exercise) for name in "ab" for exercise in ("lora", "heads")))
    (said,) = (line for line in told(store) if "dentical" in line)
    assert said == "Identical files: exercise-3: Name of a = Name of b; exercise-4: Name of a = Name of b"
    put(store, *(handed(name, "y", origin=f"{name}/lora.ipynb") for name in "ab"))
    assert "In notebooks, only the graded code was compared: " in told(store)[-1]


def test_the_attempt_that_counts_is_told_with_its_batch(store):
    put(store, handed("ada", "x", submitted=day(1)), folder="/in/b1")
    put(store, handed("ada", "y", submitted=day(2)), folder="/in/b2")
    note = book(store).entries["ada", "lora"].notes[0]
    assert note == "Of 2 attempts, this one counts: b2/ada/lora.py"
    put(store, handed("ada", "z", submitted=day(3)), folder="/in/more/b1")
    note = book(store).entries["ada", "lora"].notes[0]
    assert note == "Of 3 attempts, this one counts: /in/more/b1/ada/lora.py"


def test_what_was_graded_by_another_run_is_not_called_ignored(store):
    lora, heads = handed("ada", "x"), handed("ada", "y", "heads")
    store.register(Found((lora,), (), ((heads.origin, "not graded here"), ("notes.txt", "no"))), "/in", ["lora"])
    assert len(store.ignored()) == 2
    store.register(Found((heads,), (), ((lora.origin, "not graded here"), ("notes.txt", "no"))), "/in", ["heads"])
    assert store.ignored() == store.ignored("/in") == [("notes.txt", "no")]


def test_who_may_be_meant_by_a_name_is_told(store):
    store.enrol([Student("s1", "José Müller"), Student("s2", "Kim Lee"), Student("s3", "Kim Lee")])
    put(store, *(handed(Student(name, in_roster=False), name) for name in ("Jose Muller", "Kim Leh", "Zoe")))
    assert told(store)[:4] == [
        "On the roster: 3; handed in: 0; nothing from: José Müller; Kim Lee (s2); Kim Lee (s3)",
        "Not on the roster: Jose Muller; Kim Leh; Zoe. Is one of them missing above under a different name?",
        "'Jose Muller' may be José Müller (s1). If so, rename the file or folder: put the id in place of the name. "
        "Then grade again.",
        "'Kim Leh' may be Kim Lee (s2); Kim Lee (s3). If so, rename the file or folder: put the id in place of the "
        "name. Then grade again.",
    ]


def test_earlier_attempts_that_gradescope_kept_are_told(store):
    put(store, handed("ada", "a", notes=[EARLIER]), handed("bob", "b"))
    line = "Only the last attempt is graded, because Gradescope does not export earlier ones: Name of ada"
    assert line in told(store, "best")


def test_times_that_only_files_tell_are_told_even_if_nobody_is_late(store):
    ones = put(store, *(handed(Student(who), who, submitted=day(9), notes=[TIME_OF_THE_FILE]) for who in ("a", "b")))
    for one in ones:
        mark(store, one, 10)
    line = "For 2 submissions, the only known times are the timestamps of their files. "
    line += "Copying or unpacking files changes them."
    assert line in told(store)
    assert line in standing.lines(gradebook.build(store, policy.parse(POLICY.format(attempts="last"), "p")))
    assert line not in standing.lines(gradebook.build(store, policy.parse("", "p")))


def test_those_whom_only_the_files_make_late_are_told_if_canvas_did_not_mark_them(store):
    mark_of_canvas = [CANVAS_LATE, TIME_OF_THE_FILE]
    ones = put(
        store,
        handed(Student("ada"), "a", origin="in/ada_12_3456_lora.py", submitted=day(12), notes=[TIME_OF_THE_FILE]),
        handed(Student("bob"), "b", origin="in/bob_LATE_13_3457_lora.py", submitted=day(12), notes=mark_of_canvas),
        handed(Student("cem"), "c", origin="cem/lora.py", submitted=day(12), notes=[TIME_OF_THE_FILE]),
    )
    for one in ones:
        mark(store, one, 10)
    assert "Late by the timestamps of their files, but not marked as late by Canvas: ada" in told(store)


def test_what_came_after_accept_until_says_why_it_is_worth_nothing(store):
    ones = put(store, handed("ada", "a", submitted=day(13)), handed("bob", "b", submitted=day(11)))
    for one in ones:
        mark(store, one, 10)
    rules = policy.parse('accept_until = "2d"\n' + POLICY.format(attempts="last"), "policy.toml")
    whole = gradebook.build(store, rules)
    reason = "Work was accepted until 2026-03-12 23:59:59+00:00. This came later, so it earns nothing."
    late, accepted = whole.entries["ada", "lora"], whole.entries["bob", "lora"]
    assert late.points == 0 and reason in late.notes and reason in facts.entry_lines(late)
    assert accepted.points > 0 and reason not in (*accepted.notes, *facts.entry_lines(accepted))
    assert "Handed in after accept_until, and so worth nothing: Name of ada" in standing.lines(whole)


def test_a_share_in_place_of_a_percentage_is_told(store):
    line = (
        "The policy says penalty_cap = 0.5, which is less than one percent. If you mean 50 percent, "
        "write penalty_cap = 50."
    )
    for cap, count in (("0.5", 1), ("50", 0), ("0", 0), ("1", 0)):
        assert told(store, "last", f"penalty_cap = {cap}\n").count(line) == count


def test_nothing_is_told_of_a_class_without_surprises(store):
    (one,) = put(store, handed("ada", "a", submitted=day(9)))
    mark(store, one, 10)
    assert told(store) == []


# --- Every student ----------------------------------------------------------------------------------------------------


def test_every_student_has_a_row_and_every_reason_is_told(store):
    store.enrol([Student("zoe", "Zoe"), Student("ada", "Ada")])
    (one, two) = put(
        store,
        handed("ada", "x = 1", submitted=day(9)),
        handed("eve", "y = 1"),
        refused=[
            Refused(Student("bob"), "lora", "bob/lora.docx", "It is a document.", day(11)),
            Refused(Student("ada"), "lora", "ada/lora.png", "It is a picture."),
            Refused(None, None, "junk.zip", "It is a bomb."),
        ],
    )
    mark(store, one, 10)
    whole = book(store)
    assert [student.id for student in whole.students] == ["zoe", "ada", "bob", "eve"]
    assert [(entry.student.id, entry.status, entry.points) for entry in whole] == [
        ("zoe", "missing", 0), ("ada", "passed", 10), ("bob", "refused", 0), ("eve", "not_graded", 0),
    ]  # fmt: skip
    ada, bob, eve = (whole.entries[name, "lora"] for name in ("ada", "bob", "eve"))
    assert (
        ada.notes == ("A file was refused, so it does not count: ada/lora.png: It is a picture.",)
        and ada.result.file == "ada/lora.py"
    )
    assert (bob.result.message, bob.late, bob.max_points) == ("It is a document.", timedelta(), 63)
    assert eve.result.message == "not graded yet" and eve.sha256 == two.sha256
    assert [no.origin for no in whole.refused] == ["junk.zip"]


def test_an_override_wins_over_everything_until_it_is_removed(store):
    (one,) = put(store, handed("ada", "x", submitted=day(12)))
    mark(store, one, 4)
    store.override("ada", "lora", Override(Decimal("7.5"), "ill", "prof", "2026-03-12T00:00:00+00:00"))
    mark(store, one, 9, bundle="c" * 64)
    entry = book(store).entries["ada", "lora"]
    assert (entry.points, entry.earned, entry.override.reason) == (Decimal("7.50"), 9, "ill")
    store.override("ada", "lora", None, reason="not ill", by="dean")
    assert book(store).entries["ada", "lora"].override is None
    assert [row[:3] for row in store.override_log("ada", "lora")] == [
        (Decimal("7.5"), "ill", "prof"), (None, "not ill", "dean"),
    ]  # fmt: skip


def test_totals_are_exact(store):
    """A thousand additions of hundredths are compared with whole numbers of hundredths."""
    dice = random.Random(3)
    rows = []
    for number in range(40):
        for exercise in ("lora", "heads"):
            rows.append(handed(f"s{number:02}", f"x = {dice.random()}", exercise, submitted=day(dice.randint(8, 14))))
    expected = {}
    for one in put(store, *rows):
        points = dice.randint(0, 9)
        mark(store, one, points)
        days = max(0, one.submitted.day - 10)
        most = {exercise.slug: exercise.points for exercise in syllabus.load()}[one.exercise]
        worth = max(0, points * 100 - days * most * 10)
        expected[one.student] = expected.get(one.student, 0) + worth
    whole = book(store)
    totals = gradebook.totals(whole)
    assert {name: int(points * 100) for name, points in totals.items()} == expected
    assert sum(totals.values()) == sum((entry.points for entry in whole), Decimal(0)) > 0


# --- The hash of the grading code -------------------------------------------------------------------------------------


@pytest.fixture
def rooms(tmp_path):
    """Copy the files that the hash covers."""
    for slug in ("basics", "lora"):
        for path in bundle.files(slug):
            target = tmp_path / path.relative_to(paths.ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    target = tmp_path / paths.SYLLABUS.relative_to(paths.ROOT)
    target.write_bytes(paths.SYLLABUS.read_bytes())
    return tmp_path


@pytest.mark.parametrize(
    ("file", "touched"),
    [
        ("grader/checks/check_lora.py", {"lora"}),
        ("grader/misconceptions/lora.toml", {"lora"}),
        ("grader/fixtures/basics.py", {"basics"}),
        ("solutions/basics.py", {"basics"}),
        ("grader/judge/expect.py", {"basics", "lora"}),
        ("grader/judge/facts.toml", {"basics", "lora"}),
        ("course/submission.py", {"basics", "lora"}),
    ],
)
def test_a_correction_touches_what_depends_on_it(rooms, file, touched):
    before = {slug: bundle.of(slug, rooms) for slug in ("basics", "lora")}
    assert before == {slug: bundle.of(slug) for slug in before}
    with (rooms / file).open("a") as stream:
        stream.write("\n# corrected\n")
    assert {slug for slug in before if bundle.of(slug, rooms) != before[slug]} == touched


def test_points_and_limits_of_an_exercise_decide_too(rooms):
    before = {slug: bundle.of(slug, rooms) for slug in ("basics", "lora")}
    file = rooms / "course" / "syllabus.toml"
    text = file.read_text(encoding="utf-8")
    assert text.count("points = 63") == 1
    file.write_text(text.replace("points = 63", "points = 64"), encoding="utf-8")
    syllabus.load.cache_clear()
    assert bundle.of("basics", rooms) == before["basics"]
    assert bundle.of("lora", rooms) != before["lora"]


def test_the_hash_looks_at_everything_that_a_grading_reads():
    """No check or fixture uses another exercise's, and each module of the course that the grader imports counts."""
    slugs = [exercise.slug for exercise in syllabus.load() if not exercise.planned]
    imported = set()
    for path in (ROOT / "grader").rglob("*.py"):
        own = path.stem.removeprefix("check_") if path.parent.name in bundle.CONTENT else None
        lines = re.findall(
            r"^\s*(?:from|import) (course|grader)\b([^#\n]*)", path.read_text(encoding="utf-8"), re.MULTILINE
        )
        for room, rest in lines:
            words = set(re.findall(r"\w+", rest))
            if room == "course":
                imported |= {word for word in words if (ROOT / "course" / f"{word}.py").exists()}
            elif own in slugs:
                assert not {word.removeprefix("check_") for word in words} & (set(slugs) - {own}), path
    assert imported == {*bundle.SHARED, "notebook"}  # the notebook only tells which cell holds a line
    for slug in slugs:
        names = {path.relative_to(paths.ROOT).as_posix() for path in bundle.files(slug)}
        assert {f"grader/checks/check_{slug}.py", f"solutions/{slug}.py", "grader/judge/grading.py"} <= names


# --- Kill -9 ----------------------------------------------------------------------------------------------------------

FILES = 16
CHILD = """
import sys
from pathlib import Path
from tests.class_desk import Desk, handed
from tests.test_class_store import FILES
desk = Desk(Path(sys.argv[1]))
print("begin", flush=True)
desk.grade(*(handed(f"s{n:02}", f"x = {n}  # fail: {n % 4}  # sleep: 0.03") for n in range(FILES)), jobs=3)
print("end", flush=True)
"""


def test_kill_loses_what_was_running_and_counts_nothing_twice(tmp_path):
    """Killed at several moments and resumed each time; in the end everything is graded."""
    desk = Desk(tmp_path)
    seen = [0]
    for target in (0, 2, 7, None):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT, text=True
        )
        with child:
            if target is not None:
                deadline = time.monotonic() + 60
                while len(desk.requests) <= target + seen[-1] - seen[0] and time.monotonic() < deadline:
                    time.sleep(0.005)
                os.kill(child.pid, signal.SIGKILL)
            assert child.wait(60) == (0 if target is None else -signal.SIGKILL)
        Store(desk.store_path).close()  # it can be opened
        whole, foreign, counted = by_sqlite(
            desk.store_path,
            "PRAGMA integrity_check",
            "PRAGMA foreign_key_check",
            "SELECT sha256, exercise, count(*) FROM grading GROUP BY 1, 2",
        )
        assert (whole, foreign) == ([("ok",)], [])
        assert all(row[2] == 1 for row in counted)
        assert len(counted) >= seen[-1]  # nothing that was stored is lost
        seen.append(len(counted))
    assert seen[-1] == FILES
    asked = [json.dumps(request["source"]) for request in desk.requests]
    assert len(set(asked)) == FILES
    assert len(asked) <= FILES + 3 * 6  # each killed run repeats at most the gradings that were in flight
    with Store(desk.store_path) as store:
        whole = gradebook.build(store)
        assert [entry.points for entry in whole] == [
            Decimal((6, 5, 3, 0)[number % 4]) for number in range(FILES)
        ]  # fmt: skip
