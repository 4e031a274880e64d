"""Grading a class: every submission exactly once, whatever happens to graders, workers and commands."""

import contextlib
import dataclasses
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from rich.console import Console

from course import bundle, paths, signals
from course.classroom import commands, gradebook, run
from course.classroom.model import Refused, Student
from course.classroom.store import Store
from course.errors import GraderFault
from scripts import class_folder
from tests.class_desk import Desk, by_sqlite, handed

pytestmark = pytest.mark.usefixtures("english_environment")
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def rows(desk):
    """Return (student, status, points) of the gradebook."""
    with Store(desk.store_path) as store:
        return [(entry.student.id, entry.status, int(entry.points)) for entry in gradebook.build(store)]


# --- Outcomes of submissions ------------------------------------------------------------------------------------------


def test_each_source_is_graded_once_and_told_to_everybody_who_handed_it_in(desk):
    counts, heard = desk.grade(
        handed("ada", "x = 1"), handed("bob", "x = 1"), handed("cem", "# fail: 2"), handed("dora", "x = 1", "heads")
    )
    assert sorted(heard) == [
        (["ada", "bob"], "passed", 6), (["cem"], "failed", 3), (["dora"], "passed", 6),
    ]  # fmt: skip
    assert (counts.graded, counts.processed, len(desk.requests)) == (4, 4, 3)
    assert rows(desk) == [
        ("ada", "passed", 6), ("ada", "missing", 0), ("bob", "passed", 6), ("bob", "missing", 0),
        ("cem", "failed", 3), ("cem", "missing", 0), ("dora", "missing", 0), ("dora", "passed", 6),
    ]  # fmt: skip


def test_what_is_unchanged_is_not_graded_again(desk, monkeypatch):
    files = [handed("ada", "x = 1"), handed("bob", "# fail: 1")]
    desk.grade(*files)
    counts, heard = desk.grade(*files)
    assert (counts.reused, counts.graded, heard, len(desk.requests)) == (2, 0, [], 2)
    counts, _ = desk.grade(files[0], handed("bob", "# fail: 2"), handed("cem", "x = 1"))
    assert (counts.reused, counts.graded) == (2, 1)  # cem's file was known
    counts, _ = desk.grade(*files, seed=lambda one: 5)
    assert (counts.reused, counts.graded) == (0, 2) and desk.requests[-1]["seed"] == 5
    monkeypatch.setattr(bundle, "environment", lambda level: json.dumps({"torch": "another", "sandbox": level}))
    assert desk.grade(*files)[0].reused == 2
    assert desk.grade(*files, setup=desk.setup(level="auto"))[0].graded == 2


def test_seeds_per_student_grade_equal_files_apart(desk):
    counts, _ = desk.grade(handed("ada", "x"), handed("bob", "x"), seed=lambda one: len(one.student + one.exercise))
    assert counts.graded == 2 and len(desk.requests) == 1  # both names have three letters
    desk.grade(handed("ada", "x"), handed("florence", "x"), seed=lambda one: len(one.student))
    assert sorted(request["seed"] for request in desk.requests) == [3, 7, 8]


def test_our_fault_is_tried_twice_told_and_tried_again_next_time(desk):
    files = [handed("ada", "x = 1"), handed("bob", "# ours")]
    counts, heard = desk.grade(*files)
    assert (counts.graded, counts.ours, counts.faults) == (1, 1, ["the judge ended without a result"])
    assert [request["source"] for request in desk.requests].count("# ours") == 2
    assert ("bob", "grader_error", 0) in rows(desk)
    (desk.folder / "repaired").touch()
    counts, heard = desk.grade(*files)
    assert (counts.graded, counts.reused, heard) == (1, 1, [(["bob"], "passed", 6)])
    assert ("bob", "passed", 6) in rows(desk)


def test_a_file_that_ends_every_grader_stops_nobody(desk):
    counts, _ = desk.grade(*(handed(f"s{n}", f"x = {n}") for n in range(8)), handed("eve", "# kill"), jobs=3)
    assert (counts.graded, counts.ours) == (8, 1)
    assert "exit code 9" in counts.faults[0]


