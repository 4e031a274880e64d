# cause: The count of labels is clamped to 1 per text before it is summed, so a text without labels counts as one label.
# function: mlm_loss

import torch.nn.functional as F
from torch import Tensor


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    m = labels != -100
    total = F.cross_entropy(logits[m], labels[m], reduction="sum")
    return total / m.sum(-1).clamp(min=1).sum()
