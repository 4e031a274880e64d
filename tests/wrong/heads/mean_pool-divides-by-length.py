# cause: The masked sum is divided by the padded length instead of the number of real tokens.
# function: mean_pool
def mean_pool(hidden, mask):
    m = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * m).sum(1) / hidden.shape[1]
