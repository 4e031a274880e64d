# cause: Measures the longest row before the rows are cut, so the batch is padded to a length that no row has any more
# function: pad_batch
import torch


def pad_batch(seqs, pad_id=0, max_length=None):
    width = max(len(s) for s in seqs)
    input_ids, attention_mask = [], []
    for s in seqs:
        s = list(s)
        if max_length is not None and len(s) > max_length:
            s = s[: max_length - 1] + [s[-1]]
        gap = width - len(s)
        input_ids.append(s + [pad_id] * gap)
        attention_mask.append([1] * len(s) + [0] * gap)
    return {"input_ids": torch.tensor(input_ids), "attention_mask": torch.tensor(attention_mask)}
