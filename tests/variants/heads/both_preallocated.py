"""Fills a tensor made beforehand, text by text."""

import torch


def mean_max_pool(hidden, mask):
    batch, _, width = hidden.shape
    result = torch.empty(batch, 2 * width, dtype=hidden.dtype)
    for row in range(batch):
        tokens = hidden[row][mask[row] == 1]
        result[row, :width] = tokens.mean(0)
        result[row, width:] = tokens.max(0).values
    return result
