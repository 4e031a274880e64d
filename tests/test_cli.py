"""The commands as a learner types them, with a scripted grader; whole outputs are compared where the words matter."""

import dataclasses
import json
import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from course import environment, paths, render, syllabus, workspace
from course.cli import Settings, cli
from course.compat import module_command
from course.grader import PATIENCE
from course.session import Grading
from course.text import language
from tests import fake_grader
from tests.fake_grader import announced, check, session

FAKE = Path(fake_grader.__file__)


pytestmark = pytest.mark.usefixtures("english_environment")


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """Create and enter a workspace, with a grader whose script is ``play``ed."""
    workspace.start(tmp_path / "desk", [syllabus.resolve("lora")])
    monkeypatch.chdir(tmp_path / "desk")
    return Desk(tmp_path)


class Desk:
    def __init__(self, root):
        self.root = root / "desk"
        self.script = root / "script.json"
        self.play([{"exit": 0}])

    def play(self, steps):
        self.script.write_text(json.dumps(steps), encoding="utf-8")

    @property
    def command(self):
        return [sys.executable, str(FAKE), str(self.script)]

    @property
    def request(self):
        return json.loads(self.script.with_name("request.json").read_text(encoding="utf-8"))

    def __call__(self, *arguments, **options):
        return CliRunner().invoke(cli, list(arguments), obj=Settings(self.command), prog_name="course", **options)


def last_line(outcome):
    return outcome.stdout.splitlines()[-1]


# --- grade -----------------------------------------------------------------------------------------------------------

CHECKS = [
    check("lora_report.problem2", max_points=2, visible=True, title="rank 16 on four matrices of twelve layers"),
    check("lora_report.head", max_points=1, title="the head is trainable, but it is not LoRA's"),
    check(
        "LoRALinear.forward",
        "failed",
        max_points=3,
        visible=True,
        title="the output is W x + b plus (alpha/r) times B A x",
        message="output: off by up to 0.472 (tolerance 1e-05)",
        expected="[1.0, 2.0] shape (2,)",
        actual="[1.0, 2.472] shape (2,)",
        difference={"max_abs": 0.472, "max_rel": 0.236, "index": [1], "tolerance": 1e-05},
        hint="alpha is 8 and r is 3: which factor do you expect?",
    ),
    check("LoRALinear.merge", "skipped", max_points=3, message="waits until the output is right"),
    check("LoRALinear.dtype", "crashed", message="RuntimeError: mat1 and mat2 must have the same dtype",
          traceback='File "lora.py", line 93, in forward\n    return x @ self.A.T', hint="second hint"),
    check("inject_lora.replaced", "not_started", max_points=2),
    check("inject_lora.used", "skipped", max_points=2),
]  # fmt: skip
DIAGNOSIS = {
    "LoRALinear.forward": {
        "mistake": "scaling-inverted",
        "hint": "Yours shrinks as alpha grows: which way round is your fraction?",
    }
}

SCREEN = """\
exercise-3  LoRA and PEFT
lora.py, seed 7, sandbox full

✓ lora_report  2 checks                                                      3/3

LoRALinear
  ✗ the output is W x + b plus (alpha/r) times B A x                         0/3
  – the property merge holds  (not run)                                      0/3
  ✗ the property dtype holds  (crashed)                                      0/1

○ inject_lora  not started (2 checks)                                        0/4

── Look at this first ──────────────────────────────────── LoRALinear.forward ──
✗ the output is W x + b plus (alpha/r) times B A x
  output: off by up to 0.472 (tolerance 1e-05)
  expected  [1.0, 2.0] shape (2,)
  got       [1.0, 2.472] shape (2,)
  largest difference: at [1], 0.236 relative to the expected value
  lesson: course read exercise-3

One more check did not pass: -v shows it in full.

╭─ Likely misconceptions ──────────────────────────────────────────────────────╮
│                                                                              │
│  scaling inverted                                                            │
│  Yours shrinks as alpha grows: which way round is your fraction?             │
│  This explains: LoRALinear.forward                                           │
│                                                                              │
╰──────────────────────────────────────────────────────────────────────────────╯

function      checks                points
lora_report      2/2   ██████████      3/3
LoRALinear       0/3   ░░░░░░░░░░      0/7
inject_lora      0/2   ░░░░░░░░░░      0/4

2 of 7 checks passed: 3 of 14 points.
2 visible checks (-v shows what they compared), 5 hidden (their values stay
hidden).

Get a hint on the first failing check:
course hint exercise-3
"""


def test_grade(desk):
    desk.play(session(CHECKS, diagnosis=DIAGNOSIS))
    outcome = desk("grade", "3")
    assert outcome.stdout == SCREEN
    assert (outcome.exit_code, outcome.stderr) == (1, "")
    assert desk.request | {"pid": 0} == {
        "id": 1, "op": "grade", "exercise": "lora", "file": str(desk.root / "lora.py"), "seed": None, "only": [],
        "lang": "en", "sandbox": "auto", "threads": 1, "pid": 0,
    }  # fmt: skip


def test_an_untouched_skeleton_gets_a_short_and_kind_answer(desk):
    checks = [
        check(f"{name}.{number}", "skipped" if number else "not_started")
        for name in ("lora_report", "LoRALinear")
        for number in range(20)
    ]
    desk.play(session(checks, "not_started"))
    outcome = desk("grade", "lora")
    assert outcome.exit_code == 1
    assert (
        outcome.stdout
        == """\
exercise-3  LoRA and PEFT
lora.py, seed 7, sandbox full

○ lora_report  not started (20 checks)                                      0/20
○ LoRALinear  not started (20 checks)                                       0/20

Nothing is written yet, so nothing is wrong. lora_report is a good place to
start.

Read the lesson:
course read exercise-3
"""
    )


def test_passed(desk):
    desk.play(session([check("lora_report.head", max_points=63)], "passed"))
    outcome = desk("grade", "exercise-3")
    assert outcome.exit_code == 0
    assert "The check passed: 63 of 63 points." in outcome.stdout
    assert last_line(outcome) == "course next"
    assert "✓ " in desk("list").stdout or "passed" in desk("list").stdout
    assert last_line(desk("next")) == "course read exercise-4"  # the next exercise that has not been passed


def test_without_utf8_everything_is_ascii(desk):
    desk.play(session(CHECKS, diagnosis=DIAGNOSIS))
    runner = CliRunner(charset="ascii")
    outcome = runner.invoke(cli, ["grade", "3"], obj=Settings(desk.command))
    assert outcome.exit_code == 1 and outcome.stdout.isascii()
    for line in (
        "  x the output is W",
        "+ lora_report  2 checks",
        "  - the property merge",
        "o inject_lora",
        "+- Likely misconceptions",
    ):
        assert "\n" + line in outcome.stdout
    assert "##########" in outcome.stdout


