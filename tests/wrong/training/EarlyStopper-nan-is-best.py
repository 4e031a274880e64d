# cause: It asks whether the value is worse and takes everything else for an improvement; no comparison with NaN is true, so a NaN becomes the best value.
# function: EarlyStopper


class EarlyStopper:
    def __init__(self, patience=2, min_delta=0.0, mode="min"):
        if mode == "min":
            self.sign = 1
        elif mode == "max":
            self.sign = -1
        else:
            raise ValueError("mode must be 'min' or 'max'")
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_step = None, None
        self.step_no, self.bad = -1, 0

    def step(self, value):
        self.step_no += 1
        if self.best is not None and self.sign * value >= self.sign * self.best - self.min_delta:
            self.bad += 1
            return self.bad >= self.patience
        self.best, self.best_step, self.bad = value, self.step_no, 0
        return False
