"""Ctrl-C, ``kill`` and a closed terminal as one exception, so that whatever was started is ended on the way out."""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from typing import Any

AGAIN_SECONDS = 0.05
"""After which a signal is delivered again that came where Python cannot raise anything."""


class Stopped(BaseException):
    """A signal asks us to end. Not an ``Exception``: nobody may take it for an error that can be handled."""

    def __init__(self, number: int) -> None:
        """Keep which one.

        Args:
            number: of the signal.
        """
        super().__init__(number)
        self.exit_code = 128 + number
        """As a shell reports it: 130 for Ctrl-C, 143 for ``kill``, 129 for a terminal that was closed."""
        self.grading: bool | None = None
        """Whether a grading was interrupted; None as long as nobody knows."""


def heed() -> None:
    """Raise ``Stopped`` for the signals that end a program, unless whoever started us has them ignored (``nohup``)."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)
    sys.unraisablehook = _unraised


class Delayed:
    """A block of the main thread that no signal interrupts: ``Stopped`` is raised at its end.

    For code that holds a lock which other threads need, such as the methods of an executor. Interrupted between taking
    the lock and entering its ``with`` block, it would never give it back, and they would wait for ever. Such a block
    must be short.
    """

    def __enter__(self) -> None:
        """Signals are kept from now on."""
        global _depth
        _depth += 1

    def __exit__(self, *_: object) -> None:
        """Raise what was kept.

        Raises:
            Stopped: a signal came meanwhile.
        """
        global _depth
        _depth -= 1
        if _kept and not _depth:
            number = _kept[0]
            _kept.clear()
            raise Stopped(number)


_depth = 0
"""Blocks of ``Delayed`` that are being run."""
_kept: list[int] = []
"""Signals that came meanwhile."""


def _stop(number: int, frame: object) -> None:
    if not _depth:
        raise Stopped(number)
    _kept.append(number)


def _unraised(what: Any) -> None:
    """Deliver the signal again: Python drops what is raised in a destructor or in a callback, as imports use them."""
    if not isinstance(what.exc_value, Stopped):
        sys.__unraisablehook__(what)
        return
    again = threading.Timer(AGAIN_SECONDS, _deliver, [signal.Signals(what.exc_value.exit_code - 128)])
    again.daemon = True
    again.start()


def _deliver(number: signal.Signals) -> None:
    """To the main thread, whatever it waits for."""
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, number)
    else:  # Windows
        _thread.interrupt_main(number)
