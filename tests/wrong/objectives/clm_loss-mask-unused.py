# cause: Ignores attention_mask, so padding is predicted too.
# function: clm_loss

import torch
from torch import Tensor


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    log_probs = torch.log_softmax(logits[:, :-1], dim=-1)
    next_tokens = input_ids[:, 1:].unsqueeze(-1)
    return -log_probs.gather(2, next_tokens).mean()
