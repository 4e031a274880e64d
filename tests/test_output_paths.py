"""Destinations of results, and failures to write there: streams, devices, pipes, directories, signals and locks."""

import errno
import json
import os
import re
import shlex
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from valid import valid

from course import destinations, locks, paths, syllabus, workspace
from tests import fake_grader
from tests.fake_grader import check, session

FAKE = Path(fake_grader.__file__)
PASSED = session([check("LoRALinear.forward"), check("LoRALinear.merge")], "passed")
FAILED = session([check("LoRALinear.forward", "failed", message="off"), check("LoRALinear.merge")])
unix = pytest.mark.skipif(sys.platform == "win32", reason="devices, pipes and signals of Unix")
pytestmark = unix


class Desk:
    """A workspace, and the real entry point in its own process, with a scripted grader."""

    def __init__(self, root):
        self.root = root / "desk"
        workspace.start(self.root, [syllabus.resolve("lora")])
        self.script = root / "script.json"
        self.play(PASSED)

    def play(self, steps):
        self.script.write_text(json.dumps(steps), encoding="utf-8")

    @property
    def python(self):
        grader = [sys.executable, str(FAKE), str(self.script)]
        code = f"from course import grader, __main__; grader.isolated_command = lambda *a: {grader!r}; __main__.main()"
        return [sys.executable, "-c", code]

    def command(self, *arguments):
        return [*self.python, *arguments]

    def shell(self, line, *arguments, **options):
        """Run ``line`` with ``COURSE`` replaced by the command and its arguments."""
        words = shlex.join(self.command(*arguments))
        return subprocess.run(
            ["bash", "-o", "pipefail", "-c", line.replace("COURSE", words)],
            cwd=options.pop("cwd", self.root),
            env=self.environ,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
            **options,
        )

    def __call__(self, *arguments, **options):
        return self.shell("COURSE", *arguments, **options)

    @property
    def environ(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LANG", "LC_", "COLUMNS"))}
        return kept | {"PYTHONPATH": str(paths.ROOT), "LANG": "C.UTF-8"}

    def result(self, name="result.json"):
        return valid(json.loads((self.root / name).read_text()))

    @property
    def memory(self):
        return workspace.Workspace(self.root).memories().get("lora", workspace.Memory())


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


# --- files that are never replaced -----------------------------------------------------------------------------------


def make_fifo(path):
    os.mkfifo(path)


def make_socket(path):
    here = os.getcwd()
    os.chdir(path.parent)  # the path of a socket has a limit of about a hundred characters
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)  # its name stays after closing
    finally:
        os.chdir(here)


def make_read_only(path):
    path.write_text("precious")
    path.chmod(0o444)


PRECIOUS = {
    "directory": (lambda path: path.mkdir(), "Is a directory"),
    "pipe": (make_fifo, "is a pipe"),
    "socket": (make_socket, "is a socket"),
    "read-only": (make_read_only, "is read-only"),
    "submission": (lambda path: path.symlink_to("lora.py"), "is the file being graded"),
    "hard link": (lambda path: os.link(path.parent / "lora.py", path), "is the file being graded"),
    "loop": (lambda path: path.symlink_to(path.name), "Too many levels"),
    "long": (lambda path: path.symlink_to("x" * 4000), "File name too long"),
}


def what_lies_in(folder):
    return {
        path.name: (stat.S_IFMT(path.lstat().st_mode), path.lstat().st_ino, path.lstat().st_size)
        for path in folder.iterdir()
    }


@pytest.mark.parametrize(("what", "option"), list(zip(PRECIOUS, ["--json", "--junit"] * 4, strict=True)))
def test_what_must_stay_is_refused_before_the_work(desk, what, option):
    make, reason = PRECIOUS[what]
    make(desk.root / "result")
    before = what_lies_in(desk.root)
    done = desk("grade", "3", option, "result")
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert reason in done.stderr and done.stderr.startswith("Error: ") and done.stderr.count("\n") == 1
    assert what_lies_in(desk.root) == before
    assert not desk.script.with_name("request.json").exists(), "it was refused only after the work"


