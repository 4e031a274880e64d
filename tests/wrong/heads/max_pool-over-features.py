# cause: The maximum is taken over the features instead of the tokens, giving (B, T).
# function: max_pool
def max_pool(hidden, mask):
    hidden = hidden.masked_fill(mask.unsqueeze(-1) == 0, float("-inf"))
    return torch_max(hidden)


def torch_max(x):
    return x.max(-1).values
