# cause: The targets are rolled, so the last position of a text without padding has to predict the first token.
# function: clm_loss

import torch
import torch.nn.functional as F


def clm_loss(logits, input_ids, attention_mask=None):
    if attention_mask is None:
        attention_mask = torch.ones_like(input_ids)
    targets = torch.roll(input_ids, shifts=-1, dims=1)
    real = torch.roll(attention_mask, shifts=-1, dims=1).bool() & attention_mask.bool()
    targets = targets.masked_fill(~real, -100)
    return F.cross_entropy(logits.transpose(1, 2), targets)