def test_verbose_adds_what_was_compared_and_printed(desk):
    compared = [["kept ratio", "0.0417", "0.0417"], ["reduction", "0.958", "0.042"]]
    checks = [
        check("f.a", visible=True, compared=compared, stdout="my print\n"),
        check("f.b", "crashed", traceback="\n".join(f'File "x.py", line {n}\n  here' for n in range(30))),
    ]
    desk.play([{"stderr": "words of the grader"}, *session(checks)])
    brief, long = desk("grade", "3"), desk("grade", "3", "-v")
    assert (
        "      kept ratio:  0.0417\n      reduction:\n        expected  0.958\n        got       0.042\n" in long.stdout
    )
    assert "      your code printed:\n        my print\n" in long.stdout
    assert "line 0" in long.stdout
    assert "words of the grader" in long.stderr
    for text in ("kept ratio", "my print", "line 15", "words of the grader"):
        assert text not in brief.output
    for line in ("line 0", "line 5", "line 24", "line 29"):
        assert f'  File "x.py", {line}\n    here\n' in brief.stdout
    assert "line 15" in long.stdout


def test_a_students_text_is_never_interpreted(desk):
    hostile = "[bold]x[/bold] \x1b[2Jgone\x07 \u202eeman\u200b\ufeff\x9b\U000e0041"
    spelt = "[bold]x[/bold] \\x1b[2Jgone\\x07 \\u202eeman\\u200b\\ufeff\\x9b\\U000e0041"
    found = {"kind": "crash", "id": hostile, "text": hostile}
    fields = dict(message=hostile, actual=hostile, stdout=hostile, traceback=f"in {hostile}", explanation=found)
    checks = [check(f"f.{hostile}", "failed", title=hostile, **fields), check("g.a", remarks=[hostile])]
    desk.play(session(checks))
    for arguments, count in ([], 8), (["-v"], 9):
        out = desk("grade", "3", *arguments).stdout
        assert " ".join(out.split()).count(spelt) == count, out
        assert not set("\x1b\x07\u202e\u200b\ufeff\x9b\U000e0041") & set(out)
    written = desk("grade", "3", "--json", "-").stdout
    assert not set("\x1b\x07\u202e\u200b\ufeff\x9b\U000e0041") & set(written)
    assert json.loads(written)["checks"][0]["message"] == hostile


CRASHED = "RuntimeError: mat1 and mat2 shapes cannot be multiplied (3x4 and 5x6)"
CRASHES = [
    check("lora_report.head", remarks=["lora_report returned numpy floats; the docstring says float"]),
    check("LoRALinear.forward", "crashed", message=CRASHED,
          traceback='  File "lora.py", line 93, in forward\n    return self.up(x)\n'
                    f'  File "lora.py", line 80, in up\n    return x @ self.A.T\n{CRASHED}',
          explanation={"kind": "crash", "id": "matrix-shapes-do-not-fit", "text": "These must be equal."}),
    check("LoRALinear.merge", "crashed", message=CRASHED,
          explanation={"kind": "follows", "id": "LoRALinear.forward", "text": "Same error as above."}),
    check("inject_lora.a", "failed", message="your file does not define `inject_lora`",
          explanation={"kind": "crash", "id": "not-defined", "text": "Not there."}),
    check("inject_lora.b", "failed", message="your file does not define `inject_lora`",
          explanation={"kind": "follows", "id": "inject_lora.a", "text": "Same."}),
]  # fmt: skip
CRASH_SCREEN = """\
exercise-3  LoRA and PEFT
lora.py, seed 7, sandbox full

✓ lora_report  1 check, 1 remark                         1/1

LoRALinear
  ✗ the property forward holds  (crashed)                0/1
  ✗ the property merge holds  (as in                     0/1
    LoRALinear.forward)

✗ inject_lora  not in your file (2 checks)               0/2

── Look at this first ──────────────── LoRALinear.forward ──
✗ the property forward holds
  RuntimeError: mat1 and mat2 shapes cannot be multiplied
  (3x4 and 5x6)
  File "lora.py", line 93, in forward
    return self.up(x)
  File "lora.py", line 80, in up
    return x @ self.A.T
  what this means: These must be equal.
  lesson: course read exercise-3

3 more checks did not pass: -v shows them in full.

function      checks                points
lora_report      1/1   ██████████      1/1
LoRALinear       0/2   ░░░░░░░░░░      0/2
inject_lora      0/2   ░░░░░░░░░░      0/2

1 of 5 checks passed: 1 of 5 points.
0 visible checks (-v shows what they compared), 5 hidden
(their values stay hidden).
Accepted, but lora_report returned numpy floats; the
  docstring says float

Get a hint on the first failing check:
course hint exercise-3
"""


