# cause: A text without any real token gives 0/0, which is nan.
# function: mean_pool
def mean_pool(hidden, mask):
    input_mask_expanded = mask.unsqueeze(-1).expand(hidden.size()).float()
    return (hidden * input_mask_expanded).sum(1) / input_mask_expanded.sum(1)
