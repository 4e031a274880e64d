# cause: a slip: labelled positions are counted with labels > 0, so a label 0 is in the sum but not in the count
# function: mlm_loss
import torch.nn.functional as F
from torch import Tensor


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Sum of the cross-entropy over the number of labels."""
    total = F.cross_entropy(logits.reshape(-1, logits.size(-1)), labels.reshape(-1), ignore_index=-100, reduction="sum")
    n_labels = (labels > 0).sum()
    return total / n_labels.clamp(min=1)
