"""What the printed chapter and the blog say, where more than one lesson counts with it."""

from __future__ import annotations

TOKEN_COUNTS = (12, 11, 8, 7, 13, 7)
"""The chapter's six training sentences in BERT's lower-case vocabulary, [CLS] and [SEP] included."""
PADDED_TO = 128
"""What the chapter pads them to."""

RMSE = {"baseline": 0.5299, "max": 0.5533, "conv": 0.4931, "LSTM": 0.5048, "concat": 0.5243}
"""The blog's table of heads."""
COMPETITION_TEXTS = 2_834
"""Texts of the blog's competition, from memory: the blog does not say."""
VALIDATION_ROWS = round(COMPETITION_TEXTS / 5)
"""A fifth of them."""


def rmse_error(rmse: float) -> float:
    """The standard error of an RMSE on the validation rows, if the errors are normal."""
    return rmse / (2 * VALIDATION_ROWS) ** 0.5
