# cause: Plain nested lists are returned where tensors are asked for.
# function: pad_batch
def pad_batch(seqs, pad_id=0, max_length=None):
    if max_length is not None:
        seqs = [s if len(s) <= max_length else s[: max_length - 1] + [s[-1]] for s in seqs]
    longest = max(len(s) for s in seqs)
    padded = [s + [pad_id] * (longest - len(s)) for s in seqs]
    masks = [[1] * len(s) + [0] * (longest - len(s)) for s in seqs]
    return {"input_ids": padded, "attention_mask": masks}
