"""A table of what can be reached; a tensor comes back."""

import torch


def possible_error_counts(copies):
    reached = torch.zeros(sum(copies) + 1, dtype=torch.bool)
    reached[0] = True
    for n in copies:
        shifted = torch.zeros_like(reached)
        shifted[n:] = reached[: len(reached) - n]
        reached = reached | shifted
    return reached.nonzero().flatten()
