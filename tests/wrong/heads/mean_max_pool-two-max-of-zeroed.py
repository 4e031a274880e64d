# cause: The maximum is taken over hidden times mask, so padding counts as 0; and the mean is divided by the padded length.
# function: mean_max_pool
import torch


def mean_max_pool(hidden, mask):
    x = hidden * mask[:, :, None]
    return torch.cat([x.mean(1), x.max(1).values], dim=-1)
