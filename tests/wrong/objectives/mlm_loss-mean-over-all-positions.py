# cause: The sum is divided by the number of all positions instead of the labelled ones.
# function: mlm_loss
import torch.nn.functional as F


def mlm_loss(logits, labels):
    losses = F.cross_entropy(logits.transpose(1, 2), labels, reduction="none")
    return losses.mean()
