"""End this process when the process that started it is gone, however that happened."""

from __future__ import annotations

import os
import signal
import threading
import time

VARIABLE = "COURSE_PARENT"
"""Environment variable with the id of the process that a recipe must not outlive."""
INTERVAL = 0.5
"""Seconds between two checks."""
MERCY = 3.0
"""Seconds to end cleanly."""


def follow() -> None:
    """From now on, end soon after the parent named by the environment; without one, do nothing."""
    number = os.environ.pop(VARIABLE, "")
    if os.name == "posix" and number == str(os.getppid()):
        threading.Thread(target=_watch, args=(int(number),), name="parent", daemon=True).start()


def _watch(number: int) -> None:
    while os.getppid() == number:
        time.sleep(INTERVAL)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(MERCY)
    os.kill(os.getpid(), signal.SIGKILL)
