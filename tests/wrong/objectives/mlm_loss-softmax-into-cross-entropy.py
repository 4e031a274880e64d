# cause: Probabilities instead of logits are given to cross_entropy, so the softmax is applied twice.
# function: mlm_loss
import torch.nn.functional as F


def mlm_loss(logits, labels):
    probs = logits.softmax(-1).flatten(0, 1)
    target = labels.flatten()
    n = (target >= 0).sum().clamp(min=1)
    return F.cross_entropy(probs, target, reduction="sum") / n