def test_a_crash_in_sixty_columns(desk, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    desk.play(session(CRASHES))
    out = desk("grade", "3").stdout
    assert out == CRASH_SCREEN
    assert max(len(line) for line in out.splitlines()) <= 60


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
@pytest.mark.parametrize("verbose", [[], ["-v"]])
def test_a_report_fits_its_terminal(desk, monkeypatch, columns, verbose):
    monkeypatch.setenv("COLUMNS", str(columns))
    compared = [["a label that is longer than its value may stand beside", "0.5", "0.5"]]
    desk.play(session([*CRASHES, *CHECKS, check("f.a", visible=True, compared=compared)], diagnosis=DIAGNOSIS))
    for charset in ("utf-8", "ascii"):
        outcome = CliRunner(charset=charset).invoke(cli, ["grade", "3", *verbose], obj=Settings(desk.command))
        assert outcome.exit_code == 1
        assert max(len(line) for line in outcome.stdout.splitlines()) <= columns, outcome.stdout
        assert outcome.stdout.count("Look at this first") == 1


def test_verbose_shows_a_failed_statement_once_and_how_many_comparisons_are_left_out(desk):
    message = "mix is in no group, so it would never be trained"
    compared = [["names", "1", "1"], ["... and 37 more"], [message, "-", "-"]]
    desk.play(session([check("f.a", "failed", visible=True, message=message, compared=compared)]))
    out = desk("grade", "3", "-v").stdout
    assert out.count("mix is in no group") == 1 and " -\n" not in out
    assert "      names:  1\n      ... and 37 more\n" in out


def test_a_function_under_another_name_is_asked_about_without_verbose(desk):
    told = {"kind": "crash", "id": "not-defined", "text": "Not there."}
    message = "your file does not define `lora_report`; is `lora_reprot` the same function under another name?"
    written = check("LoRALinear.forward", "failed", message="off")
    desk.play(session([written, check("lora_report.head", "failed", message=message, explanation=told)]))
    out = " ".join(desk("grade", "3").stdout.split())
    assert "lora_report not in your file (1 check) 0/1 your file does not define `lora_report`; is `lora_reprot`" in out


def test_what_may_follow_says_so_on_its_line(desk):
    follows = {"kind": "follows", "id": "sum-instead-of-mean", "text": "perhaps"}
    desk.play(session([check("f.a", "failed"), check("f.b", "failed", explanation=follows)]))
    assert "the property b holds  (may follow from the others)" in desk("grade", "3").stdout


def test_verbose_shows_every_failed_check_in_full(desk):
    desk.play(session(CRASHES))
    out = desk("grade", "3", "-v").stdout
    for text in ("These must be equal.", "Same error as above.", "Not there.", "accepted, but lora_report returned"):
        assert out.count(text) == 1
    assert out.count(CRASHED) == 2  # not a third time, below the traceback
    assert "Look at this first: LoRALinear.forward\n" in out


def test_what_is_echoed_beside_json_is_spelt_out(desk):
    hostile = "x\x1b]0;TITLE\x07\u202egnp\x9b31m"
    desk.play([{"stderr": hostile}, {"sleep": 0.5}, *session([], "not_gradable", message=hostile)])
    outcome = desk("grade", "3", "-v", "--json", "-")
    assert outcome.exit_code == 4
    spelt = "x\\x1b]0;TITLE\\x07\\u202egnp\\x9b31m"
    assert outcome.stderr.count(spelt) == 2, "what the grader wrote to its standard error, and the message"
    assert not set("\x1b\x07\u202e\x9b") & set(outcome.output)


@pytest.mark.parametrize("name", ["a\x1b[31mb", "a\u202eb", "a\nb"])
def test_a_file_name_cannot_write_on_the_screen(desk, name):
    (desk.root / f"{name}.py").write_text("x = 1", encoding="utf-8")
    desk.play(session([], "not_gradable", message="no"))
    outcome = desk("grade", "3", "--file", f"{name}.py")
    spelt = f"{name}.py".encode("unicode_escape").decode()
    assert spelt in last_line(outcome)
    assert name not in outcome.output
    wrong = desk("grade", name)
    assert wrong.exit_code == 2 and spelt[:-3] in wrong.stderr.replace("\n", "\\n")
    assert not set("\x1b\u202e") & set(wrong.output)


def test_after_a_full_pass_the_reference_is_named(desk):
    desk.play(session([check("f.a")], "passed"))
    assert desk("grade", "3").stdout.endswith(
        "How the reference does it: course solution 3\n\nContinue with the next exercise:\ncourse next\n"
    )
    assert "course solution" not in desk("grade", "3", "--only", "f.a").stdout


def groups(out):
    """Return the headings of functions, and the lines that sum up a whole function."""
    return re.findall(r"^(?:\W )?([fg](?:, continued)?)(?:  \d+ checks? .*)?$", out, re.MULTILINE)


COMES_BACK = [check("f.a"), check("g.a", "failed"), check("g.b"), check("f.b")]


def test_a_function_that_comes_back_is_continued_where_somebody_reads_along(monkeypatch, terminal):
    monkeypatch.setenv("TERM", "xterm")
    screen = render.Screen(render.Console(file=terminal, color_system=None, width=80, highlight=False))
    grading = Grading(3, "lora", "LoRA", "lora.py")
    for event in session(COMES_BACK):
        grading.take(event)
        if event["event"] == "check":
            screen.checked(grading, grading.checks[event["check"]["id"]])
            if event["check"]["id"] == "g.a":
                assert groups(terminal.getvalue()) == ["f", "g"]
    screen.finished(grading.result, render.Advice("x", "y"))
    assert groups(terminal.getvalue()) == ["f", "g", "f, continued"]


def test_in_a_pipe_the_checks_stand_in_the_order_of_the_exercise(desk):
    events = session(COMES_BACK)
    by_function = sorted(events[0]["checks"], key=lambda one: one["id"])
    desk.play([events[0] | {"checks": by_function}, *events[1:]])
    assert groups(desk("grade", "3").stdout) == ["f", "g"]
    assert re.findall(r"property (\w) holds", desk("grade", "3", "-v").stdout) == ["a", "b", "a", "b"]


def test_what_was_held_back_is_shown_when_the_grader_dies(desk):
    desk.play([*session([check("f.a"), check("f.b")])[:2], {"exit": 3}])
    assert "✓ f  1 check  " in desk("grade", "3").stdout


def test_verbose_says_a_failed_comparison_once(desk):
    compared = [["other", "1", "1"], ["ratio", "0.5", "0.7"]]
    desk.play(session([check("f.a", "failed", visible=True, compared=compared, message="ratio: off by 0.2",
                             expected="0.5", actual="0.7")]))  # fmt: skip
    out = desk("grade", "3", "-v").stdout
    assert [out.count(word) for word in ("ratio", "0.5", "0.7", "other:  1", "1 visible check (")] == [1] * 5


def test_a_narrow_panel_keeps_its_title(desk, monkeypatch):
    monkeypatch.setenv("COLUMNS", "24")
    desk.play(session(CHECKS, diagnosis=DIAGNOSIS))
    assert "\nLikely misconceptions\n╭───" in desk("grade", "3").stdout


def test_a_terminal_without_japanese_is_spoken_to_in_english(desk):
    ask = [cli, ["--lang", "ja", "grade", "--help"]]
    shown = CliRunner().invoke(*ask)
    assert not shown.stdout.isascii() and not shown.stderr
    plain = CliRunner(charset="latin-1").invoke(*ask)
    assert "Grade your file" in plain.stdout
    assert plain.stderr.startswith("The encoding latin-1 cannot show this language") and plain.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("encoding", "lang", "lost"), [("ascii", "en", False), ("cp932", "ja", False), ("ascii", "en", True)]
)
def test_a_lesson_on_a_stream_that_cannot_encode_it(encoding, lang, lost):
    lesson = "10" if lost else "5"  # the tenth lesson quotes Japanese
    done = subprocess.run(
        [sys.executable, "-m", "course", "read", lesson, "--lang", lang],
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(paths.ROOT), "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        check=True,
    )
    said = done.stdout.decode(encoding)
    assert ("became question marks" in done.stderr.decode(encoding)) == lost
    assert lost or not re.search(r"^\?|[ (]\?", said, re.MULTILINE)
    if encoding == "ascii" and not lost:
        assert "l2: g + lambda w = g + 0.2        |" in said, "a table is laid out as it is spelt"
        assert "rate * lambda * w" in said and "base_lr * decay^L" in said and "(1 - 0.01 * 0.1)^200" in said


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("progress", [False, True])
def test_the_list_keeps_its_titles_at_any_width(desk, monkeypatch, columns, lang, progress):
    if progress:
        for exercise in syllabus.load():
            with workspace.Workspace(desk.root).editing(exercise) as memory:
                memory.status, memory.points, memory.max_points = "failed", 10, exercise.points
                memory.results, memory.bonus = {"a.b": 10}, {"c.d": 12}
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = desk("list", "--lang", lang).stdout.splitlines()
    table = lines[: lines.index("")]
    assert max(cell_len(line.rstrip()) for line in table) <= columns
    for exercise in syllabus.load():
        assert sum(exercise.title(lang) in line for line in table) == 1
    assert sum("12" in line for line in table) >= 10 * progress


@pytest.mark.parametrize(
    ("lang", "short", "long"), [("en", " 35 min ", " 2:05 h "), ("ja", " 35 分 ", " 2 時間 05 分 ")]
)
def test_less_than_an_hour_is_given_in_minutes(desk, monkeypatch, lang, short, long):
    monkeypatch.setenv("COLUMNS", "120")
    shown = desk("list", "--lang", lang).stdout
    assert short in shown and long in shown and "0:" not in shown and "0 時間" not in shown


