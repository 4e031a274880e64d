# cause: Logits and ids are flattened before the shift, so the last position of each text is asked for the first token of the next one.
# function: clm_loss

import torch
import torch.nn.functional as F
from torch import Tensor


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    if attention_mask is None:
        attention_mask = torch.ones_like(input_ids)
    labels = input_ids.masked_fill(attention_mask == 0, -100)
    flat_logits = logits.reshape(-1, logits.size(-1))[:-1]
    flat_labels = labels.reshape(-1)[1:]
    total = F.cross_entropy(flat_logits, flat_labels, reduction="sum", ignore_index=-100)
    return total / (flat_labels != -100).sum().clamp(min=1)
