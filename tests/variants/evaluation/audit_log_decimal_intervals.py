"""audit_log: interval arithmetic with exact decimals; every sum is a pair (lowest, highest)."""

from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple


class Between(NamedTuple):
    low: Decimal
    high: Decimal

    def __sub__(self, other: "Between") -> "Between":
        return Between(self.low - other.high, self.high - other.low)

    @classmethod
    def total(cls, n: int, average: float) -> "Between":
        printed, half = Decimal(f"{average:.4f}"), Decimal("0.00005")
        return cls(int(n) * (printed - half), int(n) * (printed + half))


def audit_log(rows: list[tuple[int, float, float]]) -> list[int]:
    def possible(before: tuple, after: tuple) -> bool:
        losses, rights = (Between.total(after[0], after[k]) - Between.total(before[0], before[k]) for k in (1, 2))
        return losses.high >= 0 and rights.high >= 0 and rights.low <= int(after[0]) - int(before[0])

    lines = [(0, 0.0, 0.0), *rows]
    return [place for place, couple in enumerate(pairwise(lines)) if not possible(*couple)]
