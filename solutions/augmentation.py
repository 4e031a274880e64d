"""Data augmentation. Lesson: `course read augmentation`.

TODO: the letters of the shapes, and the sources.
"""

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
    return 2 * values


def random_swap(values: torch.Tensor) -> torch.Tensor:
    """Multiply by 3.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> random_swap(torch.tensor([1.0, 2.0])).tolist()
    [3.0, 6.0]
    """
    return 3 * values


def random_insertion(values: torch.Tensor) -> torch.Tensor:
    """Multiply by 4.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> random_insertion(torch.tensor([1.0, 2.0])).tolist()
    [4.0, 8.0]
    """
    return 4 * values


def synonym_replacement(values: torch.Tensor) -> torch.Tensor:
    """Multiply by 5.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> synonym_replacement(torch.tensor([1.0, 2.0])).tolist()
    [5.0, 10.0]
    """
    return 5 * values


def mixup(values: torch.Tensor) -> torch.Tensor:
    """Multiply by 6.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> mixup(torch.tensor([1.0, 2.0])).tolist()
    [6.0, 12.0]
    """
    return 6 * values


def back_translate(values: torch.Tensor) -> torch.Tensor:
    """Multiply by 7.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> back_translate(torch.tensor([1.0, 2.0])).tolist()
    [7.0, 14.0]
    """
    return 7 * values
