# cause: min_delta is subtracted in mode "max" as in mode "min", so a value that is a little worse counts as an improvement
# function: EarlyStopper
import math
import operator


class EarlyStopper:
    best: float
    best_step: int

    def __init__(self, patience: int = 2, min_delta: float = 0.0, mode: str = "min") -> None:
        if mode == "min":
            self.better = operator.lt
        elif mode == "max":
            self.better = operator.gt
        else:
            raise ValueError(f"unknown mode {mode!r}")
        self.patience = patience
        self.min_delta = min_delta
        self.best = None
        self.best_step = 0
        self.calls = 0
        self.bad = 0

    def step(self, value: float) -> bool:
        if not math.isnan(value) and (self.best is None or self.better(value, self.best - self.min_delta)):
            self.best, self.best_step, self.bad = value, self.calls, 0
        else:
            self.bad += 1
        self.calls += 1
        return self.bad >= self.patience
