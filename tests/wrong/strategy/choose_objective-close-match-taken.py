# cause: Replaces a misspelt output by the closest known one instead of raising an error
# function: choose_objective
from __future__ import annotations

import difflib
import logging

logger = logging.getLogger(__name__)


OUTPUTS = ("label", "token_labels", "span", "free_text")


def choose_objective(output: str, has_source: bool) -> str:
    if not isinstance(output, str):
        raise TypeError("output must be a string")
    known = difflib.get_close_matches(output.strip().lower(), OUTPUTS, n=1, cutoff=0.8)
    if not known:
        raise ValueError(f"unknown output {output!r}; expected one of {OUTPUTS}")
    if known[0] != output:
        logger.warning("%r is taken for %r", output, known[0])
    if known[0] != "free_text":
        return "mlm"
    return "seq2seq" if has_source else "clm"
