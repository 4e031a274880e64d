"""EarlyStopper that keeps the whole history and looks at it anew every time; best and best_step are properties."""

import numpy as np


class EarlyStopper:
    def __init__(self, patience=2, min_delta=0.0, mode="min"):
        if mode == "min":
            self.better = lambda new, old: new < old - min_delta
        elif mode == "max":
            self.better = lambda new, old: new > old + min_delta
        else:
            raise TypeError(mode)
        self.patience, self.start, self.values = patience, np.inf if mode == "min" else -np.inf, []

    def records(self):
        best, found = self.start, []
        for place, value in enumerate(self.values):
            if self.better(value, best):
                best = value
                found.append(place)
        return found

    @property
    def best(self):
        return np.float64(self.values[self.records()[-1]]) if self.records() else None

    @property
    def best_step(self):
        return np.int64(self.records()[-1]) if self.records() else None

    def step(self, value):
        self.values.append(value)
        last = self.records()[-1] if self.records() else -1
        return np.bool_(len(self.values) - 1 - last >= self.patience)
