"""Having many submissions graded: tasks go to an executor, results come back into the store, one by one.

On one machine the executor is a pool of threads, and all of them ask one grader (``local``). On a Dask cluster each
worker process starts a grader of its own when its first task arrives (``cluster``); what is graded travels with the
task, and only the result travels back. A worker that runs another version of the course or of its libraries grades
nothing. The parent holds no result: what has come in is stored, told and forgotten.
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
"""How often a grading is begun again because the whole grader died; what kills it for the third time is told."""
HEARTBEAT = 0.2
"""Seconds after which a signal is answered at the latest, while we wait for gradings."""
CONNECT_SECONDS = 10
"""To reach a Dask scheduler, and to wait for its first worker."""
PREFIX = "course-class-"
"""Of the folders that hold a source while it is graded; the number of the process follows."""

Command = tuple[str, ...] | None
"""Starts the grader; None means the one that is installed here."""


class Unsandboxed(CourseError):
    """A class is graded at sandbox level ``full``, and this machine does not reach it."""


@dataclass(frozen=True)
class Setup:
    """What all gradings of a run have in common."""

    level: str = "full"
    """Sandbox level that is demanded; ``auto`` means the best there is."""
    lang: str = "en"
    command: Command = None
    judges: int | None = None
    """Gradings at once in one grader; None means as many as are asked for."""


@dataclass(frozen=True)
class Task:
    """One grading, with everything that a worker needs."""

    key: Key
    source: bytes
    setup: Setup
    seed: int | None = None
    cells: tuple[tuple[int, int, int], ...] = ()
    """Of a notebook: which lines came from which cell (``course.notebook``)."""


@dataclass(frozen=True)
class Job:
    """One source that is to be graded, and everybody who handed it in."""

    key: Key
    submissions: tuple[Submission, ...]
    seed: int | None = None

    @property
    def numbers(self) -> list[int]:
        """Of the submissions."""
        return [one.id for one in self.submissions]


@dataclass
class Counts:
    """What became of the submissions; ``refused`` never became tasks."""

    graded: int = 0
    reused: int = 0
    refused: int = 0
    not_gradable: int = 0
    ours: int = 0
    """Failed through our fault, twice."""
    faults: list[str] = field(default_factory=list)
    """What was said of them, each sentence once."""

    @property
    def processed(self) -> int:
        """All of them."""
        return self.graded + self.reused + self.refused + self.not_gradable + self.ours


@dataclass(frozen=True)
class Answer:
    """What a grader says of itself before anything is graded."""

    sandbox: str
    seconds: float
    """The longest that one grading can take."""


Heard = Callable[[Job, Result], None]
"""Told of each job, and how it was graded."""


# --- In a worker ------------------------------------------------------------------------------------------------------


class Machine:
    """The grader of this process, and a private folder for what it reads."""

    def __init__(self, setup: Setup) -> None:
        leftovers.sweep(PREFIX)
        self.folder = Path(tempfile.mkdtemp(prefix=leftovers.made_by_us(PREFIX)))
        try:
            self.grader = Grader(setup.command, level=setup.level, judges=setup.judges, restarts=RESTARTS)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the grader, whatever it is doing."""
        if grader := getattr(self, "grader", None):
            grader.__exit__(None, None, None)
        shutil.rmtree(self.folder, ignore_errors=True)


_machines: dict[tuple[Command, str, int | None], Machine] = {}
"""What they were started with -> those that run in this process; nearly always one."""
_closing = False
"""Nobody may start another one: a thread that hears of the end of its grader must not try again."""
_starting = threading.Lock()


def machine(setup: Setup) -> Machine:
    """The grader of this process for such gradings; it is started by whoever asks first.

    Raises:
        GraderFault: it cannot be started, or everything ends.
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
    """End the graders of this process, for good."""
    global _closing
    with _starting:
        _closing = True
        while _machines:
            _machines.popitem()[1].close()


def perform(task: Task) -> str:
    """Grade one source; if a check failed through our fault, once more.

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
    """Refuse to grade with other checks, or on other libraries, than the result would be stored under."""
    environment = task.key.environment
    if task.key.bundle != bundle.of(task.key.exercise):
        if task.setup.judges is not None:  # on the machine that has asked
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
    """The result of a grading that failed through our fault."""
    exercise = syllabus.resolve(key.exercise)
    grading = session.Grading(exercise.number, exercise.slug, exercise.title(lang), f"{exercise.slug}.py", lang=lang)
    grading.fail(message)
    assert grading.result
    return replace(grading.result, max_points=exercise.points, sha256=key.sha256, bundle=key.bundle)


