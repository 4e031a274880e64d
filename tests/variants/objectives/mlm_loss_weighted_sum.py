"""mlm_loss: a dot product of all losses with weights 1/n or 0, after the logits of all other positions were
replaced by 0.
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    keep = labels.flatten() != -100
    safe = logits.flatten(0, 1).masked_fill(~keep[:, None], 0.0)
    losses = F.nll_loss(safe.double().log_softmax(-1), labels.flatten().masked_fill(~keep, 0), reduction="none")
    weights = keep.double() / keep.count_nonzero().clamp(min=1)
    return torch.dot(losses, weights).to(logits.dtype)