@pytest.mark.parametrize(
    "name", ["lora.py", "./lora.py", "../desk/lora.py", "other.py", "nb.ipynb", ".course/state.json", ".course/new"]
)
def test_neither_the_submission_nor_other_work_is_replaced(desk, name):
    for file in ("other.py", "nb.ipynb", ".course/state.json"):
        (desk.root / file).write_text("mine")
    before = what_lies_in(desk.root)
    for arguments in (["grade", "3", "--json", name], ["grade", "3", "--junit", name]):
        assert desk(*arguments).returncode == 2
    assert desk("list", "--json", name).returncode == 2
    assert what_lies_in(desk.root) == before


@pytest.mark.parametrize("path", ["", "nowhere/result", "lora.py/result", "folder/", "x" * 300, "result\n/x"])
def test_a_path_that_cannot_be_is_one_sentence(desk, path):
    for arguments in (["grade", "3", "--json", path], ["list", "--json", path]):
        done = desk(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("Error: cannot write ")


def test_two_results_need_two_places(desk):
    done = desk("grade", "3", "--json", "result", "--junit", "./result")
    assert done.returncode == 2 and "two results cannot be written to" in done.stderr
    assert desk("grade", "3", "--json", "/dev/null", "--junit", "/dev/null").returncode == 0


FOREIGN = {
    "notes.txt": "my notes\n",
    "other.json": '{"schema": "somebody/v1"}',
    "list.json": "[1, 2]",
    "marks.csv": "id,points\n1,2\n",
    "other.xml": '<?xml version="1.0"?>\n<testsuites name="pytest tests"></testsuites>',
    "bytes": "\udc80\x00",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_that_is_no_result_is_not_replaced(desk, name):
    (desk.root / name).write_text(FOREIGN[name], errors="surrogateescape")
    (desk.root / "link").symlink_to(name)
    for arguments in (
        ["grade", "3", "--json", name],
        ["grade", "3", "--json", "link"],
        ["grade", "3", "--junit", "link"],
        ["list", "--json", name],
    ):
        done = desk(*arguments)
        assert (done.returncode, done.stdout) == (2, "") and "is not an older result" in done.stderr
    assert (desk.root / name).read_text(errors="surrogateescape") == FOREIGN[name]
    assert not desk.script.with_name("request.json").exists(), "it was refused only after the work"


def test_an_older_result_of_any_kind_and_an_empty_file_are_replaced(desk):
    (desk.root / "result").write_text("")
    for arguments in (
        ["grade", "3", "--json"],
        ["grade", "3", "--junit"],
        ["list", "--json"],
        ["grade", "3", "--json"],
    ):
        done = desk(*arguments, "result")
        assert done.returncode == 0, done.stderr


def test_a_result_replaces_an_older_one_and_keeps_its_mode(desk):
    (desk.root / "real.json").write_text('{"schema": "course/result/v1"}')
    (desk.root / "real.json").chmod(0o640)
    (desk.root / "link.json").symlink_to("real.json")
    assert desk("grade", "3", "--json", "link.json").returncode == 0
    assert (desk.root / "link.json").is_symlink()
    assert desk.result("real.json")["status"] == "passed"
    assert stat.S_IMODE((desk.root / "real.json").stat().st_mode) == 0o640
    assert not list(desk.root.glob(".*.tmp"))


# --- devices and descriptors -----------------------------------------------------------------------------------------


def test_a_device_is_written_to_and_not_replaced(desk):
    before = os.stat("/dev/null")
    done = desk("grade", "3", "--json", "/dev/null", "--junit", "/dev/null")
    assert (done.returncode, done.stderr) == (0, "")
    assert "All 2 checks passed" in done.stdout
    after = os.stat("/dev/null")
    assert stat.S_ISCHR(after.st_mode) and (after.st_rdev, after.st_ino) == (before.st_rdev, before.st_ino)


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
@pytest.mark.parametrize("arguments", [["grade", "3"], ["list"]])
def test_every_name_of_the_standard_output(desk, name, arguments):
    done = desk(*arguments, "--json", name)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["schema"].startswith("course/")
    redirected = desk.shell("COURSE > result.json", *arguments, "--json", name)
    assert redirected.returncode == 0
    assert (desk.root / "result.json").read_text() == done.stdout


def test_a_descriptor_that_was_handed_over(desk):
    done = desk.shell("COURSE 7> result.json", "grade", "3", "--json", "/dev/fd/7")
    assert done.returncode == 0, done.stderr
    assert desk.result()["status"] == "passed"
    piped = desk.shell("COURSE >(cat > other.json); sleep 0.5", "grade", "3", "--json")
    assert piped.returncode == 0, piped.stderr
    assert desk.result("other.json")["status"] == "passed"


@pytest.mark.parametrize("number", [3, 4, 5, 6, 9])
def test_a_descriptor_of_our_own_is_not_written_to(desk, number):
    done = desk("grade", "3", "--json", f"/dev/fd/{number}")
    assert done.returncode == 0
    assert f"/dev/fd/{number} was not written: Bad file descriptor" in done.stderr
    assert "All 2 checks passed" in done.stdout


def test_names_of_descriptors():
    assert [destinations.descriptor(path) for path in ("/dev/stdout", "/dev/stderr", "/dev/fd/12", "/dev/null")] == [
        1,
        2,
        12,
        None,
    ]


# --- when writing fails, the result counts and is shown --------------------------------------------------------------


@pytest.mark.parametrize("option", ["--json", "--junit"])
@pytest.mark.parametrize(("steps", "code"), [(PASSED, 0), (FAILED, 1)])
def test_a_full_disk_costs_neither_the_report_nor_the_pass(desk, option, steps, code):
    desk.play(steps)
    done = desk("grade", "3", option, "/dev/full")
    assert done.returncode == code
    assert done.stderr == (
        "Warning: /dev/full was not written: No space left on device. The result above is not affected.\n"
    )
    assert "LoRALinear" in done.stdout
    assert desk.memory.status == ("passed" if code == 0 else "failed")


def test_a_folder_that_takes_no_file(desk):
    done = desk("grade", "3", "--json", "/proc/result.json")
    assert done.returncode == 0
    assert done.stderr.startswith("Warning: /proc/result.json was not written: ")
    assert "All 2 checks passed" in done.stdout
    listed = desk("list", "--json", "/proc/result.json")
    assert (listed.returncode, "lora" in listed.stdout) == (2, True)


@pytest.mark.parametrize(
    "line",
    [
        "COURSE >&-",
        "COURSE 2>&-",
        "COURSE <&-",
        "COURSE <&- >&- 2>&-",
        "COURSE > /dev/full",
        "COURSE > /dev/full 2> /dev/full",
        "COURSE | head -1",
        "COURSE | true",
    ],
)
@pytest.mark.parametrize(("steps", "code"), [(PASSED, 0), (FAILED, 1)])
def test_a_pass_stays_a_pass_whoever_listens(desk, line, steps, code):
    desk.play(steps)
    done = desk.shell(line, "grade", "3", *(["--json", "-"] if code else []))
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
    assert ("No space left" in done.stderr) == ("full" in line and "2>" not in line)
    assert desk.memory.status == ("passed" if code == 0 else "failed")


@pytest.mark.parametrize("line", ["COURSE >&-", "COURSE > /dev/full", "COURSE | head -1", "COURSE | true"])
def test_so_do_the_other_commands(desk, line):
    for arguments in (["list"], ["read", "3"], ["hint", "3"], ["grade", "--help"]):
        done = desk.shell(line, *arguments)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr


def test_an_unbuffered_stream(desk):
    for flag in ("-u", "-OO", "-I"):
        words = [sys.executable, flag, *desk.command("grade", "3")[1:]]
        code = f"import sys; sys.path.insert(0, {str(paths.ROOT)!r}); {words[3]}"
        done = subprocess.run(
            [*words[:3], code, *words[4:]], cwd=desk.root, env=desk.environ, capture_output=True, encoding="utf-8",
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "All 2 checks passed" in done.stdout


# --- the current directory -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prepare", ["mkdir gone && cd gone && rmdir ../gone", "mkdir dark && cd dark && chmod 0 ."])
def test_a_current_directory_that_is_gone_or_may_not_be_looked_at(desk, prepare, tmp_path):
    file = desk.root / "lora.py"
    for arguments, code in (
        (["list"], 0),
        (["next"], 0),
        (["read", "3"], 0),
        (["hint", "3"], 0),
        (["grade", "3", "--file", str(file)], 0),
        (["grade", "3", "--file", str(file), "--json", str(desk.root / "result.json")], 0),
        (["grade", "3", "--file", "lora.py"], 4),
        (["reset", "3"], None),
        (["grade", "3", "--file", str(file), "--json", "result.json"], None),
    ):
        place = tmp_path / f"place{len(list(tmp_path.iterdir()))}"
        place.mkdir()
        done = desk.shell(f"{prepare} && COURSE", *arguments, cwd=place)
        assert "Traceback" not in done.stderr, (arguments, done.stderr)
        assert code is None or done.returncode == code, (arguments, done.stdout, done.stderr)
        (place / "dark").exists() and (place / "dark").chmod(0o700)


# --- the graded file --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["pipe", "socket", "directory"])
def test_what_is_no_plain_file_is_refused_at_once(desk, what):
    PRECIOUS[what][0](desk.root / "work.py")
    begun = time.monotonic()
    done = desk("grade", "3", "--file", "work.py")
    assert (done.returncode, f"work.py is a {what}, not a Python file." in done.stdout) == (4, True)
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    "arguments",
    [["solution", "3", "--diff", "--give-up"], ["diff", "3"], ["reset", "3"], ["grade", "3"]],
    ids=" ".join,
)
@pytest.mark.parametrize("what", ["pipe", "device"])
def test_no_command_waits_for_what_is_no_plain_file(desk, arguments, what):
    """With and without a notebook beside it, because then it matters which of the two was started."""
    desk("solution", "3", "--give-up")
    mine = desk.root / "lora.py"
    mine.unlink()
    mine.symlink_to("/dev/zero") if what == "device" else os.mkfifo(mine)
    for notebook in (False, True):
        if notebook:
            mine.with_suffix(".ipynb").write_bytes(b"{}")
        done = desk(*arguments)
        assert done.returncode in (2, 4), done.stderr
        assert f"lora.py is a {what}, not a Python file." in " ".join((done.stdout + done.stderr).split())
    assert os.path.lexists(mine) and not mine.is_file()


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero", "/dev/stdin", "/dev/tty"])
def test_devices_are_not_graded(desk, device):
    done = desk.shell("sleep 3 | COURSE & wait $!", "grade", "3", "--file", device)
    assert done.returncode == 4, done.stderr
    assert re.search(r"is a (device|pipe), not a Python file", done.stdout)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("work.ipynb", b'{"cells": []}', "is JSON, but not a notebook: Object missing required field `nbformat`"),
        ("work.py", b'{\n "cells": [\n  {"cell_type": "code"}]}', "is a notebook"),
        ("work.txt", b"x = 1", "does not end in .py"),
        ("work.docx", b"PK\x03\x04rest", "browser document"),
        ("work.zip", b"PK\x03\x04rest", "is an archive. Unpack it"),
        ("work.py", b"PK\x03\x04rest", "is an archive"),
        ("work.pdf", b"%PDF-1.7", "browser document"),
        ("work.pyc", b"\xa7\r\r\n\x00\x00\x00\x00", "is compiled Python"),
        ("work.py", b"\xa7\r\r\n\x00\x00\x00\x00\x01", "is compiled Python"),
        ("work.png", b"\x89PNG", "is a picture"),
    ],
)
def test_what_is_no_source_says_what_to_do(desk, name, content, words):
    (desk.root / name).write_bytes(content)
    done = desk("grade", "3", "--file", name)
    assert done.returncode == 4
    assert words in " ".join(done.stdout.split())
    assert not desk.script.with_name("request.json").exists()


