# cause: "n tokens give n - 1 predictions" is applied to the batch as a whole: the divisor is the number of tokens minus 1, not minus B.
# function: clm_loss
import torch
import torch.nn.functional as F
from torch import Tensor


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    if attention_mask is None:
        attention_mask = torch.ones_like(input_ids)
    targets = input_ids[:, 1:].masked_fill(attention_mask[:, 1:] == 0, -100)
    predictions = logits[:, :-1]
    total = F.cross_entropy(
        predictions.reshape(-1, predictions.shape[-1]), targets.reshape(-1), ignore_index=-100, reduction="sum"
    )
    return total / (attention_mask.sum() - 1)
