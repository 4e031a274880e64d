# cause: Averages over each text and then over the batch, so tokens of short texts weigh more.
# function: clm_loss

import torch
import torch.nn.functional as F
from torch import Tensor


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    losses = []
    for b in range(input_ids.size(0)):
        n = input_ids.size(1) if attention_mask is None else int(attention_mask[b].sum())
        if n < 2:
            continue
        losses.append(F.cross_entropy(logits[b, : n - 1], input_ids[b, 1:n]))
    return torch.stack(losses).mean()
