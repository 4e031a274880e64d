# cause: Takes the softmax and then its logarithm in two steps, so huge logits give infinity.
# function: mlm_loss

import torch
from torch import Tensor


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    probs = torch.softmax(logits, dim=-1)
    keep = labels.ne(-100)
    if not keep.any():
        return (logits * 0).sum()
    p_true = probs[keep].gather(1, labels[keep][:, None])
    return -torch.log(p_true).mean()
