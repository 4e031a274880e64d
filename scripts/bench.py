"""Measure the grader against natural yardsticks, in the same run, and print a table: ``make bench``.

Every figure is a ratio of two commands measured in turn (A B A B …), so that a noisy or slow machine shifts both. The
ratio is the median over the pairs. Absolute seconds are given for orientation only.

    python -m scripts.bench --json bench.json                    everything (about fifteen minutes on two cores)
    python -m scripts.bench --part grading --submissions 10      a quicker look
    python -m scripts.bench --part beginnings                    cost of a line at the top of a file
    python -m scripts.bench --part hostile --submissions 20      cost to others of files that waste time
    python -m scripts.bench --part start                         time until a recipe trains
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import platform
import pty
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course import paths, syllabus
from course.classroom import run
from course.classroom.model import Found, Handed, Student
from course.classroom.store import Store
from course.grader import Grader
from course.result import Result
from grader.judge import limits
from grader.judge.diagnose import load_misconceptions

ROOT = Path(__file__).resolve().parents[1]
SLUG = "lora"
PARTS = ("grading", "beginnings", "class", "hostile", "start", "training")
ENVIRONMENT = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT), "COLUMNS": "100"}


def main() -> None:
    """Run the selected parts, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.add_argument("--part", choices=["all", *PARTS], default="all")
    parser.add_argument("--pairs", type=int, default=5, help="paired runs per ratio")
    parser.add_argument("--submissions", type=int, default=50, help="files graded through one host, half of them wrong")
    options = parser.parse_args()

    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0  # load on the cores from other processes
    rows: list[dict[str, Any]] = []
    if options.part in ("grading", "all"):
        rows += list(grading(options.pairs, options.submissions))
    if options.part in ("beginnings", "all"):
        rows += list(beginnings(options.pairs))
    if options.part in ("class", "all"):
        say("a class, with one job and with two")
        rows += list(classroom(options.submissions))
    if options.part in ("hostile", "all"):
        say("a class with files that waste time, and without them")
        rows += list(hostile(options.submissions))
    if options.part in ("start", "all"):
        say("the start of a training")
        rows.append(start(options.pairs))
    if options.part in ("training", "all"):
        rows += list(training())
    from solutions.recipes.hardware import processor

    machine = {
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        "cores": os.cpu_count(),
        "processor": processor(),
        "load": round(load, 1),
    }
    if options.json:
        options.json.write_text(
            json.dumps({"schema": "course/bench-grader/v1", "machine": machine, "rows": rows}, indent=2) + "\n"
        )
    print(table(rows))


def grading(pairs: int, submissions: int) -> Iterator[dict[str, Any]]:
    """Measure the waiting time of a learner, and the cost of grading a class."""
    reference = str(paths.solution(SLUG))
    grade = [sys.executable, "-m", "course", "grade", SLUG, "--file", reference, "--no-color"]
    import_torch = [sys.executable, "-c", "import torch"]
    import_bert = [sys.executable, "-c", "from transformers import BertModel"]

    say("course --help")
    runs = [seconds_of([sys.executable, "-m", "course", "--help"]) for _ in range(pairs)]
    yield row("course --help", statistics.median(runs), "seconds", None, limit="0.25 s")
    say("cold grading")
    yield paired(
        "cold grading of the reference", grade, "from transformers import BertModel", import_bert, pairs, "1.3"
    )
    say("first verdict")
    yield paired(
        "first verdict on the screen", grade, "import torch", import_torch, pairs, "1.6", measure=first_verdict
    )

    say("second grading by the same host")
    with Host() as host:
        for _ in range(2):  # everything is imported from the second one on
            host.grade(reference)
        again, yardstick = [], []
        for _ in range(pairs):
            again.append(host.grade(reference)["wall"])
            yardstick.append(seconds_of(import_torch))
        checks = len(host.grade(reference)["result"]["checks"])
        yield row("second grading, same host", statistics.median(again), "import torch", ratios(again, yardstick))
        per_check = [seconds / checks for seconds in again]
        start = [seconds_of([sys.executable, "-c", "pass"]) for _ in range(pairs)]
        yield row(
            f"per check ({checks} of them)", statistics.median(per_check), "start of python", ratios(per_check, start)
        )
        memory = host.private_memory(reference)
        yield {"what": "private memory of a student process (median, largest)", "value": memory, "limit": "60 MB"}

    say(f"{submissions} submissions through one host, and one pytest process each")
    yield from many(submissions)


