# cause: Pairs the values with zip, which stops at the shorter one, instead of raising ValueError when the numbers differ
# function: rmse
import math


def rmse(pred, target):
    total, n = 0.0, 0
    for p, t in zip(pred.flatten().tolist(), target.tolist()):
        total += (p - t) ** 2
        n += 1
    return math.sqrt(total / n)
