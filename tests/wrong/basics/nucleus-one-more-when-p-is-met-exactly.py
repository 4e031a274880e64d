# cause: As in the well-known snippet, only a sum ABOVE p ends the nucleus, so one token too many stays where the sum is exactly p.
# function: nucleus
import torch
from torch import Tensor


def nucleus(logits: Tensor, p: float) -> Tensor:
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"p must be from 0 to 1, not {p}")
    if p == 1.0:
        return logits.clone()
    ordered, order = logits.sort(dim=-1, descending=True)
    cumulative = ordered.softmax(dim=-1).cumsum(dim=-1)
    remove = cumulative > p
    # shift to the right, so that the token that crosses p stays as well
    remove[..., 1:] = remove[..., :-1].clone()
    remove[..., 0] = False
    mask = torch.zeros_like(remove).scatter(-1, order, remove)
    return logits.masked_fill(mask, float("-inf"))
