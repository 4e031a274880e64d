"""custom_loss: float64, and the focal factor as exp(gamma * log(1 - p_y)), where the log comes from the other
classes' logsumexp.
"""

import torch
from torch import Tensor


def custom_loss(logits: Tensor, labels: Tensor, smoothing: float = 0.0, gamma: float = 0.0) -> Tensor:
    if not (0 <= smoothing < 1 and gamma >= 0):
        raise ValueError(f"smoothing {smoothing} or gamma {gamma} is out of range")
    wide = logits.double()
    logp = wide - wide.logsumexp(dim=1, keepdim=True)
    right = torch.zeros_like(logp, dtype=torch.bool).scatter_(1, labels[:, None], True)
    loss = -logp[right]
    if smoothing:
        loss = torch.lerp(loss, -logp.mean(dim=1), smoothing)
    if gamma:
        rest = logp.masked_fill(right, -torch.inf).logsumexp(dim=1)
        loss = loss * (gamma * rest).exp()
    return loss.mean().to(torch.promote_types(logits.dtype, torch.float32))
