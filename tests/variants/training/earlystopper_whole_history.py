"""EarlyStopper: a list of all values is the only state; best and best_step are properties that read it from the
beginning.
"""

import math


class EarlyStopper(list):
    def __init__(self, patience: int = 2, min_delta: float = 0.0, mode: str = "min") -> None:
        super().__init__()
        if mode not in ("min", "max"):
            raise ValueError(f"mode must be 'min' or 'max', not {mode!r}")
        self.patience, self.min_delta, self.mode = patience, min_delta, mode

    def _last_improvement(self) -> tuple[int, float]:
        place, best = -1, math.nan
        for step, value in enumerate(self):
            gain = best - value if self.mode == "min" else value - best
            if (math.isnan(best) and not math.isnan(value)) or gain > self.min_delta:
                place, best = step, value
        return place, best

    @property
    def best(self) -> float:
        return self._last_improvement()[1]

    @property
    def best_step(self) -> int:
        return self._last_improvement()[0]

    def step(self, value: float) -> bool:
        self.append(float(value))
        return len(self) - 1 - self.best_step >= self.patience
