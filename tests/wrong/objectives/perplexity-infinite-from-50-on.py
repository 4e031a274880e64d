# cause: Returns inf as soon as the mean loss is above 50.
# function: perplexity
import math

import torch.nn.functional as F

IGNORED = -100


def perplexity(batches):
    total, n_labelled = 0.0, 0
    for logits, labels in batches:
        numbers = logits.double().flatten(0, 1)
        total += F.cross_entropy(numbers, labels.flatten(), reduction="sum", ignore_index=IGNORED).item()
        n_labelled += int((labels != IGNORED).sum())
    if n_labelled == 0:
        raise ValueError("there is no labelled token in the whole corpus")
    mean = total / n_labelled
    return math.exp(mean) if mean < 50 else math.inf
