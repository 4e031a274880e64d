# cause: Cuts by the smallest probability that is kept, so all tokens that tie with it stay too
# function: nucleus
import torch


def nucleus(logits, p):
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"{p} is no probability")
    probs = logits.softmax(-1)
    s = probs.sort(-1, descending=True).values
    taken = (s.cumsum(-1) - s) < p
    taken[..., 0] = True
    limit = s.masked_fill(~taken, 2.0).amin(-1, keepdim=True)
    out = logits.clone()
    out[probs < limit] = float("-inf")
    return out if p < 1 else logits.clone()
