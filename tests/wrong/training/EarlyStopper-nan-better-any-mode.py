# cause: Asks whether the value is not worse (not value >= best - min_delta), so NaN counts as an improvement; and: accepts any mode other than min as max instead of raising ValueError
# function: EarlyStopper
class EarlyStopper:
    def __init__(self, patience=2, min_delta=0.0, mode="min"):
        self.patience = patience
        self.min_delta = min_delta
        self.minimize = mode == "min"
        self.best = float("inf") if self.minimize else float("-inf")
        self.best_step = -1
        self.step_no = 0
        self.waiting = 0

    def step(self, value):
        if self.minimize:
            worse = value >= self.best - self.min_delta
        else:
            worse = value <= self.best + self.min_delta
        if worse:
            self.waiting += 1
        else:
            self.best, self.best_step, self.waiting = value, self.step_no, 0
        self.step_no += 1
        return self.waiting >= self.patience
