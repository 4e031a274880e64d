# cause: only labels above 0 count as labels, so a position whose original token has the id 0 has no loss
# function: mlm_loss
import torch.nn.functional as F
from torch import Tensor


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    labelled = labels > 0
    targets = labels[labelled]
    total = F.cross_entropy(logits[labelled], targets, reduction="sum")
    return total / max(len(targets), 1)
