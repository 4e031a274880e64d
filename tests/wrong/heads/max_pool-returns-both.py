# cause: The pair (values, indices) of torch.max is returned instead of the values.
# function: max_pool
def max_pool(hidden, mask):
    hidden = hidden.masked_fill(mask.unsqueeze(-1) == 0, float("-inf"))
    return hidden.max(dim=1)
