"""Turn Ctrl-C, ``kill`` and a closed terminal into one exception, so that every child process ends on the way out."""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from typing import Any

AGAIN_SECONDS = 0.05
"""Seconds after which a signal is delivered again if it came where Python cannot raise an exception."""


class Stopped(BaseException):
    """A signal asks us to end. Not an ``Exception``: no code must treat it as an error that can be handled."""

    def __init__(self, number: int) -> None:
        """Store the signal.

        Args:
            number: number of the signal.
        """
        super().__init__(number)
        self.exit_code = 128 + number
        """Exit code as a shell reports it: 130 for Ctrl-C, 143 for ``kill``, 129 for a closed terminal."""
        self.grading: bool | None = None
        """Whether a grading was interrupted; None while this is unknown."""


def heed() -> None:
    """Raise ``Stopped`` for signals that end a program, unless the parent process has them ignored (``nohup``)."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)
    sys.unraisablehook = _unraised


class Delayed:
    """A block of the main thread that no signal interrupts: ``Stopped`` is raised at its end.

    For code holding a lock that other threads need, such as the methods of an executor. Interrupted between acquiring
    the lock and entering its ``with`` block, it would never release it, and they would wait forever. Such a block
    must be short.
    """

    def __enter__(self) -> None:
        """Hold back signals from now on."""
        global _depth
        _depth += 1

    def __exit__(self, *_: object) -> None:
        """Raise the signal that was held back.

        Raises:
            Stopped: a signal arrived in the meantime.
        """
        global _depth
        _depth -= 1
        if _kept and not _depth:
            number = _kept[0]
            _kept.clear()
            raise Stopped(number)


_depth = 0
"""Number of ``Delayed`` blocks being executed."""
_kept: list[int] = []
"""Signals that arrived in the meantime."""


def _stop(number: int, frame: object) -> None:
    if not _depth:
        raise Stopped(number)
    _kept.append(number)


def _unraised(what: Any) -> None:
    """Deliver the signal again: Python drops exceptions from destructors and callbacks, such as those of imports."""
    if not isinstance(what.exc_value, Stopped):
        sys.__unraisablehook__(what)
        return
    again = threading.Timer(AGAIN_SECONDS, _deliver, [signal.Signals(what.exc_value.exit_code - 128)])
    again.daemon = True
    again.start()


def _deliver(number: signal.Signals) -> None:
    """Deliver a signal to the main thread, even if it is waiting."""
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, number)
    else:  # Windows
        _thread.interrupt_main(number)
