# cause: Divides by the number of real tokens of the whole batch instead of each text
# function: mean_pool
def mean_pool(hidden, mask):
    m = mask.unsqueeze(-1).to(hidden.dtype)
    total = (hidden * m).sum(dim=1)
    return total / m.sum().clamp(min=1e-9)
