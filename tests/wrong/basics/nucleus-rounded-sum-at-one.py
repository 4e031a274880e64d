# cause: With p = 1 (and close to it) unlikely tokens are dropped when the rounded sum before them reaches 1, although p = 1 keeps all.
# function: nucleus
import torch
from torch import Tensor
from itertools import accumulate


def nucleus(logits: Tensor, p: float) -> Tensor:
    if not 0 <= p <= 1:
        raise ValueError("p must be between 0 and 1")
    if logits.dim() == 2:
        return torch.stack([nucleus(row, p) for row in logits])
    probabilities = logits.float().softmax(dim=-1).tolist()
    ranking = sorted(range(len(probabilities)), key=lambda i: -probabilities[i])
    before = accumulate((probabilities[i] for i in ranking), initial=0.0)
    inside = {i for rank, (i, mass) in enumerate(zip(ranking, before)) if rank == 0 or mass < p}
    outside = torch.tensor([i not in inside for i in range(len(probabilities))], device=logits.device)
    return logits.masked_fill(outside, float("-inf"))
