# cause: Stops only after more than patience values without an improvement (counter > patience)
# function: EarlyStopper
class EarlyStopper:
    def __init__(self, patience: int = 2, min_delta: float = 0.0, mode: str = "min") -> None:
        if mode != "min" and mode != "max":
            raise ValueError("mode must be 'min' or 'max'")
        self.patience = patience
        self.min_delta = min_delta
        self.mode = mode
        self.best = float("inf") if mode == "min" else float("-inf")
        self.best_step = 0
        self.counter = 0
        self.n = 0

    def step(self, value: float) -> bool:
        if self.mode == "min":
            better = value < self.best - self.min_delta
        else:
            better = value > self.best + self.min_delta
        if better:
            self.best = value
            self.best_step = self.n
            self.counter = 0
        else:
            self.counter += 1
        self.n += 1
        return self.counter > self.patience
