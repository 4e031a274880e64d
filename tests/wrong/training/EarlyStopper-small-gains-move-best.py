# cause: Lets gains below min_delta move best as well (best = min(best, value)), so slow steady progress never adds up to an improvement
# function: EarlyStopper
class EarlyStopper:
    def __init__(self, patience=2, min_delta=0.0, mode="min"):
        if mode not in ("min", "max"):
            raise ValueError("mode must be min or max")
        self.patience = patience
        self.min_delta = min_delta
        self.mode = mode
        self.best = float("inf") if mode == "min" else float("-inf")
        self.best_step = 0
        self.epoch = -1
        self.wait = 0

    def step(self, value):
        self.epoch += 1
        delta = self.best - value if self.mode == "min" else value - self.best
        if delta > self.min_delta:
            self.wait = 0
        else:
            self.wait += 1
        if delta > 0:
            self.best = value
            self.best_step = self.epoch
        return self.wait >= self.patience
