"""Stacked on a new axis in front of the features, then flattened."""

import torch


def mean_max_pool(hidden, mask):
    return torch.stack([mean_pool(hidden, mask), max_pool(hidden, mask)], dim=1).flatten(start_dim=1)  # noqa: F821
