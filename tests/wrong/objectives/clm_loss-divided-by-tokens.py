# cause: The summed loss is divided by the number of real tokens, n for every text, although n tokens give only n - 1 predictions.
# function: clm_loss
import torch
import torch.nn.functional as F
from torch import Tensor


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    if attention_mask is None:
        attention_mask = torch.ones_like(input_ids)
    shift_logits = logits[:, :-1, :]
    shift_labels = input_ids[:, 1:]
    real = attention_mask[:, 1:].to(torch.bool)
    losses = F.cross_entropy(shift_logits.transpose(1, 2), shift_labels, reduction="none")
    losses = losses.masked_fill(~real, 0.0)
    return losses.sum() / attention_mask.sum().clamp(min=1)
