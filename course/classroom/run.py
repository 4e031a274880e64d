"""Grade many submissions: tasks go to an executor, and results are written to the store one by one.

On one machine the executor is a pool of threads that share one grader (``local``). On a Dask cluster each worker
process starts its own grader when its first task arrives (``cluster``); the source travels with the task, and only
the result travels back. A worker with another version of the course or of its libraries refuses to grade. The parent
keeps no results: each one is stored, reported and forgotten.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from course import bundle, leftovers, notebook, session, shell, signals, syllabus
from course.classroom.model import Found
from course.classroom.store import FRESH, Key, Store, Submission
from course.classroom.submissions import together
from course.errors import CourseError, GraderFault
from course.grader import Grader
from course.result import Malformed, Result
from course.text import say

RESTARTS = 2
"""Maximum restarts of a grading whose whole grader died; the third such failure is reported."""
HEARTBEAT = 0.2
"""Maximum seconds until a signal is handled while waiting for gradings."""
CONNECT_SECONDS = 10
"""Seconds to reach a Dask scheduler and to wait for its first worker."""
PREFIX = "course-class-"
"""Prefix of the folders that contain a source while it is graded; the process id follows."""

Command = tuple[str, ...] | None
"""Command that starts the grader; None means the one installed here."""


class Unsandboxed(CourseError):
    """A class is graded at sandbox level ``full``, which this machine does not reach."""


@dataclass(frozen=True)
class Setup:
    """Settings shared by all gradings of a run."""

    level: str = "full"
    """Required sandbox level; ``auto`` means the best available."""
    lang: str = "en"
    command: Command = None
    judges: int | None = None
    """Concurrent gradings in one grader; None means no limit."""


@dataclass(frozen=True)
class Task:
    """One grading, with everything that a worker needs."""

    key: Key
    source: bytes
    setup: Setup
    seed: int | None = None
    cells: tuple[tuple[int, int, int], ...] = ()
    """For a notebook: which lines came from which cell (``course.notebook``)."""


@dataclass(frozen=True)
class Job:
    """One source to be graded, with every submission of it."""

    key: Key
    submissions: tuple[Submission, ...]
    seed: int | None = None

    @property
    def numbers(self) -> list[int]:
        """Return the numbers of the submissions."""
        return [one.id for one in self.submissions]


@dataclass
class Counts:
    """Counts of the submissions by outcome; ``refused`` ones never became tasks."""

    graded: int = 0
    reused: int = 0
    refused: int = 0
    not_gradable: int = 0
    ours: int = 0
    """Gradings that failed twice through our fault."""
    faults: list[str] = field(default_factory=list)
    """Messages of those failures, each sentence once."""

    @property
    def processed(self) -> int:
        """Return the total."""
        return self.graded + self.reused + self.refused + self.not_gradable + self.ours


@dataclass(frozen=True)
class Answer:
    """A grader's description of itself before anything is graded."""

    sandbox: str
    seconds: float
    """Maximum duration of one grading."""


Heard = Callable[[Job, Result], None]
"""Callback for each job and its result."""


# --- In a worker ------------------------------------------------------------------------------------------------------


class Machine:
    """The grader of this process, and a private folder for the files it reads."""

    def __init__(self, setup: Setup) -> None:
        leftovers.sweep(PREFIX)
        self.folder = Path(tempfile.mkdtemp(prefix=leftovers.made_by_us(PREFIX)))
        try:
            self.grader = Grader(setup.command, level=setup.level, judges=setup.judges, restarts=RESTARTS)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the grader, even in the middle of a grading."""
        if grader := getattr(self, "grader", None):
            grader.__exit__(None, None, None)
        shutil.rmtree(self.folder, ignore_errors=True)


_machines: dict[tuple[Command, str, int | None], Machine] = {}
"""Start arguments -> the machine running with them in this process; nearly always only one."""
_closing = False
"""True once no new machine is allowed to start: a thread whose grader has ended must not try again."""
_starting = threading.Lock()


def machine(setup: Setup) -> Machine:
    """Return this process's grader for these settings; the first caller starts it.

    Raises:
        GraderFault: it cannot be started, or this process is ending.
    """
    kind = (setup.command, setup.level, setup.judges)
    with _starting:
        if _closing:
            raise GraderFault(say("Grading was stopped."))
        if kind not in _machines:
            _machines[kind] = Machine(setup)
        return _machines[kind]


@atexit.register
def stop() -> None:
    """End this process's graders for good."""
    global _closing
    with _starting:
        _closing = True
        while _machines:
            _machines.popitem()[1].close()


