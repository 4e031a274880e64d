# cause: The mean loss is capped at 709 before the exponential, so a hopeless model gets 8e307 instead of inf.
# function: perplexity

import math

import torch.nn.functional as F


def perplexity(batches):
    total, count = 0.0, 0
    for logits, labels in batches:
        keep = labels != -100
        n = int(keep.sum())
        if n == 0:
            continue
        total += float(F.cross_entropy(logits.detach()[keep].double(), labels[keep], reduction="sum"))
        count += n
    if count == 0:
        raise ValueError("there is no label in the whole corpus")
    return math.exp(min(total / count, 709.0))
