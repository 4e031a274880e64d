# cause: the very first value is taken as the best one without a look at it, so after a NaN nothing is ever better
# function: EarlyStopper


class EarlyStopper:
    best: float
    best_step: int

    def __init__(self, patience: int = 2, min_delta: float = 0.0, mode: str = "min") -> None:
        if mode not in ("min", "max"):
            raise ValueError(f"mode must be 'min' or 'max', not {mode!r}")
        self.patience = patience
        self.min_delta = min_delta
        self.mode = mode
        self.best = None
        self.best_step = -1
        self.n_steps = 0
        self.waited = 0

    def step(self, value: float) -> bool:
        if self.best is None:
            improved = True
        elif self.mode == "min":
            improved = value < self.best - self.min_delta
        else:
            improved = value > self.best + self.min_delta
        if improved:
            self.best = value
            self.best_step = self.n_steps
            self.waited = 0
        else:
            self.waited += 1
        self.n_steps += 1
        return self.waited >= self.patience
