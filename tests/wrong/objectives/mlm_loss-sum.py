# cause: The losses of the labelled positions are added up and not divided by their number.
# function: mlm_loss
import torch.nn.functional as F


def mlm_loss(logits, labels):
    V = logits.shape[-1]
    return F.cross_entropy(logits.reshape(-1, V), labels.reshape(-1), reduction="sum")