@pytest.mark.parametrize("name", ["work", "work.PY", "work.py.bak", "MZ.py", "work.student1"])
def test_an_unusual_name_is_no_reason_to_refuse(desk, name):
    (desk.root / name).write_bytes(b"MZ = 1\n")
    done = desk("grade", "3", "--file", name)
    assert done.returncode == 0, done.stdout


def test_a_second_file_is_an_error(desk):
    done = desk("grade", "3", "--file", "lora.py", "--file", "other.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Error: only one file can be graded at a time, but several were given: lora.py, other.py.\n"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("lora.py raised: ModuleNotFoundError: No module named 'basics'", "basics.py next to it is not available"),
        (
            "ModuleNotFoundError: No module named 'helpers.deep'; 'helpers' is not",
            "helpers/ next to it is not available",
        ),
        ("ImportError: attempted relative import with no known parent package", "without the package that it is in"),
        ("ModuleNotFoundError: No module named 'tensorflow'", None),
    ],
)
def test_an_import_of_a_neighbour(desk, message, words):
    (desk.root / "basics.py").touch()
    (desk.root / "helpers").mkdir()
    desk.play(session([], "not_gradable", message=message))
    done = desk("grade", "3", "--json", "result.json")
    assert done.returncode == 4
    record = desk.result()
    for shown in (" ".join(done.stdout.split()), record["message"]):
        assert ("Only this file is graded" in shown) == (words is not None)
        assert words is None or words in shown


