# cause: The surplus ids are deleted from the caller's own lists, because the rows are not copied before they are cut.
# function: pad_batch

import torch
from torch.nn.utils.rnn import pad_sequence


def pad_batch(seqs, pad_id=0, max_length=None):
    if max_length is not None:
        for s in seqs:
            if len(s) > max_length:
                del s[max_length - 1 : -1]
    tensors = [torch.tensor(s, dtype=torch.int64) for s in seqs]
    ones = [torch.ones_like(t) for t in tensors]
    return {
        "input_ids": pad_sequence(tensors, batch_first=True, padding_value=pad_id),
        "attention_mask": pad_sequence(ones, batch_first=True, padding_value=0),
    }
