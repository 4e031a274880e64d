"""Sorted along the tokens after padding was given the lowest number; the last of the sorted is the largest."""

import torch


def max_pool(hidden, mask):
    copy = hidden.clone()
    copy[mask == 0] = torch.finfo(copy.dtype).min
    return copy.sort(dim=1).values[:, -1]
