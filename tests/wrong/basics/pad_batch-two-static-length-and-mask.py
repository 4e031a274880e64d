# cause: The batch is padded to max_length instead of to its longest row; and the mask is taken from ids that differ from pad_id.
# function: pad_batch
import torch


def pad_batch(seqs, pad_id=0, max_length=None):
    length = max_length if max_length is not None else max(len(s) for s in seqs)
    padded = []
    for s in seqs:
        if len(s) > length:
            s = s[: length - 1] + [s[-1]]
        padded.append(s + [pad_id] * (length - len(s)))
    padded = torch.tensor(padded)
    return {"input_ids": padded, "attention_mask": torch.where(padded == pad_id, 0, 1)}
