# cause: A best value of 0 counts as no best value, so that any number after it is an improvement.
# function: EarlyStopper


class EarlyStopper:
    def __init__(self, patience: int = 2, min_delta: float = 0.0, mode: str = "min") -> None:
        self.sign = {"min": 1, "max": -1}.get(mode)
        if not self.sign:
            raise ValueError(mode)
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_step, self.n, self.waited = None, None, 0, 0

    def step(self, value: float) -> bool:
        self.waited += 1
        if value == value and (not self.best or self.sign * (self.best - value) > self.min_delta):
            self.best, self.best_step, self.waited = value, self.n, 0
        self.n += 1
        return self.waited >= self.patience
