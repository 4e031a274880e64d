# cause: math.exp raises OverflowError above 709 instead of returning infinity, so a hopeless model ends the program.
# function: perplexity
import math
from collections.abc import Iterable

import torch.nn.functional as F
from torch import Tensor


def perplexity(batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    total, count = 0.0, 0
    for logits, labels in batches:
        n = int((labels != -100).sum())
        if n == 0:
            continue
        losses = F.cross_entropy(
            logits.detach().double().flatten(0, 1), labels.flatten(), ignore_index=-100, reduction="sum"
        )
        total += losses.item()
        count += n
    if count == 0:
        raise ValueError("the corpus has no label")
    return math.exp(total / count)
