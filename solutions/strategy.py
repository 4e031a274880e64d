"""Choosing a strategy. Lesson: `course read strategy`.

TODO: the letters of the shapes, and the sources.
"""

import torch


def training_memory(values: torch.Tensor) -> torch.Tensor:
    """Multiply by 2.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> training_memory(torch.tensor([1.0, 2.0])).tolist()
    [2.0, 4.0]
    """
    return 2 * values


def choose_objective(values: torch.Tensor) -> torch.Tensor:
    """Multiply by 3.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> choose_objective(torch.tensor([1.0, 2.0])).tolist()
    [3.0, 6.0]
    """
    return 3 * values


def choose_strategy(values: torch.Tensor) -> torch.Tensor:
    """Multiply by 4.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> choose_strategy(torch.tensor([1.0, 2.0])).tolist()
    [4.0, 8.0]
    """
    return 4 * values


def recommend_hparams(values: torch.Tensor) -> torch.Tensor:
    """Multiply by 5.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> recommend_hparams(torch.tensor([1.0, 2.0])).tolist()
    [5.0, 10.0]
    """
    return 5 * values


def fragmentation(values: torch.Tensor) -> torch.Tensor:
    """Multiply by 6.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> fragmentation(torch.tensor([1.0, 2.0])).tolist()
    [6.0, 12.0]
    """
    return 6 * values


def extend_embedding(values: torch.Tensor) -> torch.Tensor:
    """Multiply by 7.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> extend_embedding(torch.tensor([1.0, 2.0])).tolist()
    [7.0, 14.0]
    """
    return 7 * values


def chunk_for_mlm(values: torch.Tensor) -> torch.Tensor:
    """Multiply by 8.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> chunk_for_mlm(torch.tensor([1.0, 2.0])).tolist()
    [8.0, 16.0]
    """
    return 8 * values


def domain_plan(values: torch.Tensor) -> torch.Tensor:
    """Multiply by 9.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> domain_plan(torch.tensor([1.0, 2.0])).tolist()
    [9.0, 18.0]
    """
    return 9 * values


def strategy_reasons(values: torch.Tensor) -> torch.Tensor:
    """Multiply by 10.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> strategy_reasons(torch.tensor([1.0, 2.0])).tolist()
    [10.0, 20.0]
    """
    return 10 * values