def test_where_the_largest_difference_is_said_as_one_sentence_in_japanese(desk):
    difference = {"max_abs": 0.5, "max_rel": 0.204, "index": [0, 1], "tolerance": 1e-5}
    desk.play(session([check("f.a", "failed", message="x", difference=difference)]))
    said = desk("grade", "3", "--lang", "ja").stdout
    assert "最大の差: 0.5、位置 [0, 1]、期待値に対する比 0.204、許容誤差 1e-05" in said


def test_next_says_why_it_leaves_an_exercise_out(desk):
    with workspace.Workspace(desk.root).editing(syllabus.resolve("evaluation")) as memory:
        memory.status, memory.solved, memory.results, memory.graded = "passed", True, {"a.b": 1}, "2026"
    said = desk("next").stdout
    assert "(exercise-8 would come first, but it builds on exercise-1, which you have not passed)" in said
    assert last_line(desk("next")) == "course read exercise-9"


def test_no_workspace_begins_inside_another(desk):
    for words in (["start", "my-course"], ["start", str(desk.root / "lora" / "x")]):
        outcome = desk(*words)
        assert outcome.exit_code == 2
        assert f"inside the workspace {desk.root}" in outcome.stderr and "type: course start" in outcome.stderr
    assert not (desk.root / "my-course").exists()
    assert (
        desk("start", "../beside").exit_code == desk("start", "../desk").exit_code == desk("start", ".").exit_code == 0
    )


def test_small_mistakes_of_usage_say_what_is_meant(desk):
    outcome = desk("grade", "3", "--file", "")
    assert (outcome.exit_code, outcome.stderr) == (2, "Error: --file needs the path of a file.\n")
    assert "'x' is not a valid whole number." in desk("grade", "3", "--seed", "x").stderr


@pytest.mark.parametrize(("level", "word"), [("limits", "only limits time and memory"), ("none", "no sandbox")])
def test_less_than_a_full_sandbox_is_said(desk, level, word):
    desk.play(session([check("f.a")], "passed", sandbox=level))
    assert word in desk("grade", "3").stdout


def test_options_reach_the_grader(desk):
    desk.play(session([check("f.a"), check("f.b")], "passed"))
    outcome = desk("grade", "3", "--seed", "12", "--only", "LoRALinear.forward", "--only", "merge", "--lang", "ja")
    assert outcome.exit_code == 0
    assert (desk.request["seed"], desk.request["only"], desk.request["lang"]) == (
        12,
        ["LoRALinear.forward", "LoRALinear.merge"],
        "ja",
    )
    assert last_line(outcome) == "course grade exercise-3"  # the whole exercise, this time


def test_nothing_selected(desk):
    desk.play(session([], "passed"))
    outcome = desk("grade", "3", "--only", "nonsense")
    assert outcome.exit_code == 5
    assert outcome.stderr.startswith("Error: --only nonsense matches no check of exercise-3.")
    desk.play([{"event": "fault", "message": "no check", "exit_code": 5}])
    assert desk("grade", "3", "--only", "nonsense").exit_code == 5
    desk.play(session(CHECKS))
    desk("grade", "3")
    desk.play(session([], "passed"))
    assert "Still failing: LoRALinear.forward, " in desk("grade", "3", "--only", "nonsense").stderr


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_file_from_elsewhere_leaves_no_trace(desk, tmp_path, monkeypatch):
    desk.play(session(CHECKS, diagnosis=DIAGNOSIS))
    other = tmp_path / "other.py"
    other.write_text("x = 1")
    outcome = desk("grade", "3", "--file", "../other.py")
    assert outcome.exit_code == 1
    assert desk.request["file"] == str(desk.root / "../other.py")
    assert last_line(outcome) == "course hint exercise-3 LoRALinear"
    assert not (desk.root / ".course/state.json").exists()

    monkeypatch.chdir(tmp_path)
    assert desk("grade", "3", "--file", "other.py").exit_code == 1
    assert not (tmp_path / ".course").exists()


def test_the_workspace_is_found_from_below(desk, monkeypatch):
    desk.play(session([check("f.a")], "passed"))
    (desk.root / "notes").mkdir()
    monkeypatch.chdir(desk.root / "notes")
    assert desk("grade", "3").exit_code == 0
    assert desk.request["file"] == str(desk.root / "lora.py")


def test_the_file_itself_names_the_exercise(desk, monkeypatch):
    desk.play(session([check("f.a")], "passed"))
    monkeypatch.chdir(desk.root.parent)
    assert desk("grade", "desk/lora.py").exit_code == 0
    assert desk.request["file"] == str(desk.root / "lora.py")


def test_outside_a_workspace(tmp_path, monkeypatch, desk):
    monkeypatch.chdir(tmp_path)
    outcome = desk("grade", "3")
    assert outcome.exit_code == 4
    assert outcome.stderr == (
        "Error: there is no workspace here. Go to your workspace, create one with: course start, "
        "or name a file with: course grade exercise-3 --file PATH\n"
    )


def test_the_workspace_lacks_the_file(desk):
    (desk.root / "lora.py").unlink()
    outcome = desk("grade", "3")
    assert (outcome.exit_code, outcome.stdout) == (4, "")
    assert outcome.stderr == "Error: your workspace has no lora.py. Get the skeleton with: course reset exercise-3\n"
    assert desk("reset", "3").exit_code == 0
    assert (desk.root / "lora.py").read_bytes() == paths.skeleton("lora").read_bytes()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "There is no file work.py."),
        (lambda path: path.mkdir(), "work.py is a directory, not a Python file."),
        (lambda path: path.write_bytes(b"#" * (2**20 + 1)), "work.py has 1,048,577 bytes"),
    ],
)
def test_what_is_no_students_file(desk, make, message):
    make(desk.root / "work.py")
    outcome = desk("grade", "3", "--file", "work.py")
    assert outcome.exit_code == 4
    assert "This file cannot be graded yet.\n  " + message in outcome.stdout
    assert last_line(outcome) == "course grade exercise-3 --file work.py"
    assert not desk.script.with_name("request.json").exists()

    written = desk("grade", "3", "--file", "work.py", "--json", "-")
    assert written.exit_code == 4
    record = json.loads(written.stdout)
    assert (record["status"], record["points"], record["max_points"]) == ("not_gradable", 0, 63)
    assert record["message"] in written.stderr


def test_not_gradable(desk):
    message = "lora.py does not parse: line 3: invalid syntax\n    def f(:\n          ^"
    desk.play([{"event": "result", "result": fake_grader.result([], "not_gradable", message=message)}])
    outcome = desk("grade", "3")
    assert outcome.exit_code == 4
    desk.play(session([], "not_gradable", message=message))
    assert desk("grade", "3").stdout == outcome.stdout.replace("lora.py\n", "lora.py, seed 7, sandbox full\n", 1)
    assert (
        outcome.stdout
        == """\
exercise-3  LoRA and PEFT
lora.py

This file cannot be graded yet.
  lora.py does not parse: line 3: invalid syntax
      def f(:
            ^

After you have changed your file:
course grade exercise-3
"""
    )


