# cause: Shifts the ids but takes the mask at the predicting position (mask[:, :-1]), so the first padding after a text becomes a target.
# function: clm_loss

import torch
import torch.nn.functional as F
from torch import Tensor


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    if attention_mask is None:
        attention_mask = torch.ones_like(input_ids)
    targets = input_ids[:, 1:]
    mask = attention_mask[:, :-1].float()
    nll = F.cross_entropy(logits[:, :-1].transpose(1, 2), targets, reduction="none")
    return (nll * mask).sum() / mask.sum().clamp(min=1)
