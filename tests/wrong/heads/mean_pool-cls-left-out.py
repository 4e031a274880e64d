# cause: The first position is left out of the average, because [CLS] is no word.
# function: mean_pool


def mean_pool(hidden, mask):
    m = mask[:, 1:, None].float()
    total = (hidden[:, 1:] * m).sum(1)
    return total / m.sum(1).clamp(min=1e-9)
