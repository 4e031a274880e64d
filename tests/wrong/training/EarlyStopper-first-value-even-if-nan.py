# cause: takes whatever comes first as the best (`if self.best is None or ...`), even NaN, after which nothing is ever better
# function: EarlyStopper


class EarlyStopper:
    best: float
    best_step: int

    def __init__(self, patience: int = 2, min_delta: float = 0.0, mode: str = "min") -> None:
        if mode not in ("min", "max"):
            raise ValueError(f"mode must be 'min' or 'max', not {mode!r}")
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.best = None
        self.best_step = -1
        self.calls = 0
        self.bad = 0

    def step(self, value: float) -> bool:
        if self.best is None:
            improved = True
        elif self.mode == "min":
            improved = self.best - value > self.min_delta
        else:
            improved = value - self.best > self.min_delta
        if improved:
            self.best, self.best_step, self.bad = value, self.calls, 0
        else:
            self.bad += 1
        self.calls += 1
        return self.bad >= self.patience
