"""perplexity weighs the batches' float32 means by their labels, and exponentiates with numpy."""

import numpy as np
import torch


def perplexity(batches):
    means, weights = [], []
    for logits, labels in iter(batches):
        n = int(torch.count_nonzero(labels + 100))
        if n == 0:
            continue
        means.append(float(torch.nn.CrossEntropyLoss()(logits.transpose(1, 2), labels)))
        weights.append(n)
    if sum(weights) == 0:
        raise ValueError("no label anywhere")
    with np.errstate(over="ignore"):
        return float(np.exp(np.average(means, weights=weights)))
