# cause: without any padding in the batch, the result has the shape (1, T, T)
# function: attention_visibility
from __future__ import annotations
import torch
from torch import Tensor


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    if attention_mask.dim() != 2:
        raise ValueError(f"expected (B, T), got {tuple(attention_mask.shape)}")
    keys = attention_mask.to(torch.bool)
    length = keys.shape[1]
    grid = torch.ones(1, length, length, dtype=torch.bool, device=keys.device)
    if causal:
        grid = torch.tril(grid)
    if bool(keys.all()):
        return grid
    return grid & keys.unsqueeze(1)
