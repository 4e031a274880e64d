"""nucleus goes upwards from the least likely token, as transformers does, and knows only what must go."""

import torch


def nucleus(logits, p):
    if p < 0 or p > 1:
        raise ValueError("p")
    if p == 1:
        return logits.clone()
    ascending, order = torch.sort(logits, descending=False)
    gone = ascending.softmax(dim=-1).cumsum(dim=-1) <= 1 - p
    gone[..., -1:] = False
    return torch.where(torch.zeros_like(gone).scatter(-1, order, gone), -torch.inf, logits)
