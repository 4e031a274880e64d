# cause: The logarithm is taken of a finished softmax, which gives infinity for large logits.
# function: mlm_loss
import torch


def mlm_loss(logits, labels):
    probs = torch.softmax(logits, dim=-1)
    keep = labels != -100
    safe = labels.masked_fill(~keep, 0)
    p = probs.gather(-1, safe.unsqueeze(-1)).squeeze(-1)
    nll = -torch.log(p[keep])
    return nll.sum() / max(int(keep.sum()), 1)
