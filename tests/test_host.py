"""The host itself: it ends when it should, leaves nothing behind, and touches only its own processes and files."""

from __future__ import annotations

import importlib
import json
import marshal
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from grading import PATIENCE_SECONDS, REFERENCE, REPOSITORY, Host
from sample import thorough
from torch import nn

from course import paths, syllabus
from course.compat import module_command
from course.submission import MAX_BYTES
from grader import wire
from grader.errors import Failed, ServerError, StudentGone
from grader.fixtures import lora
from grader.host import forkserver
from grader.judge import compiling, grading
from grader.judge.check import CheckSpec, load_file, manifest
from grader.judge.compiling import compile_aside
from grader.judge.diagnose import observe
from grader.judge.launcher import ForkLauncher
from grader.judge.limits import Budget
from grader.judge.proxy import local_student
from grader.judge.running import run_checks
from grader.link import LinkClosed, LinkTimeout, send
from grader.requests import Request
from grader.student import pool, registry, sandbox, scratch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the host forks on Linux only")
ATTACKS = Path(__file__).parent / "attacks"
ONE = ["lora_report.problem2"]
NOBODY = 65534
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[Callable[[], Host]]:
    """Return a function that starts grader processes, each with its own folder; those still running are ended."""
    running: list[Host] = []

    def start() -> Host:
        folder = tmp_path / f"host{len(running)}"
        folder.mkdir()
        running.append(Host(folder))
        return running[-1]

    yield start
    for host in running:
        host.close()


def gone(host: Host) -> dict[int, str]:
    """Return the processes that remain after all had time to end: none, or the test shows them."""
    deadline = time.monotonic() + PATIENCE_SECONDS / 10
    while (left := host.processes()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def test_end_of_input_ends_it_after_what_it_was_asked(hosts: Callable[[], Host]) -> None:
    host = hosts()
    request = host.start(REFERENCE, only=ONE)  # the first request, which also starts the preloads
    assert host.process.stdin is not None
    host.process.stdin.close()
    assert host.finish(request).status == "passed"
    assert host.process.wait(PATIENCE_SECONDS / 5) == 0, host.complaints()
    assert gone(host) == {} and host.scratches() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_it_and_its_folders_are_removed(hosts: Callable[[], Host], number: int) -> None:
    host = hosts()
    host.start(ATTACKS / "loop_ignoring_signals.py", only=ONE)
    while not any(host.temporary.rglob("lora.py")):  # until a student process has started
        time.sleep(0.01)
    host.process.send_signal(number)
    assert host.process.wait(PATIENCE_SECONDS / 5) in (130, 143)
    assert gone(host) == {}
    assert [path for path in host.temporary.iterdir() if path.name.startswith("course-")] == []


def test_killed_it_takes_everybody_along_and_the_next_one_tidies_up(tmp_path: Path, hosts: Callable[[], Host]) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "file").write_text("x")
    host = hosts()
    host.start(ATTACKS / "loop_ignoring_signals.py", only=ONE)
    while not any(host.temporary.rglob("lora.py")):
        time.sleep(0.01)
    host.process.kill()
    host.process.wait()
    assert gone(host) == {}
    left = [path for path in host.temporary.iterdir() if path.name.startswith("course-")]
    assert len(left) == 1

    link = host.temporary / f"course-grader-{2**22 + 1}-link"
    link.symlink_to(victim)  # any user could create this link
    environ = {**os.environ, "TMPDIR": str(host.temporary), "PYTHONPATH": str(REPOSITORY)}
    subprocess.run(module_command("grader"), input=b"", env=environ, check=True, timeout=PATIENCE_SECONDS)
    assert [path for path in host.temporary.iterdir() if path.name.startswith("course-")] == [link]
    assert (victim / "file").read_text() == "x"


