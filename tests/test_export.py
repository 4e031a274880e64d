"""``course class export`` from a real store, and Gradescope's autograder with a scripted grader."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import stat
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from course import bundle, paths, syllabus
from course.classroom import autograder, export, gradebook
from course.classroom.autograder import __main__ as runner
from course.classroom.model import Found, Handed, Override, Refused, Student
from course.classroom.store import Key, Store
from course.cli import cli
from course.compat import isolated_command
from tests import fabricated, fake_grader
from tests.class_desk import Desk, by_sqlite
from tests.test_formats import valid

unix = pytest.mark.skipif(sys.platform == "win32", reason="a script of a Unix shell")
MARCH = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)


def handed(student: Student, text: str, exercise: str = "lora") -> Handed:
    source = text.encode()
    name = f"{student.id}/{exercise}.py"
    return Handed(student, exercise, name, source, hashlib.sha256(source).hexdigest(), MARCH)


@pytest.fixture
def store(tmp_path) -> Path:
    """Return a class of five: passed, failed, refused, nothing, and points by hand."""
    path = tmp_path / "class.db"
    ada, bob, cy = (Student(name, name.title(), f"{name}@example.org") for name in ("ada", "bob", "cy"))
    files = [handed(ada, "a"), handed(bob, "b")]
    with Store(path, create=True) as opened:
        opened.enrol([ada, bob, cy, Student("dee", "=Dee"), Student("eve", "Eve")])
        refused = Refused(cy, "lora", "cy/lora.docx", "It is a document of a word processor.", MARCH)
        opened.register(Found(tuple(files), (refused,)), "folder")
        results = [fabricated.passing(bonus=False), fabricated.nasty()]
        for one, result in zip(opened.submissions(), results, strict=True):
            opened.record(Key(one.sha256, "lora", "bundle", "environment"), [one.id], result)
        opened.override("eve", "lora", Override(Decimal("7.25"), "oral, with =notes", "me"))
    return path


@pytest.fixture
def course(tmp_path, monkeypatch, store):
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(cli, ["class", *map(str, arguments)], prog_name="course")


def points(content: bytes) -> dict[str, Decimal]:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return {row["id"]: Decimal(row["points"]) for row in rows}


def test_every_format_from_a_store(course, store, tmp_path):
    (tmp_path / "canvas.csv").write_text(
        "Student,ID,SIS Login ID,Section,LoRA and PEFT (1)\nAda,1,ada@example.org,A,\n"
    )
    wanted = {"ada": Decimal(20), "bob": Decimal(12), "cy": Decimal(0), "dee": Decimal(0), "eve": Decimal("7.25")}
    for to in export.FORMATS:
        out = f"out-{to}.zip" if to in export.SINGLE else f"out.{to}"
        more = ["--roster", "canvas.csv"] if to == "canvas" else []
        outcome = course("export", "--store", store, "--to", to, "--out", out, *more)
        assert outcome.exit_code == 0, (to, outcome.output)
        assert outcome.stderr.splitlines()[-1] == f"Wrote {out}"
        assert (tmp_path / out).stat().st_size > 50, to
    assert points((tmp_path / "out.csv").read_bytes()) == wanted
    document = json.loads((tmp_path / "out.json").read_bytes())
    assert {one["id"]: Decimal(str(one["points"])) for one in document["students"]} == wanted
    with Store(store) as opened:
        assert gradebook.totals(gradebook.build(opened)) == wanted
    assert b"A,20.00" in (tmp_path / "out.canvas").read_bytes()
    with zipfile.ZipFile(tmp_path / "out-gradescope.zip") as archive:
        assert sorted(archive.namelist()) == [f"lora/{name}.json" for name in ("ada", "bob", "cy", "dee", "eve")]
        scores = {Path(name).stem: json.loads(archive.read(name))["score"] for name in archive.namelist()}
    assert scores == {"ada": 20, "bob": 12, "cy": 0, "dee": 0, "eve": 7.25}
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".tmp"]


def test_a_refused_file_is_not_called_missing_in_any_format(course, store, tmp_path):
    for to in ("csv", "moodle", "html", "json", "junit"):
        assert course("export", "--store", store, "--to", to, "--out", f"out.{to}").exit_code == 0
    rows = {row["id"]: row for row in csv.DictReader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines())}
    assert [rows[who]["lora.status"] for who in ("cy", "dee")] == ["refused", "missing"]
    reason = "A file was refused, so it does not count: cy/lora.docx: It is a document of a word processor."
    assert rows["cy"]["lora.notes"] == reason
    moodle = (tmp_path / "out.moodle").read_text(encoding="utf-8")
    assert "cy,Cy,cy@example.org,0.00," in moodle and reason.replace("cy/lora", "lora") in moodle
    assert '<small class="status refused">refused</small>' in (tmp_path / "out.html").read_text(encoding="utf-8")
    assert '"status": "refused"' in (tmp_path / "out.json").read_text(encoding="utf-8")
    assert 'name="status" value="refused"' in (tmp_path / "out.junit").read_text(encoding="utf-8")


def test_nothing_is_overwritten_without_force(course, store, tmp_path):
    target = tmp_path / "out.csv"
    target.write_text("mine")
    outcome = course("export", "--store", store, "--to", "csv", "--out", "out.csv")
    assert outcome.exit_code == 2 and "Replace it with --force" in outcome.stderr
    assert target.read_text() == "mine"
    assert course("export", "--store", store, "--to", "csv", "--out", "out.csv", "--force").exit_code == 0
    assert target.read_text().startswith("id,name,email")


def test_the_store_is_never_replaced(course, store):
    before = store.read_bytes()
    outcome = course("export", "--store", store, "--to", "csv", "--out", store, "--force")
    assert outcome.exit_code == 2 and store.read_bytes() == before


def test_to_the_standard_output_goes_nothing_else(course, store):
    outcome = course("export", "--store", store, "--to", "json", "--out", "-")
    assert json.loads(outcome.stdout)["schema"] == "course/gradebook/v1" and outcome.stderr == ""


def test_one_student_and_exercise(course, store):
    arguments = ["export", "--store", store, "--to", "lti-ags", "--out", "-"]
    assert json.loads(course(*arguments, "--student", "EVE", "--exercise", "3").stdout)["scoreGiven"] == 7.25
    outcome = course(*arguments)
    assert outcome.exit_code == 2 and "there are 5" in outcome.stderr
    outcome = course(*arguments, "--student", "zoe")
    assert outcome.exit_code == 2 and "ada; bob; cy; dee; eve" in outcome.stderr
    outcome = course(*arguments, "--student", "ada", "--exercise", "heads")
    assert outcome.exit_code == 2 and "nothing was graded for heads" in outcome.stderr


def test_a_policy_takes_points_off(course, store, tmp_path):
    (tmp_path / "policy.toml").write_text('deadline = "2026-03-01T13:00:00Z"\npenalty_per_day = 10\ntitle = "HW 3"\n')
    outcome = course("export", "--store", store, "--to", "csv", "--out", "-", "--policy", "policy.toml")
    assert points(outcome.stdout_bytes)["ada"] == Decimal("13.70")  # 23 hours: ten percent of 63 points
    assert points(outcome.stdout_bytes)["eve"] == Decimal("7.25")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--to", "canvas"], "Name that file with --roster"),
        (["--to", "html", "--bom"], "--bom can be used only with --to csv or moodle"),
        (["--to", "json", "--long"], "--long can be used only with --to csv"),
        (["--to", "csv", "--column", "x"], "--column can be used only with --to canvas or moodle"),
        (["--to", "moodle", "--roster", "missing.csv"], "cannot read missing.csv"),
        (["--to", "word"], "is not one of"),
    ],
)
def test_what_does_not_go_together_is_refused(course, store, tmp_path, arguments, reason):
    outcome = course("export", "--store", store, "--out", "out", *arguments)
    assert outcome.exit_code == 2 and reason in " ".join(outcome.stderr.split())
    assert not (tmp_path / "out").exists()


def test_classroom50_takes_links_from_its_runner(course, store, monkeypatch):
    arguments = ["export", "--store", store, "--to", "classroom50", "--out", "-", "--student", "ada", "--exercise", "3"]
    assert json.loads(course(*arguments).stdout)["commit"].startswith("sha256:")
    monkeypatch.setenv("CLASSROOM", "c")
    outcome = course(*arguments)
    assert outcome.exit_code == 2 and "ASSIGNMENT" in outcome.stderr


# --- Times of scores --------------------------------------------------------------------------------------------------


class Platform:
    """Accepts scores by the rules of LTI AGS: a score that is not newer than the previous one is ignored."""

    def __init__(self, course, store):
        self.course, self.store = course, store
        self.kept: dict[str, dict] = {}

    def post(self, *more) -> set[str]:
        """Export and post everything; return the students with new scores. No score that differs may be ignored."""
        outcome = self.course("export", "--store", self.store, "--to", "lti-ags", "--out", "out.zip", "--force", *more)
        assert outcome.exit_code == 0, outcome.output
        taken = set()
        with zipfile.ZipFile("out.zip") as archive:
            for name in archive.namelist():
                score = json.loads(archive.read(name))
                before = self.kept.get(name)
                if before is None or datetime.fromisoformat(score["timestamp"][:-1]) > datetime.fromisoformat(
                    before["timestamp"][:-1]
                ):
                    taken.add(score["userId"])
                    self.kept[name] = score
                else:
                    assert score == before, "a platform would ignore this"
        return taken


POLICY = 'deadline = "2026-03-01T13:00:00Z"\npenalty_of = "earned"\npenalty_per_day = {}\n'


@pytest.fixture
def classroom(tmp_path, monkeypatch):
    """Return a class graded by the scripted grader, and its platform."""
    monkeypatch.chdir(tmp_path)
    desk = Desk(tmp_path)
    for name, text in {
        "01T12-00-00_ada": "# fail: 2\n",
        "02T12-00-00_bob": "x\n",
        "02T12-00-00_cem": "# fail: 1\n",
    }.items():
        (tmp_path / "in" / f"2026-03-{name}").mkdir(parents=True)
        (tmp_path / "in" / f"2026-03-{name}" / "lora.py").write_text(text)

    def grade(percent=20, roster="id,extension\nada,\nbob,\ncem,\n"):
        (tmp_path / "policy.toml").write_text(POLICY.format(percent))
        (tmp_path / "class.csv").write_text(roster)
        words = ["--policy", "policy.toml", "--roster", "class.csv", "--exercise", "lora"]
        outcome = desk("grade", "in", "--store", str(desk.store_path), *words)
        assert outcome.exit_code == 0, outcome.output

    desk.grade_all = grade
    grade()
    return desk, Platform(desk, str(desk.store_path))


def test_a_score_that_changes_gets_a_new_time_and_the_others_keep_theirs(classroom, tmp_path, monkeypatch):
    desk, platform = classroom
    store = ["--store", str(desk.store_path)]
    assert platform.post() == {"ada", "bob", "cem"} and platform.post() == set()
    assert [score["scoreGiven"] for score in platform.kept.values()] == [3, 4.8, 4]
    desk.grade_all(10)
    assert platform.post() == {"bob", "cem"}  # ada was on time
    desk.grade_all(10)
    assert platform.post() == set()
    extended = "id,extension\nada,\nbob,9d\ncem,\n"
    desk.grade_all(10, extended)
    assert platform.post() == {"bob"}
    assert platform.kept["lora/bob.json"]["scoreGiven"] == 6
    assert desk("override", "bob", "lora", "6", "--reason", "the same points", *store).exit_code == 0
    assert platform.post() == {"bob"}
    assert desk("override", "bob", "lora", "6", "--reason", "another reason", *store).exit_code == 0
    assert platform.post() == {"bob"}
    assert desk("override", "bob", "lora", "--remove", *store).exit_code == 0
    assert platform.post() == {"bob"}
    (tmp_path / "in" / "2026-03-02T12-00-00_cem" / "lora.py").write_text("# fail: 2\n")
    desk.grade_all(10, extended)
    assert platform.post() == {"cem"}
    (desk.folder / "changed").touch()
    old = bundle.of
    monkeypatch.setattr(bundle, "of", lambda slug: "c" * 64 if slug == "lora" else old(slug))
    assert desk("regrade", *store).exit_code == 0
    assert platform.post() == {"ada", "cem"}  # bob had all points before
    assert platform.post() == set()


def test_the_time_of_a_score_is_that_of_the_change_and_not_that_of_the_export(classroom):
    _, platform = classroom
    done = datetime.now(timezone.utc)
    platform.post()
    times = [score["timestamp"].replace("Z", "+00:00") for score in platform.kept.values()]
    assert len(times) == 3 and all(datetime.fromisoformat(one) < done for one in times)


def test_a_policy_that_is_used_once_gives_new_times_there_and_back(classroom, tmp_path):
    _, platform = classroom
    platform.post()
    (tmp_path / "other.toml").write_text(POLICY.format(0))
    assert platform.post("--policy", "other.toml", "--student", "bob") == {"bob"}
    assert platform.post() == {"bob"}


def test_times_of_scores_increase_though_the_clock_goes_back(tmp_path, monkeypatch):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return MARCH

    monkeypatch.setattr("course.classroom.store.datetime", Clock)
    place = ("ada", "lora")
    with Store(tmp_path / "class.db", create=True) as store:
        seen = [store.since({place: state})[place] for state in "abbac"]
        assert seen[1] == seen[2] and sorted(set(seen)) == [seen[0], seen[1], seen[3], seen[4]]


def test_a_store_without_a_table_of_scores_gets_one(course, store):
    by_sqlite(store, "DROP TABLE score")
    assert Platform(course, store).post() == {"ada", "bob", "cy", "dee", "eve"}


# --- Gradescope's autograder ------------------------------------------------------------------------------------------


def test_the_zip_holds_what_gradescope_wants(course, tmp_path):
    outcome = course("autograder", "3", "--out", "grader.zip", "--attempts", "4")
    assert outcome.exit_code == 0, outcome.output
    with zipfile.ZipFile(tmp_path / "grader.zip") as archive:
        infos = {info.filename: info for info in archive.infolist()}
        for name in ("setup.sh", "run_autograder"):
            content = archive.read(name)
            assert content.startswith(b"#!/usr/bin/env bash\n") and b"\r" not in content
            assert infos[name].external_attr >> 16 == stat.S_IFREG | 0o755 and infos[name].create_system == 3
        config = json.loads(archive.read("config.json"))
        assert config == {
            "exercise": "lora",
            "lang": "en",
            "sandbox": "full",
            "attempts": 4,
            "hidden_checks": "visible",
        }
        assert {f"package/{path.relative_to(paths.ROOT).as_posix()}" for path in autograder.rooms()} < set(infos)
        assert "package/grader/checks/check_lora.py" in infos and not [name for name in infos if "__pycache__" in name]
        assert b"msgspec" in archive.read("package/pyproject.toml")
    first = (tmp_path / "grader.zip").read_bytes()
    assert course("autograder", "3", "--out", "grader.zip", "--attempts", "4").exit_code == 2
    assert first == autograder.build(autograder.Config("lora", attempts=4))


@unix
@pytest.mark.parametrize("script", autograder.SCRIPTS)
def test_the_scripts_parse(script):
    path = Path(autograder.__file__).with_name(script)
    assert subprocess.run(["bash", "-n", path], check=False).returncode == 0
    assert os.access(path, os.X_OK)


class Place:
    """The folders of ``/autograder``, inside another folder."""

    def __init__(self, root: Path) -> None:
        self.root, self.source = root, root / "source"
        for name in ("submission", "results", "source"):
            (root / name).mkdir()
        self.configure(exercise="lora")
        self.script = root / "script.json"

    def configure(self, **config: object) -> None:
        (self.source / "config.json").write_text(json.dumps(config))

    def hand_in(self, text: str = "x = 1\n", name: str = "lora.py") -> None:
        (self.root / "submission" / name).write_text(text)

    def tell(self, **metadata: object) -> None:
        (self.root / "submission_metadata.json").write_text(json.dumps(metadata))

    def run(self, steps: list[dict] | None = None) -> dict:
        checks = [
            fake_grader.check("scale.law", max_points=40),
            fake_grader.check("merge.same", "failed", max_points=23),
        ]
        self.script.write_text(json.dumps(fake_grader.session(checks) if steps is None else steps))
        runner.main(self.root, self.source, [sys.executable, fake_grader.__file__, str(self.script)])
        found: dict = json.loads((self.root / "results" / "results.json").read_bytes())
        valid("gradescope", found)
        return found


@pytest.fixture
def place(tmp_path) -> Place:
    (tmp_path / "autograder").mkdir()
    return Place(tmp_path / "autograder")


def test_the_autograder_writes_results(place):
    place.hand_in()
    place.tell(created_at="2026-03-01T12:00:00+00:00", users=[{"email": "a@example.org"}], previous_submissions=[{}])
    found = place.run()
    assert (found["score"], [one["score"] for one in found["tests"]]) == (40, [40, 0])
    assert found["extra_data"]["course"]["attempts"] == 2
    request = json.loads(place.script.with_name("request.json").read_text())
    assert (request["sandbox"], request["exercise"]) == ("full", "lora")
    assert not Path(request["file"]).exists() and "submission" not in Path(request["file"]).parent.name.split("-")[0]


def test_metadata_may_be_missing_or_nonsense(place):
    place.hand_in(name="homework.py")
    for text in (
        "",
        "[]",
        '{"users": 3, "assignment": [], "previous_submissions": "x", "created_at": 7}',
        "{" * 10_000,
    ):
        (place.root / "submission_metadata.json").write_text(text)
        assert place.run()["score"] == 40


def test_what_was_found_is_kept_if_the_grader_dies(place):
    place.hand_in()
    steps = fake_grader.session([fake_grader.check("scale.law", max_points=40), fake_grader.check("merge.same")])
    found = place.run([*steps[:2], {"exit": 3}])
    assert found["score"] == 40 and found["tests"][1]["score"] == 0
    assert "not your fault" in found["output"]


def test_a_fault_of_ours_is_told_as_one(place):
    place.hand_in()
    place.configure(exercise="lora", sandbox="sometimes")
    found = place.run()
    assert found["score"] == 0 and "not your fault" in found["output"] and "sometimes" in found["output"]
    assert found["stdout_visibility"] == "hidden"


@pytest.mark.parametrize(("names", "reason"), [([], "called lora.py"), (["a.py", "b.py"], "called lora.py")])
def test_which_file_is_meant_must_be_clear(place, names, reason):
    for name in names:
        place.hand_in(name=name)
    found = place.run()
    assert found["score"] == 0 and reason in found["output"] and found["tests"] == []


@unix
def test_a_link_that_leads_out_is_not_read(place, tmp_path):
    secret = tmp_path / "secret.py"
    secret.write_text("secret = 1\n")
    (place.root / "submission" / "lora.py").symlink_to(secret)
    found = place.run()
    assert found["score"] == 0 and "link that points outside" in found["output"]


def test_a_notebook_is_graded(place):
    cell = {"cell_type": "code", "metadata": {}, "source": ["def lora_report():\n", "    return 1\n"], "outputs": []}
    magic = {**cell, "source": ["%time x = 1\n"]}
    place.hand_in(
        json.dumps({"cells": [magic, cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), "lora.ipynb"
    )
    found = place.run()
    assert found["score"] == 40 and "which only a notebook can run" in found["output"]
    request = json.loads(place.script.with_name("request.json").read_text())
    assert request["shown"] == "lora.ipynb" and request["cells"] == [[2, 2, 2]]


def test_lateness_by_policy_and_due_date(place):
    place.hand_in()
    (place.source / "policy.toml").write_text('penalty_per_day = 10\ngrace = "1h"\n')
    due = {"due_date": "2026-03-01T12:00:00-05:00"}
    place.tell(created_at="2026-03-01T17:59:00+00:00", assignment=due)
    assert place.run()["score"] == 40
    place.tell(created_at="2026-03-02T19:00:00+00:00", assignment=due)
    found = place.run()
    assert found["score"] == 40 - 12.6  # two days of ten percent of 63 points
    assert "1 d 1 h late: 12.6 points off" in found["output"]


def test_the_best_attempt_counts_if_the_policy_says_so(place):
    place.hand_in()
    place.tell(previous_submissions=[{"score": "55.5"}, {"score": None}, {"score": "NaN"}, {"score": 3}])
    assert place.run()["score"] == 40
    (place.source / "policy.toml").write_text('attempts = "best"\n')
    found = place.run()
    assert found["score"] == 55.5 and "55.5" in found["output"]


def test_only_so_many_attempts_are_graded(place):
    place.hand_in()
    place.configure(exercise="lora", attempts=2)
    earlier = {"score": 11.0, "results": {"score": 11.0, "output": "as it was", "tests": [{"name": "a", "score": 11}]}}
    place.tell(previous_submissions=[{"score": 1.0}, earlier])
    found = place.run()
    assert found["score"] == 11.0 and found["tests"] == earlier["results"]["tests"]
    assert found["output"].startswith("At most 2 of your submissions are graded") and "as it was" in found["output"]
    assert not place.script.with_name("request.json").exists()


@pytest.mark.slow
@unix
def test_the_autograder_with_the_real_grader(place):
    """As the user who runs the tests; scripts/gradescope_check.py does the same in a clean Debian, without rights."""
    place.configure(exercise="lora", sandbox="auto")
    for source, score in ((paths.solution("lora"), 63), (paths.skeleton("lora"), 0)):
        place.hand_in(source.read_text(encoding="utf-8"))
        runner.main(place.root, place.source, isolated_command("grader"))
        found = json.loads((place.root / "results" / "results.json").read_bytes())
        assert found["score"] == score, found
        assert found["extra_data"]["course"]["result"]["bundle"]


@unix
def test_run_autograder_leaves_valid_results_where_nothing_works(tmp_path):
    """There is no virtual environment here, so its Python cannot even start."""
    script = Path(autograder.__file__).with_name("run_autograder").read_text().replace("/opt/course", str(tmp_path))
    environ = {"PATH": os.environ["PATH"], "AUTOGRADER_ROOT": str(tmp_path / "autograder")}
    done = subprocess.run(["bash", "-c", script], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "autograder" / "results" / "results.json").read_bytes())
    valid("gradescope", found)
    assert found["score"] == 0 and "not your fault" in found["output"]
    assert os.listdir(tmp_path / "autograder" / "results") == ["results.json"]


def test_points_of_the_exercise_that_these_tests_use():
    assert next(one.points for one in syllabus.load() if one.slug == "lora") == 63


@pytest.mark.parametrize("typed", ["nan", "inf", "0", "-1", "1e9"])
def test_a_full_mark_is_a_sensible_number(typed):
    outcome = CliRunner().invoke(
        cli, ["class", "export", "--store", "x", "--out", "-", "--to", "moodle", "--scale-to", typed]
    )
    assert outcome.exit_code == 2 and "give a number above 0 and at most 1,000,000." in outcome.output


def test_results_in_another_language_are_told(course, store):
    with Store(store) as opened:
        (ada, bob) = opened.submissions()
        for one, lang in ((ada, "en"), (bob, "ja")):
            made = replace(fabricated.passing(bonus=False), lang=lang)
            opened.record(Key(one.sha256, "lora", "later", "environment"), [one.id], made)
    said = "1 of 2 results were graded with --lang ja: their check titles, hints and messages stay"
    for words in (
        ["report", "--out", "r.html"],
        ["feedback", "--out", "f"],
        ["export", "--to", "csv", "--out", "c.csv"],
    ):
        told = course(*words, "--store", store, "--lang", "en")
        assert told.exit_code == 0 and said in " ".join(told.stderr.split())
        assert "--lang en: " not in " ".join(told.stderr.split())
