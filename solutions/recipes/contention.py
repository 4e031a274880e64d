"""Fewer threads while other processes need the cores.

The threads of OpenMP wait for each other many times in every step. While they wait they spin, which is fastest on a
quiet machine. Beside a busy process, a spinning thread keeps a core from the very thread that it is waiting for, and
training takes several times as long (docs/bench.md). So we check once a second how long our threads have waited for
a core, and go on with fewer threads if they did.

Only the threads that compute count. Others, such as those of a tokenizer, have next to nothing to do but are woken for
every batch; behind our own spinning threads they wait for a core on a quiet machine too.
"""

import math
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

INTERVAL = 1.0
"""Seconds between two checks."""
CROWDED = 0.2
"""Waiting time of the computing threads, summed, in seconds per second, from which on there are too many threads."""
PATIENCE, LONGEST_PATIENCE = 15.0, 240.0
"""Seconds until all threads are tried again; doubled whenever that turns out to be too early."""
TRIED_IN_VAIN = 3.5
"""If threads have to be given up again within this many seconds, they were tried too early."""
TASKS = Path("/proc/self/task")
"""On Linux, this folder has one folder per thread of this process."""
MEASURED = Path("/proc/self/schedstat").is_file()
"""Whether the system reports how long a thread waits for a core; only Linux does."""


Clocks = dict[str, tuple[float, float]]
"""For each thread: seconds of running, and seconds of waiting for a core."""


def clocks() -> Clocks:
    """Return the clocks of all threads of this process."""
    found = {}
    for task in TASKS.iterdir():
        with suppress(OSError):  # the thread has just ended
            ran, waited, _ = (task / "schedstat").read_text().split()
            found[task.name] = int(ran) / 1e9, int(waited) / 1e9
    return found


def waited(before: Clocks, after: Clocks, threads: int) -> float:
    """Return the seconds that the longest-running threads waited for a core between two readings, summed.

    >>> waited({"1": (0.0, 0.0)}, {"1": (0.9, 0.1), "2": (0.5, 0.4), "idle": (0.0, 0.8)}, threads=2)
    0.5
    """
    since = []
    for name, (ran, waiting) in after.items():
        ran_before, waiting_before = before.get(name, (0.0, 0.0))
        since.append((ran - ran_before, waiting - waiting_before))
    return sum(waiting for _, waiting in sorted(since, reverse=True)[:threads])


class Contention:
    """Repeatedly decides how many threads torch uses.

    Args:
        use: function that sets the number of threads, such as ``torch.set_num_threads``.
        clocks: returns the running and waiting time of each thread; None where these are not known.
        now: a clock in seconds.
    """

    def __init__(
        self,
        use: Callable[[int], None],
        clocks: Callable[[], Clocks] | None = clocks if MEASURED else None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start without any reading."""
        self._use, self._clocks, self._now = use, clocks, now
        self._looked: tuple[float, Clocks] | None = None
        self._threads: int | None = None
        self._tried, self._patience = -math.inf, PATIENCE
        self._rest_until = -math.inf

    def look(self, most: int) -> None:
        """Use fewer threads if they have waited for cores, or try all again; checks at most once a second.

        Args:
            most: number of threads to use where nothing else is running.
        """
        if most == 1 or self._clocks is None:
            return
        now = self._now()
        if self._looked is not None and now - self._looked[0] < INTERVAL:
            return
        before, self._looked = self._looked, (now, self._clocks())
        if before is None:
            return
        threads = self._threads or most
        share = waited(before[1], self._looked[1], threads) / (now - before[0])
        if share > CROWDED and threads > 1:
            too_early = now - self._tried < TRIED_IN_VAIN
            self._patience = min(2 * self._patience, LONGEST_PATIENCE) if too_early else PATIENCE
            self._rest_until = now + self._patience
            self._set(max(1, threads - math.ceil(share)))
        elif threads < most and now >= self._rest_until:
            self._tried = now
            self._set(most)

    def _set(self, threads: int) -> None:
        self._threads = threads
        self._use(threads)
