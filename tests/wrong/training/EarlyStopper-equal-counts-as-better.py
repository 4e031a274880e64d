# cause: Takes a value that is better by exactly min_delta (or equal, with min_delta 0) as an improvement
# function: EarlyStopper
import math


class EarlyStopper:
    def __init__(self, patience=2, min_delta=0.0, mode="min"):
        if mode not in ("min", "max"):
            raise ValueError(f"unknown mode {mode!r}")
        self.patience, self.min_delta = patience, min_delta
        self.sign = 1 if mode == "min" else -1
        self.best = self.sign * math.inf
        self.best_step = -1
        self.calls = 0
        self.waited = 0

    def step(self, value):
        improved = self.sign * (self.best - value) >= self.min_delta
        if improved:
            self.best, self.best_step, self.waited = value, self.calls, 0
        else:
            self.waited += 1
        self.calls += 1
        return self.waited >= self.patience
