# cause: The value with the largest magnitude is taken instead of the largest value.
# function: max_pool
def max_pool(hidden, mask):
    size = hidden.abs().masked_fill(mask.unsqueeze(-1) == 0, -1.0)
    where = size.argmax(dim=1, keepdim=True)
    return hidden.gather(1, where).squeeze(1)
