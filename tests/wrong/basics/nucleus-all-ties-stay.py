# cause: Everything at least as likely as the last token of the nucleus stays, so where equally likely tokens meet the border more of them stay than needed.
# function: nucleus

import torch


def nucleus(logits, p):
    if p < 0 or p > 1:
        raise ValueError("p must be a probability")
    probs = logits.softmax(dim=-1)
    ordered, _ = probs.sort(dim=-1, descending=True)
    before = ordered.cumsum(dim=-1) - ordered
    needed = (before < p).sum(dim=-1, keepdim=True).clamp(min=1)
    if p == 1:
        needed = torch.full_like(needed, logits.shape[-1])
    threshold = ordered.gather(-1, needed - 1)
    return logits.masked_fill(probs < threshold, float("-inf"))