def perform(task: Task) -> str:
    """Grade one source; if a check failed through our fault, grade it once more.

    Returns:
        The result as JSON.
    """
    result = _once(task)
    if result.status == "grader_error" and not result.message:
        result = _once(task)
    return json.dumps(result.to_json())


def _once(task: Task) -> Result:
    exercise = syllabus.resolve(task.key.exercise)
    name = f"{exercise.slug}.py"
    try:
        _demand_same(task)
        here = machine(task.setup)
        with tempfile.TemporaryDirectory(dir=here.folder) as folder:
            file = Path(folder) / name
            file.write_bytes(task.source)
            shown = Path(f"{exercise.slug}{notebook.SUFFIX}") if task.cells else None
            result = session.run(
                here.grader, exercise, file, seed=task.seed, lang=task.setup.lang, shown=shown, cells=task.cells
            )
    except CourseError as fault:
        return failed(task.key, fault.message, task.setup.lang)
    except OSError as error:
        return failed(
            task.key, say("The submission could not be written: {reason}", reason=str(error)), task.setup.lang
        )
    return replace(result, file=str(shown or name), sha256=task.key.sha256)


def _demand_same(task: Task) -> None:
    """Refuse to grade if the checks or libraries differ from those under which the result would be stored."""
    environment = task.key.environment
    if task.key.bundle != bundle.of(task.key.exercise):
        if task.setup.judges is not None:  # on the machine that requested it
            raise GraderFault(say("The checks were changed while the class was graded. Run the same command again."))
        raise GraderFault(
            say("This worker has a different version of the checks. Install the same version of the course everywhere.")
        )
    level = task.setup.level
    if environment != bundle.environment(level):
        raise GraderFault(
            say(
                "This worker has different versions of Python or of the libraries: {theirs} instead of {ours}.",
                theirs=bundle.environment(level),
                ours=environment,
            )
        )


def failed(key: Key, message: str, lang: str = "en") -> Result:
    """Return the result of a grading that failed through our fault."""
    exercise = syllabus.resolve(key.exercise)
    grading = session.Grading(exercise.number, exercise.slug, exercise.title(lang), f"{exercise.slug}.py", lang=lang)
    grading.fail(message)
    assert grading.result
    return replace(grading.result, max_points=exercise.points, sha256=key.sha256, bundle=key.bundle)


def probe(setup: Setup) -> Answer:
    """Ask this process's grader whether it meets the settings, before anything is graded.

    Raises:
        Unsandboxed: it does not reach the sandbox level.
        GraderFault: it does not work at all.
    """
    here = machine(setup)
    asked = here.grader.ask({"exercise": syllabus.load()[0].slug, "file": str(here.folder / "missing.py")})
    last = [*asked][-1]  # the file does not exist: the grader replies at once, and states its sandbox level and limits
    if last["event"] == "result":
        try:
            told = Result.from_json(last.get("result"))
        except Malformed as error:
            raise GraderFault(
                say("The grader sent an event that cannot be read: {reason}", reason=str(error))
            ) from None
        return Answer(told.sandbox or "?", told.limits.get("grading_seconds", 0.0))
    if setup.level == "full":
        from course import doctor
        from course.compat import isolated_command

        level, reasons = doctor.sandbox(setup.command or isolated_command("grader"))
        if level != "full":
            raise Unsandboxed(
                say(
                    "Grading a class needs the sandbox level 'full', but the level here is '{level}' ({reasons}). "
                    "If you trust every submission, add: --allow-unsandboxed",
                    level=level,
                    reasons=reasons or "-",
                )
            )
    raise GraderFault(str(last.get("message")))


