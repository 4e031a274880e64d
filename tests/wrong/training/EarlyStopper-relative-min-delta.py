# cause: takes min_delta as a fraction of the best value, as ReduceLROnPlateau does by default, instead of a difference
# function: EarlyStopper
import math


class EarlyStopper:
    best: float
    best_step: int

    def __init__(self, patience: int = 2, min_delta: float = 0.0, mode: str = "min") -> None:
        if mode not in {"min", "max"}:
            raise ValueError(f"unknown mode: {mode}")
        self.patience = patience
        self.min_delta = min_delta
        self.mode = mode
        self.best = math.inf if mode == "min" else -math.inf
        self.best_step = -1
        self.num_bad = 0
        self.last_step = -1

    def _is_better(self, value: float) -> bool:
        if math.isinf(self.best):
            return not math.isnan(value)
        if self.mode == "min":
            return value < self.best * (1.0 - self.min_delta)
        return value > self.best * (1.0 + self.min_delta)

    def step(self, value: float) -> bool:
        self.last_step += 1
        if self._is_better(value):
            self.best = value
            self.best_step = self.last_step
            self.num_bad = 0
        else:
            self.num_bad += 1
        return self.num_bad >= self.patience
