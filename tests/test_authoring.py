"""Checks run as ordinary pytest tests, for their authors."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest
from sample import thorough

from course import paths, syllabus
from grader.judge.check import load_file
from grader.judge.diagnose import load_misconceptions
from scripts import mutants, unearned
from tests.merit import specs_of


def run_checks(*arguments, slug="heads"):
    environ = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-pno:cacheprovider", str(paths.checks(slug)), *arguments]
    done = subprocess.run(command, cwd=paths.ROOT, env=environ, capture_output=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout, done.stderr


def checks(*arguments, slug="heads"):
    return run_checks(*arguments, slug=slug)[:2]


@thorough
def test_the_reference_is_what_is_checked_if_nothing_else_is_named():
    code, shown = checks("-k", "mean_pool or max_pool")
    assert code == 0 and " passed" in shown and "failed" not in shown


def test_a_failure_says_what_the_student_would_read(tmp_path):
    submission = tmp_path / "heads.py"
    submission.write_text(
        "def mean_pool(hidden, mask):\n    return hidden.mean(1)\n\n\ndef max_pool(hidden, mask):\n    return 1 / 0\n"
    )
    code, shown = checks("--submission", str(submission), "-k", "mean_pool.value or max_pool.value")
    assert code == 1
    assert (
        "the result for each text is the mean of its own real tokens" in shown
        and "expected  [" in shown
        and "hint" in shown
    )
    assert "ZeroDivisionError: division by zero" in shown and "line 6, in max_pool" in shown
    assert str(paths.ROOT / "grader") not in shown.split("short test summary")[0]


@thorough
def test_other_seeds_draw_other_numbers(tmp_path):
    submission = tmp_path / "heads.py"
    submission.write_text("def mean_pool(hidden, mask):\n    return hidden.mean(1)\n")
    shown = {
        next(line for line in checks(*arguments)[1].splitlines() if "expected  [" in line)
        for seed in (1, 1, 2)
        for arguments in [("--submission", str(submission), "-k", "mean_pool.value", "--run-seed", str(seed))]
    }
    assert len(shown) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("= alpha / r\n", "= r / alpha\n"),  # other functions get the reference's LoRALinear
        (
            "    def merge(self)",
            "    def merge(self):\n        raise RuntimeError\n\n    def _merge(self)",
        ),  # some wait
    ],
)
def test_authors_see_the_verdicts_of_the_judge(host, tmp_path, old, new):
    source = paths.solution("lora").read_text(encoding="utf-8")
    assert source.count(old) >= 1
    file = tmp_path / "lora.py"
    file.write_text(source.replace(old, new, 1), encoding="utf-8")
    judged = {name: check["status"] for name, check in host.grade(file, seed=1).checks.items()}
    wanted = {name: status if status in ("passed", "skipped") else "wrong" for name, status in judged.items()}
    assert set(wanted.values()) >= {"passed", "wrong"}
    report = tmp_path / "report.xml"
    checks("--submission", str(file), "--junitxml", str(report), slug="lora")
    seen = {}
    module = load_file(paths.checks("lora"), "grader.checks.check_lora")
    for case in ElementTree.parse(report).iter("testcase"):
        function = getattr(module, case.attrib["classname"].rpartition(".")[2]).function
        kinds = {one.tag for one in case}
        status = "skipped" if "skipped" in kinds else "wrong" if kinds & {"failure", "error"} else "passed"
        seen[f"{function}.{case.attrib['name'].removeprefix('check_')}"] = status
    assert seen == wanted


def test_a_submission_that_cannot_be_read_is_refused_in_one_sentence(tmp_path):
    code, _, said = run_checks("--submission", str(tmp_path / "nothing.py"))
    assert code == pytest.ExitCode.USAGE_ERROR and "There is no file nothing.py" in said and "Traceback" not in said


def test_what_is_listed_as_paid_or_as_equivalent_exists():
    """The slow searches read these lists; a damaged list should be found before."""
    checks = {
        exercise.slug: {spec.id for spec in specs_of(exercise.slug)}
        for exercise in syllabus.load()
        if not exercise.planned
    }
    paid = [(slug, check) for slug, check, _ in unearned.allowed()]
    assert paid and all(check in checks[slug] for slug, check in paid)
    sources = {slug: paths.solution(slug).read_text(encoding="utf-8") for slug in checks}
    for slug, change in mutants.equivalent():
        line = change.partition(" -> ")[0].strip()
        assert " ".join(line.split()) in " ".join(sources[slug].split()), f"{slug}: {line}"
    assert len(mutants.equivalent()) > 50


def test_the_readme_counts_the_misconceptions_that_there_are():
    readme = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    (told,) = re.findall(r"knows about ([\d,]+) misconceptions", readme)
    exercises = [exercise.slug for exercise in syllabus.load() if not exercise.planned]
    count = sum(len(load_misconceptions(paths.misconceptions(slug))) for slug in exercises)
    assert abs(int(told.replace(",", "")) - count) < 0.05 * count, f"there are {count}"
