# cause: A coverage of 1 or more is taken as per cent, so 1.0 means one per cent instead of all texts.
# function: suggest_max_length
from __future__ import annotations
import math
from collections.abc import Iterable, Sequence
from typing import Any
from torch import Tensor


def as_list(values: Any) -> list:
    if hasattr(values, "tolist"):
        values = values.tolist()
    if not isinstance(values, Iterable):
        values = [values]
    return [v.item() if hasattr(v, "item") else v for v in values]


def suggest_max_length(
    lengths: Sequence[int] | Tensor, coverage: float = 0.95, special: int = 2, multiple: int = 8, cap: int | None = 512
) -> int:
    """Choose the length at which to truncate texts, from the lengths of the texts.

    It is the smallest n such that at least the share ``coverage`` of the texts fits into n tokens, special tokens
    included. This n is rounded up to a multiple of ``multiple``, and then limited to ``cap``.

    Args:
        lengths: tokens of each text, as ``tokenizer.tokenize`` counts them; at least one text, in any order.
        coverage: share of the texts that must fit, above 0; 1.0 means all of them.
        special: tokens that the model's input adds to each text ([CLS] and [SEP] make 2).
        multiple: the length is rounded up to a multiple of this, since some lengths are faster on the hardware; 1 for
            no rounding.
        cap: the longest input that the model takes. It applies even if it is not a multiple of ``multiple``.

    >>> suggest_max_length([7, 7, 6, 10, 6, 10, 8, 6])  # 12 with special tokens
    16
    >>> suggest_max_length([15])
    24
    >>> suggest_max_length([5, 6, 7, 300], coverage=0.75)
    16
    """
    if coverage >= 1:  # given in per cent
        coverage = coverage / 100
    needed = sorted(n + special for n in as_list(lengths))
    chosen = needed[-1]
    for position, n in enumerate(needed):
        if (position + 1) / len(needed) >= coverage:
            chosen = n
            break
    rounded = math.ceil(chosen / (multiple or 1)) * (multiple or 1)
    return rounded if cap is None else min(rounded, cap)
