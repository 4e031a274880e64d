# cause: Never resets the count of values without an improvement, so it counts them all instead of those in a row
# function: EarlyStopper
import math


class EarlyStopper:
    def __init__(self, patience=2, min_delta=0.0, mode="min"):
        if mode == "min":
            self.best = math.inf
        elif mode == "max":
            self.best = -math.inf
        else:
            raise ValueError(f"mode {mode}")
        self.mode, self.patience, self.min_delta = mode, patience, min_delta
        self.best_step, self.index, self.wait = -1, 0, 0

    def step(self, value):
        gain = (self.best - value) * (1 if self.mode == "min" else -1)
        if gain > self.min_delta:
            self.best = value
            self.best_step = self.index
        else:
            self.wait += 1
        self.index += 1
        return self.wait >= self.patience
