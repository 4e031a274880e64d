# cause: Returns inf for mean losses from 700 to 709, where the result is finite.
# function: perplexity
from collections.abc import Iterable
import torch.nn.functional as F
from torch import Tensor
import math

IGNORED = -100


def perplexity(batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    total = 0.0
    count = 0
    for logits, labels in batches:
        keep = labels != IGNORED
        n = keep.sum().item()
        if n:
            loss = F.cross_entropy(logits[keep].double(), labels[keep])
            total += loss.item() * n
            count += n
    if not count:
        raise ValueError("nothing to measure")
    mean = total / count
    return math.exp(mean) if mean < 700 else float("inf")
