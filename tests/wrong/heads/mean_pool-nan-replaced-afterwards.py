# cause: Divides 0 by 0 for an empty text and replaces the nan afterwards, so the gradient is nan.
# function: mean_pool

from __future__ import annotations
import torch
from torch import Tensor

def _validate(hidden: Tensor, mask: Tensor) -> Tensor:
    if not isinstance(hidden, Tensor) or not isinstance(mask, Tensor):
        raise TypeError('hidden and mask must be tensors')
    if hidden.dim() != 3:
        raise ValueError(f'expected hidden states of shape (B, T, C), got {tuple(hidden.shape)}')
    if mask.dim() == 3 and mask.size(-1) == 1:
        mask = mask.squeeze(-1)
    if mask.shape != hidden.shape[:2]:
        raise ValueError(f'mask {tuple(mask.shape)} does not match hidden states {tuple(hidden.shape)}')
    return mask.to(device=hidden.device).ne(0)

def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    weight = _validate(hidden, mask).unsqueeze(-1).to(hidden.dtype)
    total = (hidden * weight).sum(dim=1)
    count = weight.sum(dim=1)
    return torch.nan_to_num(total / count, nan=0.0)
