# cause: view raises for logits that are not contiguous.
# function: mlm_loss
import torch.nn.functional as F
from torch import Tensor


IGNORED = -100


def mlm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    # reduction="sum" does not build the (B * T,) vector of losses, view does not copy the logits
    total = F.cross_entropy(logits.view(-1, logits.shape[-1]).float(), labels.view(-1), reduction="sum")
    return total / (labels != IGNORED).sum().clamp_(min=1)
