"""warmup_linear looks the step up in a table of two ramps; the result is a tensor, or the integer 0."""

import torch


def warmup_linear(step, warmup_steps, total_steps):
    warmup_steps = int(warmup_steps)
    up = torch.linspace(0, 1, warmup_steps + 1, dtype=torch.float64)[:warmup_steps]
    down = torch.linspace(1, 0, total_steps - warmup_steps + 1, dtype=torch.float64)
    table = torch.cat([up, down])
    return 0 if step >= total_steps else table[step]
