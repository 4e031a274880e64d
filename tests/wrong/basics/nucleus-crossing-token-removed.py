# cause: Removes every token whose cumulative probability is above p, also the one that reaches it (without the shift by one)
# function: nucleus
import torch


def nucleus(logits, p):
    if not 0 <= p <= 1:
        raise ValueError("p")
    sorted_logits, idx = logits.sort(dim=-1, descending=True)
    cumulative = sorted_logits.softmax(-1).cumsum(-1)
    remove = cumulative > p
    remove[..., 0] = False
    if p == 1:
        remove = torch.zeros_like(remove)
    mask = torch.zeros_like(remove).scatter(-1, idx, remove)
    return logits.masked_fill(mask, float("-inf"))
