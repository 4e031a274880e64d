# cause: The average is taken over the batch (dimension 0) instead of over the tokens.
# function: mean_pool
def mean_pool(hidden, mask):
    m = mask[:, :, None].float()
    summed = (hidden * m).sum(dim=0)
    counts = m.sum(dim=0).clamp(min=1e-9)
    return summed / counts