def test_what_cannot_be_graded_is_a_row_with_its_reason(desk):
    refused = Refused(Student("dora"), "lora", "dora/lora.docx", "It is a document.")
    counts, _ = desk.grade(handed("ada", "# broken"), handed("bob", "x"), refused=[refused])
    assert (counts.graded, counts.not_gradable, counts.refused) == (1, 1, 1)
    with Store(desk.store_path) as store:
        entries = gradebook.build(store).entries
    assert entries["ada", "lora"].result.message == "lora.py, line 1: invalid syntax"
    assert entries["dora", "lora"].result.message == "It is a document."
    assert entries["ada", "lora"].points == entries["dora", "lora"].points == 0


def test_a_source_travels_as_it_is_and_leaves_nothing_behind(desk, monkeypatch, tmp_path):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    stale = temporary / f"{run.PREFIX}999999999-x"
    stale.mkdir()
    desk.grade(handed("ada", "# é\r\nx = 1"))
    (request,) = desk.requests
    assert Path(request["file"]).name == "lora.py" and request["source"].startswith("# é")
    assert Path(request["file"]).parent.parent.parent == temporary
    assert list(temporary.iterdir()) == []


def test_errors_in_a_notebook_can_be_told_by_cell_and_line(desk):
    cells = ((1, 2, 1), (2, 4, 3))
    book = dataclasses.replace(handed("ada", "x = 1\n"), origin="ada/lora.ipynb", cells=cells)
    desk.grade(book, handed("bob", "x = 2\n"))
    first, second = sorted(desk.requests, key=lambda request: request["source"])
    assert (first["shown"], first["cells"]) == ("lora.ipynb", [[1, 2, 1], [2, 4, 3]])
    assert "cells" not in second
    with Store(desk.store_path) as store:
        files = [store.result(one.grading).file for one in store.submissions()]
    assert files == ["lora.ipynb", "lora.py"]


def test_no_more_gradings_at_once_than_there_are_jobs(desk):
    desk.grade(*(handed(f"s{n}", f"x = {n}  # sleep: 0.05") for n in range(9)), jobs=3)
    graded = [request for request in desk.requests if "sleep" in request["source"]]
    assert len(graded) == 9 and len({request["pid"] for request in graded}) == 1  # one grader for all


def test_other_checks_than_those_of_the_store_grade_nothing(desk):
    """A worker of a cluster can have another version of the course."""
    with desk.store() as store:
        store.register(run.Found((handed("ada", "x"),), ()), "/hand-ins")
        (job,) = run.plan(store.submissions(), desk.setup())
    theirs = run.replace(job.key, bundle="0" * 64)
    result = json.loads(run.perform(run.Task(theirs, b"x", desk.setup())))
    assert result["status"] == "grader_error" and "a different version of the checks" in result["message"]
    theirs = run.replace(job.key, environment="{}")
    result = json.loads(run.perform(run.Task(theirs, b"x", desk.setup())))
    assert "different versions of Python or of the libraries" in result["message"]
    assert desk.requests == []


def test_a_broken_future_is_our_fault_and_a_lost_cluster_stops(desk):
    class Lost(run.Executor):
        def __init__(self, error):
            self.error = error

        def submit(self, function, /, *arguments):
            future = run.Future()
            if self.error:
                future.set_exception(self.error)
            else:
                future.cancel()
                future.set_running_or_notify_cancel()
            return future

    with desk.store() as store:
        waiting, counts = run.take(run.Found((handed("ada", "x"),), ()), store, "/x", desk.setup())
        crew = run.Crew(desk.setup(), Lost(RuntimeError("killed")), 4, run.Answer("full", 1.0), 1)
        run.grade(waiting, store, crew, counts, lambda job, result: None)
        assert counts.faults == ["The grading was aborted: RuntimeError: killed"]
        crew = run.Crew(desk.setup(), Lost(None), 4, run.Answer("full", 1.0), 1)
        with pytest.raises(GraderFault, match="Dask scheduler has lost"):
            run.grade(waiting, store, crew, counts, lambda job, result: None)


# --- The command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """Return a folder with the files of three students and a document."""
    folder = tmp_path / "hand-ins"
    for name, source in {"ada": "x = 1\n", "bob": "# fail: 2\n", "cem": "# broken\n"}.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "lora.py").write_text(source)
    (folder / "dora").mkdir()
    (folder / "dora" / "lora.docx").write_bytes(b"PK\x03\x04")
    return folder


