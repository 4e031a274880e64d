# cause: The shift goes the wrong way: the position t + 1 is asked for the token at t.
# function: clm_loss

import torch.nn.functional as F
from torch import Tensor


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    labels = input_ids.clone()
    if attention_mask is not None:
        labels[attention_mask == 0] = -100
    if attention_mask is not None:
        keep = attention_mask[:, 1:].bool()
    else:
        keep = input_ids[:, 1:] == input_ids[:, 1:]
    predictions = logits[:, 1:, :][keep]
    targets = labels[:, :-1][keep]
    if targets.numel() == 0:
        return logits.sum() * 0
    return F.cross_entropy(predictions, targets)
