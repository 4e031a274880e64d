"""mlm_loss in float64, the log-softmax written out with logsumexp; the result stays float64 and has the shape (1,)."""

import torch


def mlm_loss(logits, labels):
    logits = logits.double()
    asked = labels.ne(-100)
    targets = labels.clamp(min=0).unsqueeze(-1)
    each = torch.logsumexp(logits, dim=-1) - logits.gather(-1, targets).squeeze(-1)
    return (torch.where(asked, each, torch.zeros_like(each)).sum() / asked.sum().clamp_min(1)).reshape(1)
