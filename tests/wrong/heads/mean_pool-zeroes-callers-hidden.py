# cause: The padding is zeroed in the caller's hidden states themselves.
# function: mean_pool
def mean_pool(hidden, mask):
    keep = mask.bool()
    hidden.data[~keep] = 0
    n = keep.sum(1).clamp(min=1).unsqueeze(1)
    return hidden.sum(1) / n
