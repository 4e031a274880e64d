# cause: Divides by all B * T positions instead of by the labelled ones.
# function: mlm_loss

import torch.nn.functional as F
from torch import Tensor


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    loss = F.cross_entropy(logits.transpose(1, 2), labels, reduction="none")  # 0 where the label is -100
    return loss.mean()
