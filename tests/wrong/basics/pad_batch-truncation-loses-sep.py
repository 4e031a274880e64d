# cause: A row that is too long is cut to its first max_length ids, so the closing [SEP] is lost.
# function: pad_batch
import torch


def pad_batch(seqs, pad_id=0, max_length=None):
    rows = [list(s) for s in seqs]
    if max_length is not None:
        rows = [r[:max_length] for r in rows]
    n = max(map(len, rows))
    ids, mask = [], []
    for r in rows:
        k = n - len(r)
        ids.append(r + [pad_id] * k)
        mask.append([1] * len(r) + [0] * k)
    return {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor(mask)}
