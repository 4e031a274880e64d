# cause: Padding is filled with -1e9, which float16 cannot hold, so half precision crashes (and lower values do not survive).
# function: max_pool
def max_pool(hidden, mask):
    m = mask.unsqueeze(-1).expand_as(hidden)
    return hidden.masked_fill(m == 0, -1e9).max(dim=1).values