# --- signals ---------------------------------------------------------------------------------------------------------


def gone(pid, seconds=5.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").exists() and ") Z " in Path(f"/proc/{pid}/stat").read_text():
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)])
@pytest.mark.parametrize("stubborn", [False, True])
def test_a_signal_ends_the_grader_too(desk, number, code, stubborn, tmp_path):
    desk.play([PASSED[0], {"sleep": 60}])
    grader = FAKE.read_text(encoding="utf-8")
    if stubborn:
        grader = grader.replace(
            "def main(script):", "def main(script):\n    import signal\n    signal.signal(15, signal.SIG_IGN)"
        )
    copy = tmp_path / "grader.py"
    copy.write_text(grader, encoding="utf-8")
    command = [word.replace(str(FAKE), str(copy)) for word in desk.command("grade", "3")]
    child = subprocess.Popen(
        command, cwd=desk.root, env=desk.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )
    request = desk.script.with_name("request.json")
    while not request.exists():
        time.sleep(0.02)
    pid = json.loads(request.read_text())["pid"]
    child.send_signal(number)
    begun = time.monotonic()
    out, err = child.communicate(timeout=20)
    assert time.monotonic() - begun < 5
    assert (child.returncode, err) == (code, "\n" + "Interrupted before the grading was complete." + "\n")
    assert gone(pid, 0.5)
    assert desk.memory == workspace.Memory()


