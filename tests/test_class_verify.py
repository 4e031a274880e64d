"""verify, regrade and override: the changes of a correction, and an instructor's own decisions."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from valid import valid

from course import bundle, paths
from course.classroom import gradebook, verify
from course.classroom.model import Found
from course.classroom.store import Store
from course.result import Result
from tests.class_desk import Desk, handed
from tests.fake_grader import check, result

pytestmark = pytest.mark.usefixtures("english_environment")
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


@pytest.fixture
def graded(desk):
    """Return a result as the class has it, and its file."""

    def graded(source):
        file = desk.folder / "lora.py"
        file.write_text(source)
        desk.grade(handed("ada", source))
        with Store(desk.store_path) as store:
            (one,) = store.submissions()
            found = store.result(one.grading)
        kept = desk.folder / "result.json"
        kept.write_text(json.dumps(found.to_json()))
        return kept, file

    return graded


def correct(desk, monkeypatch, *slugs):
    """Correct the checks of these exercises: the first one passes for everybody from now on."""
    (desk.folder / "changed").touch()
    old = bundle.of
    monkeypatch.setattr(bundle, "of", lambda slug: "c" * 64 if slug in slugs else old(slug))


# --- verify -----------------------------------------------------------------------------------------------------------


def test_a_true_result_is_confirmed_with_its_own_seed_and_a_fresh_one(desk, graded):
    outcome = desk("verify", *map(str, graded("# fail: 2\n")))
    assert outcome.exit_code == 0, outcome.output
    assert (
        outcome.stdout.splitlines()[-1] == "The result is confirmed: both gradings gave every check the same outcome."
    )
    assert "The checks have not changed since it was graded." in outcome.stdout
    assert [request["seed"] for request in desk.requests] == [None, 7, None]


def test_a_result_in_a_store_is_verified_by_student_and_exercise(desk):
    desk.grade(handed("ada", "# fail: 2\n"), handed("bob", "# flaky\n"))
    store = ["--store", str(desk.store_path)]
    outcome = desk("verify", "Name of ada", "3", *store)
    assert outcome.exit_code == 0 and "The result is confirmed" in outcome.stdout
    assert "Name of ada: ada/lora.py" in outcome.stdout
    assert desk("verify", "bob", "lora", *store).exit_code == 1
    for words, said in ((["eve", "lora"], "nobody in this class"), (["ada", "heads"], "nothing of ada was graded")):
        outcome = desk("verify", *words, *store)
        assert outcome.exit_code == 2 and said in outcome.stderr


def test_a_forged_result_is_not_confirmed(desk, graded):
    kept, file = graded("# fail: 2\n")
    forged = json.loads(kept.read_text())
    for one in forged["checks"]:
        one.update(status="passed", points=one["max_points"])
    forged.update(status="passed", points=6)
    kept.write_text(json.dumps(forged))
    outcome = desk("verify", str(kept), str(file))
    assert outcome.exit_code == 1
    assert "f.c0: passed 1/1 → failed 0/1" in outcome.stdout and "f.c2" not in outcome.stdout
    assert "recorded: passed, 6/6 points" in outcome.stdout and "fresh seed 7: failed, 3/6 points" in outcome.stdout


def test_what_depends_on_the_seed_is_shown(desk, graded):
    kept, file = graded("# flaky\n")
    outcome = desk("verify", str(kept), str(file))
    assert outcome.exit_code == 1
    assert outcome.stdout.count("f.c2: failed 0/3 → passed 3/3") == 1  # with the recorded seed alone


def test_another_file_is_refused_before_anything_is_graded(desk, graded):
    kept, file = graded("x = 1\n")
    file.write_text("x = 2\n")
    outcome = desk("verify", str(kept), str(file))
    assert outcome.exit_code == 1 and "is not the file that was graded" in outcome.stderr
    assert len(desk.requests) == 1


def test_other_checks_are_named_and_compared_all_the_same(desk, graded, monkeypatch):
    kept, file = graded("# fail: 1\n")
    correct(desk, monkeypatch, "lora")
    outcome = desk("verify", str(kept), str(file))
    assert outcome.exit_code == 1 and "The checks have changed since it was graded." in outcome.stdout
    told = json.loads(kept.read_text())
    kept.write_text(json.dumps({**told, "bundle": None}))
    assert "does not record which checks" in desk("verify", str(kept), str(file)).stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ('{"schema": "course/result/v1"}', "is not a result of course grade"),
        (json.dumps(result([check("f.c")], "passed", only=["f.c"])), "only some of the checks"),
        (json.dumps(result([check("f.c")], "passed", sha256=None)), "it contains no hash"),
        (json.dumps(result([check("f.c")], "passed", slug="../x")), "no exercise called"),
        (json.dumps({**result([check("f.c")], "passed"), "points": 5}), "not the sum"),
    ],
)
def test_what_is_no_result_is_refused_in_a_sentence(desk, content, said):
    (desk.folder / "result.json").write_text(content)
    (desk.folder / "lora.py").write_text("x = 1\n")
    outcome = desk("verify", str(desk.folder / "result.json"), str(desk.folder / "lora.py"))
    assert outcome.exit_code == 2 and said in outcome.stderr and desk.requests == []


def test_a_check_that_came_or_went_is_a_change():
    old = Result.from_json(result([check("f.a"), check("f.b")], "passed"))
    new = Result.from_json(result([check("f.b"), check("f.c")], "passed"))
    assert [(change.id, change.before is None, change.after is None) for change in verify.compare(old, new)] == [
        ("f.c", True, False), ("f.a", False, True),
    ]  # fmt: skip
    assert verify.compare(old, old) == []


# --- regrade ----------------------------------------------------------------------------------------------------------

CHANGES = """\
What has changed:
Name of bob           exercise-3   5/6 → 6/6
  f.c0: failed 0/1 → passed 1/1
