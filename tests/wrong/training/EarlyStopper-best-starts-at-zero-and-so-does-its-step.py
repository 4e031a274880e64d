# cause: in mode "max" best starts at 0, so a first value of 0 or below is no improvement
# function: EarlyStopper


class EarlyStopper:
    best: float
    best_step: int

    def __init__(self, patience: int = 2, min_delta: float = 0.0, mode: str = "min") -> None:
        if mode == "min":
            self.best = float("inf")
        elif mode == "max":
            self.best = 0.0
        else:
            raise ValueError("mode must be min or max")
        self.best_step = 0
        self.patience = patience
        self.min_delta = min_delta
        self.mode = mode
        self.bad = 0
        self.n = 0

    def step(self, value: float) -> bool:
        if self.mode == "min":
            better = self.best - value > self.min_delta
        else:
            better = value - self.best > self.min_delta
        if better:
            self.best = value
            self.best_step = self.n
            self.bad = 0
        else:
            self.bad += 1
        self.n += 1
        return self.bad >= self.patience