REPORT = """\
dora                  refused  dora/lora.docx: lora.docx is a word processor or browser document. Save your code \
as plain text in a file that ends in .py.
3 submissions to grade, 1 at a time, sandbox full, at most 120 s for each
ada   exercise-3     6/6  passed
bob   exercise-3     3/6  failed        the scaling is inverted
cem   exercise-3     0/6  not gradable  lora.py, line 1: invalid syntax

2  graded
0  unchanged, so not graded again
1  not gradable: the file does not run, or defines none of the expected names
1  refused, for the reasons above
0  failed because of an error on our side; the next run retries them
0.1 s, 9.99 gradings per second

Handed in only files that were refused: dora

Write the class report:
course class report --store STORE
"""


def plain(output, desk):
    """Return the printed text without the parts that differ from run to run."""
    text = output.replace(str(desk.store_path), "STORE")
    text = re.sub(r"[\d.]+ s, [\d.]+ gradings per second", "0.1 s, 9.99 gradings per second", text)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def test_the_report_of_a_run(desk, folder):
    outcome = desk("grade", str(folder), "--store", str(desk.store_path), "--jobs", "1")
    shown = plain(outcome.stdout, desk)
    first = sorted(shown.splitlines()[2:5])  # if two end at the same time, either can be reported first
    assert "\n".join([*shown.splitlines()[:2], *first, *shown.splitlines()[5:]]) + "\n" == REPORT
    assert outcome.exit_code == 0
    again = desk("grade", str(folder), "--store", str(desk.store_path))
    assert (again.exit_code, len(desk.requests)) == (0, 3)
    assert "3  unchanged, so not graded again" in again.stdout


def test_files_that_are_left_alone_are_listed_without_litter(desk, tmp_path):
    place = tmp_path / "in"
    for name in (
        "ada/lora.py",
        "ada/answers.docx",
        "ada/.DS_Store",
        "ada/__pycache__/x.pyc",
        "bob/lora.py",
        "bob/a.png",
    ):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text("x = 1\n")
    (place / "Thumbs.db").touch()
    (place / "roster.csv").write_text("id\nada\nbob\n")
    words = ["--store", str(desk.store_path)]
    line = "ignored  ada/answers.docx; bob/a.png: Not a Python file.\n"
    for outcome in (desk("grade", str(place), *words), desk("status", *words)):
        assert outcome.exit_code == 0 and line in outcome.stdout and outcome.stdout.count("ignored") == 1
    for number in range(40):
        (place / "bob" / f"photo{number}.png").touch()
    assert " and 12 more: Not a Python file.\n" in desk("grade", str(place), *words).stdout
    assert "bob/photo39.png" in desk("status", *words).stdout
    (place / "ada" / "answers.docx").unlink()
    desk("grade", str(place), *words)
    assert "answers" not in desk("status", *words).stdout


def test_our_fault_is_the_exit_code(desk, folder):
    (folder / "bob" / "lora.py").write_text("# ours\n")
    outcome = desk("grade", str(folder), "--store", str(desk.store_path), "--jobs", "2")
    assert outcome.exit_code == 3
    assert outcome.stdout.splitlines()[-1] == f"course class grade {folder} --store {desk.store_path} --jobs 2"
    (desk.folder / "repaired").touch()
    assert desk("grade", str(folder), "--store", str(desk.store_path)).exit_code == 0


def test_without_the_full_sandbox_nothing_is_graded(desk, folder):
    (desk.folder / "level").write_text("rlimits")
    outcome = desk("grade", str(folder), "--store", str(desk.store_path))
    assert outcome.exit_code == 2
    assert "the level here is 'rlimits' (no Landlock)" in outcome.stderr and "--allow-unsandboxed" in outcome.stderr
    assert desk.requests == [] and {status for _, status, _ in rows(desk)} <= {"not_graded", "refused"}
    outcome = desk("grade", str(folder), "--store", str(desk.store_path), "--allow-unsandboxed")
    assert outcome.exit_code == 0 and "sandbox rlimits" in outcome.stdout and len(desk.requests) == 3