BEGINNINGS = (
    "import transformers",
    "from transformers import BertModel, AutoTokenizer",
    "import peft",
    "torch.use_deterministic_algorithms(True)",
)
"""Lines that learners write at the top of a file, after ``import torch``."""


def beginnings(pairs: int) -> Iterator[dict[str, Any]]:
    """Compare a cold grading of the reference with such a line to one without it."""
    plain = paths.solution(SLUG)
    source = plain.read_text(encoding="utf-8")
    grade = [sys.executable, "-m", "course", "grade", SLUG, "--no-color", "--file"]
    with tempfile.TemporaryDirectory() as folder:
        for number, line in enumerate(BEGINNINGS):
            say(line)
            file = Path(folder) / f"begins_{number}.py"
            place = source.index("import torch\n")
            file.write_text(source[:place] + f"import torch\n{line}\n" + source[place:], encoding="utf-8")
            yield paired(f"`{line}` at the top", [*grade, str(file)], "without it", [*grade, str(plain)], pairs, "1.3")


def many(count: int) -> Iterator[dict[str, Any]]:
    """Grade ``count`` files, half of them wrong, with one host and with one pytest process per file; same checks."""
    with tempfile.TemporaryDirectory() as folder:
        files = submissions(Path(folder), count)
        with Host() as host:
            for _ in range(2):  # everything is imported from the second one on
                host.grade(files[0])
            started, before = time.perf_counter(), processor_seconds()
            results = [host.grade(file)["result"] for file in files]
            one_by_one, own = time.perf_counter() - started, processor_seconds() - before
            started = time.perf_counter()
            with ThreadPoolExecutor(2) as pool:
                again = [graded["result"] for graded in pool.map(host.grade, files)]
            two_at_a_time = time.perf_counter() - started
        verdicts = [result["status"] for result in results]
        right = ["passed" if place % 2 == 0 else "failed" for place in range(count)]
        if verdicts != right or [result["status"] for result in again] != right:
            raise SystemExit(f"wrong verdicts: {verdicts}")

        started, before = time.perf_counter(), processor_seconds()
        codes = [pytest_process(file) for file in files]
        processes, theirs = time.perf_counter() - started, processor_seconds() - before
        started = time.perf_counter()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(pytest_process, files))
        processes_by_two = time.perf_counter() - started
        if codes != [0 if verdict == "passed" else 1 for verdict in right]:
            raise SystemExit(f"the in-process yardstick gave other verdicts: {codes}")
    yardstick = "one pytest process per submission"
    what = f"{count} submissions"
    yield row(f"{what}, one by one", one_by_one, yardstick, [one_by_one / processes], faster=True)
    ratio = [two_at_a_time / processes_by_two]
    yield row(f"{what}, two at a time", two_at_a_time, f"{yardstick}, two at a time", ratio, faster=True)
    ratio = [two_at_a_time / processes]
    yield row(f"{what}, two at a time", two_at_a_time, yardstick, ratio, faster=True, limit="8 × faster")
    yield row(f"{what}, processor time", own, f"{yardstick}, processor time", [own / theirs], faster=True)


