# cause: trusts a training-loop post (and Megatron-LM): the mean loss is capped at 20 before the exponential, so that it cannot overflow
# function: perplexity
import math
from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor


def perplexity(batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    """Corpus perplexity, safe from overflow."""
    total, count = 0.0, 0
    with torch.no_grad():
        for logits, labels in batches:
            losses = F.cross_entropy(
                logits.double().flatten(0, 1), labels.flatten(), ignore_index=-100, reduction="sum"
            )
            total += losses.item()
            count += int((labels != -100).sum())
    if count == 0:
        raise ValueError("no labelled token in the corpus")
    return math.exp(min(20.0, total / count))
