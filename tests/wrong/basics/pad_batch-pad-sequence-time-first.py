# cause: pad_sequence is called without batch_first, so the tensors come out as (L, B).
# function: pad_batch
import torch
from torch.nn.utils.rnn import pad_sequence


def pad_batch(seqs, pad_id=0, max_length=None):
    if max_length is not None:
        seqs = [s[: max_length - 1] + [s[-1]] if len(s) > max_length else s for s in seqs]
    ids = pad_sequence([torch.tensor(s) for s in seqs], padding_value=pad_id)
    mask = pad_sequence([torch.ones(len(s), dtype=torch.long) for s in seqs], padding_value=0)
    return {"input_ids": ids, "attention_mask": mask}