@pytest.mark.parametrize("sandbox", ["auto", "full", None])
def test_no_policy_lifts_the_sandbox_and_one_may_require_it(desk, folder, tmp_path, sandbox):
    (desk.folder / "level").write_text("rlimits")
    (tmp_path / "policy.toml").write_text(f'sandbox = "{sandbox}"\n' if sandbox else "")
    words = ["grade", str(folder), "--store", str(desk.store_path), "--policy", str(tmp_path / "policy.toml")]
    outcome = desk(*words)
    assert outcome.exit_code == 2 and "the level here is 'rlimits'" in outcome.stderr and desk.requests == []
    outcome = desk(*words, "--allow-unsandboxed")
    if sandbox == "full":
        assert outcome.exit_code == 2 and desk.requests == []
        assert "the policy requires the full sandbox" in outcome.stderr
        (desk.folder / "level").unlink()
        desk.grade(handed("ada", "x = 1"))
        for remembered in (["grade", str(folder)], ["regrade"], ["verify", "ada", "lora"]):
            outcome = desk(*remembered, "--store", str(desk.store_path), "--allow-unsandboxed")
            assert outcome.exit_code == 2 and "the policy requires the full sandbox" in outcome.stderr
    else:
        assert outcome.exit_code == 0 and len(desk.requests) == 3
        outcome = desk("grade", str(folder), "--store", str(desk.store_path), "--seed", "3")
        assert outcome.exit_code == 2  # the policy is remembered, the option is not


def test_a_policy_that_requires_the_sandbox_is_refused_before_a_store_is_made(desk, folder, tmp_path):
    (tmp_path / "policy.toml").write_text('sandbox = "full"\n')
    words = ["--policy", str(tmp_path / "policy.toml"), "--allow-unsandboxed"]
    assert desk("grade", str(folder), "--store", str(desk.store_path), *words).exit_code == 2
    assert not desk.store_path.exists()
    target = tmp_path / "autograder.zip"
    assert desk("autograder", "3", "--out", str(target), *words).exit_code == 2
    assert not target.exists()


def test_roster_and_policy_are_remembered(desk, folder, tmp_path):
    (tmp_path / "class.csv").write_text("id,name\nzoe,Zoe Z\nbob,Bob B\n")
    (tmp_path / "policy.toml").write_text('title = "Homework 1"\nseed = 5\nexercises = ["lora"]\n')
    outcome = desk(
        "grade", str(folder), "--store", str(desk.store_path),
        "--roster", str(tmp_path / "class.csv"), "--policy", str(tmp_path / "policy.toml"),
    )  # fmt: skip
    assert outcome.exit_code == 0, outcome.output
    assert {request["seed"] for request in desk.requests} == {5}
    desk("grade", str(folder), "--store", str(desk.store_path))
    assert len(desk.requests) == 3  # the seed of the policy was remembered
    with Store(desk.store_path) as store:
        book = gradebook.build(store)
    assert book.title == "Homework 1"
    assert [student.shown for student in book.students][:2] == ["Zoe Z", "Bob B"]
    assert book.entries["zoe", "lora"].status == "missing"


def test_marks_that_a_new_policy_or_roster_changes_are_told(desk, folder, tmp_path):
    for name, day in (("ada", 3), ("bob", 5), ("cem", 5)):
        os.utime(folder / name / "lora.py", (1772366400 + 86400 * day,) * 2)  # days after 1 March 2026, noon
    rules, roster = tmp_path / "policy.toml", tmp_path / "class.csv"
    words = ["grade", str(folder), "--store", str(desk.store_path), "--policy", str(rules)]
    text = 'deadline = 2026-03-05T12:00:00+00:00\npenalty_per_day = {}\npenalty_of = "earned"\n'
    rules.write_text(text.format(25))
    assert "The new policy" not in desk(*words).stdout  # there were no marks before
    assert "The new policy" not in desk(*words).stdout
    rules.write_text(text.format(10))
    told = desk(*words).stdout
    assert "The new policy or roster changes 1 mark:\nbob  exercise-3   2.25 -> 2.7\n" in told.replace("→", "->")
    assert "The new policy" not in desk(*words).stdout
    roster.write_text("id,extension\nada,\nbob,2d\ncem,\n")
    told = desk(*words, "--roster", str(roster)).stdout
    assert "bob  exercise-3   2.7 -> 3\n" in told.replace("→", "->") and "ada  exercise-3   " not in told
    assert "The new policy" not in desk(*words, "--roster", str(roster)).stdout


