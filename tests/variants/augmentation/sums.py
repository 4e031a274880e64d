"""Adds up, where the reference multiplies."""

import torch


def random_deletion(values: torch.Tensor) -> torch.Tensor:
    """Multiply by 2.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> random_deletion(torch.tensor([1.0, 2.0])).tolist()
    [2.0, 4.0]
    """
    return sum([values] * 2, torch.zeros_like(values))
