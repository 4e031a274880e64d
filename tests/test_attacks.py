"""Hostile submissions: none earns what it did not compute, reads a secret, or harms what comes after it.

Each file in ``attacks`` describes its attack in its docstring. One grader takes all of them, one after the other, and
must give the reference full points in between and at the end.

An attack prints ``FOUND`` if it succeeds. It stays within its own scratch folder, the loopback interface and a few
hundred processes; the grader must limit its time.
"""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from grading import PATIENCE_SECONDS, REFERENCE, REPOSITORY, Graded, Host

from course import syllabus
from grader.student import sandbox

ATTACKS = Path(__file__).parent / "attacks"
LEVEL, REASONS = sandbox.available()
pytestmark = pytest.mark.skipif(LEVEL != "full", reason=f"no full sandbox here: {'; '.join(REASONS)}")

REPORT = ("lora_report",)
ONE = ("lora_report.problem2",)
OTHER = ("lora_report.head",)
SUBSTITUTED = ("inject_lora.replaced", "inject_lora.no_head")
"""Two consecutive checks with a substitute for LoRALinear."""
WRONG = frozenset({"failed"})
WORTHLESS = frozenset({"failed", "crashed"})
"""Each check calls the function twice, and an attack at the first call can make the second one impossible."""


@dataclass(frozen=True)
class Attack:
    """The expected outcome of a hostile file."""

    only: tuple[str, ...] = ONE
    statuses: frozenset[str] = WRONG
    """Allowed statuses of its checks; ``skipped`` is always allowed."""
    says: str = ""
    """Text that the attack prints, or that its message contains, once it has really run."""
    earns: frozenset[str] = frozenset()
    """Checks that an honest file with the same behaviour would also pass."""
    whole: str = "failed"
    """Status of the whole file."""


def ends(*statuses: str, says: str = "", only: tuple[str, ...] = ONE) -> Attack:
    return Attack(only=only, statuses=frozenset(statuses), says=says)


CASES = {
    # leaving
    "exit_at_call": ends("crashed", says="exit code 0", only=REPORT),
    "exit_at_import": Attack(statuses=frozenset({"skipped"}), says="exit code 0", whole="not_gradable"),
    "exit_handlers": ends("crashed", says="SystemExit", only=REPORT),
    # comparisons, helpers and libraries of its own process
    "patch_comparisons": Attack(REPORT),
    "patch_pytest": Attack(REPORT),
    "patch_dispatcher": Attack(REPORT, WORTHLESS),
    "patch_fixtures": Attack(("LoRALinear", "BottleneckAdapter")),
    # answers that lie
    "lying_tensor": Attack(("LoRALinear.forward", "LoRALinear.delta_weight"), frozenset({"failed", "crashed"})),
    "lying_numbers": Attack(REPORT),
    "constant_answers": Attack(REPORT, frozenset({"failed", "passed"}), earns=frozenset({"lora_report.problem2"})),
    "same_for_all": Attack(()),
    "do_nothing": Attack(
        (),
        frozenset({"failed", "crashed", "passed"}),
        # A no-op is the identity, which passes these checks.
        earns=frozenset(
            {"LoRALinear.identity_at_start", "BottleneckAdapter.near_identity", "BottleneckAdapter.residual"}
        ),
    ),
    # looking for secrets
    "search_objects": Attack(statuses=frozenset({"failed", "timeout"}), says="objects seen: True"),
    "search_memory": Attack(OTHER, says="pages read: True finds what was freed: True"),
    "read_files": Attack(says="tries: True"),
    "import_ours": Attack(says="PermissionError"),
    "look_at_the_host": Attack(),
    # answers past the dispatcher
    "frame_ahead": Attack(REPORT, WORTHLESS),
    "frame_giant": ends("crashed", says="malformed reply"),
    "frame_garbage": ends("crashed", says="could not be read"),
    # resources
    "memory_list": ends("out_of_memory"),
    "memory_tensor": ends("failed", "crashed", "out_of_memory"),
    "memory_shared": ends("failed", "crashed", says="PermissionError"),
    "many_threads": ends("failed", "crashed"),
    "flood_output": Attack(says="xxxx"),
    "escape_codes": ends("crashed", says="63/63 passed"),
    "huge_exception": ends("crashed", "out_of_memory", "timeout"),
    # other processes, other machines
    "start_processes": Attack(says="PermissionError"),
    "outlive_the_answer": Attack(),
    "signal_others": Attack(statuses=WORTHLESS, says="PermissionError"),
    "connect_outside": Attack(says="PermissionError"),
    # files
    "shadow_files": Attack(REPORT),
    "fill_disk": ends("crashed", says="more to disk"),
    "reserve_disk": ends("failed", "crashed"),
    "many_files": ends("crashed", says="more to disk"),
    "deep_folders": ends("crashed", says="more to disk"),
    "closed_folders": Attack(REPORT),
    "links_outside": Attack(statuses=WORTHLESS, says="PermissionError"),
    "delete_own_folder": Attack(REPORT),
    # from check to check
    "cache_between_checks": Attack(REPORT),
    "steal_substitute": Attack(("inject_lora",), frozenset({"failed", "crashed"}), says="LookupError"),
    "whisper_substitute": Attack(SUBSTITUTED, frozenset({"failed", "crashed"}), says="LookupError"),
    "tell_substitute": Attack(SUBSTITUTED, frozenset({"failed", "crashed"}), says="not shown"),
    # the beliefs, random numbers and memory of the judge's side
    "forge_code": Attack(statuses=frozenset({"skipped"}), says="malformed reply", whole="not_gradable"),
    "guess_draws": Attack(("lora_report.non_square",), says="seeds tried: True"),
    "look_at_the_cache": Attack(says="tries: True"),
    "trace_the_grader": Attack(REPORT, frozenset({"failed", "crashed"}), says="traced: True"),
}
NEVER_ANSWER = ("stop_itself", "frame_half", "loop_ignoring_signals", "loop_in_c")
"""Attacks that the time limit of a check ends; they run all at once, since each takes that long."""
NUMBERED = {
    # name: (number of attempts, statuses)
    "frame_bombs": (11, {"crashed", "failed"}),
    "frame_values": (25, {"crashed", "failed"}),
    "frame_greeting": (16, {"crashed", "failed", "skipped"}),
}
"""Files with several attempts, selected by NUMBER."""