def classroom(count: int, rounds: int = 3) -> Iterator[dict[str, Any]]:
    """Measure ``course class grade`` without its screen: two jobs against one in turn; parent, store and memory."""
    alone, both = [], []
    for _ in range(rounds):
        alone.append(graded_class(count, 1))
        both.append(graded_class(count, 2))
    pairs = [two.seconds / one.seconds for one, two in zip(alone, both, strict=True)]
    seconds = statistics.median(two.seconds for two in both)
    yield row(f"class of {count}, two jobs", seconds, "one job", pairs, faster=True, limit="1.7 × faster")
    for name, parts, limit in (
        ("in the store", [one.store / one.seconds for one in alone], "5%"),
        ("processor time of the parent", [one.parent / one.seconds for one in alone], ""),
    ):
        share = f"{100 * statistics.median(parts):.2f}% of the time"
        yield {"what": f"class of {count}, {name}", "value": share, "limit": limit}
    used = statistics.median(one.processor / one.graded for one in alone)
    what = "processor time per submission"
    yield {"what": f"class of {count}, {what}", "value": f"{used:.2f} s", "limit": "", "seconds_each": round(used, 3)}
    for jobs in (1, 2):
        most = graded_class(min(count, 20), jobs, watched=True).memory
        value = f"{most / 1e6:,.0f} MB" if most else "not measured (needs the right to read /proc/PID/smaps_rollup)"
        limit = f"{1500 + 80 * jobs:,} MB"
        yield {"what": f"memory of the whole run, jobs: {jobs}", "value": value, "limit": limit, "bytes": most}


WASTES = """
import time


def waste(*args, **kwargs):
    end = time.monotonic() + 9  # a check may take 10
    while time.monotonic() < end:
        pass
    raise ValueError


"""
"""Appended to the reference with all names of the exercise: stays within every limit, and keeps a processor busy."""


def hostile(count: int, jobs: int = 2) -> Iterator[dict[str, Any]]:
    """Grade a class with and without 5 % additional files that waste as much time as they can; seeds are the same."""
    names = " = ".join(syllabus.resolve(SLUG).names)
    bad = paths.solution(SLUG).read_text(encoding="utf-8") + f"{WASTES}{names} = waste\n"
    wasting = [f"{bad}# {number}\n" for number in range(max(1, round(count / 20)))]
    yield from told_of_hostile(timed_class(count, jobs, []), timed_class(count, jobs, wasting), jobs)


def told_of_hostile(clean: dict[str, Graded], mixed: dict[str, Graded], jobs: int) -> Iterator[dict[str, Any]]:
    """Yield the rows about a class without hostile files and with them.

    Args:
        clean: student -> grading, without hostile files.
        mixed: student -> grading, with hostile files.
        jobs: number of concurrent gradings.
    """
    honest = {name: mixed[name] for name in clean}
    bad = [one for name, one in mixed.items() if name not in clean]
    what = f"class of {len(clean)} and {len(bad)} hostile, {jobs} jobs"
    differ = sum(honest[name].points != one.points for name, one in clean.items())
    yield {"what": f"{what}: marks of the others that change", "value": str(differ), "limit": "0", "changed": differ}
    pairs: tuple[tuple[str, str, float, float], ...] = (
        ("each", "grading of another file, median", *(_median_seconds(part) for part in (clean, honest))),
        ("last", "last result of the others", *(max(one.ended for one in part.values()) for part in (clean, honest))),
        ("run", "end of the run", *(max(one.ended for one in part.values()) for part in (clean, mixed))),
    )
    for key, name, alone, beside in pairs:
        value = f"{beside:.1f} s, without hostile files {alone:.1f} s"
        yield {"what": f"{what}: {name}", "value": value, f"{key}_alone": round(alone, 1), key: round(beside, 1)}
    longest = max(one.seconds for one in bad)
    yield {
        "what": f"{what}: longest grading of a hostile file",
        "value": f"{longest:.0f} s",
        "limit": f"{limits.grading_seconds():g} s on a quiet machine",
        "longest": round(longest, 1),
    }


def _median_seconds(part: dict[str, Graded]) -> float:
    return statistics.median(one.seconds for one in part.values())


@dataclass(frozen=True)
class Graded:
    """The timing of one submission in a class."""

    points: int
    seconds: float
    """Wall-clock duration of its grading."""
    ended: float
    """Seconds after the first grading began."""


