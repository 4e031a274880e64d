"""EarlyStopper that counts down and speaks in words."""


class EarlyStopper:
    MODES = ("min", "max")

    def __init__(self, patience: int = 2, min_delta: float = 0.0, mode: str = "min"):
        assert mode in self.MODES, mode
        self.patience = self.left = patience
        self.min_delta, self.mode = min_delta, mode
        self.best, self.best_step, self.epoch = float("nan"), 0, 0

    def _improved(self, value):
        if value != value:
            return False
        if self.best != self.best:
            return True
        return (value > self.best + self.min_delta) if self.mode == "max" else (value < self.best - self.min_delta)

    def step(self, value):
        if self._improved(value):
            self.best, self.best_step, self.left = float(value), self.epoch, self.patience
        else:
            self.left -= 1
        self.epoch += 1
        return "stop" if self.left <= 0 else ""
