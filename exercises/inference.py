"""Inference. Lesson: `course read inference`.

TODO: the letters of the shapes, and the sources.
"""

import torch


def predict(values: torch.Tensor) -> torch.Tensor:
    """Multiply by 2.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> predict(torch.tensor([1.0, 2.0])).tolist()
    [2.0, 4.0]
    """
    # TODO: about one line. Multiply.
    raise NotImplementedError("predict")


def predict_batch(values: torch.Tensor) -> torch.Tensor:
    """Multiply by 3.

    Args:
        values: (B,)

    Returns:
        (B,)

    >>> predict_batch(torch.tensor([1.0, 2.0])).tolist()
    [3.0, 6.0]
    """
    # TODO: about one line. Multiply.
    raise NotImplementedError("predict_batch")