Name of cem           exercise-3   3/6 → 5/6  the override still applies: 2.50
  f.c1: failed 0/2 → passed 2/2

2 results have changed, 1 is unchanged.
"""


def test_only_what_a_correction_touches_is_graded_again(desk, monkeypatch):
    desk.grade(
        handed("ada", "x = 1"),
        handed("bob", "# fail: 1"),
        handed("cem", "# fail: 2"),
        handed("dora", "# fail: 2", "heads"),
    )
    outcome = desk("override", "cem", "3", "2.5", "--store", str(desk.store_path), "--reason", "talked it over")
    assert outcome.exit_code == 0 and "Name of cem, lora: 2.50 points by hand (talked it over)" in outcome.stdout
    correct(desk, monkeypatch, "lora")
    before = len(desk.requests)

    dry = desk("regrade", "--store", str(desk.store_path), "--dry-run")
    assert dry.exit_code == 0 and len(desk.requests) == before
    assert "exercise-3: the checks have changed for 3 of 3 submissions" in dry.stdout
    assert "exercise-4: the checks are the same" in dry.stdout

    outcome = desk("regrade", "--store", str(desk.store_path))
    assert outcome.exit_code == 0, outcome.output
    again = desk.requests[before:]
    assert sorted(request["source"] for request in again) == ["# fail: 1", "# fail: 2", "x = 1"]
    assert {(request["exercise"], request["seed"]) for request in again} == {("lora", 7)}  # with their old seeds
    shown = outcome.stdout[outcome.stdout.index("What has changed:") :].partition("\nWrite the class report")[0]
    head, *blocks = shown.replace("\n\n", "\nName of").split("Name of")
    assert sorted(blocks) == sorted(CHANGES.replace("\n\n", "\nName of").split("Name of")[1:])

    with Store(desk.store_path) as store:
        book = gradebook.build(store)
        assert len(store.regradings()) == 3
    cem = book.entries["cem", "lora"]
    assert (cem.points, cem.earned, cem.override.reason) == (Decimal("2.50"), 5, "talked it over")
    assert book.entries["bob", "lora"].points == 6
    assert desk("regrade", "--store", str(desk.store_path)).stdout.count("Nothing needs to be graded again.") == 1
    assert len(desk.requests) == before + 3


def test_what_was_graded_by_earlier_checks_keeps_its_mark_until_it_is_regraded(desk, monkeypatch):
    old = [handed("ada", "# fail: 1"), handed("bob", "x = 1")]
    desk.grade(*old)
    correct(desk, monkeypatch, "lora")
    moved = handed("bob", "x = 1", origin="renamed/lora.py")
    counts, _ = desk.grade(old[0], moved, handed("cem", "# fail: 1"), handed("dora", "# fail: 2"))
    assert (counts.reused, counts.graded) == (3, 1)  # cem's file is ada's, and so is the mark
    assert [request["source"] for request in desk.requests[2:]] == ["# fail: 2"]

    outcome = desk("status", "--store", str(desk.store_path))
    assert "exercise-3: the checks have changed since 3 submissions were graded. Their marks stay" in outcome.stdout
    assert outcome.stdout.splitlines()[-1].endswith(f"course class regrade --store {desk.store_path}")

    folder = desk.folder / "more" / "eve"
    folder.mkdir(parents=True)
    (folder / "lora.py").write_text("# fail: 1\n")
    outcome = desk("grade", str(folder.parent), "--store", str(desk.store_path), "--exercise", "3")
    assert outcome.stdout.splitlines()[-1].endswith(f"course class regrade --store {desk.store_path}")
    assert desk("regrade", "--store", str(desk.store_path)).exit_code == 0
    assert "the checks have changed since" not in desk("status", "--store", str(desk.store_path)).stdout
    counts, _ = desk.grade(*old)
    assert (counts.reused, counts.graded) == (2, 0)


def test_a_regrade_of_one_exercise_leaves_the_others(desk, monkeypatch):
    desk.grade(handed("ada", "# fail: 1"), handed("ada", "# fail: 1", "heads"))
    correct(desk, monkeypatch, "lora", "heads")
    assert desk("regrade", "--store", str(desk.store_path), "--exercise", "heads").exit_code == 0
    assert [request["exercise"] for request in desk.requests[2:]] == ["heads"]


def test_a_regrade_that_fails_through_our_fault_keeps_the_old_points(desk, monkeypatch):
    (desk.folder / "repaired").touch()
    desk.grade(handed("ada", "# ours"))
    (desk.folder / "repaired").unlink()
    correct(desk, monkeypatch, "lora")
    words = ["--exercise", "lora", "--jobs", "3", "--allow-unsandboxed"]
    outcome = desk("regrade", "--store", str(desk.store_path), *words)
    assert outcome.exit_code == 3 and "0 results have changed" in outcome.stdout
    again = f"course class regrade --store {desk.store_path} --jobs 3 --exercise lora --allow-unsandboxed"
    assert outcome.stdout.splitlines()[-1] == again
    with Store(desk.store_path) as store:
        assert gradebook.build(store).entries["ada", "lora"].points == 6
    (desk.folder / "repaired").touch()
    assert desk("regrade", "--store", str(desk.store_path)).exit_code == 0
    assert desk.requests[-1]["source"] == "# ours"


# --- override ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ada", "lora", "3"], "needs a reason"),
        (["ada", "lora", "-1", "--reason", "-2"], "-1 is not a valid number of points: give one from 0 to "),
        (["ada", "lora", "--reason", "x", "-0.5"], "-0.5 is not a valid number of points: give one from 0 to "),
        (["ada", "lora", "3", "-x", "--reason", "x"], "o such option"),
        (["ada", "lora", "999", "--reason", "x"], "999 is not a valid number of points: give one from 0 to "),
        (["ada", "lora", "nan", "--reason", "x"], "nan is not a valid number of points"),
        (["ada", "lora", "1e9", "--reason", "x"], "1e9 is not a valid number of points"),
        (["ada", "lora", "1.234", "--reason", "x"], "at most two decimal places"),
        (["ada", "lora", "--reason", "x"], "give either POINTS or --remove"),
        (["ada", "lora", "3", "--remove"], "give either POINTS or --remove"),
        (["ada", "lora", "--remove"], "there is no override"),
        (["nobody", "lora", "3", "--reason", "x"], "nobody in this class is called 'nobody'"),
        (["ada", "cooking", "3", "--reason", "x"], "no exercise called 'cooking'"),
        (["ada", "heads", "3", "--reason", "x"], "heads is not an exercise of this class. Its exercises are: lora"),
    ],
)
def test_an_override_that_says_nothing_is_refused(desk, words, said):
    desk.grade(handed("ada", "x"))
    outcome = desk("override", *words, "--store", str(desk.store_path))
    assert outcome.exit_code == 2
    assert any(part in outcome.stderr for part in said.split("|")), outcome.stderr
    with Store(desk.store_path) as store:
        assert store.overrides() == {}


def test_an_override_is_logged_with_its_author_and_can_be_removed(desk):
    desk.grade(handed("ada", "# fail: 2"))
    store_words = ["--store", str(desk.store_path)]
    assert desk("override", "ADA", "lora", "6", "--reason", "oral", "--by", "Prof. X", *store_words).exit_code == 0
    outcome = desk("override", "ada", "lora", "--remove", *store_words)
    assert "Name of ada, lora: 3.00 points, as graded" in outcome.stdout
    with Store(desk.store_path) as store:
        log = store.override_log("ada", "lora")
        assert gradebook.build(store).entries["ada", "lora"].points == 3
    assert [(points, reason) for points, reason, _, _ in log] == [(Decimal(6), "oral"), (None, "")]
    assert log[0][2] == "Prof. X" and log[0][3] <= log[1][3]


def test_commands_on_a_store_that_is_not_there_make_none(desk):
    for words in (["regrade"], ["override", "ada", "lora", "3", "--reason", "x"]):
        outcome = desk(*words, "--store", str(desk.store_path))
        assert outcome.exit_code == 2 and "there is no store" in outcome.stderr
    assert not desk.store_path.exists()


# --- The real grader --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_result_of_the_real_grader_is_confirmed(tmp_path):
    """A wrong file: the same checks fail with its own seed and with a fresh one."""
    reference = paths.solution("strategy").read_text(encoding="utf-8")
    file = tmp_path / "strategy.py"
    file.write_text(reference.replace("    return", "    return None and", 1), encoding="utf-8")
    kept = tmp_path / "result.json"
    course = [sys.executable, "-m", "course"]
    options = {"cwd": ROOT, "capture_output": True, "text": True}
    first = subprocess.run([*course, "grade", "strategy", "--file", str(file), "--json", str(kept)], **options)
    assert first.returncode == 1, first.stdout + first.stderr
    told = valid(json.loads(kept.read_text()))
    assert told["bundle"] == bundle.of("strategy") and told["status"] == "failed" and told["points"] > 0
    second = subprocess.run([*course, "class", "verify", str(kept), str(file), "--lang", "en"], **options)
    assert second.returncode == 0, second.stdout + second.stderr
    assert "The result is confirmed" in second.stdout


# --- status -----------------------------------------------------------------------------------------------------------


def test_the_marks_so_far_are_shown_with_their_signs(desk):
    desk.grade(handed("ada", "# fail: 2"), handed("bob", "x"), handed("bob", "y", "heads"), handed("cem", "z"))
    words = ["--store", str(desk.store_path)]
    assert desk("override", "cem", "lora", "2.5", "--reason", "oral", *words).exit_code == 0
    with Store(desk.store_path) as store:
        late = [handed("dan", "w")]
        store.register(Found(tuple(late), ()), "/later")
    outcome = desk("status", *words)
    shown = [line.split() for line in outcome.stdout.splitlines()]
    assert outcome.exit_code == 0
    assert shown[:5] == [
        ["student", "lora", "heads", "total"],
        ["Name", "of", "ada", "3", "-", "3"],
        ["Name", "of", "bob", "6", "6", "12"],
        ["Name", "of", "cem", "2.5*", "-", "2.5"],
        ["Name", "of", "dan", "?", "-", "0"],
    ]
    assert "? not graded yet" in outcome.stdout
