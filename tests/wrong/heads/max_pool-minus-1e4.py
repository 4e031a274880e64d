# cause: Fills padding with -1e4, which is taken for minus infinity, so values below it do not survive
# function: max_pool
def max_pool(hidden, mask):
    expanded = mask.unsqueeze(-1).expand(hidden.size()).bool()
    masked = hidden.clone()
    masked[~expanded] = -1e4
    return masked.max(dim=1)[0]
