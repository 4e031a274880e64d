"""training_memory: the three parameter rows are a small matrix of bytes per (total, trained) number; a cached
property adds up.
"""

from dataclasses import dataclass
from functools import cached_property
from operator import mul


@dataclass
class Step:
    counts: tuple[int, int]
    activations: float

    def __getattr__(self, name: str) -> float:
        table = {"weights": (4, 0), "grads": (0, 4), "optimizer": (0, 8)}
        if name not in table:
            raise AttributeError(name)
        return sum(map(mul, table[name], self.counts))

    @cached_property
    def total(self) -> float:
        return self.optimizer + self.grads + self.weights + self.activations


def training_memory(
    n_total: int,
    n_train: int,
    batch: int,
    seq: int,
    hidden: int,
    layers: int,
    heads: int,
    act_per_token: int = 66,
) -> dict[str, float]:
    stored = batch * seq * layers * (act_per_token * hidden + 9 * heads * seq) if act_per_token else 0
    step = Step((n_total, n_train), stored)
    return {name: getattr(step, name) for name in ("total", "activations", "optimizer", "grads", "weights")}