class Surroundings:
    """Files and a listener that an attack could reach without protection; compared afterwards."""

    def __init__(self, host: Host, folder: Path) -> None:
        self.host = host
        self.folder = folder
        self.victim = folder / "victim"
        self.victim.mkdir()
        (self.victim / "file").write_text("untouched")
        os.utime(self.victim, (10**9, 10**9))
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", self.port))
        for sock in (self.tcp, self.udp):
            sock.setblocking(False)
        for name in ("torch.py", "conftest.py", "sitecustomize.py", "pytest.ini"):
            (folder / name).write_text("raise SystemExit('a file beside the submission was used')\n")

    def submission(self, name: str, number: int = 0) -> Path:
        """Write the hostile file, with the locations of the victim and the listener."""
        source = (ATTACKS / f"{name}.py").read_text(encoding="utf-8")
        for constant, value in (("PORT", self.port), ("VICTIM", repr(str(self.victim))), ("NUMBER", number)):
            source = re.sub(rf"^{constant} = .*$", f"{constant} = {value}", source, flags=re.MULTILINE)
        path = self.folder / "lora.py"
        path.write_text(source, encoding="utf-8")
        self.before = self.files()
        return path

    def files(self) -> dict[str, tuple[int, ...]]:
        """Return all files in reach, with metadata that would show a change."""
        found = {}
        marks = [path for place in ("/tmp", "/dev/shm", "/var/tmp") for path in Path(place).glob("course-attack*")]
        marks += REPOSITORY.glob("course-attack*")
        for root in (self.folder, self.host.home, self.host.current):
            marks += [root, *root.rglob("*")]
        for path in marks:
            status = path.lstat()
            found[str(path)] = (status.st_mode, status.st_size, status.st_mtime_ns if path.is_file() else 0)
        status = self.victim.stat()
        found["victim"] = (status.st_mode, status.st_mtime_ns)
        return found

    def assert_untouched(self) -> None:
        """Assert that no file is new or changed, and that the listener was not called."""
        assert self.files() == self.before
        for sock in (self.tcp, self.udp):
            with pytest.raises(BlockingIOError):
                sock.accept() if sock is self.tcp else sock.recv(100)

    def close(self) -> None:
        for sock in (self.tcp, self.udp):
            sock.close()


