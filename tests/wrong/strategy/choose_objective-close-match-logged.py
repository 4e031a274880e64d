# cause: Replaces an unknown output by a similar known one and logs a warning
# function: choose_objective
from __future__ import annotations
import difflib
import logging


logger = logging.getLogger(__name__)


_READ_OFF = ("label", "token_labels", "span")


_WRITTEN = ("free_text",)


def choose_objective(output: str, has_source: bool) -> str:
    if not isinstance(output, str):
        raise ValueError(f"output must be a string, not {type(output).__name__}")

    known = _READ_OFF + _WRITTEN
    if output not in known:
        close = difflib.get_close_matches(output.strip().lower(), known, n=1, cutoff=0.75)
        if not close:
            raise ValueError(f"unknown output {output!r}; expected one of {', '.join(known)}")
        logger.warning("unknown output %r, using %r", output, close[0])
        output = close[0]

    if output in _READ_OFF:
        return "mlm"
    return "seq2seq" if has_source else "clm"
