# cause: Refuses a negative p, but not one above 1.
# function: nucleus
import torch


def nucleus(logits, p):
    if p < 0:
        raise ValueError(f"p={p}: a probability lies between 0 and 1")
    probabilities, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
    before = probabilities.cumsum(dim=-1) - probabilities  # sum over all more likely tokens
    outside = before >= p
    outside[..., 0] = False
    if p >= 1:
        outside = torch.zeros_like(outside)  # a sum with rounding errors may reach 1 too early
    return logits.masked_fill(outside.scatter(-1, order, outside), float("-inf"))
