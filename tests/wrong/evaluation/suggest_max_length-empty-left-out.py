# cause: Leaves out texts of length 0 before it computes the share of texts that fit
# function: suggest_max_length
import math
from collections.abc import Sequence


def suggest_max_length(
    lengths: Sequence[int], coverage: float = 0.95, special: int = 2, multiple: int = 8, cap: int = 512
) -> int:
    # Sanitize the input first: missing or empty entries carry no information about the length.
    cleaned = sorted(int(n) for n in lengths if n is not None and n > 0)
    if not cleaned:
        return min(math.ceil(special / multiple) * multiple, cap)

    total = len(cleaned)
    needed = cleaned[-1] + special
    for position, length in enumerate(cleaned, start=1):
        if position / total >= coverage:
            needed = length + special
            break

    rounded = math.ceil(needed / multiple) * multiple
    return min(rounded, cap)
