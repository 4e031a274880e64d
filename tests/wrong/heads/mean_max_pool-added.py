# cause: Mean and maximum are added up instead of put side by side.
# function: mean_max_pool
def mean_max_pool(hidden, mask):
    m = mask.unsqueeze(2)
    mean = (hidden * m).sum(1) / m.sum(1)
    maximum = hidden.masked_fill(m == 0, float("-inf")).max(1)[0]
    return mean + maximum
