# cause: Counts the calls of step from 1, so best_step is one too large
# function: EarlyStopper
class EarlyStopper:
    def __init__(self, patience=2, min_delta=0.0, mode="min"):
        if mode not in ("min", "max"):
            raise ValueError(f"bad mode: {mode}")
        self.patience = patience
        self.min_delta = min_delta
        self.compare = (lambda v, b: v < b - min_delta) if mode == "min" else (lambda v, b: v > b + min_delta)
        self.best = float("inf") * (1 if mode == "min" else -1)
        self.best_step = 0
        self.calls = 0

    def step(self, value):
        self.calls += 1
        if self.compare(value, self.best):
            self.best = value
            self.best_step = self.calls
        return self.calls - self.best_step >= self.patience
