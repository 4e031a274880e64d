# cause: Writes -100 into input_ids itself (labels is only another name for it), which changes the caller's tensor; and: divides by the number of tokens instead of the number of targets.
# function: clm_loss

import torch.nn.functional as F
from torch import Tensor


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    labels = input_ids
    n_tokens = input_ids.numel()
    if attention_mask is not None:
        labels[attention_mask == 0] = -100
        n_tokens = int(attention_mask.sum())
    total = F.cross_entropy(
        logits[:, :-1].reshape(-1, logits.size(-1)), labels[:, 1:].reshape(-1), ignore_index=-100, reduction="sum"
    )
    return total / n_tokens
