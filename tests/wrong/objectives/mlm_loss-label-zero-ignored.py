# cause: Labelled positions are found with labels > 0, so the token with the id 0 is never predicted.
# function: mlm_loss
import torch.nn.functional as F
from torch import Tensor


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    active = labels > 0
    if not active.any():
        return (logits * 0.0).sum()
    return F.cross_entropy(logits[active], labels[active])
