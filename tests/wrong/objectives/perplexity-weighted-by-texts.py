# cause: Averages the batch losses weighted by the number of texts instead of labelled tokens
# function: perplexity
import math

import torch.nn.functional as F


def perplexity(batches):
    total, n = 0.0, 0
    for logits, labels in batches:
        if (labels != -100).sum() == 0:
            continue
        loss = F.cross_entropy(logits.double().flatten(0, 1), labels.flatten())
        total += loss.item() * len(labels)
        n += len(labels)
    if n == 0:
        raise ValueError("no labels")
    mean = total / n
    return math.exp(mean) if mean < 709 else math.inf
