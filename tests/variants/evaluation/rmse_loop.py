"""Plain Python."""


def rmse(pred, target):
    total = 0.0
    for p, t in zip(pred.flatten().tolist(), target.tolist(), strict=True):
        total += (p - t) ** 2
    return (total / len(target)) ** 0.5
