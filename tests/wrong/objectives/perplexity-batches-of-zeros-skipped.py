# cause: batches whose only labels are the id 0 are skipped early
# function: perplexity
from collections.abc import Iterable
from torch import Tensor
import torch
import torch.nn.functional as F


IGNORED = -100


_CHUNK = 4096  # rows of the log-softmax at a time


def perplexity(batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    total = torch.zeros((), dtype=torch.float64)
    count = 0
    with torch.no_grad():
        for logits, labels in batches:
            if not (labels > 0).any():
                continue
            labelled = labels != IGNORED
            rows, targets = logits[labelled], labels[labelled]
            count += targets.numel()
            for some_rows, some_targets in zip(rows.split(_CHUNK), targets.split(_CHUNK)):
                total += F.cross_entropy(some_rows.double(), some_targets, reduction="sum").cpu()
    if not count:
        raise ValueError("there is no label in the whole corpus")
    return float((total / count).exp())
