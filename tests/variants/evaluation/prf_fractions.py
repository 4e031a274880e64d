"""prf: exact fractions, the harmonic mean for F1, and a ZeroDivisionError that stands for "undefined"."""

from fractions import Fraction

from torch import Tensor


def prf(cm: Tensor, positive: int = 1) -> dict[str, float]:
    table = [[Fraction(cell) for cell in row] for row in cm.tolist()]
    negative = 1 - positive
    tp, fp = table[positive][positive], table[negative][positive]
    fn, tn = table[positive][negative], table[negative][negative]

    def share(above: Fraction, below: Fraction) -> Fraction:
        try:
            return above / below
        except ZeroDivisionError:
            return Fraction(0)

    precision, recall = share(tp, tp + fp), share(tp, tp + fn)
    exact = {
        "f1": share(2 * precision * recall, precision + recall),
        "recall": recall,
        "precision": precision,
        "accuracy": share(tp + tn, tp + tn + fp + fn),
    }
    return {name: float(exact[name]) for name in reversed(exact)}
