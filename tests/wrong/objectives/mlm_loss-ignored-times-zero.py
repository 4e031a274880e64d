# cause: Ignored positions are multiplied by 0, so a NaN logit at an ignored position makes the loss NaN.
# function: mlm_loss
import torch
from torch import Tensor


IGNORED = -100


def _surprise(logits: Tensor, ids: Tensor) -> Tensor:
    return logits.logsumexp(-1) - logits.gather(-1, ids[..., None])[..., 0]


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    m = (labels != IGNORED).to(logits.dtype)
    nll = _surprise(logits, labels.clamp(min=0))
    return torch.einsum('bt,bt->', nll, m) / m.sum().clamp(min=1)
