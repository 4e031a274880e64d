# cause: Math.exp raises OverflowError for a huge mean loss instead of giving inf
# function: perplexity
import math

import torch
import torch.nn.functional as F


def perplexity(batches):
    nll = torch.zeros((), dtype=torch.float64)
    count = 0
    for logits, labels in batches:
        v = logits.shape[-1]
        nll += F.cross_entropy(logits.double().view(-1, v), labels.view(-1), reduction="sum")
        count += int((labels != -100).sum())
    if count == 0:
        raise ValueError("the corpus has no label")
    return math.exp(nll.item() / count)
