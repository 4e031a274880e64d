# cause: All texts are divided by the total number of real tokens of the batch instead of each by its own.
# function: mean_pool
def mean_pool(hidden, mask):
    m = mask.to(hidden.dtype)
    s = (hidden * m.unsqueeze(2)).sum(dim=1)
    return s / m.sum().clamp(min=1)
