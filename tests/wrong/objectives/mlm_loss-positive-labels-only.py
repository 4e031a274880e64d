# cause: Labels are taken to be real where they are above 0, so a position whose label is the token id 0 is left out.
# function: mlm_loss

import torch.nn.functional as F
from torch import Tensor


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    asked = labels > 0
    if not asked.any():
        return logits.sum() * 0.0
    return F.cross_entropy(logits[asked], labels[asked])
