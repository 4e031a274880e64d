"""nucleus: no sorting; a heap of float64 probabilities gives up its largest ones until p is reached."""

import heapq
import math

import torch
from torch import Tensor


def nucleus(logits: Tensor, p: float) -> Tensor:
    if not 0 <= p <= 1:
        raise ValueError(f"p must be from 0 to 1, not {p}")
    if p == 1:
        return logits.clone()
    if logits.dim() > 1:
        return torch.stack([nucleus(row, p) for row in logits]) if len(logits) else logits.clone()
    values = logits.detach().double().tolist()
    top = max(values)
    masses = [math.exp(value - top) for value in values]
    total = math.fsum(masses)
    heap = [(-mass / total, token) for token, mass in enumerate(masses)]
    heapq.heapify(heap)
    outside = [True] * len(values)
    reached = 0.0
    while heap:
        negative, token = heapq.heappop(heap)
        outside[token] = False
        reached -= negative
        if reached >= p:
            break
    return logits.masked_fill(torch.tensor(outside, device=logits.device), -torch.inf)