# --- Executors --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Crew:
    """The executor of the tasks."""

    setup: Setup
    executor: Executor
    window: int
    """Maximum number of tasks handed out at once."""
    answer: Answer
    workers: int


@contextlib.contextmanager
def local(setup: Setup, jobs: int) -> Iterator[Crew]:
    """Yield one grader on this machine, with as many concurrent gradings as there are jobs.

    Raises:
        Unsandboxed: the grader does not reach the sandbox level.
        GraderFault: the grader does not work.
    """
    global _closing
    _closing = False
    setup = replace(setup, judges=jobs)
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="grading")
    try:
        yield Crew(setup, pool, 2 * jobs, probe(setup), jobs)  # so that an idle thread finds its next task waiting
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        stop()  # anything still running ends with it
        pool.shutdown(wait=True)


@contextlib.contextmanager
def cluster(setup: Setup, address: str, jobs: int | None) -> Iterator[Crew]:
    """Yield the workers of a running Dask cluster.

    Args:
        setup: settings of the gradings.
        address: address of its scheduler, ``tcp://host:8786``.
        jobs: maximum tasks handed out at once; None means twice the number of the workers' threads.

    Raises:
        CourseError: Dask is not installed, the scheduler does not answer, or it has no worker.
        Unsandboxed: a worker does not reach the sandbox level.
        GraderFault: a worker cannot grade.
    """
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError:
        raise CourseError(shell.not_installed("distributed", "cluster")) from None
    try:
        client = distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise CourseError(
            say("no Dask scheduler answers at {address}: {reason}.", address=address, reason=str(error))
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError:
            raise CourseError(say("the Dask cluster at {address} has no worker.", address=address)) from None
        threads = sum(client.nthreads().values())
        answers: list[Answer] = [Answer(*told) for told in client.run(_probe, setup, on_error="raise").values()]
        executor = client.get_executor(pure=False)
        try:
            slowest = max(answer.seconds for answer in answers)
            levels = ", ".join(sorted({answer.sandbox for answer in answers}))
            yield Crew(setup, executor, jobs or 2 * threads, Answer(levels, slowest), len(answers))
        finally:
            executor.shutdown(wait=False)  # a Dask executor then cancels the remaining tasks


def _probe(setup: Setup) -> tuple[str, float]:
    """Return a worker's answer as plain data."""
    answer = probe(setup)
    return answer.sandbox, answer.seconds


# --- In the parent ----------------------------------------------------------------------------------------------------


def plan(
    submissions: Iterable[Submission], setup: Setup, seed: Callable[[Submission], int | None] = lambda one: None
) -> list[Job]:
    """Return the jobs for grading these submissions today, identical files once, exercise by exercise.

    Args:
        submissions: submissions in the store.
        setup: settings of the gradings.
        seed: returns the seed of a submission; None means a fresh one.
    """
    environment = bundle.environment(setup.level)
    jobs: dict[Key, list[Submission]] = {}
    for one in submissions:
        chosen = seed(one)
        policy = FRESH if chosen is None else str(chosen)
        key = Key(one.sha256, one.exercise, bundle.of(one.exercise), environment, policy)
        jobs.setdefault(key, []).append(one)
    number = {exercise.slug: exercise.number for exercise in syllabus.load()}
    ordered = sorted(jobs.items(), key=lambda job: number[job[0].exercise])
    return [Job(key, tuple(ones), None if key.seed_policy == FRESH else int(key.seed_policy)) for key, ones in ordered]


def take(
    found: Found,
    store: Store,
    folder: str,
    setup: Setup,
    *,
    seed: Callable[[Submission], int | None] = lambda one: None,
    exercises: Sequence[str] | None = None,
) -> tuple[list[Job], Counts]:
    """Put submissions into the store, and determine which of them still have to be graded.

    Args:
        found: the content of the folder.
        store: receives the submissions, including sources.
        folder: path of the folder.
        setup: settings of the gradings.
        seed: returns the seed of a submission; None means a fresh one.
        exercises: slugs; None means all.

    Returns:
        The jobs still to be graded, and the counts so far: refused and previously graded submissions. A submission
        graded by other checks than today's keeps its result until it is explicitly regraded.
    """
    found = replace(found, refused=tuple(together(found.refused)))
    store.register(found, folder, exercises)
    mine = [one for one in store.submissions(folder) if exercises is None or one.exercise in exercises]
    counts = Counts(
        refused=sum(no.exercise is None or exercises is None or no.exercise in exercises for no in found.refused)
    )
    waiting = []
    for job in plan(mine, setup, seed):
        open_ones = tuple(one for one in job.submissions if not store.is_graded(one, job.key))
        if open_ones and not store.reuse(job.key, [one.id for one in open_ones]):
            waiting.append(replace(job, submissions=open_ones))
            counts.reused += len(job.submissions) - len(open_ones)
        else:
            counts.reused += len(job.submissions)
    return waiting, counts


def grade(waiting: Iterable[Job], store: Store, crew: Crew, counts: Counts, heard: Heard) -> Counts:
    """Run all gradings; each result is stored before it is reported.

    A grading that fails through our fault is repeated once, at the end and alone.

    Args:
        waiting: the jobs to be graded.
        store: has the sources, and receives the results.
        crew: executes the gradings.
        counts: the counts so far, which are updated.
        heard: called with each job and its result.

    Returns:
        The counts.

    Raises:
        GraderFault: the cluster is gone; results received before that are stored.
    """
    suspects: list[Job] = []

    def done(job: Job, result: Result, document: str | None) -> None:
        store.record(job.key, job.numbers, result, document)
        _count(counts, result, len(job.submissions))
        heard(job, result)

    def first(job: Job, result: Result, document: str | None) -> None:
        if result.status == "grader_error" and result.message:  # the worker has retried checks that failed
            suspects.append(job)
        else:
            done(job, result, document)

    _pass(waiting, store, crew, crew.window, first)
    _pass(suspects, store, crew, 1, done)  # one by one: a file that brings a grader down harms no other
    return counts


def _pass(
    waiting: Iterable[Job],
    store: Store,
    crew: Crew,
    window: int,
    ended: Callable[[Job, Result, str | None], None],
) -> None:
    """Hand out tasks, up to a maximum at once, and report each one when it has ended."""
    running: dict[Future[str], Job] = {}

    def collect() -> None:
        over: set[Future[str]] = set()
        while not over:
            with signals.Delayed():  # the threads need the locks of their futures
                over, _ = wait(running, HEARTBEAT, return_when=FIRST_COMPLETED)
        for future in over:
            job = running.pop(future)
            ended(job, *_outcome(future, job.key, crew.setup.lang))

    try:
        for job in waiting:
            while len(running) >= window:
                collect()
            cells = store.cells(job.submissions[0].id)
            task = Task(job.key, store.source(job.key.sha256), crew.setup, job.seed, cells)
            with signals.Delayed():
                running[crew.executor.submit(perform, task)] = job
        while running:
            collect()
    finally:
        with signals.Delayed():
            for future in running:
                future.cancel()


def _outcome(future: Future[str], key: Key, lang: str) -> tuple[Result, str | None]:
    """Return a future's result and its JSON; any failure on the way is our fault."""
    try:
        document = future.result()
        return Result.from_json(json.loads(document)), document
    except CancelledError:  # only the scheduler cancels a future that we have not cancelled
        raise GraderFault(
            say(
                "The Dask scheduler has lost the gradings: it stopped or was restarted. Finished gradings are "
                "kept; run the same command again to continue."
            )
        ) from None
    except Exception as error:  # a worker that was killed repeatedly, or a result that cannot be read
        reason = f"{type(error).__name__}: {error}"
        return failed(key, say("The grading was aborted: {reason}", reason=reason), lang), None


def _count(counts: Counts, result: Result, submissions: int) -> None:
    if result.status == "grader_error":
        counts.ours += submissions
        if (told := fault(result)) and told not in counts.faults:
            counts.faults.append(told)
    elif result.status == "not_gradable":
        counts.not_gradable += submissions
    else:
        counts.graded += submissions


def fault(result: Result) -> str:
    """Return the message of a failure on our side."""
    return result.message or next((one.message for one in result.checks if one.status == "grader_error"), "")
