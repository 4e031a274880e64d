# cause: Uses the mask of the sorted order on the unsorted logits
# function: nucleus
import torch


def nucleus(logits, p):
    if p < 0 or p > 1:
        raise ValueError("p must lie in [0, 1]")
    probs = torch.softmax(logits, dim=-1)
    ordered, _ = torch.sort(probs, dim=-1, descending=True)
    before = ordered.cumsum(dim=-1) - ordered
    drop = before >= p
    drop[..., 0] = False
    if p == 1:
        drop[...] = False
    return logits.masked_fill(drop, -torch.inf)
