# cause: Takes the first value as the best one whatever it is, so a NaN at the start stays best for ever and no number beats it
# function: EarlyStopper
class EarlyStopper:
    def __init__(self, patience=2, min_delta=0.0, mode="min"):
        if mode not in {"min", "max"}:
            raise ValueError(mode)
        self.patience = patience
        self.min_delta = min_delta
        self.mode = mode
        self.best = None
        self.best_step = None
        self.bad = 0
        self.t = -1

    def step(self, value):
        self.t += 1
        if self.best is None:
            self.best, self.best_step = value, self.t
            return False
        gain = self.best - value if self.mode == "min" else value - self.best
        if gain > self.min_delta:
            self.best, self.best_step, self.bad = value, self.t, 0
            return False
        self.bad += 1
        return self.bad >= self.patience
