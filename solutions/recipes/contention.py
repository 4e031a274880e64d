"""Fewer threads while other processes need the cores.

The threads of OpenMP wait for each other many times in every step. While they wait they spin, which is fastest on a
quiet machine. Beside a busy process, a spinning thread keeps a core from the very thread that it is waiting for, and
training takes several times as long (docs/bench.md). So we look once a second how long our threads have waited for a
core, and go on with fewer threads if they did.
"""

import math
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

INTERVAL = 1.0
"""Seconds from one look to the next."""
CROWDED = 0.2
"""Seconds that all threads together wait for a core in a second, from which on there are too many of them."""
PATIENCE, LONGEST_PATIENCE = 15.0, 240.0
"""Seconds after which all threads are tried again; twice as long whenever that turned out to be too early."""
TRIED_IN_VAIN = 3.5
"""Seconds: who has to give up threads so soon after trying has tried too early."""
TASKS = Path("/proc/self/task")
"""Linux: one folder for each thread of this process."""
MEASURED = Path("/proc/self/schedstat").is_file()
"""Whether the system tells how long a thread waits for a core; only Linux does."""


def waited() -> float:
    """Seconds that the threads of this process have spent ready to run, but without a core."""
    nanoseconds = 0
    for task in TASKS.iterdir():
        with suppress(OSError):  # a thread that has just ended
            nanoseconds += int((task / "schedstat").read_text().split()[1])
    return nanoseconds / 1e9


class Contention:
    """Decides again and again how many threads torch computes with.

    Args:
        use: sets the number of threads, such as ``torch.set_num_threads``.
        waited: seconds that all threads together have waited for a core so far; None where that is not known.
        now: seconds by any clock.
    """

    def __init__(
        self,
        use: Callable[[int], None],
        waited: Callable[[], float] | None = waited if MEASURED else None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing has been looked at yet."""
        self._use, self._waited, self._now = use, waited, now
        self._looked: tuple[float, float] | None = None
        self._threads: int | None = None
        self._tried, self._patience = -math.inf, PATIENCE
        self._rest_until = -math.inf

    def look(self, most: int) -> None:
        """Take threads away if they have waited for cores, or try all again; at most once a second.

        Args:
            most: threads to use where nothing else is running.
        """
        if most == 1 or self._waited is None:
            return
        now = self._now()
        if self._looked is not None and now - self._looked[0] < INTERVAL:
            return
        before, self._looked = self._looked, (now, self._waited())
        if before is None:
            return
        share = (self._looked[1] - before[1]) / (now - before[0])
        threads = self._threads or most
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