def timed_class(count: int, jobs: int, bad: Sequence[str]) -> dict[str, Graded]:
    """Grade a class in which the hostile files come after the first third.

    Args:
        count: number of files that are not hostile.
        jobs: number of concurrent gradings.
        bad: the hostile files.

    Returns:
        Student -> timing.
    """
    setup, found = run.Setup(), {}
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "class.db", create=True) as store:
        sources = [
            Path(file).read_bytes() + f"\n# {n}\n".encode() for n, file in enumerate(submissions(Path(folder), count))
        ]
        names = [f"s{number:03}" for number in range(count)]  # they are graded in this order
        place = count // 3
        sources[place:place] = [source.encode() for source in bad]
        names[place:place] = [f"s{place - 1:03}-hostile{number}" for number in range(len(bad))]
        handed = [
            Handed(Student(name), SLUG, f"{name}.py", source, hashlib.sha256(source).hexdigest())
            for name, source in zip(names, sources, strict=True)
        ]
        with run.local(setup, jobs) as crew:
            waiting, counts = run.take(Found(tuple(handed), ()), store, "class", setup, seed=lambda one: 1)
            started = time.monotonic()

            def heard(job: run.Job, result: Result) -> None:
                told = Graded(result.points, result.seconds or 0.0, time.monotonic() - started)
                found.update({one.student: told for one in job.submissions})

            run.grade(waiting, store, crew, counts, heard)
    if counts.graded != len(handed):
        raise SystemExit(f"not everything was graded: {counts}")
    return found


def start(pairs: int) -> dict[str, Any]:
    """Measure ``course run finetune`` until it reports its second step: the first one that it can measure."""
    train = [sys.executable, "-m", "course", "run", "finetune", "--method", "lora", "--max-steps", "3"]
    import_bert = [sys.executable, "-c", "from transformers import BertModel"]
    what, yardstick = "second training step told", "from transformers import BertModel"
    return paired(what, train, yardstick, import_bert, pairs, "5 s", measure=second_step)


def second_step(command: list[str]) -> float:
    """Return the wall-clock time until a recipe, run in a new folder, writes a line about its second step."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        told, seen = None, ""
        with subprocess.Popen(
            [*command, "--out", str(Path(folder) / "run")],
            env=ENVIRONMENT,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            assert process.stdout is not None
            for line in iter(process.stdout.readline, ""):
                seen += line
                if told is None and line.startswith("step 2 "):
                    told = time.perf_counter() - started
    if told is None or process.returncode != 0:
        raise SystemExit(f"no second step in: {seen[-500:]!r}")
    return told


@dataclass(frozen=True)
class ClassRun:
    """The cost of grading a class with graders that have graded before."""

    seconds: float
    parent: float
    """Processor seconds of this process."""
    store: float
    """Seconds spent in the store."""
    processor: float
    """Processor seconds of all processes."""
    graded: int
    """Number of submissions."""
    memory: int
    """Peak memory of all processes in bytes, shared pages counted once; 0 if not watched."""


def graded_class(count: int, jobs: int, watched: bool = False) -> ClassRun:
    """Grade a class: ``count`` submissions, after two per job that are not measured."""
    setup = run.Setup()
    most = [0]
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "class.db", create=True) as store:
        handed = []
        for number, file in enumerate(submissions(Path(folder), count + 2 * jobs)):
            source = Path(file).read_bytes() + f"\n# {number}\n".encode()
            student = Student(f"s{number:03}")
            handed.append(Handed(student, SLUG, file, source, hashlib.sha256(source).hexdigest()))
        with run.local(setup, jobs) as crew, watching(most) if watched else contextlib.nullcontext():
            for part in (handed[: 2 * jobs], handed[2 * jobs :]):  # the first of them are not measured
                started, own, inside = time.perf_counter(), time.process_time(), [0.0]
                before = processor_seconds()
                timed = Timed(store, inside)
                waiting, counts = run.take(Found(tuple(part), ()), timed, str(len(part)), setup)
                run.grade(waiting, timed, crew, counts, lambda job, result: None)
                if counts.graded != len(part):
                    raise SystemExit(f"not everything was graded: {counts}")
                seconds = time.perf_counter() - started, time.process_time() - own, inside[0]
                used = processor_seconds() - before  # now, before servers end and their children's time is lost
    return ClassRun(*seconds, used, len(part), most[0])


@contextlib.contextmanager
def watching(most: list[int]) -> Iterator[None]:
    """During the block, record in ``most[0]`` the peak memory of this process and its descendants."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.2):
            most[0] = max(most[0], sum(map(proportional_bytes, below(os.getpid()))))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


