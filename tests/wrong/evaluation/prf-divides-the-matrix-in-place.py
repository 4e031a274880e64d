# cause: Divides a floating-point matrix by its sum in place
# function: prf
from collections.abc import Callable
import torch
from torch import Tensor


def ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


class Outcomes:
    """The four cells from the point of view of one class, as shares of all examples."""

    def __init__(self, cm: Tensor, positive: int):
        cells = torch.as_tensor(cm)
        self.cells = cells if cells.is_floating_point() else cells.double()
        self.cells /= self.cells.sum().clamp(min=1)
        self.positive, self.negative = positive, 1 - positive

    def _cell(self, true: int, predicted: int) -> float:
        return self.cells[true, predicted].item()

    @property
    def tp(self) -> float:
        return self._cell(self.positive, self.positive)

    @property
    def fp(self) -> float:
        return self._cell(self.negative, self.positive)

    @property
    def fn(self) -> float:
        return self._cell(self.positive, self.negative)

    @property
    def tn(self) -> float:
        return self._cell(self.negative, self.negative)


FIGURES: dict[str, Callable[[Outcomes], float]] = {
    "accuracy": lambda o: ratio(o.tp + o.tn, o.tp + o.tn + o.fp + o.fn),
    "precision": lambda o: ratio(o.tp, o.tp + o.fp),
    "recall": lambda o: ratio(o.tp, o.tp + o.fn),
    "f1": lambda o: ratio(2 * o.tp, 2 * o.tp + o.fp + o.fn),
}


def prf(cm: Tensor, positive: int = 1) -> dict[str, float]:
    outcomes = Outcomes(cm, positive)
    return {name: figure(outcomes) for name, figure in FIGURES.items()}
