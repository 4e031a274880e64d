# cause: The sum of each text is divided by the number of real tokens in the whole batch.
# function: mean_pool


def mean_pool(hidden, mask):
    m = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * m).sum(dim=1) / m.sum().clamp(min=1)
