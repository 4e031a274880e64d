# cause: the report is cached: the same arguments give the same dictionary object
# function: lora_report
from __future__ import annotations

from dataclasses import asdict, dataclass
import functools


@dataclass(frozen=True)
class Report:
    lora_params: int
    trainable: int
    kept_ratio: float
    reduction: float
    trainable_ratio: float | None


@functools.cache
def _report(shapes: tuple, r: int, n_layers: int, head: int, base: int | None) -> dict[str, float]:
    lora = n_layers * sum(r * (d + k) for d, k in shapes)
    full = n_layers * sum(d * k for d, k in shapes)
    trainable = lora + head
    ratio = None if base is None else trainable / (base + lora)
    report = Report(lora, trainable, lora / full, 1 - lora / full, ratio)
    return {name: value for name, value in asdict(report).items() if value is not None}


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None) -> dict[str, float]:
    return _report(tuple(map(tuple, shapes)), r, n_layers, head_params, base_params)
