"""Run the missing cells of a table, each in a process of its own, several of them side by side.

A process that hangs, runs out of memory or is killed costs only its own cell. Completed runs are in the file, so the
same command continues with the rest, even after a kill -9; the processes end when this one does.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from course import leftovers
from course.text import language, listed, mark, say
from solutions.recipes.compare.store import SPLIT, Cell, Run, add
from solutions.recipes.errors import RecipeError

ROOT = Path(__file__).resolve().parents[3]
COMMAND = (sys.executable, "-m", "solutions.recipes.compare.cell")
OF_THE_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_ARENA_MAX": "1"}
"""Tensors get pages of their own and return them at once, so resident memory is memory in use. It costs time, so only
cells that measure memory alone run with it."""
FIGURES = {
    ("validation", "accuracy"): mark("validation accuracy {figure:.3f}"),
    ("validation", "rmse"): mark("validation rmse {figure:.3f}"),
    ("test", "accuracy"): mark("test accuracy {figure:.3f}"),
    ("test", "rmse"): mark("test rmse {figure:.3f}"),
}
"""The figure that is reported for a run, with its name."""
PREFIX = "course-compare-"
LAST_WORDS = 3
"""Lines of a failed process's output that are shown."""


@dataclass
class Runner:
    """Starts and ends the processes of the cells."""

    threads: int
    jobs: int
    command: Sequence[str] = COMMAND
    alive: set[subprocess.Popen[str]] = field(default_factory=set)
    stopped: bool = False
    """If true, no more processes are started."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, cell: Cell) -> Run | None:
        """Run one cell in its own process; return None if no more processes are to be started.

        Raises:
            RecipeError: the process failed.
        """
        with tempfile.TemporaryDirectory(prefix=leftovers.made_by_us(PREFIX)) as folder:
            out, log = Path(folder) / "cell.json", Path(folder) / "log"
            request = {"cell": cell.plain(), "threads": self.threads, "out": str(out), "folder": folder}
            with log.open("w", encoding="utf-8") as file, self.lock:
                if self.stopped:
                    return None
                child = subprocess.Popen(
                    self.command,
                    stdin=subprocess.PIPE,
                    stdout=file,
                    stderr=file,
                    text=True,
                    env=environment(cell, self),
                )
                self.alive.add(child)
            try:
                assert child.stdin is not None
                child.stdin.write(json.dumps(request) + "\n")
                child.stdin.flush()  # stays open: its closing tells the child that we have gone
                code = child.wait()
            except BrokenPipeError:
                code = child.wait()
            finally:
                self.alive.discard(child)
                close(child)
            if code != 0 or not out.exists():
                said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-LAST_WORDS:]
                raise RecipeError(
                    say(
                        "{run} failed (exit code {code}): {reason}",
                        run=describe(cell),
                        code=code,
                        reason=" ".join(said) or say("no output"),
                    )
                )
            found: Run = json.loads(out.read_text(encoding="utf-8"))
        return {
            **cell.plain(),
            "split": SPLIT,
            "date": datetime.now(timezone.utc).date().isoformat(),
            "jobs": self.jobs,
            **found,
        }

    def stop(self, now: bool) -> None:
        """Start no more processes; with ``now``, also end those that run."""
        with self.lock:
            self.stopped = True
            for child in tuple(self.alive) if now else ():
                child.kill()


def close(child: subprocess.Popen[str]) -> None:
    """Close our end of the pipe, even if the process has gone."""
    assert child.stdin is not None
    try:
        child.stdin.close()
    except BrokenPipeError:
        pass  # the process has ended, so nobody reads the rest


def environment(cell: Cell, runner: Runner) -> Mapping[str, str]:
    """Return the environment variables of the process."""
    places = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        **(OF_THE_MEMORY if cell.kind == "memory" else {}),
        "OMP_NUM_THREADS": str(runner.threads),
        "PYTHONPATH": os.pathsep.join(places),
        "PYTHONIOENCODING": "utf-8",
        "LANGUAGE": language(),
    }


def describe(cell: Cell) -> str:
    """Return a phrase that describes a cell to the user."""
    config = cell.config
    if cell.kind == "tfidf":
        if config.train_texts:
            return say("TF-IDF on {count} texts, seed {seed}", count=config.train_texts, seed=config.seed)
        return say("TF-IDF on all texts, seed {seed}", seed=config.seed)
    if cell.kind == "trainer":
        return say("Trainer, learning rate {rate:g}, seed {seed}", rate=config.learning_rate, seed=config.seed)
    if cell.kind == "memory":
        about = {"method": config.method, "size": f"{config.batch_size} x {config.max_length}"}
        if cell.checkpointing:
            return say("memory of {method}, {size}, with checkpointing", **about)
        return say("memory of {method}, {size}, without checkpointing", **about)
    special = [
        say(sentence, value=getattr(config, name))
        for name, plain, sentence in (
            ("layer_decay", 1.0, mark("layer decay {value:g}")),
            ("reinit", 0, mark("reinit {value:g}")),
            ("train_texts", None, mark("train texts {value:g}")),
        )
        if getattr(config, name) != plain
    ]
    head = say("{method}, head {head}", method=config.method, head=config.head)
    rate = say("learning rate {rate:g}", rate=config.learning_rate)
    return listed([head, rate, *special, say("seed {seed}", seed=config.seed)])


def measure(
    cells: Sequence[Cell], path: Path, runner: Runner, drop: Sequence[str], tell: Callable[[str], None]
) -> None:
    """Run all these cells, and save each result as soon as it is there.

    Args:
        cells: cells to run.
        path: the file of the runs.
        runner: starts and ends the processes.
        drop: figures that this table must not see; they are not saved.
        tell: is called with a line before and after every run.

    Raises:
        RecipeError: a process failed; completed runs, and those running beside it, are kept.
    """
    failed: RecipeError | None = None
    leftovers.sweep(PREFIX)

    def begin(n: int, cell: Cell) -> Run | None:
        if not runner.stopped:
            tell(say("running {n} of {count}: {run}", n=n, count=len(cells), run=describe(cell)))
        return runner.run(cell)

    with ended_like_ctrl_c(), ThreadPoolExecutor(runner.jobs) as pool:
        waiting = {pool.submit(begin, n, cell): cell for n, cell in enumerate(cells, start=1)}
        try:
            for n, future in enumerate(as_completed(waiting), start=1):
                try:
                    run = future.result()
                except RecipeError as error:
                    failed = failed or error
                    runner.stop(now=False)
                    continue
                if run is not None:
                    add(path, {name: value for name, value in run.items() if name not in drop})
                    what, came = describe(waiting[future]), outcome(run, drop)
                    tell(say("{n} of {count}: {run}: {outcome}", n=n, count=len(cells), run=what, outcome=came))
        except BaseException:
            runner.stop(now=True)
            raise
    if failed is not None:
        raise failed


@contextlib.contextmanager
def ended_like_ctrl_c() -> Iterator[None]:
    """Treat SIGTERM like Ctrl-C within the ``with`` block: remove processes and folders first."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def outcome(run: Run, drop: Sequence[str] = ()) -> str:
    """Return the figure of a run that is reported to the user."""
    if "diverged" in run:
        return say("diverged")
    if "measured_bytes" in run:
        measured, predicted = run["measured_bytes"] / 1e6, run["predicted"]["total"] / 1e6
        return say("{measured:,.0f} MB, predicted {predicted:,.0f} MB", measured=measured, predicted=predicted)
    what = "validation" if "test" in drop else "test"
    name = "accuracy" if "accuracy" in run[what] else "rmse"
    return say(FIGURES[what, name], figure=run[what][name])
