# cause: a token is kept if the sum before it is below p, so with p = 0 not even the most likely token stays
# function: nucleus
import torch
from torch import Tensor


def nucleus(logits: Tensor, p: float) -> Tensor:
    if not 0 <= p <= 1:
        raise ValueError(f"p must be between 0 and 1, got {p}")
    if p == 1:
        return logits.clone()
    probs = torch.softmax(logits, dim=-1)
    sorted_probs, order = torch.sort(probs, dim=-1, descending=True)
    before = torch.cumsum(sorted_probs, dim=-1) - sorted_probs
    sorted_keep = before < p
    keep = torch.zeros_like(sorted_keep).scatter(-1, order, sorted_keep)
    return logits.masked_fill(~keep, float("-inf"))
