# cause: The positions of the maxima are returned instead of the values.
# function: max_pool
def max_pool(hidden, mask):
    hidden = hidden.masked_fill(~mask.bool().unsqueeze(2), float("-inf"))
    return hidden.argmax(dim=1)
