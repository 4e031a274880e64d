# cause: Subtracts min_delta from the best value in both modes, so with mode max a value a little worse than the best counts as an improvement
# function: EarlyStopper
class EarlyStopper:
    def __init__(self, patience=2, min_delta=0.0, mode="min"):
        if mode not in ("min", "max"):
            raise ValueError("mode")
        self.patience = patience
        self.min_delta = min_delta
        self.mode = mode
        self.best = float("inf") if mode == "min" else -float("inf")
        self.best_step = None
        self.steps = 0
        self.num_bad = 0

    def is_better(self, a):
        if self.mode == "min":
            return a < self.best - self.min_delta
        return a > self.best - self.min_delta

    def step(self, value):
        if self.is_better(value):
            self.best = value
            self.best_step = self.steps
            self.num_bad = 0
        else:
            self.num_bad += 1
        self.steps += 1
        return self.num_bad >= self.patience
