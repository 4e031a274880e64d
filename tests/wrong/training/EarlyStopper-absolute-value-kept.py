# cause: values are negated for max mode and best is made positive again with abs, so negative values lose their sign
# function: EarlyStopper
import math


class EarlyStopper:
    """Works on negated values."""

    best: float
    best_step: int

    def __init__(self, patience: int = 2, min_delta: float = 0.0, mode: str = "min") -> None:
        """Begin without a best value."""
        if mode != "min" and mode != "max":
            raise ValueError("mode must be min or max")
        self.patience = patience
        self.min_delta = min_delta
        self.mode = mode
        self.best = None
        self.best_step = None
        self._lowest = None
        self._calls = 0
        self._bad = 0

    def step(self, value: float) -> bool:
        """Take the next value.

        Args:
            value: the monitored quantity after one more epoch.

        Returns:
            True: stop now. False: go on. (The grader checks only the truth value. What you return after the first True
            is up to you.)
        """
        # only one direction to think about
        if self.mode == "max":
            value = -value
        improved = False
        if self._lowest is None:
            if math.isfinite(value):
                improved = True
        elif self._lowest - value > self.min_delta:
            improved = True
        if improved:
            self._lowest = value
            self.best = abs(value)  # without the minus
            self.best_step = self._calls
            self._bad = 0
        else:
            self._bad += 1
        self._calls += 1
        return self._bad >= self.patience
