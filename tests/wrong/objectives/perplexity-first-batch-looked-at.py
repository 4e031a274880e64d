# cause: It looks at the first batch with next(iter(batches)), so that batch is lost if batches is a generator.
# function: perplexity
from __future__ import annotations
from collections.abc import Iterable
import torch
from torch import Tensor


IGNORED = -100


def perplexity(batches: Iterable[tuple[Tensor, Tensor]], base: float | None = None) -> float:
    example = next(iter(batches), None)
    if example is None:
        raise ValueError("no batches")
    device = example[0].device
    total, count = torch.zeros((), dtype=torch.float64, device=device), 0
    for logits, labels in batches:
        log_p = logits.detach().to(device, torch.float64).log_softmax(-1)
        labels = labels.to(device)
        keep = labels != IGNORED
        picked = log_p.gather(-1, labels.clamp(min=0).unsqueeze(-1)).squeeze(-1)
        total -= picked[keep].sum()
        count += int(keep.sum())
    if not count:
        raise ValueError("no labelled token in the whole corpus")
    mean = total / count
    return float(mean.exp() if base is None else base ** (mean / torch.tensor(base).log()))
