# cause: The mask is ignored, so a PAD position can win.
# function: max_pool
def max_pool(hidden, mask):
    return hidden.max(dim=1).values
