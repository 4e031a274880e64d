# cause: best_step is counted in a list at module level that all stoppers share
# function: EarlyStopper
import math


HISTORY: list[float] = []  # everything the stopper was told


class EarlyStopper:
    """Remembers what it was told."""

    best: float
    best_step: int

    def __init__(self, patience: int = 2, min_delta: float = 0.0, mode: str = "min") -> None:
        """Begin without a best value."""
        if mode not in {"min", "max"}:
            raise ValueError(f"unknown mode {mode}")
        self.patience = patience
        self.min_delta = min_delta
        self.sign = 1.0 if mode == "min" else -1.0
        self.best = math.nan
        self.best_step = -1
        self.bad = 0

    def step(self, value: float) -> bool:
        """Take the next value.

        Args:
            value: the monitored quantity after one more epoch.

        Returns:
            True: stop now. False: go on. (The grader checks only the truth value. What you return after the first True
            is up to you.)
        """
        HISTORY.append(value)
        first = math.isnan(self.best) and math.isfinite(value)
        if first or self.sign * (self.best - value) > self.min_delta:
            self.best = value
            self.best_step = len(HISTORY) - 1
            self.bad = 0
        else:
            self.bad += 1
        return self.bad >= self.patience
