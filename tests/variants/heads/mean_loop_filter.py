"""Text by text with a boolean filter; an empty text gets zeros."""

import torch


def mean_pool(hidden, mask):
    rows = []
    for states, keep in zip(hidden, mask.bool(), strict=True):
        tokens = states[keep]
        rows.append(tokens.mean(0) if len(tokens) else states.new_zeros(states.shape[-1]))
    return torch.stack(rows)
