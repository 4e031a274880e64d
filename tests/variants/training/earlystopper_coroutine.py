"""EarlyStopper: a coroutine does the waiting; step sends it a value, and it answers; "max" is "min" of the negative."""

import math
from collections.abc import Generator


class EarlyStopper:
    best: float = math.nan
    best_step: int = -1

    def __init__(self, patience: int = 2, min_delta: float = 0.0, mode: str = "min") -> None:
        try:
            sign = {"min": 1, "max": -1}[mode]
        except KeyError:
            raise ValueError(mode) from None
        self._watch = self._watching(patience, min_delta, sign)
        next(self._watch)

    def _watching(self, patience: int, min_delta: float, sign: int) -> Generator[bool, float, None]:
        calls, waited, lowest = -1, 0, None
        while True:
            value = yield waited >= patience
            calls += 1
            waited += 1
            if value == value and (lowest is None or lowest - sign * value > min_delta):
                self.best, self.best_step = value, calls
                waited, lowest = 0, sign * value

    def step(self, value: float) -> bool:
        return self._watch.send(value)
