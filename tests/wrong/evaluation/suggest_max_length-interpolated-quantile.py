# cause: Takes an interpolated quantile (torch.quantile), which lies between two lengths, so the result may be too small or too large
# function: suggest_max_length
import math

import torch


def suggest_max_length(lengths, coverage=0.95, special=2, multiple=8, cap=512):
    n = torch.quantile(torch.tensor(lengths, dtype=torch.float64), coverage).item() + special
    return min(cap, math.ceil(n / multiple) * multiple)
