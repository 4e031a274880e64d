# cause: Padding is appended to the caller's own lists, which are thereby modified.
# function: pad_batch
import torch


def pad_batch(seqs, pad_id=0, max_length=None):
    if max_length:
        seqs = [s[: max_length - 1] + [s[-1]] if len(s) > max_length else s for s in seqs]
    lengths = [len(s) for s in seqs]
    L = max(lengths)
    for s in seqs:
        while len(s) < L:
            s.append(pad_id)
    mask = torch.zeros(len(seqs), L, dtype=torch.int64)
    for row, n in enumerate(lengths):
        mask[row, :n] = 1
    return {"input_ids": torch.tensor(seqs), "attention_mask": mask}
