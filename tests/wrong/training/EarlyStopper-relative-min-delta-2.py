# cause: min_delta is taken relative to the best value, the default of torch's ReduceLROnPlateau, instead of as a difference
# function: EarlyStopper
import math


class EarlyStopper:
    best: float
    best_step: int

    def __init__(self, patience: int = 2, min_delta: float = 0.0, mode: str = "min") -> None:
        if mode not in ("min", "max"):
            raise ValueError(f"mode must be 'min' or 'max', not {mode!r}")
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.best = math.inf if mode == "min" else -math.inf
        self.best_step = -1
        self.waited = self.calls = 0

    def step(self, value: float) -> bool:
        if self.mode == "min":
            better = value < self.best * (1 - self.min_delta)
        else:
            better = value > self.best * (1 + self.min_delta)
        if better:
            self.best, self.best_step, self.waited = value, self.calls, 0
        else:
            self.waited += 1
        self.calls += 1
        return self.waited >= self.patience
