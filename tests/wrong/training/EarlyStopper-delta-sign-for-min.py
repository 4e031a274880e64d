# cause: Min_delta is subtracted from the value in both modes, as in the max case of Keras, so with mode "min" it makes an improvement easier instead of harder.
# function: EarlyStopper

import math
import operator


class EarlyStopper:
    def __init__(self, patience=2, min_delta=0.0, mode="min"):
        if mode not in ("min", "max"):
            raise ValueError(f"mode {mode!r} is unknown")
        self.patience = patience
        self.min_delta = min_delta
        self.monitor_op = operator.lt if mode == "min" else operator.gt
        self.best = None
        self.best_step = -1
        self.calls = 0
        self.wait = 0

    def step(self, value):
        improved = not math.isnan(value) and (self.best is None or self.monitor_op(value - self.min_delta, self.best))
        if improved:
            self.best = value
            self.best_step = self.calls
            self.wait = 0
        else:
            self.wait += 1
        self.calls += 1
        return self.wait >= self.patience
