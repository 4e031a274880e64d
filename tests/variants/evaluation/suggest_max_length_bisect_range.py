"""suggest_max_length: bisection over a range object with a predicate as the key, instead of sorting."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence


def suggest_max_length(
    lengths: Sequence[int], coverage: float = 0.95, special: int = 2, multiple: int = 8, cap: int = 512
) -> int:
    often = Counter(int(length) for length in lengths)

    def enough(n: int) -> bool:
        return sum(times for length, times in often.items() if length <= n) / len(lengths) >= coverage

    n = bisect_left(range(max(often)), True, key=enough) + special
    return min(n + -n % multiple, cap)
