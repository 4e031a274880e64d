"""warmup_cosine squares the cosine of half the angle, and lets torch do it."""

import torch


def warmup_cosine(step, warmup_steps, total_steps, floor=0.0):
    if warmup_steps > 0 and step <= warmup_steps:
        return torch.tensor(step / warmup_steps, dtype=torch.float64)
    if step >= total_steps:
        return floor
    half = torch.tensor(step - warmup_steps, dtype=torch.float64) / (total_steps - warmup_steps) * torch.pi / 2
    return floor + (1 - floor) * half.cos() ** 2