# --- formats ---------------------------------------------------------------------------------------------------------


def test_json_to_stdout_is_one_document_and_nothing_else(desk):
    desk.play(session(CHECKS, diagnosis=DIAGNOSIS))
    outcome = desk("grade", "3", "--json", "-")
    assert outcome.exit_code == 1
    record = json.loads(outcome.stdout)
    assert outcome.stdout.endswith("}\n") and outcome.stderr == ""
    assert record["schema"] == "course/result/v1"
    assert record["next"] == "course hint exercise-3"
    assert len(record["checks"]) == 7


def test_json_and_junit_files(desk):
    desk.play(session(CHECKS))
    outcome = desk("grade", "3", "--json", "result.json", "--junit", "result.xml", "--exit-zero")
    assert outcome.exit_code == 0
    assert json.loads((desk.root / "result.json").read_text())["status"] == "failed"
    assert ElementTree.parse(desk.root / "result.xml").getroot()[0].get("tests") == "7"
    assert last_line(outcome) == "course hint exercise-3"
    assert sorted(path.name for path in desk.root.iterdir()) == [".course", "lora.py", "result.json", "result.xml"]


@pytest.mark.parametrize("option", ["--json", "--junit"])
def test_a_destination_that_cannot_be_written_is_refused_before_the_work(desk, option):
    outcome = desk("grade", "3", option, "nowhere/result")
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr == "Error: cannot write nowhere/result: No such file or directory.\n"
    assert not desk.script.with_name("request.json").exists()


def test_exit_zero_does_not_hide_our_own_faults(desk):
    desk.play([{"exit": 9}])
    assert desk("grade", "3", "--exit-zero").exit_code == 3


def test_colours_only_where_they_are_wanted(desk, monkeypatch):
    desk.play(session(CHECKS, diagnosis=DIAGNOSIS))
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    coloured = desk("grade", "3", color=True).stdout
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", coloured).endswith(SCREEN[-200:])
    assert "\x1b" not in desk("grade", "3", "--no-color", color=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in desk("grade", "3", color=True).stdout


# --- our own faults --------------------------------------------------------------------------------------------------


def test_a_grader_that_dies_is_our_fault(desk):
    desk.play([*session(CHECKS)[:3], {"stderr": "Traceback ...\nMemoryError"}, {"exit": 9}])
    outcome = desk("grade", "3", "--json", "result.json")
    assert outcome.exit_code == 3
    assert "The grader failed. This is our fault, not yours." in outcome.stdout
    assert "(exit code 9). Its last output:\nTraceback ...\nMemoryError\n" in outcome.stdout
    assert "Please report it with the lines above, the seed 7 and" in outcome.stdout
    assert last_line(outcome) == "course doctor"
    record = json.loads((desk.root / "result.json").read_text())
    assert record["status"] == "grader_error"
    assert [one["status"] for one in record["checks"]] == ["passed"] * 2 + ["grader_error"] * 5
    assert not (desk.root / ".course/state.json").exists()


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([{"raw": "Downloading model ..."}], "a line that is not an event: Downloading model ..."),
        ([{"raw": "[" * 100_000}], "a line that is not an event: [[["),
        (
            [{"raw": '{"id": 1, "event": "check", "check": {}}'}],
            "an event that cannot be read: Object missing required field `id`",
        ),
        ([{"event": "fault", "message": "the judge is gone", "exit_code": 3}], "the judge is gone"),
        ([{"exit": 0}], "without a result (exit code 0)"),
    ],
)
def test_other_faults_of_ours(desk, steps, message):
    desk.play(steps)
    outcome = desk("grade", "3")
    assert outcome.exit_code == 3
    assert message in " ".join(outcome.stdout.split())
    silent = desk("grade", "3", "--json", "-")
    assert (silent.exit_code, json.loads(silent.stdout)["status"]) == (3, "grader_error")


def test_events_of_another_request_are_left_alone(desk):
    desk.play([{"raw": '{"id": 0, "event": "fault", "message": "late"}'}, *session([check("f.a")], "passed")])
    assert desk("grade", "3").exit_code == 0


def test_a_check_that_does_not_report_is_our_fault(desk):
    steps = session([check("f.a")], "passed")
    steps[0]["checks"].append(announced(check("f.b")))
    desk.play(steps)
    outcome = desk("grade", "3")
    assert outcome.exit_code == 3
    assert "No report from f.b." in outcome.stdout


def test_a_grader_that_cannot_be_started(desk):
    outcome = CliRunner().invoke(cli, ["grade", "3"], obj=Settings(["/nonexistent/python"]))
    assert outcome.exit_code == 3
    assert outcome.stderr.startswith("Error: The grader could not be started:")


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT")
def test_ctrl_c_takes_the_grader_along(desk, tmp_path, monkeypatch):
    desk.play([session(CHECKS)[0], {"sleep": 60}])
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    code = f"from course.cli import *; cli(['grade', '3'], obj=Settings({desk.command!r}))"
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(paths.ROOT)},
    )
    assert child.stdout.readline() == "exercise-3  LoRA and PEFT\n"
    grader = desk.request["pid"]
    assert os.getsid(grader) == grader, "a terminal's Ctrl-C would reach it too"
    left, others = (tmp_path / f"course-grader-{pid}-x" for pid in (grader, f"{grader}0"))
    (left / "student").mkdir(parents=True)
    others.mkdir()
    child.send_signal(signal.SIGINT)
    before = time.monotonic()
    out, err = child.communicate(timeout=20)
    assert time.monotonic() - before < PATIENCE, "it was not asked to end, but killed after a while"
    assert (child.returncode, err) == (130, "\nInterrupted before the grading was complete.\n")
    assert gone(grader)
    assert others.exists() and not left.exists()


def gone(pid):
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


# --- help ------------------------------------------------------------------------------------------------------------


def test_help_speaks_the_readers_language(desk, monkeypatch):
    assert "Grade your file" in desk("grade", "--help").stdout
    assert "採点します" in desk("grade", "--lang", "ja", "--help").stdout
    assert "採点します" in desk("--lang", "ja", "--help").stdout
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    assert "採点します" in desk("grade", "-h").stdout
    assert "Grade your file" in desk("grade", "--lang", "en", "-h").stdout


def test_a_recipe_speaks_the_language_that_is_named_among_its_own_options(desk, monkeypatch):
    seen: list[tuple[tuple[str, ...], str]] = []
    monkeypatch.setattr("course.recipes.run", lambda arguments: seen.append((arguments, language())) or 0)
    desk("run", "finetune", "--lang", "ja", "--out", "x", "--lang=ja")
    desk("run", "--lang", "en", "finetune", "--out", "x", "--", "--lang", "ja")
    assert seen == [(("finetune", "--out", "x"), "ja"), (("finetune", "--out", "x", "--", "--lang", "ja"), "en")]
    for words in (["--lang", "xx"], ["--lang"], ["--lang="]):
        wrong = desk("run", "finetune", *words)
        assert wrong.exit_code == 2 and "--lang" in wrong.stderr
    assert len(seen) == 2