def test_a_signal_at_any_moment_leaves_no_traceback(desk):
    """This holds from the first instruction of the entry point on; before that, Python itself is starting."""
    desk.play([PASSED[0], {"sleep": 60}])
    for delay in (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5):
        for number in (signal.SIGTERM, signal.SIGINT):
            child = subprocess.Popen(
                desk.command("grade", "3"), cwd=desk.root, env=desk.environ, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, encoding="utf-8",
            )  # fmt: skip
            time.sleep(delay)
            child.send_signal(number)
            _, err = child.communicate(timeout=20)
            if err.startswith("Fatal Python error: init_"):
                continue  # on a busy machine Python itself was still starting
            assert child.returncode in (128 + number, -number), (delay, err)
            if child.returncode > 0:
                assert err.strip() == "Interrupted before the grading was complete."


IN_A_CALLBACK = """
import signal, sys, time, weakref
from course import signals

class Thing:
    pass

signals.heed()
try:
    thing = Thing()
    watched = weakref.ref(thing, lambda _: signal.raise_signal(signal.{name}))
    del thing
    time.sleep(60)
except signals.Stopped as stopped:
    sys.exit(stopped.exit_code)
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_in_a_callback_of_python_is_not_lost(name):
    """No exception can be raised there; imports have such callbacks, and the next chance can be a minute away."""
    done = subprocess.run(
        [sys.executable, "-c", IN_A_CALLBACK.format(name=name)], cwd=paths.ROOT, capture_output=True, timeout=50
    )
    assert (done.returncode, done.stderr) == (128 + getattr(signal, name), b"")


def test_other_commands_are_only_interrupted(desk):
    code = (
        "import signal; from course import cli, lesson\n"
        "lesson.load = lambda *a: signal.raise_signal(signal.SIGINT)\n"
        "import sys; sys.argv = ['course', 'read', '3']; cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=desk.root, env=desk.environ, capture_output=True, encoding="utf-8", timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "\nInterrupted.\n")


def test_a_workspace_cannot_begin_in_a_directory_that_is_gone(desk, tmp_path):
    (tmp_path / "gone").mkdir()
    done = desk.shell("cd ../gone; rmdir ../gone; COURSE", "start")
    assert done.returncode == 2 and "the directory that you are in no longer exists" in done.stderr


def test_nohup_is_respected(desk):
    desk.play([{"sleep": 2}, *PASSED])
    child = subprocess.Popen(
        ["bash", "-c", "trap '' HUP; exec " + shlex.join(desk.command("grade", "3"))],
        cwd=desk.root, env=desk.environ, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    request = desk.script.with_name("request.json")
    while not request.exists():
        time.sleep(0.02)
    child.send_signal(signal.SIGHUP)
    assert child.wait(20) == 0


# --- the state -------------------------------------------------------------------------------------------------------

WRITER = """
import sys
from pathlib import Path
from course import syllabus, workspace
here = workspace.Workspace(Path(sys.argv[1]))
sys.stdin.read()
for exercise in syllabus.load()[:2]:
    with here.editing(exercise) as memory:
        memory.results[f"f.{sys.argv[2]}"] = int(sys.argv[2])
        memory.points += 1
