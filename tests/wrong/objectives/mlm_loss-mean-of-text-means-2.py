# cause: The loss is averaged within each text first and then over the texts, so positions of texts with few labels weigh more.
# function: mlm_loss

import torch


def mlm_loss(logits, labels):
    logp = torch.log_softmax(logits, dim=-1)
    on = (labels != -100).to(logits.dtype)
    nll = -logp.gather(-1, labels.clamp(min=0).unsqueeze(-1)).squeeze(-1) * on
    n = on.sum(1)
    per_text = nll.sum(1) / n.clamp(min=1)
    return per_text.sum() / (n > 0).sum().clamp(min=1)
