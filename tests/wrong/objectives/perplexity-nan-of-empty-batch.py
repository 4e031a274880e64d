# cause: the mean loss of each batch is multiplied by its number of labels, but the mean of a batch without labels is NaN and NaN * 0 is NaN
# function: perplexity
from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor


def perplexity(batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    total = torch.zeros((), dtype=torch.float64)
    count = 0
    for logits, labels in batches:
        n = int((labels != -100).sum())
        mean = F.cross_entropy(logits.detach().double().flatten(0, 1), labels.flatten(), ignore_index=-100)
        total += mean * n
        count += n
    if count == 0:
        raise ValueError("no labelled token in the corpus")
    return torch.exp(total / count).item()
