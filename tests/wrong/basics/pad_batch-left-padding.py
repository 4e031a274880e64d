# cause: The rows are filled up on the left instead of on the right.
# function: pad_batch
import torch


def pad_batch(seqs, pad_id=0, max_length=None):
    cut = []
    for s in seqs:
        if max_length is not None and len(s) > max_length:
            cut.append(s[: max_length - 1] + [s[-1]])
        else:
            cut.append(s)
    width = max(len(s) for s in cut)
    input_ids = torch.tensor([[pad_id] * (width - len(s)) + s for s in cut])
    attention_mask = torch.tensor([[0] * (width - len(s)) + [1] * len(s) for s in cut])
    return dict(input_ids=input_ids, attention_mask=attention_mask)
