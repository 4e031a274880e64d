"""The length of the vector of errors over the root of their number, in float64; shaped like the target."""

import math

import torch


def rmse(pred, target):
    with torch.inference_mode():
        errors = pred.double().view_as(target) - target.double()
        return float(torch.linalg.vector_norm(errors)) / math.sqrt(len(errors))
