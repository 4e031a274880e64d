"""Padding becomes nan and is skipped by nanmean; an empty text, all nan, becomes zero."""

import torch


def mean_pool(hidden, mask):
    holes = torch.where(mask[..., None] != 0, hidden, torch.nan)
    return holes.nanmean(dim=1).nan_to_num(0.0)
