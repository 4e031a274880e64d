# cause: Makes the targets with torch.roll, so the last position is asked for the first token of the text.
# function: clm_loss

import torch
import torch.nn.functional as F
from torch import Tensor


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    labels = torch.roll(input_ids, shifts=-1, dims=1)
    if attention_mask is not None:
        labels = labels.masked_fill(torch.roll(attention_mask, -1, dims=1) == 0, -100)
    return F.cross_entropy(logits.permute(0, 2, 1), labels, ignore_index=-100)
