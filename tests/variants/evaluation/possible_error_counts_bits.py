"""possible_error_counts: one long integer whose bit n says that n errors are possible; every text shifts it and
joins it.
"""

from functools import reduce


def possible_error_counts(copies: list[int]) -> set[int]:
    bits = reduce(lambda reached, times: reached | reached << int(times), copies, 1)
    return {place for place, digit in enumerate(reversed(f"{bits:b}")) if digit == "1"}
