# cause: Averages within each text first and then over the texts, so tokens of texts with few labels weigh more.
# function: mlm_loss

import torch
from torch import Tensor


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    log_p = torch.log_softmax(logits, dim=-1)
    mask = labels != -100
    picked = log_p.gather(-1, labels.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    picked = torch.where(mask, picked, torch.zeros_like(picked))
    n = mask.sum(dim=1)
    per_text = -picked.sum(dim=1) / n.clamp(min=1)
    n_texts = (n > 0).sum().clamp(min=1)
    return per_text.sum() / n_texts
