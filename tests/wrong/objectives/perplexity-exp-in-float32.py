# cause: The exponential is taken in float32, so it is infinite from a mean loss of 89 on, where float64 would still be finite.
# function: perplexity

import torch
import torch.nn.functional as F


def perplexity(batches):
    total = torch.tensor(0.0)
    count = 0
    for logits, labels in batches:
        total = total + F.cross_entropy(
            logits.float().reshape(-1, logits.shape[-1]), labels.reshape(-1), ignore_index=-100, reduction="sum"
        )
        count += int((labels != -100).sum())
    if count == 0:
        raise ValueError("no labels in the corpus")
    return torch.exp(total / count).item()
