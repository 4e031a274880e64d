# cause: Without any label the mean is 0/0, which is nan instead of 0.
# function: mlm_loss
import torch.nn.functional as F


def mlm_loss(logits, labels):
    return F.cross_entropy(logits.view(-1, logits.size(-1)), labels.view(-1), ignore_index=-100)
