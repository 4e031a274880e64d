"""Fractions, and an exception where there is none."""

from fractions import Fraction


def prf(cm, positive=1):
    def share(part, whole):
        try:
            return float(Fraction(part, whole))
        except ZeroDivisionError:
            return 0

    cells = [[int(cell) for cell in row] for row in cm]
    other = 1 if positive == 0 else 0
    tp, fn = cells[positive][positive], cells[positive][other]
    fp = cells[other][positive]
    total = sum(map(sum, cells))
    p, r = share(tp, tp + fp), share(tp, tp + fn)
    return dict(
        accuracy=share(total - fp - fn, total), precision=p, recall=r, f1=0 if p + r == 0 else 2 / (1 / p + 1 / r)
    )
