# cause: Takes id 0 for padding (ignore_index=0) instead of asking the mask.
# function: clm_loss

import torch.nn.functional as F
from torch import Tensor


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    pred = logits[:, :-1, :]
    target = input_ids[:, 1:]
    if attention_mask is None:
        return F.cross_entropy(pred.flatten(0, 1), target.flatten())
    return F.cross_entropy(pred.flatten(0, 1), target.flatten(), ignore_index=0)
