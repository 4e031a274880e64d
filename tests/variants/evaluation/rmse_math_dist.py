"""rmse: the Euclidean distance of two points, by math.dist, over the root of their dimension; dist refuses other
sizes.
"""

import math

from torch import Tensor


def rmse(pred: Tensor, target: Tensor) -> float:
    points = [tensor.detach().double().flatten().tolist() for tensor in (pred, target)]
    return math.dist(*points) / math.sqrt(len(points[1]))
