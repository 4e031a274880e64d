# cause: Adds 1 to the number of labels to avoid a division by zero, which makes every loss too small.
# function: mlm_loss

import torch.nn.functional as F
from torch import Tensor


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    B, T, V = logits.shape
    summed = F.cross_entropy(logits.reshape(B * T, V), labels.reshape(B * T), reduction="sum")
    return summed / ((labels != -100).sum() + 1)
