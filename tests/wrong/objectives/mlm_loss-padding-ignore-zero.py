# cause: Id 0 is ignored instead of the label -100, which then is an index out of range.
# function: mlm_loss
import torch.nn as nn


def mlm_loss(logits, labels):
    criterion = nn.NLLLoss(ignore_index=0)
    logp = nn.functional.log_softmax(logits, dim=-1)
    return criterion(logp.transpose(1, 2), labels)
