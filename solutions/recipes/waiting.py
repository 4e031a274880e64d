"""Do torch's waiting threads sleep? OpenMP reads it from the environment, once, while torch is loaded.

A thread that spins at a barrier loses no time there, but burns the core that the others need as soon as anything else
runs on the machine: a training then takes three to five times as long (docs/bench.md). So threads sleep at once beside
other work, and spin for a moment before they sleep where nothing else runs.
"""

import os
import time
from collections.abc import Mapping
from pathlib import Path

NAMES = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME")
"""Whoever has set one of these knows what they want."""
SLEEP = {"OMP_WAIT_POLICY": "PASSIVE"}
SPIN_FIRST = {"GOMP_SPINCOUNT": "10000"}
"""As fast as spinning all the time on a quiet machine, and still bearable if other work begins later."""

RUNNING = Path("/proc/loadavg")
LOOKS = 8
PAUSE = 0.005
"""Seconds between two looks: all of them take as long as a blink."""
BUSY = 0.5
"""Threads elsewhere, on average over the looks, from which on the machine is not ours alone."""


def choice(environ: Mapping[str, str], jobs: int = 1) -> dict[str, str]:
    """What to add to the environment of a process that is going to load torch.

    Args:
        environ: its environment otherwise. Nothing is added to what the user has set.
        jobs: how many such processes run at once.
    """
    if any(name in environ for name in NAMES):
        return {}
    return dict(SPIN_FIRST if jobs == 1 and alone() else SLEEP)


def alone(running: Path = RUNNING) -> bool:
    """Is nothing else running on this machine now? False where the system does not say (anything but Linux).

    Args:
        running: ``/proc/loadavg``, whose fourth field is "threads that run or could run / all threads".
    """
    others = 0
    for look in range(LOOKS):
        time.sleep(PAUSE if look else 0)
        try:
            others += int(running.read_text().split()[3].partition("/")[0]) - 1  # ourselves
        except (OSError, ValueError, IndexError):
            return False
    return others < BUSY * LOOKS


OURS = choice(os.environ, int(os.environ.get("LOCAL_WORLD_SIZE", 1)))  # torchrun says how many it started here
"""What we have added here; the processes that this one starts inherit it."""
os.environ.update(OURS)
