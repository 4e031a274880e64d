"""EarlyStopper with None for nothing yet, a sign for the mode, and ints for answers."""

import math


class EarlyStopper:
    def __init__(self, patience=2, min_delta=0.0, mode="min"):
        self.sign = {"min": 1, "max": -1}[mode]
        self.patience, self.delta = patience, min_delta
        self.best, self.best_step, self.now, self.bad = None, None, -1, 0

    def step(self, value):
        self.now += 1
        if math.isnan(value):
            better = False
        elif self.best is None:
            better = True
        else:
            better = self.sign * (self.best - value) > self.delta
        if better:
            self.best, self.best_step = value, self.now
        self.bad = 0 if better else self.bad + 1
        return int(self.bad >= self.patience)
