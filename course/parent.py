"""A process that ends when the one that has started it is gone, however that came about."""

from __future__ import annotations

import os
import signal
import threading
import time

VARIABLE = "COURSE_PARENT"
"""In the environment: the number of the process that a recipe must not outlive."""
INTERVAL = 0.5
"""Seconds between two looks."""
MERCY = 3.0
"""Seconds for ending politely."""


def follow() -> None:
    """From now on, end soon after the parent that the environment names; without one, nothing happens."""
    number = os.environ.pop(VARIABLE, "")
    if os.name == "posix" and number == str(os.getppid()):
        threading.Thread(target=_watch, args=(int(number),), name="parent", daemon=True).start()


def _watch(number: int) -> None:
    while os.getppid() == number:
        time.sleep(INTERVAL)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(MERCY)
    os.kill(os.getpid(), signal.SIGKILL)
