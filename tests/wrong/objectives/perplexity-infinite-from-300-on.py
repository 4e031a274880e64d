# cause: As in many training scripts, a mean loss of 300 or more is reported as inf, though float64 holds its exponential up to 709.
# function: perplexity
import math
from collections.abc import Iterable

import torch.nn.functional as F
from torch import Tensor


def perplexity(batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    total, count = 0.0, 0
    for logits, labels in batches:
        total += F.cross_entropy(
            logits.detach().double().reshape(-1, logits.shape[-1]),
            labels.reshape(-1),
            ignore_index=-100,
            reduction="sum",
        ).item()
        count += int((labels != -100).sum())
    if count == 0:
        raise ValueError("no labelled token in the whole corpus")
    mean = total / count
    return math.exp(mean) if mean < 300 else float("inf")