def test_what_a_host_left_is_removed_even_if_its_number_is_still_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its number can be that of a zombie or of a younger process; the folder of a live host stays."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    of_ours = tmp_path / f"course-grader-{os.getpid()}-x"
    of_ours.mkdir()
    with subprocess.Popen([sys.executable, "-c", ""]) as zombie, subprocess.Popen(["sleep", "60"]) as younger:
        os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
        for number in (zombie.pid, younger.pid):
            (tmp_path / f"course-grader-{number}-x").mkdir()
        forkserver.remove_leftovers()
        assert {path.name.split("-")[2] for path in tmp_path.iterdir()} == {str(os.getpid()), str(younger.pid)}
        before = Path.lstat

        def old(path: Path) -> SimpleNamespace:
            found = before(path)
            return SimpleNamespace(st_mode=found.st_mode, st_uid=found.st_uid, st_ctime=found.st_ctime - 10)

        of_ours.rename(tmp_path / "ours")
        monkeypatch.setattr(Path, "lstat", old)
        forkserver.remove_leftovers()
        younger.kill()
    assert [path.name for path in tmp_path.iterdir()] == ["ours"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_command_that_is_killed_takes_the_grader_along(tmp_path: Path, number: int) -> None:
    """The grader can be importing torch (at once), or waiting for a student's loop."""
    file = tmp_path / "lora.py"
    file.write_bytes((ATTACKS / "loop_ignoring_signals.py").read_bytes())
    environ = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(REPOSITORY), "COURSE_TOKEN": str(tmp_path)}
    command = [*module_command("course"), "grade", "lora", "--file", str(file), "--only", ONE[0]]
    for begun in (False, True):
        process = subprocess.Popen(command, env=environ, cwd=tmp_path, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if any(tmp_path.rglob("course-grader-*/*/lora.py")) if begun else len(marked(str(tmp_path))) > 1:
                break
            time.sleep(0.01)
        assert len(marked(str(tmp_path))) > 1
        process.send_signal(number)
        process.wait(PATIENCE_SECONDS)
        ended = time.monotonic()
        while left := marked(str(tmp_path)):
            assert time.monotonic() - ended < max(5, 2 * os.getloadavg()[0]), left
            time.sleep(0.02)
    subprocess.run(module_command("grader"), input=b"", env=environ, check=True, timeout=PATIENCE_SECONDS)
    assert list(tmp_path.glob("course-*")) == []


def marked(token: str) -> list[int]:
    """Return the processes started with this in their environment; a server forgets it and is known by its parent."""
    parents: dict[int, int] = {}
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            fields = (path / "stat").read_text().rpartition(")")[2].split()
            if fields[0] != "Z":
                parents[int(path.name)] = int(fields[1])
            if fields[0] != "Z" and f"COURSE_TOKEN={token}".encode() in (path / "environ").read_bytes():
                found.append(int(path.name))
        except (OSError, IndexError):
            continue
    for pid in sorted(parents):
        if parents[pid] in found and pid not in found:
            found.append(pid)
    return found


def test_dead_server_is_replaced(hosts: Callable[[], Host]) -> None:
    """The kernel can kill a server if memory runs out; all processes forked from it end too."""
    host = hosts()
    assert host.grade(REFERENCE, only=ONE).status == "passed"
    for _ in range(2):
        (first,) = [pid for pid, what in host.processes().items() if what.startswith(f"child of {host.process.pid}:")]
        before = set(host.processes()) - {host.process.pid}
        os.kill(first, signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE_SECONDS / 10
        while before & set(host.processes()) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert host.grade(REFERENCE, only=ONE).status == "passed"
    assert "another is started" in host.complaints()


def test_server_that_dies_in_between_is_a_fault_of_ours(hosts: Callable[[], Host]) -> None:
    host = hosts()
    assert host.grade(REFERENCE, only=ONE).status == "passed"
    request = host.start(ATTACKS / "loop_ignoring_signals.py", only=ONE)
    while not any(host.temporary.rglob("lora.py")):
        time.sleep(0.01)
    (first,) = [pid for pid, what in host.processes().items() if what.startswith(f"child of {host.process.pid}:")]
    os.kill(first, signal.SIGKILL)
    graded = host.finish(request)
    assert graded.events[-1]["event"] == "fault" and graded.events[-1]["exit_code"] == 3
    assert host.grade(REFERENCE, only=ONE).status == "passed"


def test_launcher_notices_that_its_server_is_gone() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    launcher = ForkLauncher([((), ours)], "snapshot.py", "lora", "none", sandbox.Limits(), 1, 10)
    launcher.prepare(())
    answer, student = socket.socketpair()
    reader, writer = os.pipe()
    send(student, wire.encode(["ok", {"names": ["lora_report"], "error": None}]))
    socket.send_fds(theirs, [json.dumps({"ticket": 1, "pid": 1}).encode()], [answer.fileno(), reader])
    process = launcher.take(())
    assert process.failure is None and process.names == {"lora_report"}
    for end in (theirs, answer, student):
        end.close()
    for end in (reader, writer):
        os.close(end)
    ended = launcher.end(process, wait=True)
    assert ended is not None and ended.reason == "server"
    with pytest.raises(ServerError):
        launcher.take(())
    launcher.close()


def test_file_is_compiled_aside_and_its_mistakes_are_told() -> None:
    good = compile_aside(b"# coding: latin-1\nx = '\xe9'\nimport scipy.stats as s\n1 / 0\n", "f.py")
    assert good.error is None and good.code is not None and good.status == 0
    namespace: dict[str, object] = {}
    with pytest.raises(ZeroDivisionError):
        exec(marshal.loads(good.code), namespace)
    assert namespace["x"] == "\xe9" and good.imports == [("scipy.stats", ())]
    bad = compile_aside(b"x = 1\nx = = 2\n", "f.py")
    assert bad.code is None and bad.error is not None
    assert (bad.error["type"], bad.error["bad_line"]) == ("SyntaxError", 2)


def test_a_compiler_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A separate process can be ended; no source is known that would keep it busy, so it is kept busy here."""
    monkeypatch.setattr(compiling, "PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(compiling, "imports", lambda *_: time.sleep(1000))
    started = time.monotonic()
    assert compile_aside(b"x = 1\n", "f.py").status != 0
    assert time.monotonic() - started < PATIENCE_SECONDS / 5
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    states = [Path("/proc", child, "stat").read_text().rpartition(")")[2].split()[0] for child in children]
    assert "Z" not in states  # it is waited for; other processes can have children here


def test_traceback_names_the_line_in_every_process(host: Host, tmp_path: Path) -> None:
    """Most processes get code that another process has compiled in another folder."""
    file = tmp_path / "mine.py"
    source = "import pathlib\n\n\ndef peft_param_count(*args, **kwargs):\n    assert pathlib.Path(__file__).is_file()\n"
    file.write_text(source + "    return 1 / 0\n", encoding="utf-8")
    graded = host.grade(file, only=["peft_param_count"])
    tried = [check for check in graded.checks.values() if check["status"] != "skipped"]
    assert len(tried) > 2
    first, *others = [check for check in tried if check["status"] == "crashed"]
    assert others
    assert 'File "mine.py", line 6, in peft_param_count\n    return 1 / 0' in first["traceback"]
    for check in others:  # the same exception in the same line is shown once
        assert (check["explanation"]["kind"], check["explanation"]["id"]) == ("follows", first["id"])


@thorough
def test_file_whose_code_is_too_long_to_hand_in_is_graded(host: Host, tmp_path: Path) -> None:
    file = tmp_path / "long.py"
    source = REFERENCE.read_text(encoding="utf-8")
    lines = "a = 1\n" + "a<" * 350_000 + "a\n"
    assert len(lines) + len(source) < MAX_BYTES
    assert len(marshal.dumps(compile(lines, "long", "exec"))) > compiling.MAX_CODE_BYTES
    file.write_text(f"{source}\n{lines}", encoding="utf-8")
    assert host.grade(file, only=ONE).status == "passed"


HUGE = """
from grader.host import hugepages
block = bytes(range(256)) * 2**15 + b"end"  # eight megabytes
found = hugepages.collapse()
assert block == bytes(range(256)) * 2**15 + b"end"
with open("/proc/self/smaps_rollup") as file:
    huge = next(int(line.split()[1]) for line in file if line.startswith("AnonHugePages"))
print(found, huge)
"""


def test_memory_in_huge_pages_is_the_same_memory() -> None:
    done = subprocess.run([sys.executable, "-c", HUGE], capture_output=True, text=True, cwd=REPOSITORY, check=True)
    found, kilobytes = map(int, done.stdout.split())
    if not found:
        pytest.skip("this kernel makes no huge pages on request (Linux 6.1 does)")
    assert kilobytes >= 3 * 2048


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> dict[Any, list[nn.Module]]:
    """Return an empty model pool, filled as by a server that has imported everything."""
    importlib.import_module("transformers.models.bert.modeling_bert")
    monkeypatch.setattr(pool, "models", {})
    before = torch.get_rng_state()
    registry.fill_pool("lora")
    assert torch.equal(torch.get_rng_state(), before), "a process forked later would throw other dice"
    return pool.models


def test_model_from_the_pool_is_the_one_that_would_be_built(filled: dict[Any, list[nn.Module]]) -> None:
    kinds = [(kind, len(models)) for kind, models in filled.items()]
    assert len(kinds) == 4
    for (make, arguments), count in kinds:
        name, *_ = arguments if make is lora.Classifier else ("bert",)
        ask = lora.bert_classifier if make is not lora.Classifier else partial(lora.classifier, norm_name=name)
        made = [ask(seed=5, n_layers=arguments[-1]) for _ in range(count + 1)]
        assert not filled[make, arguments], "nothing was taken"
        assert len({id(model) for model in made}) == count + 1, "a model was handed out twice"
        *taken, built = [model.state_dict() for model in made]
        for state in taken:
            assert state.keys() == built.keys()
            assert all(torch.equal(state[key], built[key]) for key in built)
        assert not any(module.training for model in made for module in model.modules())


def test_model_does_not_depend_on_what_a_file_has_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model from the pool was built before the student's file ran, any other model afterwards."""
    monkeypatch.setattr(pool, "models", {})
    torch.set_default_dtype(torch.float64)
    try:
        made = lora.classifier(5, n_layers=lora.FEW)
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    built = lora.classifier(5, n_layers=lora.FEW).state_dict()
    for name, tensor in made.state_dict().items():
        assert tensor.dtype == torch.float32
        assert torch.equal(tensor, built[name])


@thorough
def test_pool_is_what_one_grading_takes(filled: dict[Any, list[nn.Module]], monkeypatch: pytest.MonkeyPatch) -> None:
    reference = load_file(REFERENCE, "reference")
    asked: list[object] = []
    take = pool.taken

    def taken(make: Callable[..., Any], *arguments: object) -> Any:
        asked.append((make, arguments))
        return take(make, *arguments)

    monkeypatch.setattr(pool, "taken", taken)
    for spec in manifest(load_file(paths.checks("lora"), "checks")):
        assert observe(spec, reference, run_seed=3).status == "passed"
    assert not any(filled.values()), "more is built in advance than a grading takes"
    assert Counter(asked) == Counter(lora.pooled()), "less is built in advance than a grading takes"


def test_file_that_changes_torch_finds_that_in_every_model(
    filled: dict[Any, list[nn.Module]], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Linear(nn.Linear):
        """A student's own class."""

    ready = filled[lora.Classifier, ("LayerNorm", lora.FEW)]
    before = len(ready)
    with monkeypatch.context() as patched:
        patched.setattr(nn, "Linear", Linear)
        assert type(lora.classifier(5, n_layers=lora.FEW).classifier) is Linear
    begin = nn.Module.__init__
    with monkeypatch.context() as patched:
        patched.setattr(nn.Module, "__init__", lambda self: begin(self) or setattr(self, "mine", True))
        assert lora.classifier(5, n_layers=lora.FEW).mine
    assert len(ready) == before
    assert type(lora.classifier(5, n_layers=lora.FEW).classifier) is nn.Linear and len(ready) == before - 1


@pytest.mark.parametrize("slug", [exercise.slug for exercise in syllabus.load() if exercise.slug != "lora"])
def test_other_exercises_build_no_model_of_lora(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "models", {})
    registry.fill_pool(slug)
    assert not {make.__module__ for make, _ in pool.models} & {lora.__name__}
    registry.fill_pool("lora")
    assert {make.__module__ for make, _ in pool.models} >= {lora.__name__}


def test_fault_of_ours_in_one_check_stops_no_other(capfd: pytest.CaptureFixture[str]) -> None:
    module, reference = load_file(paths.checks("lora"), "checks_with_a_fault"), load_file(REFERENCE, "reference")
    specs = [spec for spec in manifest(module) if not spec.preloads]
    tried: list[str] = []

    def finish(spec: CheckSpec, error: BaseException | None, seconds: float) -> None:
        tried.append(spec.id)
        if len(tried) == 2:
            raise RuntimeError("it is our fault")

    judge: Any = SimpleNamespace(
        request=SimpleNamespace(exercise=SimpleNamespace(slug="lora")),
        checks_module=module,
        queue=specs,
        budget=Budget(),
        overdue=lambda spec: None,
        waiting_for=lambda spec: None,
        student_for=lambda spec, alone: local_student(reference, 1),
        is_final=lambda error: True,
        finish=finish,
    )
    run_checks(judge)
    assert tried == [spec.id for spec in specs]
    assert "it is our fault" in capfd.readouterr().err


def test_fault_of_ours_while_explaining_costs_no_mark(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def diagnose(*_: object) -> None:
        raise ValueError("misconception without its place in the reference")

    monkeypatch.setattr(grading, "diagnose", diagnose)
    file = tmp_path / "wrong.py"
    file.write_text("def lora_report(shapes, r=8, n_layers=1, head_params=0, total_params=None):\n    return 0\n")
    events: list[dict[str, Any]] = []
    asked = {"exercise": "lora", "file": str(file), "only": ["lora_report"], "seed": 1}
    grading.grade(Request.parse(asked), [], events.append)
    result = events[-1]["result"]
    assert result["status"] == "failed" and result["max_points"] > 0
    (note,) = result["notes"]
    assert "(ValueError)" in note and "points are not affected" in note
    assert "without its place" in capfd.readouterr().err


SERVED = "import os, sys\nprint('process', os.getpid())\nserved = getattr(sys, 'served', 0)\nsys.served = served + 1\n"
"""First lines of a file: they print the process id, and count the checks that it has served before."""
FEW = ["lora_report", "best_rank_r"]


def test_one_process_serves_as_long_as_checks_pass(host: Host, tmp_path: Path) -> None:
    file = tmp_path / "wrong.py"
    source = REFERENCE.read_text(encoding="utf-8")
    wrong = "\n\ndef lora_report(*arguments, **more):\n    return 0\n"
    served = {}
    for name, text in {"right": source, "wrong": source + wrong}.items():
        file.write_text(SERVED + text, encoding="utf-8")
        graded = host.grade(file, only=FEW)
        ran = [check for check in graded.checks.values() if check["status"] != "skipped"]
        served[name] = [(check["status"], check["stdout"].split()[1]) for check in ran]
    assert len({process for _, process in served["right"]}) == 1 < len(served["right"])
    failed = [process for status, process in served["wrong"] if status == "failed"]
    passed = {process for status, process in served["wrong"] if status == "passed"}
    assert len(set(failed)) == len(failed) > 1 and not passed & set(failed) and len(passed) == 1


@pytest.mark.parametrize(
    "behind",
    [
        "\n\nif served:\n    raise RuntimeError('loaded twice')\n",
        "\n\nif served:\n    lora_report = best_rank_r = None\n",
        "\n\nif served:\n    os._exit(3)\n",
    ],
    ids=["does not load again", "answers once", "ends"],
)
def test_what_another_check_left_behind_costs_no_point(host: Host, tmp_path: Path, behind: str) -> None:
    file = tmp_path / "once.py"
    file.write_text(SERVED + REFERENCE.read_text(encoding="utf-8") + behind, encoding="utf-8")
    graded = host.grade(file, only=FEW)
    assert graded.status == "passed" and graded.statuses == {"passed"} and graded.points == 6


CLAIMS = """
import os, sys
from grader.host import cores
cores.NAME = f"test-{os.getpid()}-core"
allowed = os.sched_getaffinity(0)
held, places = [], []
for _ in range(len(allowed)):
    os.sched_setaffinity(0, allowed)  # as another judge starts
    held.append(cores.claim())
    places.append(os.sched_getaffinity(0))
os.sched_setaffinity(0, allowed)
left_over = cores.claim(), os.sched_getaffinity(0)
held.pop(0).close()
again = cores.claim(), os.sched_getaffinity(0)
assert len(places) == len({min(place) for place in places}) and all(len(place) == 1 for place in places), places
assert left_over == (None, allowed), left_over
assert again[0] is not None and again[1] == places[0], again
print("ok")
"""

SERVER = """
import os, socket, sys
from pathlib import Path
from grader.host.forkserver import ForkServer
from grader.judge import launcher as launchers
from grader.judge.launcher import ForkLauncher
from grader.student.sandbox import Limits

folder, core = Path(sys.argv[1]), max(os.sched_getaffinity(0))
(folder / "submission.py").write_text(SOURCE)
ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
pid = os.fork()
if not pid:
    server = ForkServer(lambda *_: None, folder=folder)
    server.add_client(theirs)
    while True:
        server.step()
os.sched_setaffinity(0, {core})
launcher = ForkLauncher([((), ours)], str(folder / "submission.py"), "basics", "none", Limits(), 1, 10)
try:
    check()
    print("ok")
finally:
    os.kill(pid, 9)
    os.waitpid(pid, 0)
"""

SAME_CORE = """
SOURCE = "import os\\nprint(os.sched_getaffinity(0))"

def check():
    process = launcher.take(())
    process.link.drain()
    assert process.link.printed.decode().strip() == str({core}), process
"""

SAME_SUBSTITUTES = """
SOURCE = "x = 1"

def check():
    served = []
    for names in [(), (), ("f",), ("f",), ("f", "g"), (), ()]:
        process = launcher.take((), substitutes=names)
        assert process.failure is None and process.substitutes == names, process
        for earlier, its in served:
            assert not its or earlier == process.pid or not os.path.exists(f"/proc/{earlier}"), "it is still there"
        served.append((process.pid, names))
        launcher.end(process, wait=bool(names), again=True)
    pids = [pid for pid, _ in served]
    assert [pids.index(pid) for pid in pids] == [0, 0, 2, 2, 4, 5, 5], served
"""


def succeeds(script: str, folder: Path) -> None:
    command = [sys.executable, "-c", script, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, timeout=PATIENCE_SECONDS)
    assert done.stdout == "ok\n", done.stderr


LOADS_ONCE = """
SOURCE = "import sys, time\\nif hasattr(sys, 'mine'): time.sleep(60)\\nsys.mine = 1"

def check():
    launchers.RELOAD_SECONDS, launchers.SLOW_LOADING, launchers.SLOW_RELOADING = 0.3, 60, 60
    served, waited = [], []
    for _ in range(3):
        process = launcher.take(())
        assert process.failure is None and not process.shared, process
        served.append(process.pid)
        waited.append(process.waited)
        launcher.end(process, wait=False, again=True)
    assert len(set(served)) == 3 and not launcher.shares, served
    assert waited[1] >= 0.3 > waited[2], waited
"""


KEEPS_WHAT_IS_SLOW = """
SOURCE = "import time\\nprint('loaded', flush=True)\\ntime.sleep(0.4)"

def loads(slow):
    launchers.SLOW_LOADING = launchers.SLOW_RELOADING = slow
    served, printed = [], b""
    for _ in range(4):
        process = launcher.take(())
        assert process.failure is None and process.error is None and "time" in process.names, process
        served.append(process.pid)
        process.link.drain()
        printed += bytes(process.link.printed)
        launcher.end(process, wait=False, again=True)
    assert len(set(served)) == 1, served
    return printed.count(b"loaded")

def loads_after_the_first(slow):
    launchers.SLOW_LOADING, launchers.SLOW_RELOADING = 60, slow
    process = launcher.take((), alone=True)
    launcher.end(process, wait=False, again=True)
    for _ in range(3):
        process = launcher.take(())
        launcher.end(process, wait=False, again=True)
    return process.link.printed.count(b"loaded")

def check():
    assert loads(0.2) == 1
    launcher.end(launcher.take((), alone=True), wait=True)
    assert loads(60) == 4
    for very_slow, served in ((2.5, [0, 0, 1, 1]), (0.2, [0, 0, 0, 0])):
        launchers.SLOW_LOADING = launchers.SLOW_RELOADING = 0.2
        launchers.VERY_SLOW_LOADING, pids = very_slow, []
        launcher.end(launcher.take((), alone=True), wait=True)
        for function in ("f", "f", "g", "g"):
            process = launcher.take((), function=function)
            pids.append(process.pid)
            launcher.end(process, wait=False, again=True)
        assert [list(dict.fromkeys(pids)).index(pid) for pid in pids] == served and launcher.shares, pids
    assert loads_after_the_first(0.2) == 0
    assert loads_after_the_first(60) == 1
"""


@pytest.mark.parametrize("script", [CLAIMS, SAME_CORE + SERVER])
def test_judge_and_student_share_a_core_that_is_no_other_judges(script: str, tmp_path: Path) -> None:
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("there is only one core")
    succeeds(script, tmp_path)


def test_process_with_substitutes_serves_only_checks_with_the_same_ones(tmp_path: Path) -> None:
    succeeds(SAME_SUBSTITUTES + SERVER, tmp_path)


def test_file_that_does_not_load_again_is_waited_for_once(tmp_path: Path) -> None:
    succeeds(LOADS_ONCE + SERVER, tmp_path)


def test_file_that_loads_slowly_is_not_loaded_for_every_check(tmp_path: Path) -> None:
    succeeds(KEEPS_WHAT_IS_SLOW + SERVER, tmp_path)


@pytest.mark.slow
def test_right_file_that_trains_something_when_it_is_imported_gets_all_points(host: Host, tmp_path: Path) -> None:
    busy = "import time\n\nstart = time.process_time()\nwhile time.process_time() < start + 2:\n    pass\n"
    file = tmp_path / "lora.py"
    file.write_text(f"{paths.solution('lora').read_text()}\n\n{busy}")
    graded = host.grade(file)
    assert graded.result["status"] == "passed", graded.result["message"]
    assert graded.result["points"] == graded.result["max_points"]


LATE, CRASHED = StudentGone(LinkTimeout()), StudentGone(LinkClosed())


@pytest.mark.parametrize(
    ("shared", "alone", "shares"),
    [(LATE, None, False), (LATE, Failed("no"), False), (LATE, LATE, True), (CRASHED, None, True)],
    ids=["late only when shared", "late, then wrong", "an endless loop", "crashed"],
)
def test_check_that_is_late_only_in_a_shared_process_is_the_last_to_share_one(
    shared: Exception, alone: Exception | None, shares: bool
) -> None:
    judge: Any = SimpleNamespace(launcher=SimpleNamespace(shares=True))
    grading.Judge.weigh_sharing(judge, shared, alone)
    assert judge.launcher.shares == shares


IN_A_TYPE = """

inject = inject_lora


def inject_lora(*arguments, **more):
    try:
        return inject(*arguments, **more)
    except ValueError as error:
        raise type("stolen" * 4, (Exception,), {})(str(error))
"""
IN_A_STACK = """

import faulthandler, os, signal, stat, time


def is_socket(number):
    try:
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    except OSError:
        return False


def inject_lora(*arguments, **more):
    sock = next(filter(is_socket, range(3, 60)))
    dump = b'  File "lora.py", line 30 in ' + b"stolen" * 4 + b"\\n"
    faulthandler.unregister(signal.SIGUSR1)
    signal.signal(signal.SIGUSR1, lambda *_: os.write(sock, dump))
    while True:
        time.sleep(0.05)
"""


@pytest.mark.parametrize(
    "leak", [IN_A_TYPE, pytest.param(IN_A_STACK, marks=pytest.mark.slow)], ids=["type of an exception", "stack"]
)
def test_names_that_a_process_makes_up_say_nothing_of_substitutes(host: Host, tmp_path: Path, leak: str) -> None:
    told = {}
    for name, wrong in (("right", ""), ("wrong", "\n\nclass LoRALinear(nn.Module):\n    pass\n")):
        file = tmp_path / f"{name}.py"
        file.write_text(REFERENCE.read_text(encoding="utf-8") + wrong + leak, encoding="utf-8")
        checks = host.grade(file, only=["LoRALinear", "inject_lora"]).checks
        told[name] = json.dumps([check for check in checks.values() if check["function"] == "inject_lora"])
    assert "stolen" * 4 in told["right"], "nothing leaks in any case"
    assert "stolen" * 4 not in told["wrong"]


def test_hole_says_nothing_of_substitutes(host: Host, tmp_path: Path) -> None:
    source = REFERENCE.read_text(encoding="utf-8").replace("def inject_lora(", "def _inject(")
    hole = """

def hole():
    raise NotImplementedError("stolen")


names = {key: "stolen" for key in ("co_name", "co_qualname") if hasattr(hole.__code__, key)}
hole.__code__ = hole.__code__.replace(**names)


def inject_lora(*arguments, **more):
    hole()
"""
    wrong = "\n\nclass LoRALinear(nn.Module):\n    pass\n"
    for name, text, told in (("right", source, "stolen"), ("wrong", source + wrong, "inject_lora")):
        file = tmp_path / f"{name}.py"
        file.write_text(text + hole, encoding="utf-8")
        checks = host.grade(file, only=["LoRALinear", "inject_lora"]).checks.values()
        messages = {check["message"] for check in checks if check["status"] == "not_started"}
        assert messages == {f"`{told}` is not written yet"}


def test_many_at_once_do_not_mix(host: Host, tmp_path: Path) -> None:
    running = []
    for number in range(6):
        file = tmp_path / f"{number}.py"
        file.write_text(f"print('file {number}')\n" + REFERENCE.read_text(encoding="utf-8"))
        running.append((number, host.start(file, only=ONE if number % 2 else ["peft_param_count.lora"], seed=number)))
    for number, request in running:
        graded = host.finish(request)
        assert graded.status == "passed" and graded.result["seed"] == number
        assert list(graded.checks) == (ONE if number % 2 else ["peft_param_count.lora"])
        assert {check["stdout"] for check in graded.checks.values()} == {f"file {number}\n"}


def test_long_event_survives_interruptions_and_a_slow_reader() -> None:
    """A child that ends interrupts the host's writing; the rest must still be written."""
    program = """
import signal
from grader.host.main import Output

output = Output()
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
for number in range(3):
    output.emit(number, {"text": "x" * 2_000_000})
signal.setitimer(signal.ITIMER_REAL, 0)
"""
    environ = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environ)
    assert process.stdout is not None
    with process.stdout as stream:
        data = b""
        while part := os.read(stream.fileno(), 20_000):
            data += part
            time.sleep(0.0005)
    assert process.wait() == 0
    events = [json.loads(line) for line in data.splitlines()]
    assert [(event["id"], len(event["text"])) for event in events] == [(number, 2_000_000) for number in range(3)]


@pytest.mark.skipif(os.geteuid() != 0, reason="whoever runs the tests is not root: all of them show this")
def test_grades_without_being_root(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Root can list and remove folders that other users have closed; the host must not rely on that."""
    tried = [*AS_NOBODY, sys.executable, "-c", "import torch"]
    if shutil.which("setpriv") is None or subprocess.run(tried, capture_output=True).returncode:
        pytest.skip("nobody cannot run this interpreter")
    folder = tmp_path_factory.mktemp("nobody")
    ours = [path for path in folder.parents if Path(tempfile.gettempdir()) in path.parents]
    for path in (folder, *ours):  # pytest closes its folders to other users
        path.chmod(0o755)
    folder.chmod(0o777)
    before = os.umask(0)
    try:
        host = Host(folder, AS_NOBODY)
    finally:
        os.umask(before)
    try:
        file = folder / "lora.py"
        for name in ("closed_folders", "deep_folders", "links_outside"):
            shutil.copyfile(ATTACKS / f"{name}.py", file)
            file.chmod(0o644)
            assert host.grade(file, only=ONE).points == 0
        shutil.copyfile(REFERENCE, file)
        assert host.grade(file, only=ONE).points == 2
        deadline = time.monotonic() + PATIENCE_SECONDS / 10
        while host.scratches() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert host.scratches() == []
    finally:
        assert host.close() == 0, host.complaints()


# --- scratch folders ---


def deep(folder: Path) -> None:
    before = os.open(".", os.O_RDONLY)
    os.chdir(folder)
    for _ in range(1500):
        os.mkdir("d")
        os.chdir("d")
    os.fchdir(before)
    os.close(before)


def wide(folder: Path) -> None:
    for number in range(scratch.MAX_ENTRIES + 1):
        (folder / str(number)).touch()


def heavy(folder: Path) -> None:
    with (folder / "heavy").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, scratch.MAX_BYTES + 2**20)


def closed(folder: Path) -> None:
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "file").touch()
    (folder / "a" / "b").chmod(0)
    (folder / "a").chmod(0o100)


def linked(folder: Path) -> None:
    (folder / "a").mkdir()
    (folder / "a" / "link").symlink_to(folder.parent / "keep")
    (folder / "link").symlink_to(folder.parent / "keep")
    (folder / "loop").symlink_to(folder)
    (folder / "remove0").mkdir()
    (folder / "remove0" / "remove0").mkdir()


def plain(folder: Path) -> None:
    for number in range(5):
        (folder / str(number)).write_text("x")


@pytest.mark.parametrize(
    ("fill", "too_much"), [(deep, True), (wide, True), (heavy, True), (closed, None), (linked, False), (plain, False)]
)
def test_scratch_is_weighed_and_removed(tmp_path: Path, fill: Callable[[Path], None], too_much: bool | None) -> None:
    keep, folder = tmp_path / "keep", tmp_path / "scratch"
    keep.mkdir()
    folder.mkdir()
    (keep / "file").write_text("x")
    keep.chmod(0o500)
    fill(folder)
    if too_much is None:  # root lists closed folders; other users cannot see their content
        too_much = os.geteuid() != 0
    assert scratch.overflows(folder) == too_much
    assert scratch.remove_if_plain(folder) == (fill in (plain, heavy))
    scratch.remove(folder)
    assert not folder.exists()
    assert os.listdir(keep) == ["file"] and keep.stat().st_mode & 0o777 == 0o500


def test_scratch_that_is_gone_is_no_trouble(tmp_path: Path) -> None:
    assert not scratch.overflows(tmp_path / "nothing")
    assert not scratch.remove_if_plain(tmp_path / "nothing")
    scratch.remove(tmp_path / "nothing")


def test_scratch_that_changes_meanwhile_is_no_trouble(tmp_path: Path) -> None:
    stop = threading.Event()

    def change() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            path = tmp_path / f"d{number % 5}"
            path.mkdir(exist_ok=True)
            (path / "file").touch()
            shutil.rmtree(path, ignore_errors=True)

    thread = threading.Thread(target=change)
    thread.start()
    found = {scratch.overflows(tmp_path) for _ in range(300)}
    stop.set()
    thread.join()
    assert found == {False}


def test_level_is_stated_for_a_file_that_is_not_there(host: Host, tmp_path: Path) -> None:
    graded = host.grade(tmp_path / "nothing.py")
    assert graded.result["sandbox"] == graded.events[0]["sandbox"] == sandbox.available()[0]
