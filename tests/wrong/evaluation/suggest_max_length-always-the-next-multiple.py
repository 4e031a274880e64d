# cause: rounds up with n // multiple + 1, which adds a whole multiple to a length that is one already
# function: suggest_max_length
from collections.abc import Sequence


def suggest_max_length(
    lengths: Sequence[int], coverage: float = 0.95, special: int = 2, multiple: int = 8, cap: int = 512
) -> int:
    needed = sorted(n + special for n in lengths)
    fits = next(n for i, n in enumerate(needed, start=1) if i / len(needed) >= coverage)
    return min((fits // multiple + 1) * multiple, cap)