class Timed:
    """A store that measures the time spent in it."""

    def __init__(self, store: Store, inside: list[float]) -> None:
        """Add the seconds to ``inside``."""
        self._store, self._inside = store, inside

    def __getattr__(self, name: str) -> Any:
        """Return a method of the store, timed."""
        method = getattr(self._store, name)

        def timed(*arguments: Any) -> Any:
            started = time.perf_counter()
            try:
                return method(*arguments)
            finally:
                self._inside[0] += time.perf_counter() - started

        return timed


def submissions(folder: Path, count: int) -> list[str]:
    """Create files to grade: variants of the reference and misconceptions in turn, none of them in a bonus function."""
    reference = paths.solution(SLUG).read_text(encoding="utf-8")
    variants = sorted(paths.variants(SLUG).glob("*.py"))
    bonus = syllabus.resolve(SLUG).bonus
    misconceptions = [one for one in load_misconceptions(paths.misconceptions(SLUG)) if one.function not in bonus]
    files = []
    for place in range(count):
        file = folder / f"student_{place:02}.py"
        if place % 2 == 0:
            variant = variants[(place // 2) % len(variants)].read_text(encoding="utf-8")
            file.write_text(f"{reference}\n\n{variant}", encoding="utf-8")
        else:
            step = max(1, len(misconceptions) // (count // 2 or 1))
            file.write_text(
                misconceptions[(place // 2 * step) % len(misconceptions)].apply(reference), encoding="utf-8"
            )
        files.append(str(file))
    return files


def pytest_process(file: str) -> int:
    """Run all checks in one pytest process, without sandbox, second process or diagnosis, as other graders do."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        str(paths.checks(SLUG)),
        "--submission",
        file,
        "-q",
        "-pno:cacheprovider",
    ]
    environ = {**ENVIRONMENT, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(command, env=environ, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode


def training() -> Iterator[dict[str, Any]]:
    """Compare the chapter's recipe with ours: see ``solutions.recipes.bench``."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "training.json"
        command = [sys.executable, "-m", "solutions.recipes", "bench", "--json", str(out)]
        if subprocess.run(command, env=ENVIRONMENT, cwd=ROOT).returncode == 0:
            yield {"what": "training", "value": json.loads(out.read_text())}


class Host(Grader):
    """A grader with measurements."""

    def grade(self, file: str) -> dict[str, Any]:  # type: ignore[override]
        """Grade one file; return ``result`` and ``wall`` seconds."""
        started = time.perf_counter()
        *_, event = super().grade(exercise=SLUG, file=Path(file))
        if event["event"] == "fault":
            raise SystemExit(event["message"])
        return {"result": event["result"], "wall": time.perf_counter() - started}

    def private_memory(self, file: str) -> str:
        """Return median and maximum, over student processes, of the peak private memory during one grading."""
        largest: dict[int, int] = {}
        done = threading.Event()

        def watch() -> None:
            while not done.is_set():
                for pid in student_processes(self.process.pid):
                    largest[pid] = max(largest.get(pid, 0), private_bytes(pid))
                time.sleep(0.001)

        watcher = threading.Thread(target=watch)
        watcher.start()
        for _ in range(3):
            self.grade(file)
        done.set()
        watcher.join()
        seen = sorted(value for value in largest.values() if value)
        if not seen:
            return "not measured (needs the right to read /proc/PID/smaps_rollup)"
        return f"{statistics.median(seen) / 1e6:.0f} MB, {seen[-1] / 1e6:.0f} MB ({len(seen)} processes)"


def processes() -> dict[int, tuple[int, int]]:
    """Return process -> (its parent, its session)."""
    found = {}
    for entry in os.listdir("/proc") if os.path.isdir("/proc") else ():
        if entry.isdigit():
            try:
                fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            found[int(entry)] = int(fields[1]), int(fields[3])
    return found


def below(root: int, known: dict[int, tuple[int, int]] | None = None) -> list[int]:
    """Return a process and all of its descendants."""
    known = processes() if known is None else known
    found = []
    for pid in known:
        above = pid
        while above in known and above != root:
            above = known[above][0]
        if above == root:
            found.append(pid)
    return found


def processor_seconds() -> float:
    """Return the processor time of this process, its descendants, and all processes that they have waited for."""
    ticks = 0
    for pid in below(os.getpid()):
        with contextlib.suppress(OSError):  # it has just ended, so it counts with the process that waited for it
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime
    return ticks / os.sysconf("SC_CLK_TCK") if ticks else sum(os.times()[:4])


def student_processes(host: int) -> list[int]:
    """Return the processes below the host that lead their own session."""
    known = processes()
    return [pid for pid in below(host, known) if known[pid][1] == pid and pid != host]


def proportional_bytes(pid: int) -> int:
    """Return the memory of a process, with its share of shared pages; 0 if it is gone or inaccessible."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def private_bytes(pid: int) -> int:
    """Return the private memory of a process; 0 if it is gone or inaccessible."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("Private_Clean", "Private_Dirty")))


def paired(
    what: str,
    command: list[str],
    yardstick: str,
    other: list[str],
    pairs: int,
    limit: str,
    measure: Callable[[list[str]], float] | None = None,
) -> dict[str, Any]:
    """Measure two commands in turn, A B A B …, after one warm-up of each."""
    measure = measure or seconds_of
    measure(command), seconds_of(other)
    ours, theirs = [], []
    for _ in range(pairs):
        ours.append(measure(command))
        theirs.append(seconds_of(other))
    return row(what, statistics.median(ours), yardstick, ratios(ours, theirs), limit=limit)


def seconds_of(command: list[str]) -> float:
    """Return the wall-clock time of a whole process."""
    started = time.perf_counter()
    subprocess.run(command, env=ENVIRONMENT, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def first_verdict(command: list[str]) -> float:
    """Return the wall-clock time until a terminal shows the first passed check."""
    leader, follower = pty.openpty()
    started = time.perf_counter()
    with subprocess.Popen(
        command, env=ENVIRONMENT, cwd=ROOT, stdout=follower, stderr=follower, stdin=follower
    ) as process:
        os.close(follower)
        seen, first = b"", None
        while True:
            try:
                part = os.read(leader, 65536)
            except OSError:
                break
            if not part:
                break
            seen += part
            if first is None and "✓".encode() in seen:
                first = time.perf_counter() - started
        process.wait()
    os.close(leader)
    if first is None:
        raise SystemExit(f"no verdict in: {seen[-500:]!r}")
    return first


def ratios(ours: list[float], theirs: list[float]) -> list[float]:
    """Return the ratio of each pair."""
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def row(
    what: str,
    seconds: float,
    yardstick: str,
    pairs: list[float] | None,
    *,
    limit: str = "",
    faster: bool = False,
) -> dict[str, Any]:
    """Return one line of the table."""
    entry: dict[str, Any] = {"what": what, "seconds": round(seconds, 3), "yardstick": yardstick, "limit": limit}
    if pairs:
        entry["ratio"] = round(statistics.median(pairs), 3)
        entry["ratios"] = [round(value, 3) for value in pairs]
        if faster:
            entry["times_faster"] = round(1 / entry["ratio"], 1)
    return entry


def table(rows: list[dict[str, Any]]) -> str:
    """Return the table in Markdown, as in the documentation."""
    lines = ["| what | ratio | compared with | limit | measured |", "|---|---|---|---|---|"]
    for entry in rows:
        if "value" in entry:
            if entry["what"] != "training":
                lines.append(f"| {entry['what']} | | | {entry.get('limit', '')} | {entry['value']} |")
            continue
        ratio = f"{entry['ratio']:.2f} ×" if "ratio" in entry else ""
        if "times_faster" in entry:
            ratio = f"{entry['times_faster']:.1f} × faster"
        lines.append(
            f"| {entry['what']} | {ratio} | {entry['yardstick']} | {entry['limit']} | {entry['seconds']:.2f} s |"
        )
    return "\n".join(lines)


def say(text: str) -> None:
    """Print progress to standard error."""
    print(f"… {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
