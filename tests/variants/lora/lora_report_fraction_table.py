"""lora_report: counts each shape once with a Counter, and divides exactly with fractions before the floats are made."""

from collections import Counter
from fractions import Fraction
from math import prod


def lora_report(
    shapes: list[tuple[int, int]],
    r: int,
    n_layers: int = 1,
    head_params: int = 0,
    base_params: int | None = None,
) -> dict[str, float]:
    often = Counter(map(tuple, shapes))
    factors = n_layers * r * sum(times * sum(shape) for shape, times in often.items())
    matrices = n_layers * sum(times * prod(shape) for shape, times in often.items())
    kept = Fraction(factors, matrices)
    report = dict(
        lora_params=factors,
        trainable=factors + head_params,
        kept_ratio=float(kept),
        reduction=float(1 - kept),
    )
    match base_params:
        case None:
            return report
        case _:
            return report | {"trainable_ratio": float(Fraction(factors + head_params, base_params + factors))}