def test_help_of_grade_explains_the_exit_codes(desk):
    assert re.findall(r"^ +(\d+)  \w", desk("grade", "--help").stdout, re.MULTILINE) == [*"012345", "130"]


def test_the_commands_stand_in_the_order_of_use(desk):
    names = re.findall(r"^  (\w+)  +\w", desk("--help").stdout.partition("Commands:")[2], re.MULTILINE)
    assert names == [
        "start", "list", "read", "grade", "watch", "hint", "solution", "diff", "next", "reset", "doctor", "run",
        "figures", "class",
    ]  # fmt: skip


# --- the other commands ----------------------------------------------------------------------------------------------


READY = [exercise.slug for exercise in syllabus.load() if not exercise.planned]


def test_start(tmp_path, monkeypatch, desk):
    monkeypatch.chdir(tmp_path)
    outcome = desk("start")
    assert outcome.exit_code == 0
    assert (
        outcome.stdout
        == f"""\
Your workspace is {tmp_path / "my-course"}
{"".join(f"  copied  {slug}.py{chr(10)}" for slug in READY)}
Go to your workspace and start reading:
cd my-course && course read intro
"""
    )
    file = tmp_path / "my-course/lora.py"
    assert file.read_bytes() == paths.skeleton("lora").read_bytes()

    file.write_text("mine")
    again = desk("start", "my-course")
    assert "  kept    lora.py (yours, untouched)\n" in again.stdout
    monkeypatch.chdir(tmp_path / "my-course")
    assert last_line(desk("start")) == "course read intro"  # no my-course/my-course
    assert file.read_text() == "mine"
    assert sorted(path.name for path in file.parent.iterdir()) == sorted([".course", *(f"{s}.py" for s in READY)])


def test_start_in_a_place_with_blanks_and_on_a_file(tmp_path, monkeypatch, desk):
    monkeypatch.chdir(tmp_path)
    if os.name == "posix":
        assert last_line(desk("start", "my course")) == "cd 'my course' && course read intro"
    (tmp_path / "taken").write_text("")
    outcome = desk("start", "taken")
    assert outcome.exit_code == 2
    assert outcome.stderr == "Error: taken is a file. Give the path of a directory for your workspace.\n"


def test_list_json(desk):
    outcome = desk("list", "--json", "-")
    record = json.loads(outcome.stdout)
    assert record["schema"] == "course/list/v1"
    assert record["exercises"][2] == {
        "number": 3,
        "id": "exercise-3",
        "slug": "lora",
        "title": "LoRA and PEFT",
        "functions": list(syllabus.resolve("lora").functions),
        "bonus": list(syllabus.resolve("lora").bonus),
        "points": 63,
        "bonus_points": syllabus.resolve("lora").bonus_points,
        "requires": list(syllabus.resolve("lora").requires),
        "minutes": 175,
        "state": "ready",
    }
    assert [one["number"] for one in record["exercises"]] == [exercise.number for exercise in syllabus.load()]
    assert json.loads(desk("list", "--json", "-", "--lang", "ja").stdout)["exercises"][2]["title"] == "LoRA と PEFT"


def test_list_shows_how_far_one_is(desk):
    assert "2:55 h   ready" in desk("list").stdout
    desk.play(session(CHECKS))
    desk("grade", "3")
    outcome = desk("list")
    assert re.search(r"^  3   LoRA and PEFT +lora +63   2:55 h   3 of 14$", outcome.stdout, re.MULTILINE)
    assert last_line(outcome) == "course hint exercise-3"
    assert json.loads(desk("list", "--json", "-").stdout)["exercises"][2]["state"] == "started"


