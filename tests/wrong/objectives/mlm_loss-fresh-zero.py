# cause: Returns a fresh torch.tensor(0.0) for a batch without labels, which is not on the graph of the logits and cannot be sent backward.
# function: mlm_loss

import torch
import torch.nn.functional as F
from torch import Tensor

IGNORED = -100


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    if (labels == IGNORED).all():
        return torch.tensor(0.0)
    asked = labels != IGNORED
    return F.cross_entropy(logits[asked], labels[asked])
