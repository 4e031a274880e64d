# cause: One is added to the count against division by zero, so every mean comes out too small.
# function: mean_pool
def mean_pool(hidden, mask):
    w = mask.type_as(hidden)[..., None]
    return (hidden * w).sum(1) / (w.sum(1) + 1)