def test_list_outside_a_workspace(desk, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert last_line(desk("list")) == "course start"
    workspace.start(tmp_path / workspace.DEFAULT, [])
    assert {last_line(desk(*words)) for words in (["list"], ["next"], ["read", "3"])} == {"cd my-course"}


def test_a_newcomer_reads_the_introduction_first(desk):
    assert "course read intro\n" in desk("list").stdout
    assert last_line(desk("next")) == last_line(desk("list")) == "course read intro"
    assert last_line(desk("read", "intro", "--open")) == "course read intro"
    outcome = desk("read", "intro", "--answers")
    assert "Question 1. " in outcome.stdout and "course read intro --answers" not in outcome.stdout
    outcome = desk("read", "Intro")
    assert "Why pre-train at all?" in outcome.stdout
    assert "course read intro --answers" in outcome.stdout and "course hint" not in outcome.stdout
    assert last_line(outcome) == last_line(desk("next")) == "course read exercise-1"
    desk("hint", "1")  # another entry of the state
    assert last_line(desk("next")) == "course read exercise-1"
    assert desk("grade", "intro").exit_code == 2


def test_what_was_begun_needs_no_introduction(desk):
    desk.play(session(CHECKS))
    desk("grade", "3")
    assert last_line(desk("next")) == "course hint exercise-3"
    assert last_line(desk("read", "intro")) == "course hint exercise-3"


def test_an_introduction_that_cannot_be_remembered_is_read_all_the_same(desk):
    state = desk.root / ".course/state.json"
    state.write_text('{"schema": "course/state/v2"}')
    outcome = desk("read", "intro")
    assert outcome.exit_code == 0 and "Warning: your progress was not saved" in outcome.stderr
    assert state.read_text() == '{"schema": "course/state/v2"}'


def test_read_leaves_the_hints_out(desk):
    outcome = desk("read", "3")
    assert outcome.exit_code == 0
    assert "Hints\n" not in outcome.stdout
    assert "course hint exercise-3" in outcome.stdout
    assert "Answers\n" not in outcome.stdout and "course read exercise-3 --answers" in outcome.stdout
    assert last_line(outcome) == "course grade exercise-3"
    assert max(len(line) for line in outcome.stdout.splitlines()) <= 100


def test_read_shows_the_section_on_one_function(desk):
    outcome = desk("read", "5", "Warmup_Linear")
    assert outcome.exit_code == 0 and last_line(outcome) == "course grade exercise-5"
    assert outcome.stdout.startswith("Optimisers and schedules\n\n5. Warm up, cool down")
    assert "warmup_linear" in outcome.stdout and "Clipping" not in outcome.stdout
    assert "The whole lesson: course read exercise-5\n" in outcome.stdout
    outcome = desk("read", "5", "warmup_liner")
    assert outcome.exit_code == 2 and "Did you mean 'warmup_linear'?" in outcome.stderr
    outcome = desk("read", "intro", "warmup_linear")
    assert outcome.exit_code == 2 and "the introduction teaches no function" in outcome.stderr


def test_read_shows_every_question_with_its_answer(desk):
    outcome = desk("read", "3", "--answers")
    assert outcome.exit_code == 0 and last_line(outcome) == "course grade exercise-3"
    assert outcome.stdout.startswith("LoRA and PEFT\n") and "Sources" not in outcome.stdout
    asked = [int(number) for number in re.findall(r"Question (\d+)\.", outcome.stdout)]
    assert asked == list(range(1, len(asked) + 1)) and len(asked) >= 5
    assert "720" in outcome.stdout  # from the first answer, and in no question


def test_read_shows_the_answers_of_one_section(desk):
    asked = desk("read", "3", "inject_lora").stdout
    answered = desk("read", "3", "inject_lora", "--answers")
    numbers = re.findall(r"Question (\d+)\.", asked)
    assert numbers and re.findall(r"Question (\d+)\.", answered.stdout) == numbers
    assert len(answered.stdout) > 200 and "The whole lesson: course read exercise-3\n" in answered.stdout
    none = desk("read", "3", "DoRALinear", "--answers")
    assert none.exit_code == 0 and "There are no questions in this section." in none.stdout


def test_a_difference_leaves_out_what_was_not_started(desk):
    reference, skeleton = (path("lora").read_text(encoding="utf-8") for path in (paths.solution, paths.skeleton))
    start = "\n# --- bonus ---"
    assert reference.count(start) == skeleton.count(start) == 1
    mine = reference.partition(start)[0] + start + skeleton.partition(start)[2]
    Path("lora.py").write_text(mine + "\n# mine\n")
    desk.play(session([check("lora_report.head")], "passed"))
    desk("grade", "3")
    outcome = desk("diff", "3")
    assert outcome.exit_code == 0 and "Not started, so not compared: best_rank_r, DoRALinear\n" in outcome.stdout
    changed = [line for line in outcome.stdout.splitlines() if line.startswith(("+", "-"))]
    assert changed == ["--- lora.py", "+++ reference", "-", "-# mine"]


def test_hints_one_by_one(desk):
    desk.play(session(CHECKS, diagnosis=DIAGNOSIS))
    desk("grade", "3")
    first, second, third = (desk("hint", "3").stdout for _ in range(3))
    assert (
        first
        == """\
LoRALinear.forward failed last time: the output is W x + b plus (alpha/r) times B A x
Likely misconception: scaling inverted
Yours shrinks as alpha grows: which way round is your fraction?

After you have changed something (for the next hint, run course hint again):
course grade exercise-3
"""
    )
    assert "LoRALinear, hint 1 of " in second
    assert "LoRALinear, hint 2 of " in third
    everything = desk("hint", "3", "--all").stdout
    assert len(re.findall(r"(?<!\w)LoRALinear, hint ", everything)) == int(re.search(r"hint 2 of (\d+)", third)[1])
    assert "inject_lora, hint 1 of " in everything
    assert "inject_lora" not in desk("hint", "3", "LoRALinear", "--all").stdout
    assert everything.endswith("After you have changed something:\ncourse grade exercise-3\n")
    assert "inject_lora, hint 1 of " in desk("hint", "lora", "INJECT_LORA").stdout
    assert "inject_lora, hint 2 of " in desk("hint", "lora", "inject_lora").stdout


def test_a_file_whose_name_is_mistyped_is_named(desk, tmp_path):
    (tmp_path / "augmentation.py").write_text("x = 1\n")
    outcome = desk("grade", "9", "--file", str(tmp_path / "augmentaton.py"))
    assert outcome.exit_code == 4
    said = " ".join(outcome.stdout.split())
    assert "There is no file augmentaton.py. Did you mean 'augmentation.py'?" in said


def watched(desk, monkeypatch, *moments):
    """Return the output of ``course watch 3`` while these functions run one by one between its looks, then Ctrl-C."""
    left = list(moments)

    def sleep(seconds):
        if not left:
            raise KeyboardInterrupt
        left.pop(0)()

    monkeypatch.setattr("course.watch.time", SimpleNamespace(sleep=sleep))
    return desk("watch", "3")


def nothing():
    """Do nothing."""


def test_a_watched_file_is_graded_at_once_and_after_each_save(desk, monkeypatch):
    desk.play(session(CHECKS))
    file = Path("lora.py")
    outcome = watched(
        desk,
        monkeypatch,
        nothing,
        lambda: file.write_text("half = "),
        lambda: file.write_text("half = 1\n"),  # the first check came in the middle of saving
        nothing,
        nothing,
        nothing,
        file.unlink,  # some editors do this
        nothing,
        nothing,
    )
    assert outcome.exit_code == 0
    assert outcome.stdout.count("Look at this first") == 2
    assert outcome.stdout.count("Waiting until you save lora.py. Ctrl-C ends this.") == 2
    assert last_line(outcome) == "course hint exercise-3"


def test_a_watched_exercise_stays_while_its_bonus_fails(desk, monkeypatch):
    failing = {**check("best_rank_r.value", "failed"), "bonus": True}
    desk.play(session([check("lora_report.head"), failing], "passed"))
    outcome = watched(desk, monkeypatch, nothing, nothing)
    assert "to go on, press Ctrl-C and type: course next" in outcome.stdout
    assert outcome.exit_code == 0 and outcome.stdout.count("Waiting until you save lora.py") == 1
    assert last_line(outcome) == "course next"


def test_a_watched_exercise_that_passes_is_followed_by_the_next(desk, monkeypatch):
    desk.play(session([check("lora_report.head")], "passed"))
    outcome = watched(desk, monkeypatch, nothing, nothing)
    assert "Waiting until you save" not in outcome.stdout and "Continue with the next exercise" in outcome.stdout
    assert outcome.exit_code == 4 and "your workspace has no heads.py" in outcome.stderr
    workspace.start(Path.cwd(), [syllabus.resolve("heads")])
    watched(desk, monkeypatch, nothing, nothing)
    assert desk.request["exercise"] == "heads"


def test_a_hint_says_why_only_where_it_answers_that_check(desk):
    desk.play(session(CHECKS, diagnosis=DIAGNOSIS))
    desk("grade", "3")
    assert desk("hint", "3", "dtype").stdout.startswith(
        "LoRALinear.dtype failed last time: the property dtype holds\nsecond"
    )
    assert desk("hint", "3", "LoRALinear.DTYPE").stdout.startswith("LoRALinear, hint 1 of ")
    assert desk("hint", "3", "inject_lora").stdout.startswith(
        "You have not started inject_lora.\ninject_lora, hint 1 of "
    )


def test_hint_on_a_function_that_does_not_exist(desk):
    outcome = desk("hint", "3", "inject")
    assert outcome.exit_code == 2
    assert outcome.stderr == "Error: exercise-3 has no function called 'inject'. Did you mean 'inject_lora'?\n"


def test_reset_keeps_what_was_there(desk):
    desk.play(session(CHECKS))
    desk("grade", "3")
    (desk.root / "lora.py").write_text("mine")
    outcome = desk("reset", "3")
    assert outcome.exit_code == 0
    assert outcome.stdout.startswith("lora.py has been reset to the skeleton.\nYour previous version is kept in ")
    (backup,) = (desk.root / ".course/backups").iterdir()
    assert re.fullmatch(r"lora-\d{8}-\d{6}\.py", backup.name)
    assert backup.read_text() == "mine"
    assert (desk.root / "lora.py").read_bytes() == paths.skeleton("lora").read_bytes()
    assert "ready" in desk("list").stdout and "3 of 14" not in desk("list").stdout

    assert desk("reset", "3").stdout.startswith("lora.py is already identical to the skeleton.")
    (desk.root / "lora.py").write_text("mine too")
    (desk.root / "lora.py").exists() and desk("reset", "3")
    assert sorted(path.read_text() for path in backup.parent.iterdir()) == ["mine", "mine too"]


def test_reset_outside_a_workspace(desk, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert desk("reset", "3").exit_code == 4


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"schema": "course/state/v1", "exercises": 3}', "\x00\xff", "[" * 10**5]
)
@pytest.mark.parametrize("command", [["list"], ["grade", "3"], ["hint", "3"], ["next"], ["watch", "nowhere"]])
def test_a_damaged_state_is_kept_and_costs_nobody_anything(desk, content, command):
    desk.play(session(CHECKS))
    folder = desk.root / ".course"
    (folder / "state.json.damaged").write_text("an earlier one")
    (folder / "state.json").write_text(content, encoding="latin-1")
    said = desk(*command).stderr + desk("list").stderr
    assert said.count("Warning: the file with your progress is damaged") == 1
    assert said.count(str(folder / "state.json.damaged-2")) == 1
    assert desk("grade", "3").exit_code == 1
    assert "3 of 14" in desk("list").stdout
    assert (folder / "state.json.damaged").read_text() == "an earlier one"
    assert (folder / "state.json.damaged-2").read_text(encoding="latin-1") == content


