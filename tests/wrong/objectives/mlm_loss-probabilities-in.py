# cause: Hands probabilities to F.cross_entropy, which applies a softmax of its own once more.
# function: mlm_loss

import torch.nn.functional as F
from torch import Tensor


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    V = logits.shape[-1]
    probs = F.softmax(logits, dim=-1).reshape(-1, V)
    total = F.cross_entropy(probs, labels.reshape(-1), ignore_index=-100, reduction="sum")
    count = max(int((labels != -100).sum()), 1)
    return total / count
