# cause: Without any label a new zero that asks for a gradient is returned, which does not hang on the graph of the logits.
# function: mlm_loss

import torch
import torch.nn.functional as F


def mlm_loss(logits, labels):
    picked = labels != -100
    if not picked.any():
        return torch.zeros((), requires_grad=True)
    return F.cross_entropy(logits[picked], labels[picked])
