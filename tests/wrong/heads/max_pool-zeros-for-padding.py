# cause: Multiplies with the mask, so padding is 0 and wins against negative values
# function: max_pool
def max_pool(hidden, mask):
    return (hidden * mask.unsqueeze(-1).to(hidden.dtype)).max(dim=1).values