def test_marks_whose_files_are_gone_are_told(desk, folder, tmp_path):
    (tmp_path / "class.csv").write_text("id,name\nada,Ada A\nbob,Bob B\nzoe,Zoe Z\n")
    words = ["grade", str(folder), "--store", str(desk.store_path)]
    assert "gone" not in desk(*words, "--roster", str(tmp_path / "class.csv")).stdout
    (folder / "bob" / "lora.py").write_text("x = 3\n")
    (folder / "ada").rename(folder / "ada_v2")
    assert "gone" not in desk(*words).stdout  # replaced and moved
    shutil.rmtree(folder / "ada_v2")
    shutil.rmtree(folder / "bob")
    desk("override", "bob", "3", "5", "--reason", "appeal", "--store", str(desk.store_path))
    told = " ".join(desk(*words).stdout.split())
    assert f"1 mark no longer counts, because its file is gone from {folder}: Ada A (exercise-3)" in told
    assert "nothing from: Zoe Z Handed in earlier, but their files are gone from the folder: Ada A; Bob B" in told
    told = " ".join(desk("status", *words[2:]).stdout.split())
    assert "their files are gone from the folder: Ada A; Bob B" in told and "no longer counts" not in told


def test_the_status_under_another_policy(desk, folder, tmp_path):
    desk("grade", str(folder), "--store", str(desk.store_path))
    (tmp_path / "late.toml").write_text("deadline = 2001-01-01T12:00:00+00:00\npenalty_per_day = 100\n")
    words = ["status", "--store", str(desk.store_path)]
    told = {line.split()[0]: line.split()[1:] for line in desk(*words).stdout.splitlines() if line}
    late = {
        line.split()[0]: line.split()[1:]
        for line in desk(*words, "--policy", str(tmp_path / "late.toml")).stdout.splitlines()
        if line
    }
    assert (told["ada"], told["dora"]) == (["6"], ["0", "R"]) and late["ada"] == ["0", "L"]


def test_a_file_of_another_exercise_is_recognised(desk):
    desk.grade(
        handed("ada", "# broken\ndef prf(): ...\ndef rmse(): ...\n"), handed("bob", "# broken\ndef prf(): ...\n")
    )
    with Store(desk.store_path) as store:
        book = gradebook.build(store)
    told = (
        "this looks like a file for exercise-7 (evaluation), not for exercise-3 (lora)\nlora.py, line 1: invalid syntax"
    )
    assert book.entries["ada", "lora"].result.message == told
    assert book.entries["bob", "lora"].result.message == "lora.py, line 1: invalid syntax"


def test_an_option_that_does_not_exist_is_refused_and_not_remembered(desk, folder, tmp_path):
    (tmp_path / "policy.toml").write_text("time_limit = 10\n")
    words = ["grade", str(folder), "--store", str(desk.store_path)]
    outcome = desk(*words, "--policy", str(tmp_path / "policy.toml"))
    assert outcome.exit_code == 2 and "time_limit" in outcome.stderr and desk.requests == []
    assert desk(*words).exit_code == 0


def test_a_folder_that_is_not_there_makes_no_store(desk, tmp_path):
    outcome = desk("grade", str(tmp_path / "none"), "--store", str(desk.store_path))
    assert outcome.exit_code == 2 and "there is no folder or archive" in outcome.stderr
    assert not desk.store_path.exists()


def test_a_name_cannot_move_the_cursor(desk, tmp_path):
    folder = tmp_path / "hand-ins" / "eve\x1b[2J"
    folder.mkdir(parents=True)
    (folder / "lora.py").write_text("# broken")
    outcome = desk("grade", str(tmp_path / "hand-ins"), "--store", str(desk.store_path))
    assert outcome.exit_code == 0 and "\x1b" not in outcome.output and "\\x1b[2J" in outcome.stdout


