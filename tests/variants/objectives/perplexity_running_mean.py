"""perplexity: a running mean over (count, mean) of each batch, corrected as it goes, instead of two sums; numpy
exponentiates.
"""

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor


@torch.no_grad()
def perplexity(batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    count, mean = 0, 0.0
    for logits, labels in batches:
        chosen = labels.ne(-100)
        new = int(chosen.sum())
        if new == 0:
            continue
        rows = logits[chosen].double()
        below = rows - rows.amax(dim=-1, keepdim=True)
        losses = below.exp().sum(dim=-1).log() - below[torch.arange(new), labels[chosen]]
        count += new
        mean += (float(losses.mean()) - mean) * (new / count)
    if count == 0:
        raise ValueError("the corpus has no label")
    with np.errstate(over="ignore"):
        return float(np.exp(np.float64(max(mean, 0.0))))
