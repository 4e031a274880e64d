# cause: Dimension 0 is always squeezed, so logits (1, V) come back as (V,).
# function: nucleus
import torch
from torch import Tensor


_NEG_INF = float("-inf")


def nucleus(logits: Tensor, p: float) -> Tensor:
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"p must be between 0 and 1, got {p}.")
    if p == 1.0:
        return logits.clone()

    batched = logits.unsqueeze(0) if logits.dim() == 1 else logits
    probabilities = torch.softmax(batched.double(), dim=-1)
    sorted_probabilities, order = torch.sort(probabilities, dim=-1, descending=True)

    cumulative = sorted_probabilities.cumsum(dim=-1)
    remove_sorted = torch.zeros_like(cumulative, dtype=torch.bool)
    remove_sorted[:, 1:] = cumulative[:, :-1] >= p
    remove = torch.zeros_like(remove_sorted).scatter(-1, order, remove_sorted)

    filtered = batched.masked_fill(remove, _NEG_INF)
    return filtered.squeeze(0)
