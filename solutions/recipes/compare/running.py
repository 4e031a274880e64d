"""Run what is missing of a table: each cell in a process of its own, so many of them side by side.

A process that hangs, runs out of memory or is killed costs its own cell. What has ended is in the file, so whoever asks
again goes on with the rest, also after a kill -9; the processes end when this one does.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from solutions.recipes.compare.store import SPLIT, Cell, Run, add
from solutions.recipes.errors import RecipeError

ROOT = Path(__file__).resolve().parents[3]
COMMAND = (sys.executable, "-m", "solutions.recipes.compare.cell")
OF_THE_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_ARENA_MAX": "1"}
"""Tensors get pages of their own, and give them back at once: what is resident is what is alive. It costs time, so only
cells that measure memory alone run with it."""
LAST_WORDS = 3
"""Lines of a failed process that are shown."""


@dataclass
class Runner:
    """Starts processes, and ends them."""

    threads: int
    jobs: int
    command: Sequence[str] = COMMAND
    alive: set[subprocess.Popen[str]] = field(default_factory=set)
    stopped: bool = False
    """No more processes."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, cell: Cell) -> Run | None:
        """One cell, from the start of its process to its end; None if there are to be no more.

        Raises:
            RecipeError: the process failed.
        """
        with tempfile.TemporaryDirectory(prefix="course-compare-") as folder:
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
                child.stdin.flush()  # and stays open: its end tells the child that we are gone
                code = child.wait()
            except BrokenPipeError:
                code = child.wait()
            finally:
                self.alive.discard(child)
                close(child)
            if code != 0 or not out.exists():
                said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-LAST_WORDS:]
                raise RecipeError(f"{describe(cell)} failed (exit code {code}): {' '.join(said) or 'no output'}")
            found: Run = json.loads(out.read_text(encoding="utf-8"))
        return {
            **cell.plain(),
            "split": SPLIT,
            "date": datetime.now(timezone.utc).date().isoformat(),
            "jobs": self.jobs,
            **found,
        }

    def stop(self, now: bool) -> None:
        """Start no more processes; ``now`` ends those that run."""
        with self.lock:
            self.stopped = True
            for child in tuple(self.alive) if now else ():
                child.kill()


def close(child: subprocess.Popen[str]) -> None:
    """Close our end of the pipe, whoever is at the other."""
    assert child.stdin is not None
    try:
        child.stdin.close()
    except BrokenPipeError:
        pass  # what was to be flushed went nowhere: the process has ended


def environment(cell: Cell, runner: Runner) -> Mapping[str, str]:
    """What the process is started with."""
    places = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        **(OF_THE_MEMORY if cell.kind == "memory" else {}),
        "OMP_NUM_THREADS": str(runner.threads),
        "PYTHONPATH": os.pathsep.join(places),
        "PYTHONIOENCODING": "utf-8",
    }


def describe(cell: Cell) -> str:
    """One phrase for a person."""
    config = cell.config
    if cell.kind == "tfidf":
        return f"TF-IDF on {config.train_texts or 'all'} texts, seed {config.seed}"
    if cell.kind == "memory":
        kept = "with" if cell.checkpointing else "without"
        size = f"{config.batch_size} x {config.max_length}"
        return f"memory of {config.method}, {size}, {kept} checkpointing"
    special = [
        f"{name.replace('_', ' ')} {getattr(config, name):g}"
        for name, plain in (("layer_decay", 1.0), ("reinit", 0), ("train_texts", None))
        if getattr(config, name) != plain
    ]
    rate = f"learning rate {config.learning_rate:g}"
    return ", ".join([f"{config.method}, head {config.head}", rate, *special, f"seed {config.seed}"])


def measure(
    cells: Sequence[Cell], path: Path, runner: Runner, drop: Sequence[str], tell: Callable[[str], None]
) -> None:
    """Run all these cells, and write each down as soon as it ends.

    Args:
        cells: what is missing.
        path: the file of the runs.
        runner: starts the processes.
        drop: what of a run this table must not see, and is not kept.
        tell: is given a line after every run.

    Raises:
        RecipeError: a process failed; what had ended before, and what was running beside it, is kept.
    """
    failed: RecipeError | None = None
    with ThreadPoolExecutor(runner.jobs) as pool:
        waiting = {pool.submit(runner.run, cell): cell for cell in cells}
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
                    tell(f"{n} of {len(cells)}: {describe(waiting[future])}: {outcome(run, drop)}")
        except BaseException:
            runner.stop(now=True)
            raise
    if failed is not None:
        raise failed


def outcome(run: Run, drop: Sequence[str] = ()) -> str:
    """The figure of a run that a person waits for."""
    if "diverged" in run:
        return "diverged"
    if "measured_bytes" in run:
        return f"{run['measured_bytes'] / 1e6:,.0f} MB, predicted {run['predicted']['total'] / 1e6:,.0f} MB"
    what = "validation" if "test" in drop else "test"
    name = "accuracy" if "accuracy" in run[what] else "rmse"
    return f"{what} {name} {run[what][name]:.3f}"