@pytest.fixture(scope="module")
def servers(host: Host) -> set[int]:
    """Return the grader's own processes, once all of them run: exercises differ in their preloads."""
    for exercise in syllabus.load():
        if not exercise.planned:
            solution = REFERENCE.with_name(f"{exercise.slug}.py")
            graded = host.grade(solution, exercise=exercise.slug)
            assert graded.status == "passed", graded.text
    return set(settled(host))


@pytest.fixture
def surroundings(host: Host, servers: set[int], tmp_path: Path) -> Iterator[Surroundings]:
    surroundings = Surroundings(host, tmp_path)
    yield surroundings
    surroundings.close()
    assert set(settled(host, servers)) == servers, host.complaints()
    again = host.grade(REFERENCE, only=list(ONE))
    assert (again.status, again.points) == ("passed", 2)


def settled(host: Host, servers: set[int] | None = None) -> dict[int, str]:
    """Wait until only servers and no folders are left; return the grader's processes. The test fails on a timeout."""
    deadline = time.monotonic() + PATIENCE_SECONDS / 5
    before: dict[int, str] = {}
    while time.monotonic() < deadline:
        processes = host.processes()
        if not host.scratches() and (set(processes) == servers if servers else processes.keys() == before.keys()):
            return processes
        before = processes
        time.sleep(0.02 if servers else 0.5)
    pytest.fail(f"left behind: {processes} {host.scratches()}")


def assert_sane(graded: Graded) -> None:
    """Assert that a result, of whatever file, can go into a gradebook."""
    result = graded.result
    announced = {check["id"]: check for check in graded.events[0]["checks"]}
    assert graded.events[0]["event"] == "started"
    assert list(announced) == [check["id"] for check in result["checks"]] and announced
    assert result["sandbox"] == LEVEL
    for prefix, bonus in (("", False), ("bonus_", True)):
        asked = [check for check in result["checks"] if check["bonus"] is bonus]
        assert result[f"{prefix}points"] == sum(check["points"] for check in asked)
        possible = sum(check["max_points"] for check in announced.values() if check["bonus"] is bonus)
        assert result["max_bonus_points" if bonus else "max_points"] == possible
    for check in result["checks"]:
        assert check["points"] == (check["max_points"] if check["status"] == "passed" else 0)
        assert (check["status"] == "passed") or check["message"]
        assert len(check["stdout"]) <= 64 * 1024 and len(check["message"]) <= 5000
        assert len(check["traceback"] or "") <= 20_000
    assert len(graded.text) < 3_000_000
    for leaked in (str(REPOSITORY / "grader"), str(REPOSITORY / "solutions"), "Traceback (most recent call last)"):
        assert leaked not in " ".join(f"{check['message']} {check['traceback']}" for check in result["checks"])


def assert_worthless(graded: Graded, attack: Attack) -> None:
    """Assert that the attack earned only what it computed, which is nothing or next to nothing, and found nothing."""
    assert_sane(graded)
    passed = {name for name, check in graded.checks.items() if check["status"] == "passed"}
    assert passed <= attack.earns
    asked = {check["status"] for check in graded.checks.values() if not check["bonus"]}  # a bonus may be left out
    assert asked <= attack.statuses | {"skipped"}
    assert graded.status == attack.whole
    said = graded.message + "".join(check["message"] + check["stdout"] for check in graded.checks.values())
    assert "FOUND" not in said and "UnicodeError" not in said
    assert attack.says in said


@pytest.mark.parametrize("name", CASES)
def test_attack_is_worthless(host: Host, surroundings: Surroundings, name: str) -> None:
    if name == "search_memory":  # a victim whose report could be found
        before = surroundings.submission("constant_answers").rename(surroundings.folder / "somebody-else-0123abcd.py")
        host.grade(before, only=list(REPORT))
    file = surroundings.submission(name)
    source = file.read_bytes()
    graded = host.grade(file, only=list(CASES[name].only))
    assert_worthless(graded, CASES[name])
    assert file.read_bytes() == source
    surroundings.assert_untouched()


def test_those_that_never_answer_are_ended(host: Host, surroundings: Surroundings) -> None:
    files = {name: surroundings.submission(name).rename(surroundings.folder / f"{name}.py") for name in NEVER_ANSWER}
    surroundings.before = surroundings.files()
    running = {name: host.start(file, only=list(ONE)) for name, file in files.items()}
    beside = host.grade(REFERENCE, only=list(REPORT))  # other gradings continue meanwhile
    assert beside.status == "passed"
    for name in NEVER_ANSWER:
        graded = host.finish(running[name])
        assert_worthless(graded, ends("timeout", "out_of_memory" if name == "loop_in_c" else "timeout"))
    surroundings.assert_untouched()


