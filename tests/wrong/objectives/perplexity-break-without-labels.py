# cause: The loop stops at the first batch without labels.
# function: perplexity
from collections.abc import Iterable
import torch
import torch.nn.functional as F
from torch import Tensor


IGNORED = -100


def perplexity(batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    total = 0.0
    n = 0
    for logits, labels in batches:
        k = (labels != IGNORED).sum().item()
        if k == 0:
            break
        loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]).double(), labels.reshape(-1), reduction="sum")
        total += loss.item()
        n += k
    if n == 0:
        raise ValueError("no labels")
    return torch.exp(torch.tensor(total / n, dtype=torch.float64)).item()
