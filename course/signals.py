"""Ctrl-C, ``kill`` and a closed terminal as one exception, so that whatever was started is ended on the way out."""

from __future__ import annotations

import signal
from typing import NoReturn


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


def heed() -> None:
    """Raise ``Stopped`` for the signals that end a program, unless whoever started us has them ignored (``nohup``)."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def _stop(number: int, frame: object) -> NoReturn:
    raise Stopped(number)
