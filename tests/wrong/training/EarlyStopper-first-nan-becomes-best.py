# cause: the first value is always an improvement, even if it is NaN, and after a NaN as the best nothing is ever better
# function: EarlyStopper


class EarlyStopper:
    best: float
    best_step: int

    def __init__(self, patience: int = 2, min_delta: float = 0.0, mode: str = "min") -> None:
        if mode not in ("min", "max"):
            raise ValueError(f"mode must be 'min' or 'max', not {mode!r}")
        self.patience, self.min_delta = patience, min_delta
        self.sign = 1.0 if mode == "max" else -1.0
        self.best = None
        self.best_step = -1
        self.waited = self.calls = 0

    def step(self, value: float) -> bool:
        if self.best is None or self.sign * (value - self.best) > self.min_delta:
            self.best, self.best_step, self.waited = value, self.calls, 0
        else:
            self.waited += 1
        self.calls += 1
        return self.waited >= self.patience
