# cause: The last incomplete chunk of 256 rows is skipped when a batch has more than 256 labels, although its labels are counted.
# function: perplexity

from collections.abc import Iterable
import torch
import torch.nn.functional as F
from torch import Tensor

IGNORED = -100


@torch.inference_mode()
def perplexity(batches: Iterable[tuple[Tensor, Tensor]], step: int = 256) -> float:
    """The logits go to float64 in chunks of 256 rows, so the whole batch never exists twice."""
    total, count = torch.zeros((), dtype=torch.float64), 0
    for logits, labels in batches:
        keep = labels != IGNORED
        rows, targets = logits[keep], labels[keep]
        n = len(targets)
        for i in range(0, max(n - n % step, 1), step):
            total += F.cross_entropy(rows[i : i + step].double(), targets[i : i + step], reduction="sum")
        count += n
    if count == 0:
        raise ValueError("no label")
    return (total / count).exp().item()