def test_a_state_that_is_damaged_meanwhile_is_kept_by_whoever_writes(desk):
    here = workspace.Workspace(desk.root)
    state = desk.root / ".course/state.json"
    with here.editing(syllabus.resolve("lora")) as memory:
        memory.points = 3
        state.write_text('{"schema": "cou')
    assert here.memories()["lora"].points == 3
    assert state.with_name("state.json.damaged").read_text() == '{"schema": "cou'


def test_a_damaged_state_that_cannot_be_moved_is_not_overwritten(desk, monkeypatch):
    desk.play(session(CHECKS))
    state = desk.root / ".course/state.json"
    state.write_text("{")

    def refuse(*arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.rename", refuse)
    outcome = desk("grade", "3")
    assert outcome.exit_code == 1
    assert "state.json is damaged and cannot be moved: Permission denied." in outcome.stderr
    assert state.read_text() == "{"


def test_the_state_of_a_newer_course_is_left_alone(desk):
    desk.play(session(CHECKS))
    state = desk.root / ".course/state.json"
    state.write_text('{"schema": "course/state/v2"}')
    outcome = desk("grade", "3")
    assert outcome.exit_code == 1
    assert "was written by a newer version of this course" in outcome.stderr
    assert state.read_text() == '{"schema": "course/state/v2"}'


@pytest.mark.parametrize("command", ["read", "grade", "hint", "reset"])
def test_a_planned_exercise(desk, command, monkeypatch):
    announced = tuple(dataclasses.replace(one, planned=one.slug == "inference") for one in syllabus.load())
    monkeypatch.setattr(syllabus, "load", lambda: announced)
    outcome = desk(command, "inference")
    assert (outcome.exit_code, outcome.stdout) == (5, "")
    assert outcome.stderr.endswith("is announced but not written yet. See: course list\n")


@pytest.mark.parametrize("command", ["read", "grade", "hint", "reset"])
def test_an_unknown_exercise(desk, command):
    outcome = desk(command, "lor")
    assert (outcome.exit_code, outcome.stderr) == (2, "Error: no exercise called 'lor'. Did you mean 'lora'?\n")


def test_doctor(desk):
    desk.script.with_name("doctor.txt").write_text('{"sandbox": "limits", "reasons": ["no Landlock"], "device": "cpu"}')
    outcome = desk("doctor")
    assert outcome.exit_code == 0, outcome.output
    assert re.search(r"torch +\d", outcome.stdout)
    assert re.search(r"sandbox +limits\n +no Landlock\n", outcome.stdout)
    assert "Everything that the course needs is here." in outcome.stdout
    assert last_line(outcome) == "course next"


def test_doctor_finds_what_is_missing(desk, monkeypatch):
    monkeypatch.setattr("course.doctor.PACKAGES", ("click", "no-such-package"))
    outcome = desk("doctor")
    assert outcome.exit_code == 1
    assert re.search(
        r"no-such-package +not installed\n +install it with:\n +python -m pip install no-such-package", outcome.stdout
    )
    assert "no reply (exit code 1): no module named torch" in outcome.stdout
    assert "2 things are missing." in outcome.stdout
    assert last_line(outcome) == "python -m pip install no-such-package"


def test_run_passes_everything_on(tmp_path):
    recipe = tmp_path / "recipe.py"
    recipe.write_text("import sys; print(sys.argv[1:]); sys.exit(7)")
    code = (
        "from course import recipes; import sys\n"
        f"recipes.module_command = lambda module: [sys.executable, {str(recipe)!r}, module]\n"
        "from course.cli import main; sys.argv = ['course', 'run', 'finetune', '--help', '-v', '--log', 'x']\n"
        "main()"
    )
    environ = os.environ | {"PYTHONPATH": str(paths.ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", env=environ, check=False)
    assert done.stdout == "['solutions.recipes', 'finetune', '--help', '-v', '--log', 'x']\n"
    assert done.returncode == 7


def test_the_current_directory_cannot_shadow_the_grader(tmp_path):
    (tmp_path / "torch.py").write_text("raise SystemExit('the learner directory was imported')")
    (tmp_path / "json.py").write_text("raise SystemExit('the learner directory was imported')")
    command = module_command("course")
    done = subprocess.run(
        [*command, "list"],
        cwd=tmp_path,
        env=environment.of_recipe(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", [[], ["grade"], ["class", "export"]])
def test_help_has_its_texts_where_python_drops_docstrings(command):
    kept, dropped = (
        subprocess.run(
            [*module_command("course"), *command, "--help"],
            env=environment.of_recipe() | {"PYTHONOPTIMIZE": level},
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout
        for level in ("0", "2")
    )
    assert kept == dropped and kept.count(".") > 5


def test_a_damaged_syllabus_is_our_fault(desk, monkeypatch):
    def damaged():
        raise syllabus.SyllabusError("exercise 3: points = 0 is not a positive whole number")

    monkeypatch.setattr(syllabus, "load", damaged)
    outcome = desk("list")
    assert outcome.exit_code == 3
    assert outcome.stderr.startswith("Error: the syllabus of this installation is damaged: exercise 3")


def test_the_grader_is_not_told_the_learners_tokens(monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    known = environment.of_grader()
    assert "HF_TOKEN" not in known
    assert known["LC_ALL"] == "C.UTF-8"
    assert "PATH" in known
    assert "HF_TOKEN" in environment.of_recipe()  # the recipes can need it