def probe(setup: Setup) -> Answer:
    """Ask the grader of this process whether it can work as demanded, before anything is graded.

    Raises:
        Unsandboxed: not at this sandbox level.
        GraderFault: not at all.
    """
    here = machine(setup)
    asked = here.grader.ask({"exercise": syllabus.load()[0].slug, "file": str(here.folder / "missing.py")})
    last = [*asked][-1]  # there is no such file: it says so, at once, and what it is
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
    """Who grades."""

    setup: Setup
    executor: Executor
    window: int
    """Tasks handed out at once."""
    answer: Answer
    workers: int


@contextlib.contextmanager
def local(setup: Setup, jobs: int) -> Iterator[Crew]:
    """One grader on this machine, and as many gradings in it as there are jobs.

    Raises:
        Unsandboxed: it does not reach the sandbox level.
        GraderFault: it cannot work.
    """
    global _closing
    _closing = False
    setup = replace(setup, judges=jobs)
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="grading")
    try:
        yield Crew(setup, pool, 2 * jobs, probe(setup), jobs)  # a thread that is done finds its next task waiting
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        stop()  # whatever still runs ends with it
        pool.shutdown(wait=True)


@contextlib.contextmanager
def cluster(setup: Setup, address: str, jobs: int | None) -> Iterator[Crew]:
    """The workers of a Dask cluster that runs already.

    Args:
        setup: of the gradings.
        address: of its scheduler, ``tcp://host:8786``.
        jobs: tasks handed out at once; None means twice as many as the workers have threads.

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
            executor.shutdown(wait=False)  # an executor of Dask then cancels what is left


def _probe(setup: Setup) -> tuple[str, float]:
    """The answer of a worker as plain data."""
    answer = probe(setup)
    return answer.sandbox, answer.seconds


# --- In the parent ----------------------------------------------------------------------------------------------------


def plan(
    submissions: Iterable[Submission], setup: Setup, seed: Callable[[Submission], int | None] = lambda one: None
) -> list[Job]:
    """What these submissions are to be graded under today, equal files once, exercise by exercise.

    Args:
        submissions: of the store.
        setup: of the gradings.
        seed: of a submission; None means a fresh one.
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
    """Put what was handed in into the store, and find out what of it is still to be graded.

    Args:
        found: what lies in the folder.
        store: takes it, sources included.
        folder: its path.
        setup: of the gradings.
        seed: of a submission; None means a fresh one.
        exercises: slugs; None means all.

    Returns:
        What is to be graded, and the counts so far: what was refused, and what was graded before. What was graded by
        other checks than those of today keeps its result, until it is graded again on purpose.
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
    """Have all of it graded; each result is in the store before anybody is told of it.

    What fails through our fault is tried once more, at the end and alone.

    Args:
        waiting: what is to be graded.
        store: holds the sources, and takes the results.
        crew: who grades.
        counts: so far; they are added to.
        heard: told of each job and its result.

    Returns:
        The counts.

    Raises:
        GraderFault: the cluster is gone; what came in before is stored.
    """
    suspects: list[Job] = []

    def done(job: Job, result: Result, document: str | None) -> None:
        store.record(job.key, job.numbers, result, document)
        _count(counts, result, len(job.submissions))
        heard(job, result)

    def first(job: Job, result: Result, document: str | None) -> None:
        if result.status == "grader_error" and result.message:  # a check that failed was tried again over there
            suspects.append(job)
        else:
            done(job, result, document)

    _pass(waiting, store, crew, crew.window, first)
    _pass(suspects, store, crew, 1, done)  # one by one: who brings a grader down harms nobody else
    return counts


def _pass(
    waiting: Iterable[Job],
    store: Store,
    crew: Crew,
    window: int,
    ended: Callable[[Job, Result, str | None], None],
) -> None:
    """Hand out tasks, at most so many at once, and tell of each when it has ended."""
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
    """The result that a future holds, and its JSON; whatever went wrong on the way is our fault."""
    try:
        document = future.result()
        return Result.from_json(json.loads(document)), document
    except CancelledError:  # nobody but the scheduler cancels what we have not
        raise GraderFault(
            say(
                "The Dask scheduler has lost the gradings: it stopped or was restarted. Finished gradings are "
                "kept; run the same command again to continue."
            )
        ) from None
    except Exception as error:  # a worker that was killed again and again, a result that cannot be read
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
    """What was said of a failure of ours."""
    return result.message or next((one.message for one in result.checks if one.status == "grader_error"), "")