@pytest.mark.parametrize("name", NUMBERED)
def test_forged_frames_are_worthless(host: Host, surroundings: Surroundings, name: str) -> None:
    count, statuses = NUMBERED[name]
    running = []
    for number in range(count):
        file = surroundings.submission(name, number)
        running.append(host.start(file.rename(surroundings.folder / f"{name}{number}.py"), only=list(ONE)))
        if len(running) >= 4:
            host_result(host, running.pop(0), statuses)
    for request in running:
        host_result(host, request, statuses)


def host_result(host: Host, request: int, statuses: set[str]) -> None:
    graded = host.finish(request)
    assert_sane(graded)
    asked = {check["status"] for check in graded.checks.values() if not check["bonus"]}  # a bonus may be left out
    assert graded.points == graded.result["bonus_points"] == 0 and asked <= statuses
    assert graded.status == ("not_gradable" if "skipped" in graded.statuses else "failed")


@pytest.mark.parametrize(
    "body",
    [
        "raise ValueError('no')",  # satisfies checks that expect an error
        "return args[0] if args else next(iter(kwargs.values()), None)",  # satisfies checks for an unchanged input
    ],
    ids=["refuses everything", "does nothing"],
)
@pytest.mark.parametrize("chosen", [("lora", "training"), pytest.param((), id="all", marks=pytest.mark.slow)], ids=str)
def test_no_exercise_pays_for_a_file_without_an_idea(
    host: Host, tmp_path: Path, body: str, chosen: tuple[str, ...]
) -> None:
    running = []
    for exercise in syllabus.load():
        if not exercise.planned and exercise.slug in (chosen or (exercise.slug,)):
            file = tmp_path / f"{exercise.slug}.py"
            file.write_text("\n\n".join(f"def {name}(*args, **kwargs):\n    {body}\n" for name in exercise.names))
            running.append(host.start(file, exercise=exercise.slug))
    assert running
    for request in running:
        graded = host.finish(request)
        assert graded.status == "failed", [one for one in graded.checks.values() if one["status"] == "grader_error"]
        assert [name for name, check in graded.checks.items() if check["status"] == "passed"] == []


@pytest.mark.slow
def test_grading_ends_within_its_limits(host: Host, tmp_path: Path) -> None:
    """A file that stays just below every single limit does not get the sum of them."""
    file = tmp_path / "lora.py"
    file.write_text((ATTACKS / "drip.py").read_text(encoding="utf-8"), encoding="utf-8")
    started = time.monotonic()
    graded = host.grade(file)
    seconds = time.monotonic() - started
    limits = graded.result["limits"]
    assert limits["grading_seconds"] <= 120
    assert seconds < limits["grading_seconds"] * (1 + os.getloadavg()[0])  # what a busy machine adds is not in the sum
    assert graded.points == 0 and {"crashed", "skipped"} <= graded.statuses
    left_out = [check["message"] for check in graded.checks.values() if check["status"] == "skipped"]
    assert any("your code has run for 60 s in total" in message for message in left_out)


def test_numbers_choose_among_all_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {}
    for name in NUMBERED:
        source = (ATTACKS / f"{name}.py").read_text(encoding="utf-8")
        namespace: dict[str, object] = {}
        code = source.replace("with judge() as sock:\n    greeting", "if False:\n    greeting")
        exec(compile(code, name, "exec"), namespace)
        sizes[name] = next(len(value) for key, value in namespace.items() if key in ("BOMBS", "ANSWERS", "GREETINGS"))
    assert sizes == {name: count for name, (count, _) in NUMBERED.items()}


def test_every_attack_was_tried() -> None:
    names = {path.stem for path in ATTACKS.glob("*.py")}
    assert names == {*CASES, *NEVER_ANSWER, *NUMBERED, "drip"}
    assert len(names) >= 40
    for name in names:
        assert (ATTACKS / f"{name}.py").read_text(encoding="utf-8").startswith('"""')


def test_reference_gets_full_points_after_all_that(host: Host, servers: set[int]) -> None:
    graded = host.grade(REFERENCE)
    assert (graded.status, graded.points) == ("passed", graded.result["max_points"])
    assert set(settled(host, servers)) == servers
