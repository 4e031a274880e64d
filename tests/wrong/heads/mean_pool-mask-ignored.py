# cause: The mask is ignored, so padding is averaged as well.
# function: mean_pool
def mean_pool(hidden, mask):
    return hidden.mean(dim=1)
