# cause: Assigns -inf to the caller's own logits, by a boolean mask.
# function: nucleus
import torch


def nucleus(logits, p):
    if not 0 <= p <= 1:
        raise ValueError(f"p={p}: a probability lies between 0 and 1")
    probabilities, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
    before = probabilities.cumsum(dim=-1) - probabilities  # sum over all more likely tokens
    outside = before >= p
    outside[..., 0] = False
    if p == 1:
        outside = torch.zeros_like(outside)  # a sum with rounding errors may reach 1 too early
    logits[outside.scatter(-1, order, outside)] = float("-inf")
    return logits