"""


def test_forty_writers_lose_nothing(desk):
    """All 40 wait for the same end of file, so that they write at the same time."""
    waiting, go = os.pipe()
    children = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(desk.root), str(n)], env=desk.environ, stdin=waiting)
        for n in range(40)
    ]
    os.close(waiting)
    time.sleep(1)
    os.close(go)
    assert [child.wait(120) for child in children] == [0] * 40
    memories = workspace.Workspace(desk.root).memories()
    for slug in ("basics", "objectives"):
        assert memories[slug].results == {f"f.{n}": n for n in range(40)}
        assert memories[slug].points == 40
    assert sorted(path.name for path in (desk.root / ".course").iterdir()) == ["state.json"]


def test_a_writer_that_is_killed_leaves_no_lock_and_no_litter(desk):
    code = (
        "import os, sys, time; from pathlib import Path; from course import files, locks\n"
        "with locks.held(Path(sys.argv[1])):\n"
        "    files.os.replace = lambda *paths: (print('here', flush=True), time.sleep(60))\n"
        "    files.write(Path(sys.argv[1]) / 'state.json', 'half')\n"
    )
    folder = desk.root / ".course"
    child = subprocess.Popen([sys.executable, "-c", code, str(folder)], env=desk.environ, stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"here\n"
    assert len(list(folder.glob(".state.json.*.tmp"))) == 1
    child.kill()
    child.wait()
    child.stdout.close()
    begun = time.monotonic()
    assert desk("grade", "3").returncode == 0
    assert time.monotonic() - begun < locks.PATIENCE / 2
    assert desk.memory.status == "passed"
    assert sorted(path.name for path in folder.iterdir()) == ["state.json"]


def test_a_state_that_cannot_be_stored_costs_a_warning(desk):
    (desk.root / ".course" / "state.json").mkdir()
    done = desk("grade", "3")
    assert done.returncode == 0
    assert done.stderr.startswith("Warning: your progress was not saved: cannot write ")
    assert os.strerror(errno.EISDIR) in done.stderr
    assert "All 2 checks passed" in done.stdout
