"""Numbers from the printed chapter and the blog that more than one lesson uses."""

from __future__ import annotations

TOKEN_COUNTS = (12, 11, 8, 7, 13, 7)
"""Token counts of the chapter's six training sentences in BERT's lower-case vocabulary, including [CLS] and [SEP]."""
PADDED_TO = 128
"""Length to which the chapter pads them."""

RMSE = {"baseline": 0.5299, "max": 0.5533, "conv": 0.4931, "LSTM": 0.5048, "concat": 0.5243}
"""The blog's table of heads."""
COMPETITION_TEXTS = 2_834
"""Number of texts in the blog's competition, from memory: the blog does not say."""
VALIDATION_ROWS = round(COMPETITION_TEXTS / 5)
"""Number of validation rows: a fifth of the texts."""


def rmse_error(rmse: float) -> float:
    """Return the standard error of an RMSE on the validation rows, if the errors are normally distributed."""
    return rmse / (2 * VALIDATION_ROWS) ** 0.5