COMMAND = """
import sys
from pathlib import Path
from course import signals
from course.cli import Settings, cli
from tests.class_desk import Desk
signals.heed()
try:
    cli(sys.argv[2:], obj=Settings(Desk(Path(sys.argv[1])).command), prog_name="course")
except signals.Stopped as stopped:
    sys.exit(77)
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interruption_keeps_what_is_done_and_says_how_to_go_on(desk, tmp_path, number, code):
    folder = tmp_path / "hand-ins"
    for n in range(12):
        (folder / f"s{n:02}").mkdir(parents=True)
        (folder / f"s{n:02}" / "lora.py").write_text(f"x = {n}  # sleep: {'0.02' if n < 4 else '30'}\n")
    words = ["class", "grade", str(folder), "--store", str(desk.store_path), "--jobs", "2"]
    child = subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(tmp_path), *words], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    with child:
        lines = [child.stdout.readline() for _ in range(5)]  # the head, and four submissions
        child.send_signal(number)
        rest = child.stdout.read().splitlines()
        assert child.wait(30) == code, rest
    assert len([line for line in lines if "passed" in line]) == 4
    assert "Interrupted: 4 of 12 were graded, and their results are kept." in rest
    assert rest[-1] == f"course class grade {folder} --store {desk.store_path} --jobs 2"
    with Store(desk.store_path) as store:
        done = [one.grading is not None for one in store.submissions()]
    assert sum(done) == 4
    for n in range(4, 12):
        (folder / f"s{n:02}" / "lora.py").write_text(f"x = {n}\n")
    assert desk(*words[1:]).exit_code == 0
    assert rows(desk) == [(f"s{n:02}", "passed", 6) for n in range(12)]


class InterruptedExecutor(Executor):
    """An executor that is interrupted in the middle of its work."""

    finished = False

    def submit(self, function, /, *args, **kwargs):
        signal.raise_signal(signal.SIGTERM)
        self.finished = True
        return Future()


def test_a_signal_waits_until_no_lock_of_the_executor_is_held():
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    unraised = sys.unraisablehook
    signals.heed()
    try:
        executor = InterruptedExecutor()
        crew = run.Crew(run.Setup(), executor, 2, run.Answer("full", 1.0), 1)
        job = SimpleNamespace(key=SimpleNamespace(sha256=""), seed=1, submissions=[SimpleNamespace(id=1)])
        store = SimpleNamespace(cells=lambda number: (), source=lambda sha256: b"")
        with pytest.raises(signals.Stopped):
            run.grade([job, job], store, crew, run.Counts(), lambda *told: None)
        assert executor.finished
        with pytest.raises(signals.Stopped):  # at once if nothing is held
            signal.raise_signal(signal.SIGTERM)
            pytest.fail("nobody was stopped")
    finally:
        sys.unraisablehook = unraised
        for number, handler in kept.items():
            signal.signal(number, handler)


# --- Dask -------------------------------------------------------------------------------------------------------------


HIDING = 'mount -t tmpfs none "$0" && exec "$@"'
"""Shell script: run a command for which this folder is empty."""


@contextlib.contextmanager
def dask(tmp_path, workers=2, *, elsewhere=None, hidden=None):
    """Start a scheduler and worker processes as on a cluster; return their processes.

    The workers run in the folder ``elsewhere``; the folder ``hidden`` is empty for them, as on a machine without it.
    """
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard", "--no-show"]
    place = tmp_path / "scheduler.json"
    environ = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "3"}
    processes = []
    try:
        with (tmp_path / "dask.log").open("w") as log:
            start = {"stdout": log, "stderr": log, "cwd": ROOT, "env": environ}
            processes.append(subprocess.Popen([*scheduler, "--scheduler-file", str(place)], **start))
            for number in range(workers):
                worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(place)]
                options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--name", f"worker-{number}"]
                options += ["--local-directory", str(tmp_path)]
                hide = ["unshare", "--mount", "sh", "-c", HIDING, str(hidden)] if hidden else []
                start |= {"cwd": elsewhere or ROOT, "env": {**environ, "PYTHONPATH": str(ROOT)}}
                processes.append(subprocess.Popen([*hide, *worker, *options], **start))
            deadline = time.monotonic() + 60
            while not place.exists() or not place.read_text().strip():
                assert time.monotonic() < deadline, (tmp_path / "dask.log").read_text()
                time.sleep(0.05)
            yield json.loads(place.read_text())["address"], processes[1:]
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


@pytest.mark.slow
def test_a_worker_of_a_cluster_is_killed_and_every_submission_is_graded_exactly_once(desk, tmp_path):
    files = [handed(f"s{n:02}", f"x = {n}  # fail: {n % 4}  # sleep: 0.1") for n in range(30)]
    heard = []
    with dask(tmp_path) as (address, workers), desk.store() as store:
        import distributed

        with contextlib.closing(distributed.Client(address, set_as_default=False)) as client:
            client.wait_for_workers(2, timeout=60)
        waiting, counts = run.take(run.Found(tuple(files), ()), store, "/hand-ins", desk.setup())

        def listen(job, result):
            heard.append(job.submissions[0].student)
            if len(heard) == 10:
                os.kill(workers[0].pid, signal.SIGKILL)

        with run.cluster(desk.setup(), address, None) as crew:
            assert (crew.workers, crew.window, crew.answer) == (2, 4, run.Answer("full", 120.0))
            run.grade(waiting, store, crew, counts, listen)
        assert workers[0].wait() == -signal.SIGKILL
        (desk.folder / "level").write_text("rlimits")
        with pytest.raises(run.Unsandboxed, match="the level here is .rlimits"), run.cluster(desk.setup(), address, 1):
            pytest.fail("a worker without the full sandbox grades nothing")
        gradings = by_sqlite(desk.store_path, "SELECT count(*), count(DISTINCT sha256) FROM grading")
        assert gradings == [[(30, 30)]]
        assert [entry.points for entry in gradebook.build(store)] == [Decimal((6, 5, 3, 0)[n % 4]) for n in range(30)]
    assert sorted(heard) == [f"s{n:02}" for n in range(30)] and counts.graded == 30
    graders = {request["pid"] for request in desk.requests}
    assert len(graders) == 2  # one for each worker process
    assert 30 <= len(desk.requests) <= 30 + crew.window  # some of the killed worker's tasks are graded again


def can_hide():
    """Return whether a folder can be hidden from a process: on Linux, by root."""
    command = ["unshare", "--mount", "sh", "-c", HIDING, "/mnt", "true"]
    return shutil.which("unshare") is not None and subprocess.run(command, capture_output=True).returncode == 0


@pytest.mark.slow
def test_workers_of_a_cluster_need_neither_the_submissions_nor_the_store(desk, tmp_path, monkeypatch):
    """Files travel with the tasks: the folder is removed once they are queued, and the workers never see any of it."""
    distributed = pytest.importorskip("distributed")
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    theirs.mkdir()
    folder, store_path = ours / "hand-ins", ours / "class.db"
    for n in range(6):
        (folder / f"s{n}").mkdir(parents=True)
        (folder / f"s{n}" / "lora.py").write_text(f"x = {n}  # fail: {n % 3}\n")
    (folder / "s6").mkdir()
    cells = [nbformat.v4.new_code_cell("%pip install x"), nbformat.v4.new_code_cell("def lora_report():\n    pass")]
    (folder / "s6" / "lora.ipynb").write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))
    cluster, seen = run.cluster, []

    def look(path):
        return os.path.exists(path), os.getcwd()

    def queued(setup, address, jobs):
        with contextlib.closing(distributed.Client(address, set_as_default=False)) as client:
            client.wait_for_workers(2, timeout=60)
            seen.extend(client.run(look, str(folder)).values())
        shutil.rmtree(folder)
        return cluster(setup, address, jobs)

    monkeypatch.setattr(run, "cluster", queued)
    hidden = ours if can_hide() else None
    with dask(tmp_path, elsewhere=theirs, hidden=hidden) as (address, _):
        outcome = desk("grade", str(folder), "--store", str(store_path), "--dask", address)
    assert outcome.exit_code == 0, outcome.output
    assert seen == [(hidden is None, str(theirs))] * 2 and not folder.exists()
    with Store(store_path) as store:
        entries = {entry.student.id: entry for entry in gradebook.build(store)}
    assert [int(entries[f"s{n}"].points) for n in range(7)] == [6, 5, 3, 6, 5, 3, 6]
    assert {Path(request["file"]).is_relative_to(ours) for request in desk.requests} == {False}
    (notebook,) = (request for request in desk.requests if "cells" in request)
    assert "def lora_report" in notebook["source"] and "%pip" not in notebook["source"]


def test_a_scheduler_that_is_not_there_is_named(desk, folder, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(run, "CONNECT_SECONDS", 0.2)
    words = ["grade", str(folder), "--store", str(desk.store_path), "--dask", "tcp://127.0.0.1:9"]
    outcome = desk(*words)
    assert outcome.exit_code == 2 and "no Dask scheduler answers at tcp://127.0.0.1:9" in outcome.stderr


def test_without_dask_the_package_to_install_is_named(desk, folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    outcome = desk("grade", str(folder), "--store", str(desk.store_path), "--dask", "tcp://127.0.0.1:9")
    assert outcome.exit_code == 2 and "transformers-course[cluster]" in outcome.stderr


# --- The real grader --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_class_is_graded_by_the_real_grader(tmp_path):
    """A reference, a skeleton, a syntax error and an endless import of the cheapest exercise, two at once."""
    sources = {
        "ada": paths.solution("strategy").read_text(encoding="utf-8"),
        "bob": paths.skeleton("strategy").read_text(encoding="utf-8"),
        "cem": "def broken(:\n",
        "eve": "while True:\n    pass\n",
    }
    with Store(tmp_path / "class.db", create=True) as store:
        files = tuple(handed(name, source, "strategy") for name, source in sources.items())
        setup = run.Setup()
        waiting, counts = run.take(run.Found(files, ()), store, "/hand-ins", setup)
        with run.local(setup, 2) as crew:
            assert crew.answer.sandbox == "full" and 0 < crew.answer.seconds <= 120
            run.grade(waiting, store, crew, counts, lambda job, result: None)
        book = gradebook.build(store)
    assert {entry.student.id: entry.status for entry in book} == {
        "ada": "passed", "bob": "not_started", "cem": "not_gradable", "eve": "not_gradable",
    }  # fmt: skip
    ada = book.entries["ada", "strategy"]
    assert ada.points == ada.max_points and ada.result.sandbox == "full"
    assert ada.result.bundle == bundle.of("strategy") and ada.result.sha256 == ada.sha256
    assert "Line 1: invalid syntax" in book.entries["cem", "strategy"].result.message
    assert (counts.graded, counts.not_gradable, counts.ours) == (2, 2, 0)


@pytest.mark.slow
def test_a_generated_class_is_killed_in_the_middle_gone_on_with_and_graded_as_expected(tmp_path):
    """Right, wrong, late, broken, empty, resubmitted and hostile files, with the command and the real grader."""
    expected = class_folder.write(tmp_path / "submissions", 12, exercises=["strategy"])
    (tmp_path / "roster.csv").write_text(class_folder.roster(expected), encoding="utf-8")
    (tmp_path / "policy.toml").write_text(class_folder.policy(["strategy"]), encoding="utf-8")
    store_path = tmp_path / "class.db"
    words = [
        sys.executable,
        "-m",
        "course",
        "class",
        "grade",
        str(tmp_path / "submissions"),
        "--store",
        str(store_path),
    ]
    words += ["--roster", str(tmp_path / "roster.csv"), "--policy", str(tmp_path / "policy.toml"), "--jobs", "2"]
    options = {"cwd": ROOT, "stdout": subprocess.PIPE, "text": True, "env": {**os.environ, "LANGUAGE": "en"}}
    with subprocess.Popen(words, **options) as child:
        lines = [child.stdout.readline() for _ in range(5)]  # refused files, the head, and three of them
        os.kill(child.pid, signal.SIGKILL)
    assert all("exercise-10" in line for line in lines[2:])
    with Store(store_path) as store:
        kept = sum(one.grading is not None for one in store.submissions())
    assert 3 <= kept < 12
    again = subprocess.run(words, check=True, **options)
    assert re.search(rf"^ *{kept}  unchanged", again.stdout, re.MULTILINE)
    with Store(store_path) as store:
        book = gradebook.build(store)
    (counted,) = by_sqlite(store_path, "SELECT DISTINCT count(*) FROM grading GROUP BY sha256")
    assert counted == [(1,)]
    assert len(expected) == len(book.students) == 12
    for one in expected:
        entry = book.entries[one.student.id, "strategy"]
        assert (entry.attempts, entry.late) == (one.attempts, one.late), one
        if one.attack:
            assert {check.function for check in entry.result.checks if check.points} <= {*one.honest}, one
        assert entry.status == one.status, one
        if one.points == "all":
            assert entry.earned == entry.max_points
        elif one.points == "none":
            assert entry.earned == 0
        else:
            assert (one.points == "less" or 0 < entry.earned) and entry.earned < entry.max_points
        if one.misconception:
            named = {check.mistake for check in entry.result.checks}
            assert one.misconception in named, (one.misconception, named)


def test_the_status_lists_what_was_refused(desk):
    refused = Refused(Student("dora"), "lora", "dora/lora.docx", "It is a document.")
    desk.grade(handed("ada", "x = 1"), refused=[refused])
    told = io.StringIO()
    commands.status(desk.store_path, Console(file=told, width=100))
    assert "refused  dora/lora.docx: It is a document.\n" in told.getvalue()
