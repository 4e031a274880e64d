# cause: scatter_reduce includes the zeros that the output starts with, so a negative maximum becomes 0
# function: max_pool
def max_pool(hidden, mask):
    # scatter only the real tokens, so that padding is never read
    text, token = mask.nonzero(as_tuple=True)
    values = hidden[text, token]
    out = hidden.new_zeros(hidden.shape[0], hidden.shape[2])
    return out.scatter_reduce(0, text[:, None].expand_as(values), values, "amax")
