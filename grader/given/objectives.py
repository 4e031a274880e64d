"""Given objects of the exercise on pre-training objectives: dice, and calls whose arguments are looked at afterwards.

Dimensions: B texts, T positions, V size of the vocabulary.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import torch
from torch import Tensor

from grader.given import Contract


def generator(seed: int) -> torch.Generator:
    """Dice of torch."""
    return torch.Generator().manual_seed(seed)


def dice(seed: int) -> random.Random:
    """Dice of Python."""
    return random.Random(seed)


def corrupted_beside_its_input(
    mask_tokens: Callable[..., object], input_ids: Tensor, special_mask: Tensor, *rest: object, **options: object
) -> dict[str, object]:
    """Call the student's ``mask_tokens`` and look at its arguments again.

    Returns:
        ``answer``, and ``input_ids`` and ``special_mask`` as they are after the call.
    """
    answer = mask_tokens(input_ids, special_mask, *rest, **options)
    return {"answer": answer, "input_ids": input_ids, "special_mask": special_mask}


def loss_and_gradient(loss_function: Callable[..., object], logits: Tensor, *rest: object) -> dict[str, Tensor]:
    """Call a loss of the student and go backward from it.

    Args:
        loss_function: takes logits first.
        logits: (B, T, V)
        rest: the other arguments.

    Returns:
        ``loss`` and ``gradient`` (of the logits; zeros where nothing arrived).

    Raises:
        Contract: the loss is no tensor of one number, or hangs on no graph.
    """
    leaf = logits.detach().clone().requires_grad_()
    loss = loss_function(leaf, *rest)
    if not isinstance(loss, Tensor) or loss.numel() != 1:
        raise Contract("the loss should be a tensor that holds one number")
    if not loss.requires_grad:
        raise Contract("the loss hangs on no graph: `loss.backward()` has nothing to follow")
    torch.autograd.backward(loss.reshape(()))
    return {"loss": loss, "gradient": torch.zeros_like(leaf) if leaf.grad is None else leaf.grad}
