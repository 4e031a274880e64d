# cause: Padding is set to 0 instead of minus infinity, so 0 wins where all real values are negative.
# function: max_pool
def max_pool(hidden, mask):
    masked = hidden * mask.unsqueeze(-1)
    return masked.max(1)[0]
