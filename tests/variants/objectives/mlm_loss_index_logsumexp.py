"""mlm_loss: picks the labelled positions by index, and takes logsumexp minus the logit of the original, in float64."""

import torch
from torch import Tensor


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    where = torch.nonzero(labels != -100, as_tuple=True)
    picked = logits[where].double()
    original = picked.take_along_dim(labels[where][:, None], dim=-1)[:, 0]
    losses = torch.logsumexp(picked, dim=-1) - original
    return losses.sum().div(max(1, len(losses))).to(logits.dtype)
