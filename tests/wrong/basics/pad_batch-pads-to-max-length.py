# cause: The batch is padded to max_length whenever it is given, instead of to the longest row of the batch.
# function: pad_batch
import torch


def pad_batch(seqs, pad_id=0, max_length=None):
    if max_length is None:
        max_length = max(len(s) for s in seqs)
    ids = torch.full((len(seqs), max_length), pad_id, dtype=torch.long)
    mask = torch.zeros((len(seqs), max_length), dtype=torch.long)
    for i, s in enumerate(seqs):
        if len(s) > max_length:
            s = s[: max_length - 1] + s[-1:]
        ids[i, : len(s)] = torch.tensor(s)
        mask[i, : len(s)] = 1
    return {"input_ids": ids, "attention_mask": mask}
