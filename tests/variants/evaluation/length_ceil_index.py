"""The index from the number of texts that must fit; torch sorts."""

import math

import torch


def suggest_max_length(lengths, coverage=0.95, special=2, multiple=8, cap=512):
    ordered, _ = torch.tensor(list(lengths)).sort()
    k = max(1, math.ceil(coverage * len(lengths)))
    n = ordered[k - 1] + special
    return torch.clamp((n + multiple - 1) // multiple * multiple, max=cap)
