# cause: scikit-learn's convention (MLPClassifier): the tolerance decides about waiting, but best follows every value that is better at all
# function: EarlyStopper
import math


class EarlyStopper:
    """Patience, as in scikit-learn's multilayer perceptron."""

    def __init__(self, patience: int = 2, min_delta: float = 0.0, mode: str = "min") -> None:
        """Begin with nothing."""
        if mode not in ("min", "max"):
            raise ValueError(f"mode must be min or max, not {mode!r}")
        self.patience = patience
        self.min_delta = min_delta
        self.sign = 1.0 if mode == "min" else -1.0
        self.best = None
        self.best_step = -1
        self.calls = 0
        self.waited = 0

    def step(self, value: float) -> bool:
        """One more epoch."""
        gain = math.inf if self.best is None else self.sign * (self.best - value)
        if math.isnan(value):
            gain = math.nan
        if gain > self.min_delta:
            self.waited = 0
        else:
            self.waited += 1
        if gain > 0:
            self.best = value
            self.best_step = self.calls
        self.calls += 1
        return self.waited >= self.patience
