# cause: Writes -inf into hidden itself (masked_fill_), as in the sentence-transformers snippet
# function: max_pool
def max_pool(hidden, mask):
    pad = (mask == 0)[..., None]
    hidden.masked_fill_(pad, float("-inf"))
    return hidden.amax(dim=1)
