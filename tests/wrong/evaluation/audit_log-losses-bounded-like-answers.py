# cause: Applies the upper bound of the correct answers (growth at most the number of new examples) to the sum of the losses as well, so lines with a loss above 1 are reported.
# function: audit_log
from __future__ import annotations
from itertools import chain, pairwise


ROUNDING = 0.00005


def audit_log(rows: list[tuple[int, float, float]]) -> list[int]:
    def possible(before: tuple[int, float, float], line: tuple[int, float, float]) -> bool:
        (n_before, *averages_before), (n, *averages) = before, line
        slack = ROUNDING * (n_before + n) + 1e-9
        growth = (n * new - n_before * old for old, new in zip(averages_before, averages, strict=True))
        return all(-slack <= step <= n - n_before + slack for step in growth)

    steps = pairwise(chain([(0, 0.0, 0.0)], rows))
    return [index for index, step in enumerate(steps) if not possible(*step)]
