"""nucleus goes through Python lists, row by row, and builds the answer in float64."""

import math

import torch


def nucleus(logits, p):
    if not (p >= 0 and p <= 1):
        raise ValueError(f"{p} is no probability")
    if logits.dim() > 1:
        return torch.stack([nucleus(row, p) for row in logits])
    numbers = logits.tolist()
    peak = max(numbers)
    weights = [math.exp(number - peak) for number in numbers]
    missing = p * sum(weights)
    answer = [-math.inf] * len(numbers)
    ranked = sorted(range(len(numbers)), key=numbers.__getitem__, reverse=True)
    for place, token in enumerate(ranked):
        if place and missing <= 0 and p < 1:
            break
        answer[token] = numbers[token]
        missing -= weights[token]
    return torch.tensor(answer, dtype=torch.float64)
